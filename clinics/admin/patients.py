from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from clinics import actions
from clinics.access import Permission
from clinics.admin_base import StaffModelAdmin
from clinics.models import Registration
from healthcare.audit.actions import record
from healthcare.audit.models import Action


class BlockedFilter(admin.SimpleListFilter):
    title = _("blocked")
    parameter_name = "blocked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[Registration]"
    ) -> "QuerySet[Registration]":
        if self.value() in ("yes", "no"):
            return queryset.filter(blocked_at__isnull=self.value() == "no")
        return queryset


@admin.register(Registration)
class RegistrationAdmin(StaffModelAdmin):
    view = Permission.PATIENT_LIST
    refusals = (actions.ClinicError,)

    list_display = ("patient", "record_number", "clinic", "registered_at", "blocked_at")
    list_filter = (BlockedFilter, ("clinic", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("patient", "clinic")
    search_fields = (
        "patient__family_name",
        "patient__given_name",
        "=record_number",
    )
    ordering = ("-registered_at",)
    actions = ("block", "unblock")
    fields = (
        "patient",
        "record_number",
        "clinic",
        "registered_at",
        "blocked_at",
        "blocked_by",
        "blocked_reason",
    )

    def opened(self, request: HttpRequest, obj: Registration) -> None:
        record(
            Action.PATIENT_OPENED,
            by=self.scope(request).actor(obj),
            clinic=obj.clinic,
            patient=obj.patient,
            target=obj,
        )

    def has_block_permission(self, request: HttpRequest) -> bool:
        return self.scope(request).may(Permission.PATIENT_BLOCK)

    @admin.action(description=_("Block from booking…"), permissions=["block"])
    def block(
        self, request: HttpRequest, queryset: "QuerySet[Registration]"
    ) -> HttpResponse | None:
        scope = self.scope(request)
        rows = scope.limit(queryset, Permission.PATIENT_BLOCK)
        return self.do_each_with_reason(
            request,
            rows,
            lambda row, reason: actions.block_patient(
                registration=row,
                reason=reason,
                by_user=request.user,
                by=scope.actor(row),
            ),
            title=_t("Why are they blocked from booking?"),
            word=_t("Block"),
        )

    @admin.action(description=_("Let them book again"), permissions=["block"])
    def unblock(self, request: HttpRequest, queryset: "QuerySet[Registration]") -> None:
        scope = self.scope(request)
        self.do_each(
            request,
            scope.limit(queryset, Permission.PATIENT_BLOCK),
            lambda row: actions.unblock_patient(registration=row, by=scope.actor(row)),
        )
