"""Every page's address for a set of rows: for pictures and for sweep tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Person
from appointments.links import visit_token
from appointments.models import (
    Appointment,
    Asset,
    Delivery,
    Holiday,
    Poster,
    ReminderRule,
    ScheduleException,
    Service,
    Status,
    WaitingEntry,
    WaitingOffer,
    WeeklyRule,
)
from clinics.models import Clinic, Invitation, Membership, Registration
from healthcare.audit.models import AuditEvent
from healthcare.jobs.models import Job
from healthcare.middleware import is_guarded_elsewhere
from healthcare.outbox.models import Message
from records.charting.models import Encounter

Kwargs = dict[str, Any]


@dataclass(frozen=True)
class World:
    """A patient and their doctor in a clinic, with one row of every kind."""

    clinic: Clinic
    doctor: Membership
    patient: Person
    booked: UUID
    draft: UUID
    signed: UUID
    registration: UUID
    invitation: UUID
    event: UUID
    job: UUID
    rule: UUID
    exception: UUID
    holiday: UUID
    notification: UUID
    reminder: UUID
    delivery: UUID
    waiting: UUID
    offer: UUID
    service: UUID
    asset: UUID

    @classmethod
    def around(cls, doctor: Membership, patient: Person) -> "World":
        """The rows as they are in the database now."""
        clinic = doctor.clinic
        mine = Appointment.objects.filter(doctor=doctor)
        notes = Encounter.objects.filter(doctor=doctor)
        booked = mine.filter(patient=patient, status=Status.BOOKED)
        signed = notes.filter(patient=patient, signed_at__isnull=False)
        registration = Registration.objects.get(clinic=clinic, patient=patient)
        return cls(
            clinic=clinic,
            doctor=doctor,
            patient=patient,
            booked=_newest(booked),
            draft=_newest(notes.filter(signed_at__isnull=True)) or _newest(notes),
            signed=_newest(signed),
            registration=registration.uid,
            invitation=_newest(Invitation.objects.filter(clinic=clinic)),
            event=_newest(AuditEvent.objects.filter(clinic_uid=clinic.uid)),
            job=_newest(Job.objects.filter(clinic_uid=clinic.uid)),
            rule=_newest(WeeklyRule.objects.filter(doctor=doctor)),
            exception=_newest(ScheduleException.objects.filter(doctor=doctor)),
            holiday=_newest(Holiday.objects.filter(clinic=clinic)),
            notification=_newest(_inbox(patient)),
            reminder=_newest(ReminderRule.objects.filter(clinic=clinic)),
            delivery=_newest(Delivery.objects.filter(clinic=clinic, person=patient)),
            waiting=_newest(
                WaitingEntry.objects.filter(clinic=clinic, patient=patient)
            ),
            offer=_newest(WaitingOffer.objects.filter(entry__patient=patient)),
            service=_newest(Service.objects.filter(doctor=doctor)),
            asset=_newest(Asset.objects.filter(clinic=clinic)),
        )

    def kwargs(self, name: str, parameters: set[str]) -> Kwargs:
        """What the view of that name needs to show this world's row."""
        values: Kwargs = {}
        if "clinic" in parameters:
            values["clinic"] = self.clinic.slug
        if "slug" in parameters:
            values["slug"] = self.clinic.slug
        if "department" in parameters:
            values["department"] = self.doctor.department.uid
        if "doctor" in parameters:
            values["doctor"] = self.doctor.uid
        if "token" in parameters:
            values["token"] = TOKENS.get(name, _unknown)(self)
        if "uid" in parameters:
            values["uid"] = ROWS[name](self)
        return values


def _inbox(patient: Person) -> Any:
    return Message.objects.inbox_of(patient.user.uid if patient.user else UUID(int=0))


def _newest(rows: Any) -> UUID:
    """A uid that no row has stands for a kind the database has none of."""
    return rows.order_by("-pk").values_list("uid", flat=True).first() or UUID(int=0)


def _booked(world: World) -> UUID:
    return world.booked


def _registration(world: World) -> UUID:
    return world.registration


def _chart(world: World) -> UUID:
    return world.patient.uid


def _department(world: World) -> UUID:
    return world.doctor.department.uid


def _member(world: World) -> UUID:
    return world.doctor.uid


def _invitation(world: World) -> UUID:
    return world.invitation


def _draft(world: World) -> UUID:
    return world.draft


def _job(world: World) -> UUID:
    return world.job


def _waiting(world: World) -> UUID:
    return world.waiting


def _offer(world: World) -> UUID:
    return world.offer


def _service(world: World) -> UUID:
    return world.service


def _asset(world: World) -> UUID:
    return world.asset


def _unknown(world: World) -> str:
    return "unknown"


def _visit_token(world: World) -> str:
    booked = Appointment.objects.filter(uid=world.booked).first()
    return visit_token(booked) if booked else "unknown"


