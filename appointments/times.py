"""One day's free times as radios, in groups by part of the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext as _

from appointments import when
from appointments.finder import Part
from appointments.models import Service
from appointments.search import FreeDay, places_taken
from clinics.models import Membership

ICONS = {Part.MORNING: "sunrise", Part.AFTERNOON: "sun", Part.EVENING: "sunset"}


@dataclass(frozen=True)
class Time:
    value: str
    label: str
    checked: bool
    note: str = ""


@dataclass(frozen=True)
class Group:
    label: str
    icon: str
    slots: Sequence[Time]


def groups_of(
    doctor: Membership,
    service: Service,
    chosen: FreeDay | None,
    picked: datetime | None,
) -> list[Group]:
    if chosen is None or not chosen.starts:
        return []
    zone = doctor.clinic.zone
    notes = _places(service, chosen.starts)
    parts = groupby(chosen.starts, lambda start: Part.at(start.astimezone(zone).hour))
    return [
        Group(
            label=str(part.label),
            icon=ICONS[part],
            slots=[
                Time(
                    value=when.format_instant(start),
                    label=when.wall_time(start, zone),
                    checked=start == picked,
                    note=notes.get(start, ""),
                )
                for start in starts
            ],
        )
        for part, starts in parts
    ]


def _places(service: Service, starts: Sequence[datetime]) -> dict[datetime, str]:
    """'3 of 8 places free', of a group."""
    if not service.is_group:
        return {}
    taken = places_taken(service, starts[0], starts[-1])
    words = _("%(free)d of %(all)d places free")
    return {
        start: words
        % {"free": service.capacity - taken.get(start, 0), "all": service.capacity}
        for start in starts
    }
