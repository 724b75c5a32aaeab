from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from appointments import actions
from appointments.models import Appointment
from clinics.access import Permission
from clinics.admin_base import StaffModelAdmin
from clinics.admin_scope import scope_of
from healthcare import clock, dates


class WhenFilter(admin.SimpleListFilter):
    """Days of the staff member's own clinic."""

    title = _("day")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("today", _("Today")),
            ("week", _("The next seven days")),
            ("ahead", _("Still to come")),
            ("past", _("Past")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[Appointment]"
    ) -> "QuerySet[Appointment]":
        now, memberships = clock.now(), scope_of(request).memberships
        if memberships:
            now = now.astimezone(memberships[0].clinic.zone)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        begins, ends = {
            "today": (midnight, midnight + timedelta(days=1)),
            "week": (now, midnight + timedelta(days=7)),
            "ahead": (now, None),
            "past": (None, now),
        }.get(self.value() or "", (None, None))
        if begins:
            queryset = queryset.filter(starts_at__gte=begins)
        return queryset.filter(starts_at__lt=ends) if ends else queryset


@admin.register(Appointment)
class AppointmentAdmin(StaffModelAdmin):
    """Booked and moved on their own pages; here one finds, checks in and cancels."""

    view = Permission.APPOINTMENT_VIEW
    refusals = (actions.BookingError,)

    list_display = ("reference", "starts", "patient", "with_doctor", "status", "clinic")
    list_filter = (
        "status",
        "overbooked",
        WhenFilter,
        ("clinic", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("patient", "clinic", "department", "doctor__user__person")
    search_fields = (
        "=reference",
        "patient__family_name",
        "patient__given_name",
    )
    ordering = ("-starts_at",)
    actions = ("check_in", "approve", "no_show", "cancel", "restore")
    fields = readonly_fields = (
        "reference",
        "starts",
        "patient",
        "with_doctor",
        "department",
        "clinic",
        "visit_type",
        "reason",
        "status",
        "overbooked",
        "fee",
        "created_at",
        "arrived_at",
        "started_at",
        "completed_at",
        "cancelled_at",
        "cancel_reason",
    )

    @admin.display(description=_("Starts"), ordering="starts_at")
    def starts(self, row: Appointment) -> str:
        return dates.moment(row.starts_at, row.zone)

    @admin.display(
        description=_("Doctor"), ordering="doctor__user__person__family_name"
    )
    def with_doctor(self, row: Appointment) -> str:
        return row.doctor.label

    def opened(self, request: HttpRequest, obj: Appointment) -> None:
        actions.note_opened(appointment=obj, by=self.scope(request).actor(obj))

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return self.scope(request).may(Permission.APPOINTMENT_MANAGE)

    @admin.action(description=_("Check in"), permissions=["manage"])
    def check_in(self, request: HttpRequest, queryset: "QuerySet[Appointment]") -> None:
        self._each(request, queryset, actions.arrive)

    @admin.action(description=_("Confirm requests"), permissions=["manage"])
    def approve(self, request: HttpRequest, queryset: "QuerySet[Appointment]") -> None:
        self._each(request, queryset, actions.approve)

    @admin.action(description=_("Mark as no-show"), permissions=["manage"])
    def no_show(self, request: HttpRequest, queryset: "QuerySet[Appointment]") -> None:
        self._each(request, queryset, actions.mark_no_show)

    @admin.action(description=_("Take the cancellation back"), permissions=["manage"])
    def restore(self, request: HttpRequest, queryset: "QuerySet[Appointment]") -> None:
        self._each(request, queryset, actions.restore)

    def _each(
        self,
        request: HttpRequest,
        queryset: "QuerySet[Appointment]",
        verb: Callable[..., Appointment],
    ) -> None:
        scope = self.scope(request)
        self.do_each(
            request,
            scope.limit(queryset, Permission.APPOINTMENT_MANAGE),
            lambda row: verb(appointment=row, by=scope.actor(row)),
        )

    @admin.action(description=_("Cancel…"), permissions=["manage"])
    def cancel(
        self, request: HttpRequest, queryset: "QuerySet[Appointment]"
    ) -> HttpResponse | None:
        scope = self.scope(request)
        rows = scope.limit(queryset, Permission.APPOINTMENT_MANAGE)
        return self.do_each_with_reason(
            request,
            rows,
            lambda row, reason: actions.cancel(
                appointment=row, reason=reason, by=scope.actor(row)
            ),
            title=_t("Why are these visits cancelled?"),
            word=_t("Cancel visits"),
        )
