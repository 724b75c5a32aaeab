"""The dates on which a whole clinic is closed. Booked visits stay booked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.actions.errors import BookingError
from appointments.models import Holiday
from clinics.models import Clinic
from healthcare import dates
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action


class HolidayExists(BookingError):
    """The clinic is closed on that date already."""


@dataclass(frozen=True)
class Imported:
    added: int
    known: int


@transaction.atomic
def add_holiday(*, clinic: Clinic, date: date, name: str, by: Actor) -> Holiday:
    """Raises HolidayExists."""
    holiday, made = Holiday.objects.get_or_create(
        clinic=clinic, date=date, defaults={"name": name.strip()[:120]}
    )
    if not made:
        words = {"day": dates.day(date), "name": holiday.name}
        raise HolidayExists(_("%(day)s is a holiday already: %(name)s.") % words)
    _changed(clinic, by, f"Added holiday {holiday}")
    return holiday


@transaction.atomic
def remove_holiday(*, holiday: Holiday, by: Actor) -> None:
    _changed(holiday.clinic, by, f"Removed holiday {holiday}")
    holiday.delete()


@transaction.atomic
def import_holidays(
    *, clinic: Clinic, found: Mapping[date, str], by: Actor
) -> Imported:
    """Dates that are holidays already keep their name."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    known = set(
        Holiday.objects.filter(clinic=clinic, date__in=found).values_list(
            "date", flat=True
        )
    )
    new = {day: name for day, name in sorted(found.items()) if day not in known}
    Holiday.objects.bulk_create(
        Holiday(clinic=clinic, date=day, name=name[:120]) for day, name in new.items()
    )
    if new:
        first, last = (dates.day(each) for each in (min(new), max(new)))
        _changed(clinic, by, f"Added {len(new)} holidays from {first} to {last}")
    return Imported(len(new), len(known))


def _changed(clinic: Clinic, by: Actor, what: str) -> None:
    record(Action.CLINIC_CHANGED, by=by, clinic=clinic, target=clinic, reason=what)
