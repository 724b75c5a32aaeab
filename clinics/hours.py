"""Opening hours as people read them: the week, and whether the door is open now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from clinics.models import OpeningHours
from clinics.models.clinic import Weekday


@dataclass(frozen=True)
class Day:
    name: str
    text: str
    is_today: bool


@dataclass(frozen=True)
class Door:
    is_open: bool
    text: str


def week(hours: Iterable[OpeningHours], local: datetime) -> list[Day]:
    """The seven days from Monday; `local` is now in the clinic's zone."""
    found = sorted(hours, key=_order)
    return [
        Day(
            name=str(day.label),
            text=_spans([each for each in found if each.weekday == day]),
            is_today=day == local.weekday(),
        )
        for day in Weekday
    ]


def door(hours: Iterable[OpeningHours], local: datetime) -> Door | None:
    """None for a clinic that has not said when it is open."""
    found = sorted(hours, key=_order)
    if not found:
        return None
    for each in found:
        if each.weekday == local.weekday() and each.opens <= local.time() < each.closes:
            return Door(True, _("Open now, until %s") % f"{each.closes:%H:%M}")
    return Door(False, _next_opening(found, local))


def _next_opening(found: Sequence[OpeningHours], local: datetime) -> str:
    for ahead in range(8):
        day = local + timedelta(days=ahead)
        for each in found:
            later = ahead > 0 or each.opens > local.time()
            if each.weekday == day.weekday() and later:
                return _opening(each, ahead)
    return _("Closed")


def _opening(hours: OpeningHours, ahead: int) -> str:
    words = {"time": f"{hours.opens:%H:%M}", "day": hours.get_weekday_display()}
    if ahead == 0:
        return _("Closed now, opens today at %(time)s") % words
    if ahead == 1:
        return _("Closed now, opens tomorrow at %(time)s") % words
    return _("Closed now, opens %(day)s at %(time)s") % words


def _order(hours: OpeningHours) -> tuple[int, object]:
    return hours.weekday, hours.opens


def _spans(hours: Sequence[OpeningHours]) -> str:
    spans = [f"{each.opens:%H:%M} to {each.closes:%H:%M}" for each in hours]
    return ", ".join(spans) or _("Closed")
