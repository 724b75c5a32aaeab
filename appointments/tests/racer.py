"""One of the processes of test_races.py: says it is ready, then does as it is told.

Reads one JSON order a line, answers one JSON line each.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import django
from django.conf import settings


def point_at_the_test_database() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthcare.settings")
    settings.DATABASES["default"]["NAME"] = os.environ["RACE_DATABASE"]
    django.setup()


def book_one(order: dict[str, Any], turn: int) -> str:
    from accounts.models import Person
    from appointments.actions import SlotTaken, book
    from clinics.models import Membership

    doctor_id, start = order["wishes"][turn % len(order["wishes"])]
    doctor = Membership.objects.select_related("clinic").get(pk=doctor_id)
    patient = Person.objects.get(pk=order["patients"][turn % len(order["patients"])])
    try:
        book(
            clinic=doctor.clinic,
            patient=patient,
            doctor=doctor,
            starts_at=datetime.fromisoformat(start),
            visit_type="consultation",
            reason="",
            by=patient.user.as_actor(role="patient"),
        )
    except SlotTaken as taken:
        return f"taken: {taken.of}"
    return "booked"


def insert_one(order: dict[str, Any], turn: int) -> str:
    """As a program that knows nothing of book() would."""
    from django.db import IntegrityError, OperationalError, connection

    from healthcare.db.conflicts import is_overlap, is_transient

    start, end = order["periods"][turn % len(order["periods"])]
    values = [order["appointment"], order["resource"], start, end, True]
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO appointments_claim"
                " (appointment_id, resource_id, busy_start, busy_end, active)"
                " VALUES (%s, %s, %s, %s, %s)",
                values,
            )
    except IntegrityError as refusal:
        return "refused" if is_overlap(refusal) else repr(refusal)
    except OperationalError as refusal:
        return "refused" if is_transient(refusal) else repr(refusal)
    return "inserted"


def any_verb(order: dict[str, Any], turn: int) -> str:
    """One of the order's verbs on something at random; a refusal is named."""
    from appointments.actions import BookingError
    from appointments.tests.racing_verbs import MIXED

    dice = random.Random(order["seed"] + turn)
    verb = dice.choice(order["verbs"])
    try:
        done = MIXED[verb](order, dice)
    except BookingError as refusal:
        return f"{verb}: {type(refusal).__name__}"
    return f"{verb}: {'done' if done else 'nothing to do'}"


VERBS: dict[str, Callable[[dict[str, Any], int], str]] = {
    "book": book_one,
    "insert": insert_one,
    "any": any_verb,
}


def run(order: dict[str, Any]) -> dict[str, Any]:
    outcomes: Counter[str] = Counter()
    worst = 0.0
    for turn in range(order["first"], order["first"] + order["attempts"]):
        began = time.monotonic()
        try:
            outcome = VERBS[order["verb"]](order, turn)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must be seen
            outcome = repr(error)
        outcomes[outcome] += 1
        worst = max(worst, time.monotonic() - began)
    return {"outcomes": outcomes, "worst": worst}


def main() -> None:
    point_at_the_test_database()
    from django.db import connection

    import appointments.actions  # noqa: F401 - loaded before the start

    connection.ensure_connection()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
