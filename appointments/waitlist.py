"""The waitlist in words: what is wished for, what is offered, how it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from appointments import when
from appointments.entry import entry_for
from appointments.models import (
    EVERY_DAY,
    EVERY_PART,
    USUAL_KINDS,
    Appointment,
    OfferState,
    PartOfDay,
    Service,
    VisitType,
    WaitingEntry,
    WaitingOffer,
    WaitingState,
)
from appointments.pills import Pill
from clinics.models import Clinic, Department, Membership
from clinics.models.clinic import Weekday
from clinics.rows import Cell, Column
from healthcare import dates

USUAL_WAIT = timedelta(days=30)


@dataclass(frozen=True)
class Wanted:
    """With whom somebody wants to wait, and for which kinds of visit."""

    clinic: Clinic
    department: Department
    doctor: Membership | None
    appointment: Appointment | None
    services: Sequence[Service]

    @property
    def whom(self) -> str:
        return self.doctor.label if self.doctor else self.department.name

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Values of the form and their words; a visit that moves keeps its own."""
        if self.appointment is not None:
            visit = self.appointment
            return [(visit.visit_type, str(visit.get_visit_type_display()))]
        if self.services:
            return [(str(each.uid), each.name) for each in self.services]
        return [(kind.value, str(kind.label)) for kind in USUAL_KINDS]

    def kind_and_service(self, value: str) -> tuple[str, Service | None]:
        if self.appointment is not None:
            return self.appointment.visit_type, self.appointment.service
        for each in self.services:
            if str(each.uid) == value:
                return each.kind, each
        return value, None

    def last_day(self, today: date) -> date:
        if self.appointment is not None:
            return self.appointment.starts_at.astimezone(self.clinic.zone).date()
        return today + USUAL_WAIT


def wanted_by(person: Person, query: Mapping[str, str]) -> Wanted | None:
    """What the address asks for: ?visit=, ?doctor= or ?department=, by uid.

    Raises Http404 for what is not there for this person.
    """
    for name, find in (
        ("visit", _of_visit),
        ("doctor", _of_doctor),
        ("department", _of_department),
    ):
        if name in query:
            uid = when.parse_uid(query[name])
            if uid is None:
                raise Http404
            return find(person, uid)
    return None


def _of_visit(person: Person, uid: UUID) -> Wanted:
    visit = Appointment.objects.of_person(person).with_people().filter(uid=uid).first()
    if visit is None:
        raise Http404
    return Wanted(visit.clinic, visit.department, visit.doctor, visit, ())


def _of_doctor(person: Person, uid: UUID) -> Wanted:
    doctor = Membership.objects.doctors().filter(uid=uid).first()
    if doctor is None or doctor.department is None:
        raise Http404
    entry_for(person, doctor.clinic.slug)
    services = Service.objects.of_doctor(doctor).for_patients().in_order()
    return Wanted(
        doctor.clinic,
        doctor.department,
        doctor,
        None,
        [each for each in services if not each.is_group],
    )


def _of_department(person: Person, uid: UUID) -> Wanted:
    found = Department.objects.active().filter(uid=uid).select_related("clinic").first()
    if found is None:
        raise Http404
    entry_for(person, found.clinic.slug)
    return Wanted(found.clinic, found, None, None, ())


@dataclass(frozen=True)
class Wait:
    """One entry as its patient sees it."""

    title: str
    wishes: str
    note: str
    pill: Pill
    offer_url: str
    leave_url: str


def wait(entry: WaitingEntry, offer: WaitingOffer | None, now: datetime) -> Wait:
    zone = entry.clinic.zone
    is_offered = offer is not None and not offer.is_over(now)
    since = {"when": dates.moment(entry.created_at, zone)}
    note = _("On the list since %(when)s.") % since
    if offer is not None and is_offered:
        note = time_left(offer, now)
    leave = reverse("appointments:leave_waitlist", args=[entry.uid])
    return Wait(
        title=title(entry),
        wishes=wishes(entry),
        note=entry.end_reason or note,
        pill=pill(entry),
        offer_url=offer.get_absolute_url() if offer and is_offered else "",
        leave_url=leave if entry.is_open else "",
    )


def open_offers(entries: Sequence[WaitingEntry]) -> dict[int, WaitingOffer]:
    """By entry id. One query."""
    found = WaitingOffer.objects.open().of_entries(entries)
    return {offer.entry_id: offer for offer in found.select_related("clinic")}


def title(entry: WaitingEntry) -> str:
    whom = entry.doctor.label if entry.doctor else entry.department.name
    kind = entry.service.name if entry.service else entry.get_visit_type_display()
    return _("%(kind)s with %(whom)s") % {"kind": kind, "whom": whom}


