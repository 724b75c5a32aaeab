"""Who waits for whom: the queue of each doctor's day, and a patient's place in it.

Those who are here are seen in the order of their times, not of their arrival.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import when
from appointments.board import Line, lines, local_today
from appointments.models import Appointment, Status
from clinics.models import Membership

NEXT = 3
SHOWN = (Status.ARRIVED, Status.IN_PROGRESS, Status.BOOKED)
MOST = 300


@dataclass
class Column:
    """A doctor's part of the board."""

    id: str
    doctor: str
    place: str
    inside: list[Line] = field(default_factory=list)
    waiting: list[Line] = field(default_factory=list)
    booked: list[Line] = field(default_factory=list)
    later: int = 0

    @property
    def parts(self) -> Sequence[tuple[str, str, Sequence[Line]]]:
        """Title, what stands where nobody is, and the visits."""
        return [
            (_("With the doctor"), _("Nobody"), self.inside),
            (_("Waiting"), _("Nobody waits"), self.waiting),
            (_("Next"), _("Nobody else today"), self.booked),
        ]

    def put(self, visit: Appointment, line: Line) -> None:
        if visit.status == Status.IN_PROGRESS:
            self.inside.append(line)
        elif visit.status == Status.ARRIVED:
            self.waiting.append(line)
        elif len(self.booked) < NEXT:
            self.booked.append(line)
        else:
            self.later += 1


@dataclass(frozen=True)
class QueuePage:
    lead: str
    columns: Sequence[Column]
    url: str


def queue_page(member: Membership, *, now: datetime) -> QueuePage:
    clinic = member.clinic
    today = Appointment.objects.visible_to(member).on_day(
        local_today(clinic, now), clinic.zone
    )
    open_visits = today.filter(status__in=SHOWN).with_people().by_doctor()
    visits = list(open_visits[:MOST])
    told = {line.uid: line for line in lines(clinic, visits, now)}
    columns: dict[int, Column] = {}
    for visit in visits:
        column = columns.setdefault(visit.doctor_id, _column(visit.doctor))
        column.put(visit, told[visit.uid])
    return QueuePage(
        lead=_("As of %(time)s") % {"time": when.wall_time(now, clinic.zone)},
        columns=list(columns.values()),
        url=reverse("appointments:queue", args=[clinic.slug]),
    )


def _column(doctor: Membership) -> Column:
    place = _("room %(room)s") % {"room": doctor.room} if doctor.room else ""
    return Column(id=f"doctor-{doctor.uid}", doctor=doctor.label, place=place)


def people_before(appointment: Appointment) -> int:
    """With the doctor now, or here with an earlier time, on the same day."""
    zone = appointment.clinic.zone
    day = appointment.starts_at.astimezone(zone).date()
    same = Appointment.objects.filter(doctor=appointment.doctor_id).on_day(day, zone)
    sooner = Q(starts_at__lt=appointment.starts_at)
    sooner |= Q(starts_at=appointment.starts_at, pk__lt=appointment.pk)
    here = Q(status=Status.IN_PROGRESS) | sooner & Q(status=Status.ARRIVED)
    return same.filter(here).exclude(pk=appointment.pk).count()


def place_in_queue(appointment: Appointment) -> str:
    """For a patient who has checked in; nothing for others."""
    if appointment.status != Status.ARRIVED:
        return ""
    before = people_before(appointment)
    if before == 0:
        return _("You are checked in. You are next.")
    told = ngettext(
        "You are checked in. %(count)d person before you.",
        "You are checked in. %(count)d people before you.",
        before,
    )
    return told % {"count": before}