def _poster_code(world: World) -> str:
    hanging = Poster.objects.hanging().filter(clinic=world.clinic).first()
    return hanging.code if hanging else "unknown"


# Tokens of addresses that can be made again; the others are known to their owner only.
TOKENS: dict[str, Callable[[World], str]] = {
    "appointments:visit": _visit_token,
    "appointments:visit_cancel": _visit_token,
    "appointments:check_in": _poster_code,
}

# A view with `uid` in its address that is missing here fails the sweep tests.
ROWS: dict[str, Callable[[World], UUID]] = {
    "accounts:photo": _chart,
    "appointments:my_appointment": _booked,
    "appointments:my_cancel": _booked,
    "appointments:my_move": _booked,
    "appointments:calendar": _booked,
    "appointments:detail": _booked,
    "appointments:arrive": _booked,
    "appointments:revert": _booked,
    "appointments:no_show": _booked,
    "appointments:cancel": _booked,
    "appointments:own_cancel": _booked,
    "appointments:own_no_show": _booked,
    "appointments:reminder": lambda world: world.reminder,
    "appointments:remove_reminder": lambda world: world.reminder,
    "appointments:retry_delivery": lambda world: world.delivery,
    "appointments:own_move": _booked,
    "appointments:own_move_confirm": _booked,
    "appointments:own_restore": _booked,
    "appointments:approve": _booked,
    "appointments:restore": _booked,
    "appointments:move": _booked,
    "appointments:move_confirm": _booked,
    "appointments:series": _booked,
    "appointments:cancel_series": _booked,
    "appointments:desk_time": _registration,
    "appointments:desk_confirm": _registration,
    "appointments:remove_rule": lambda world: world.rule,
    "appointments:change_rule": lambda world: world.rule,
    "appointments:remove_exception": lambda world: world.exception,
    "appointments:remove_doctors_exception": lambda world: world.exception,
    "appointments:doctor_away": _member,
    "appointments:remove_holiday": lambda world: world.holiday,
    "appointments:leave_waitlist": _waiting,
    "appointments:remove_waiting": _waiting,
    "appointments:offer": _offer,
    "appointments:accept_offer": _offer,
    "appointments:decline_offer": _offer,
    "appointments:service": _service,
    "appointments:stop_service": _service,
    "appointments:offer_service": _service,
    "appointments:move_service": _service,
    "appointments:doctor_service": _service,
    "appointments:doctor_stop_service": _service,
    "appointments:doctor_offer_service": _service,
    "appointments:doctor_move_service": _service,
    "appointments:room": _asset,
    "appointments:switch_room": _asset,
    "audit:event": lambda world: world.event,
    "charting:open": _booked,
    "charting:encounter": _draft,
    "charting:sign": _draft,
    "charting:chart": _chart,
    "charting:chart_visits": _chart,
    "charting:chart_medicines": _chart,
    "charting:chart_looked": _chart,
    "charting:my_visit": lambda world: world.signed,
    "clinics:department": _department,
    "clinics:close_department": _department,
    "clinics:reopen_department": _department,
    "clinics:member": _member,
    "clinics:end_member": _member,
    "clinics:restore_member": _member,
    "clinics:resend": _invitation,
    "clinics:revoke": _invitation,
    "clinics:patient": _registration,
    "clinics:block": _registration,
    "clinics:unblock": _registration,
    "jobs:detail": _job,
    "jobs:download": _job,
    "jobs:cancel": _job,
    "jobs:retry": _job,
    "notifications:follow": lambda world: world.notification,
    "notifications:read": lambda world: world.notification,
}


@dataclass(frozen=True)
class View:
    """One of our own views, by its full name."""

    name: str
    parameters: frozenset[str]
    access: str
    callback: Callable[..., Any]

    def url(self, kwargs: Kwargs) -> str:
        return reverse(self.name, kwargs=kwargs)

    def url_in(self, world: World) -> str:
        return self.url(world.kwargs(self.name, set(self.parameters)))


def views() -> Iterator[View]:
    """Our own views; other people's guard themselves. Development's are left out."""
    for name, item, parameters in _walk(get_resolver().url_patterns, "", set()):
        elsewhere = is_guarded_elsewhere(item.callback) or name.startswith("admin:")
        if elsewhere or name.startswith(("mail:", "parts")):
            continue
        yield View(
            name=name,
            parameters=frozenset(parameters),
            access=getattr(item.callback, "access", ""),
            callback=item.callback,
        )


def _walk(
    patterns: list[URLPattern | URLResolver], space: str, above: set[str]
) -> Iterator[tuple[str, URLPattern, set[str]]]:
    for item in patterns:
        parameters = above | set(item.pattern.converters)
        if isinstance(item, URLPattern):
            yield f"{space}{item.name}", item, parameters
        else:
            inner = f"{space}{item.namespace}:" if item.namespace else space
            yield from _walk(item.url_patterns, inner, parameters)