def wishes(entry: WaitingEntry) -> str:
    """'21-Sep-2026 to 09-Oct-2026, Monday or Tuesday, in the morning'."""
    told = [
        _("%(first)s to %(last)s")
        % {"first": dates.day(entry.earliest), "last": dates.day(entry.latest)}
    ]
    if set(entry.weekdays) != set(EVERY_DAY):
        named = [str(Weekday(int(n)).label) for n in sorted(entry.weekdays)]
        told.append(", ".join(named))
    if set(entry.parts) != set(EVERY_PART):
        words = {
            PartOfDay.MORNING: _("in the morning"),
            PartOfDay.AFTERNOON: _("in the afternoon"),
            PartOfDay.EVENING: _("in the evening"),
        }
        told += [words[part] for part in PartOfDay if part in entry.parts]
    return "; ".join(told)


def pill(entry: WaitingEntry) -> Pill:
    kind, icon = {
        WaitingState.WAITING: ("", "hourglass-split"),
        WaitingState.OFFERED: ("warn", "gift"),
        WaitingState.ACCEPTED: ("ok", "check-circle"),
        WaitingState.ENDED: ("", "slash-circle"),
    }[WaitingState(entry.state)]
    return Pill(entry.get_state_display(), kind, icon)


def time_left(offer: WaitingOffer, now: datetime) -> str:
    minutes = max(1, (offer.expires_at - now) // timedelta(minutes=1))
    told = ngettext(
        "Held for you until %(until)s, %(minutes)d more minute.",
        "Held for you until %(until)s, %(minutes)d more minutes.",
        minutes,
    )
    until = dates.moment(offer.expires_at, offer.clinic.zone)
    return told % {"until": until, "minutes": minutes}


@dataclass(frozen=True)
class OfferPage:
    heading: str
    lead: str
    rows: Sequence[tuple[str, str]]
    is_open: bool
    over: str
    visit_url: str
    accept: str


def offer_page(offer: WaitingOffer, now: datetime) -> OfferPage:
    entry, zone = offer.entry, offer.clinic.zone
    day = when.weekday_date(offer.starts_at.astimezone(zone).date())
    time = when.span(offer.starts_at, offer.ends_at, zone)
    rows = [
        (_("Day"), day),
        (_("Time"), f"{time} ({when.zone_label(zone)})"),
        (_("Doctor"), offer.doctor.label),
        (_("Visit type"), str(VisitType(entry.visit_type).label)),
        (_("Clinic"), offer.clinic.name),
    ]
    visit = entry.appointment
    if visit is not None and visit.starts_at > now:
        rows.append((_("Instead of"), dates.moment(visit.starts_at, zone)))
    is_open = not offer.is_over(now)
    moves = visit is not None
    return OfferPage(
        heading=_("A time is free for you") if is_open else _("This offer is over"),
        lead=time_left(offer, now) if is_open else "",
        rows=rows,
        is_open=is_open,
        over=_how_it_ended(offer),
        visit_url=offer.appointment.get_absolute_url() if offer.appointment else "",
        accept=_("Move my visit to this time") if moves else _("Book this time"),
    )


def _how_it_ended(offer: WaitingOffer) -> str:
    if offer.state == OfferState.ACCEPTED:
        return _("You took this time.")
    if offer.state == OfferState.DECLINED:
        return _("You left this time to the next one. You keep your place.")
    until = dates.moment(offer.expires_at, offer.clinic.zone)
    told = _("It was held until %(until)s and went to the next one.")
    return f"{told % {'until': until}} " + _("You keep your place on the list.")


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    current: bool


def tabs() -> list[Tab]:
    """Those of a patient's appointments, with the waitlist chosen."""
    url = reverse("appointments:mine")
    return [
        Tab(_("Upcoming"), url, current=False),
        Tab(_("Past and cancelled"), f"{url}?show=past", current=False),
        Tab(_("Waitlist"), reverse("appointments:waitlist"), current=True),
    ]


def columns() -> list[Column]:
    return [
        (_("Patient"), ""),
        (_("Waits for"), ""),
        (_("Wishes"), ""),
        (_("Since"), ""),
        (_("State"), ""),
        (_("Action"), ""),
    ]


def row(entry: WaitingEntry, clinic: Clinic, numbers: Mapping[int, str]) -> list[Cell]:
    """One entry as the desk sees it: never what the visit is about."""
    remove = reverse("appointments:remove_waiting", args=[clinic.slug, entry.uid])
    name, state = entry.patient.clinical_name, pill(entry)
    return [
        Cell(name, sub=numbers.get(entry.patient_id, ""), head=True),
        Cell(title(entry), sub=_("Wants an earlier time") if entry.appointment else ""),
        Cell(wishes(entry)),
        Cell(dates.moment(entry.created_at, clinic.zone), css="hx-nowrap"),
        Cell(state.label, icon=state.icon, kind=state.kind, sub=entry.end_reason),
        Cell(_("Remove"), url=remove, hidden=name) if entry.is_open else Cell("–"),
    ]
