"""What somebody may do without signing in, once they gave the date of birth."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Person
from appointments.actions.errors import BookingError
from appointments.models import Appointment, LinkTries
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action, Outcome


class WrongBirthDate(BookingError):
    def __init__(self) -> None:
        super().__init__(_("That is not the date of birth that the clinic has."))


class LinkLocked(BookingError):
    """Too many wrong dates: only the clinic helps now."""

    def __init__(self) -> None:
        super().__init__(_("This link is locked. Please call the clinic."))


def check_birth_date(*, appointment: Appointment, born: date) -> None:
    """Raises WrongBirthDate, and LinkLocked after five wrong dates.

    Every try is counted before it is compared: many at once gain nothing. Call it
    outside a transaction, so that a refusal stays counted.
    """
    if not LinkTries.objects.take(appointment):
        raise LinkLocked
    if born != appointment.patient.date_of_birth:
        _note_refusal(appointment)
        if LinkTries.objects.used_up(appointment):
            raise LinkLocked
        raise WrongBirthDate
    LinkTries.objects.give_back(appointment)


def is_locked(appointment: Appointment) -> bool:
    return LinkTries.objects.used_up(appointment)


def note_link_opened(*, appointment: Appointment, by: Actor) -> None:
    """Link and date of birth were right."""
    record(
        Action.LINK_OPENED,
        by=by,
        clinic=appointment.clinic,
        patient=appointment.patient,
        target=appointment,
    )


def actor_by_link(person: Person, way: str) -> Actor:
    """The patient, who did not sign in: `way` says how they came."""
    if person.user:
        return person.user.as_actor(role="patient").through(way)
    name = f"{person.full_name}, {way}"
    return Actor(kind="user", id=str(person.uid), label=name, role="patient")


def _note_refusal(appointment: Appointment) -> None:
    record(
        Action.ACCESS_REFUSED,
        by=Actor.anonymous(),
        clinic=appointment.clinic,
        patient=appointment.patient,
        target=appointment,
        reason="Wrong date of birth for a visit",
        outcome=Outcome.REFUSED,
    )
