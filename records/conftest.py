"""Visits for the tests of records: booked, opened, signed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from appointments.models import Appointment, Status
from clinics.actions import join_care_team
from clinics.models import CareTeamMember
from healthcare import clock
from healthcare.db.guards import declared
from healthcare.testing import Cast
from records.charting.actions import open_encounter, sign
from records.charting.models import Encounter

BODY: dict[str, Any] = {
    "visit_type": "consultation",
    "notes": "Feels well. Home readings in target.",
    "plan": "Carry on with the tablets.",
    "diagnoses": [{"text": "Essential hypertension", "code": "I10"}],
    "lines": [
        {
            "medicine": "Ramipril",
            "strength": "5 mg",
            "dose": "1 tablet",
            "frequency": "once daily, morning",
            "duration_days": "90",
            "instructions": "With water",
        }
    ],
}

Book = Callable[..., Appointment]
Open = Callable[..., Encounter]


@pytest.fixture
def book_visit() -> Book:
    """An appointment of the cast's doctor, arrived unless told otherwise."""

    def make(cast: Cast, **changes: Any) -> Appointment:
        starts_at = changes.pop("starts_at", clock.now())
        patient = changes.pop("patient", cast.patient.patient)
        doctor = changes.pop("doctor", cast.doctor)
        join_care_team(
            clinic=cast.clinic,
            patient=patient,
            member=doctor,
            source=CareTeamMember.Source.APPOINTMENT,
            by=cast.doctor.user.as_actor(role="doctor"),
        )
        count = Appointment.objects.count()
        values = {
            "reference": f"HX-T{count:05d}",
            "reason": "Blood pressure review",
            "status": Status.ARRIVED,
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=30),
            "wall_start": "2026-01-01T09:00",
            "time_zone": cast.clinic.time_zone,
            "created_at": starts_at,
        }
        return Appointment.objects.create(
            clinic=cast.clinic,
            patient=patient,
            doctor=doctor,
            department=cast.department,
            **{**values, **changes},
        )

    return make


@pytest.fixture
def open_visit(book_visit: Book) -> Open:
    def make(cast: Cast, **changes: Any) -> Encounter:
        appointment = book_visit(cast, **changes)
        doctor = appointment.doctor
        by = doctor.user.as_actor(role="doctor")
        with clock.at(appointment.starts_at):
            return open_encounter(appointment=appointment, member=doctor, by=by)

    return make


@pytest.fixture
def sign_visit(open_visit: Open) -> Open:
    def make(
        cast: Cast, body: dict[str, Any] | None = None, **changes: Any
    ) -> Encounter:
        encounter = open_visit(cast, **changes)
        doctor = encounter.doctor
        by = doctor.user.as_actor(role="doctor")
        with clock.at(encounter.started_at):
            sign(encounter=encounter, body=body or BODY, signer=doctor, by=by)
        encounter.refresh_from_db()
        return encounter

    return make


@pytest.fixture
def unguarded() -> None:
    """The records' tables without their guards, until the test's rollback."""
    vendor = connection.vendor
    with connection.cursor() as cursor:
        for guard, table in declared(connection):
            if table.startswith(("charting_", "prescribing_")):
                for statement in guard.statements(vendor, table)[1]:
                    cursor.execute(statement)
