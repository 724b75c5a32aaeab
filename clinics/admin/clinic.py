from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.countries import COUNTRIES
from clinics import actions
from clinics.access import Permission
from clinics.admin_base import StaffModelAdmin
from clinics.forms.clinic import DEPARTMENT_ICONS
from clinics.forms.founding import zone_choices
from clinics.models import Clinic, Department

CHOICES: dict[str, Any] = {"country": COUNTRIES, "time_zone": zone_choices}


@admin.register(Clinic)
class ClinicAdmin(StaffModelAdmin):
    clinic_path = "pk"
    view, change = Permission.CLINIC_VIEW, Permission.CLINIC_MANAGE
    refusals = (actions.ClinicError, ValidationError)

    list_display = ("name", "city", "country", "is_listed")
    search_fields = ("name", "city")
    actions = ("open_for_booking", "close_for_booking")
    fields = (
        "name",
        "slug",
        "tagline",
        "email",
        "phone",
        "address_line",
        "postal_code",
        "city",
        "country",
        "time_zone",
        "currency",
        "colour",
        "is_listed",
    )
    readonly_fields = ("slug", "is_listed")

    def clinic_id_of(self, obj: Any) -> int | None:
        return obj.pk if obj else None

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if choices := CHOICES.get(db_field.name):
            return forms.ChoiceField(
                label=capfirst(db_field.verbose_name), choices=choices
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Clinic, form: Any, change: bool
    ) -> None:
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        by = self.scope(request).actor(obj)
        actions.change_clinic(clinic=obj, by=by, **values)

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return self.scope(request).may(Permission.CLINIC_MANAGE)

    @admin.action(description=_("Open for booking"), permissions=["manage"])
    def open_for_booking(
        self, request: HttpRequest, queryset: "QuerySet[Clinic]"
    ) -> None:
        scope = self.scope(request)
        self.do_each(
            request,
            scope.limit(queryset, Permission.CLINIC_MANAGE, clinic="pk"),
            lambda row: actions.open_for_booking(clinic=row, by=scope.actor(row)),
        )

    @admin.action(description=_("Close for booking"), permissions=["manage"])
    def close_for_booking(
        self, request: HttpRequest, queryset: "QuerySet[Clinic]"
    ) -> None:
        scope = self.scope(request)
        self.do_each(
            request,
            scope.limit(queryset, Permission.CLINIC_MANAGE, clinic="pk"),
            lambda row: actions.close_for_booking(clinic=row, by=scope.actor(row)),
        )


@admin.register(Department)
class DepartmentAdmin(StaffModelAdmin):
    view = Permission.CLINIC_VIEW
    change = add = Permission.CLINIC_MANAGE
    refusals = (actions.ClinicError, ValidationError)

    list_display = ("name", "description", "clinic", "is_active")
    list_filter = ("is_active", ("clinic", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("clinic",)
    search_fields = ("name",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = ("clinic", "name", "description", "icon")
        return (*fields, "is_active") if obj else fields

    def get_readonly_fields(
        self, request: HttpRequest, obj: Any = None
    ) -> tuple[str, ...]:
        return ("clinic",) if obj else ()

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "icon":
            return forms.ChoiceField(label=_("Picture"), choices=DEPARTMENT_ICONS)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Department, form: Any, change: bool
    ) -> None:
        values, by = form.cleaned_data, self.scope(request).actor(obj)
        if change:
            actions.change_department(department=obj, by=by, **values)
        else:
            obj.pk = actions.add_department(by=by, **values).pk
