"""Checking in from the waiting room, by the patient."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from appointments import when
from appointments.actions.errors import NotAllowed
from appointments.actions.visits import arrive, lock
from appointments.models import Appointment, Poster, Status
from clinics.models import Clinic
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action

EARLY, LATE = timedelta(minutes=60), timedelta(minutes=30)
HERE = (Status.ARRIVED, Status.IN_PROGRESS)


@transaction.atomic
def check_in(*, appointment: Appointment, by: Actor) -> Appointment:
    """The patient says that they are here, an hour before to half an hour after the
    start. Who is here already stays so. Raises NotAllowed and WrongStatus."""
    lock(appointment)
    if appointment.status in HERE:
        return appointment
    if appointment.status == Status.BOOKED:
        _check_time(appointment)
    return arrive(appointment=appointment, by=by)


def _check_time(appointment: Appointment) -> None:
    now, opens = clock.now(), appointment.starts_at - EARLY
    if now < opens:
        words = {"time": when.wall_time(opens, appointment.zone)}
        raise NotAllowed(
            _("It is too early. You can check in here from %(time)s.") % words
        )
    if now > appointment.starts_at + LATE:
        raise NotAllowed(
            _("It is too late to check in here. Please go to the front desk.")
        )


@transaction.atomic
def replace_poster(*, clinic: Clinic, by: Actor) -> Poster:
    """A new code; the posters that hang stop working."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    Poster.objects.hanging().filter(clinic=clinic).update(replaced_at=clock.now())
    poster = Poster.objects.create(
        clinic=clinic, code=secrets.token_urlsafe(15), created_at=clock.now()
    )
    record(Action.POSTER_REPLACED, by=by, clinic=clinic, target=poster)
    return poster
