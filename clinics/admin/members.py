from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinics import actions
from clinics.access import Permission
from clinics.admin_base import StaffModelAdmin
from clinics.models import Membership


@admin.register(Membership)
class MembershipAdmin(StaffModelAdmin):
    """Nobody is added here: people are invited."""

    view = change = Permission.MEMBER_MANAGE
    refusals = (actions.ClinicError, ValidationError)

    list_display = ("person", "email", "role", "clinic", "department", "is_active")
    list_filter = (
        "role",
        "is_active",
        ("clinic", admin.RelatedOnlyFieldListFilter),
        ("department", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("user__person", "clinic", "department")
    search_fields = (
        "user__email",
        "user__person__family_name",
        "user__person__given_name",
    )
    actions = ("end", "restore")
    readonly_fields = ("person", "email", "clinic", "role", "is_active", "created_at")
    fields = (*readonly_fields, "department", "fee", "visit_minutes", "room")

    @admin.display(description=_("Person"), ordering="user__person__family_name")
    def person(self, row: Membership) -> str:
        return row.label

    @admin.display(description=_("E-mail"), ordering="user__email")
    def email(self, row: Membership) -> str:
        return row.user.email

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj and (department := form.base_fields.get("department")):
            department.queryset = department.queryset.filter(clinic=obj.clinic_id)
        return form

    def save_model(
        self, request: HttpRequest, obj: Membership, form: Any, change: bool
    ) -> None:
        by = self.scope(request).actor(obj)
        actions.change_member(membership=obj, by=by, **form.cleaned_data)

    @admin.action(description=_("End the chosen memberships"), permissions=["change"])
    def end(self, request: HttpRequest, queryset: "QuerySet[Membership]") -> None:
        self.do_each(
            request,
            queryset,
            lambda row: actions.end_member(
                membership=row, by=self.scope(request).actor(row)
            ),
        )

    @admin.action(
        description=_("Restore the chosen memberships"), permissions=["change"]
    )
    def restore(self, request: HttpRequest, queryset: "QuerySet[Membership]") -> None:
        self.do_each(
            request,
            queryset,
            lambda row: actions.restore_member(
                membership=row, by=self.scope(request).actor(row)
            ),
        )
