"""Single dates apart from the weekly hours: time away, extra sessions, moved blocks."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.actions import claiming
from appointments.actions.availability import HoursOverlap, note_change
from appointments.actions.cancelling import cancel
from appointments.actions.errors import BookingError
from appointments.models import Appointment, Asset, ScheduleException, Status
from appointments.slots import first_instant
from clinics.models import Membership
from healthcare import clock
from healthcare.audit.actors import Actor
from healthcare.db.conflicts import retried

DAY = timedelta(days=1)
FARTHEST = timedelta(days=2 * 366)
LONGEST = timedelta(days=366)
# A visit that has begun is for the doctor to end.
HIT = (Status.REQUESTED, Status.BOOKED, Status.ARRIVED)

Kind = ScheduleException.Kind


class Fate(TextChoices):
    """What becomes of a visit that an absence hits; FATES says how."""

    KEEP = "keep", gettext_lazy("Keep it")
    CANCEL = "cancel", gettext_lazy("Cancel it and tell the patient")


class VisitsHit(BookingError):
    """The absence hits visits about which nothing, or something else, was decided."""

    def __init__(self, visits: Sequence[Appointment]) -> None:
        super().__init__(_("Decide what happens to the visits that are booked."))
        self.visits = visits


@dataclass(frozen=True)
class Session:
    """[starts, ends) in the clinic's wall time."""

    starts: datetime
    ends: datetime
    note: str = ""


@dataclass(frozen=True)
class Decided:
    """What a person saw (marks of visits) and chose for each (by mark)."""

    shown: Collection[str] = ()
    fates: Mapping[str, Fate] = field(default_factory=dict)

    def covers(self, visits: Sequence[Appointment]) -> bool:
        marks = {mark_of(each) for each in visits}
        return marks == set(self.shown) and marks <= set(self.fates)


@dataclass(frozen=True)
class TimeAway:
    exception: ScheduleException
    outcome: Mapping[Fate, Sequence[Appointment]]


def take_time_away(
    *,
    doctor: Membership,
    away: Session,
    by: Actor,
    decided: Decided | None = None,
    instead: Session | None = None,
) -> TimeAway:
    """The doctor is away; each visit hit meets its fate, all in one transaction.

    With `instead` the time is moved: an extra session is added. Nobody can book the
    doctor meanwhile. Raises VisitsHit, with nothing done, unless `decided` speaks of
    exactly the visits that are hit; HoursOverlap; and what a fate's verb raises.
    """
    return retried(lambda: _take(doctor, away, by, decided or Decided(), instead))


def _take(
    doctor: Membership,
    away: Session,
    by: Actor,
    decided: Decided,
    instead: Session | None,
) -> TimeAway:
    _check(away, doctor.clinic.zone, longest=LONGEST)
    seen = visits_hit(doctor, away)
    used = Asset.objects.filter(resource__claims__appointment__in=seen).distinct()
    claiming.lock([doctor.person, *(each.patient for each in seen)], list(used))
    visits = _locked(visits_hit(doctor, away))
    if not decided.covers(visits):
        raise VisitsHit(visits)
    exception = _add(doctor, Kind.AWAY, away)
    note_change(doctor, by, str(exception))
    if instead:
        add_extra_session(doctor=doctor, session=instead, by=by)
    outcome: dict[Fate, list[Appointment]] = {fate: [] for fate in Fate}
    for visit in visits:
        fate = decided.fates[mark_of(visit)]
        FATES[fate](visit, by)
        outcome[fate].append(visit)
    return TimeAway(exception, outcome)


@transaction.atomic
def add_extra_session(
    *, doctor: Membership, session: Session, by: Actor
) -> ScheduleException:
    """Hours once, also on a date without any. Raises HoursOverlap."""
    _check(session, doctor.clinic.zone, longest=DAY)
    Membership.objects.select_for_update().get(pk=doctor.pk)
    first, last = session.starts.date(), session.ends.date()
    others = ScheduleException.objects.of_doctor(doctor).filter(kind=Kind.EXTRA)
    for each in others.between(first, last):
        if each.change.starts < session.ends and each.change.ends > session.starts:
            words = {"session": each}
            raise HoursOverlap(_("There is one then already: %(session)s.") % words)
    exception = _add(doctor, Kind.EXTRA, session)
    note_change(doctor, by, str(exception))
    return exception


@transaction.atomic
def remove_exception(*, exception: ScheduleException, by: Actor) -> None:
    """The weekly hours count again.

    Raises VisitsHit for an extra session with visits: that is time to be taken away.
    """
    doctor = exception.doctor
    if exception.kind == Kind.EXTRA:
        claiming.lock([doctor.person])
        _adds, starts, ends = exception.change
        visits = list(visits_hit(doctor, Session(starts, ends)))
        if visits:
            raise VisitsHit(visits)
    note_change(doctor, by, f"Removed {exception}")
    exception.delete()


def visits_hit(doctor: Membership, away: Session) -> Sequence[Appointment]:
    """The doctor's booked visits within that time which are not over, in order."""
    zone, now = doctor.clinic.zone, clock.now()
    start, end = (first_instant(each, zone) for each in (away.starts, away.ends))
    held = Appointment.objects.of_doctor(doctor).filter(
        status__in=HIT, starts_at__lt=end, ends_at__gt=max(start, now)
    )
    return list(held.with_people().in_order())


def mark_of(visit: Appointment) -> str:
    """Says which visit, and which of its times, a person has seen."""
    return f"{visit.uid}.{visit.sequence}"


def _locked(visits: Sequence[Appointment]) -> Sequence[Appointment]:
    """Held until the transaction ends; one that changed meanwhile has a new mark."""
    rows = Appointment.objects.filter(pk__in=[each.pk for each in visits])
    held = {row.pk: row for row in rows.select_for_update().order_by("pk")}
    for each in visits:
        each.status, each.sequence = held[each.pk].status, held[each.pk].sequence
    return [each for each in visits if each.status in HIT]


def _check(session: Session, zone: ZoneInfo, *, longest: timedelta) -> None:
    """Raises HoursOverlap."""
    now = clock.now()
    if session.ends <= session.starts:
        raise HoursOverlap(_("Choose an end after the start."))
    if first_instant(session.ends, zone) <= now:
        raise HoursOverlap(_("That time is over. Choose a later one."))
    if session.ends - session.starts > longest:
        a_day, a_year = _("Choose at most a day."), _("Choose at most a year.")
        raise HoursOverlap(a_day if longest == DAY else a_year)
    if session.ends.date() > (now + FARTHEST).date():
        raise HoursOverlap(_("Choose a time within the next two years."))


def _add(doctor: Membership, kind: Kind, session: Session) -> ScheduleException:
    return ScheduleException.objects.create(
        clinic=doctor.clinic,
        doctor=doctor,
        kind=kind,
        start_date=session.starts.date(),
        start_time=session.starts.time(),
        end_date=session.ends.date(),
        end_time=session.ends.time(),
        note=session.note.strip()[:200],
        changed_at=clock.now(),
    )


def _keep(visit: Appointment, by: Actor) -> None:
    """It stays booked although the doctor is away."""


def _cancel(visit: Appointment, by: Actor) -> None:
    cancel(appointment=visit, reason=_("The doctor is away that day."), by=by)


FATES: Mapping[Fate, Callable[[Appointment, Actor], None]] = {
    Fate.KEEP: _keep,
    Fate.CANCEL: _cancel,
}
