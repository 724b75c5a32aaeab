"""Time was given back: those who wait should hear of it soon, not within the minute."""

from django.db import transaction

from appointments import tasks
from appointments.models import WaitingEntry
from clinics.models import Clinic
from healthcare.queue import enqueue


def offer_soon(clinic: Clinic) -> None:
    """Once this transaction stands. The sweep of every minute is the safety net."""
    transaction.on_commit(lambda: _enqueue(clinic))


def _enqueue(clinic: Clinic) -> None:
    if WaitingEntry.objects.waiting().filter(clinic=clinic).exists():
        enqueue(tasks.sweep_waitlist, clinic.pk)
