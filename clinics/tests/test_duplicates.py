"""Who may be the person at the desk already, and finding patients by what they say."""

from datetime import date
from typing import Any

import pytest

from accounts.factories import PersonFactory
from clinics.actions import register_person
from clinics.duplicates import alike
from clinics.factories import RegistrationFactory
from clinics.models import Registration
from healthcare import dates
from healthcare.audit.models import Action, AuditEvent
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db

BORN = date(1980, 3, 31)


@pytest.fixture
def anna(riverside: Cast) -> Registration:
    person = PersonFactory.create(
        user=None,
        given_name="Anna",
        family_name="Müller",
        date_of_birth=BORN,
        phone="+491715551234",
        contact_email="anna@example.test",
    )
    return RegistrationFactory.create(clinic=riverside.clinic, patient=person)


@pytest.mark.parametrize(
    "values",
    [
        {"given_name": "Ana", "family_name": "Muller", "date_of_birth": BORN},
        {"given_name": "Müller", "family_name": "Anna", "date_of_birth": BORN},
        {"given_name": "Xu", "family_name": "Li", "phone": "+491715551234"},
        {"given_name": "Xu", "family_name": "Li", "contact_email": "ANNA@example.test"},
    ],
)
def test_somebody_alike_is_found(
    riverside: Cast, anna: Registration, values: dict[str, Any]
) -> None:
    assert alike(riverside.clinic, values) == [anna]


@pytest.mark.parametrize(
    "values",
    [
        {"given_name": "Bruno", "family_name": "Schmidt", "date_of_birth": BORN},
        {"given_name": "Anna", "family_name": "Müller"},
        {
            "given_name": "Anna",
            "family_name": "Müller",
            "date_of_birth": date(1980, 3, 30),
        },
    ],
)
def test_somebody_else_is_not(
    riverside: Cast, anna: Registration, values: dict[str, Any]
) -> None:
    assert alike(riverside.clinic, values) == []


def test_nobody_learns_of_another_clinics_patients(
    hillcrest: Cast, anna: Registration
) -> None:
    values = {"given_name": "Anna", "family_name": "Müller", "date_of_birth": BORN}
    assert alike(hillcrest.clinic, {**values, "phone": "+491715551234"}) == []


@pytest.mark.parametrize(
    "text", ["0171 5551234", "+49 171 555-1234", "31-Mar-1980", "31.3.1980", "mül"]
)
def test_the_search_knows_phone_and_date_of_birth(
    riverside: Cast, anna: Registration, text: str
) -> None:
    found = Registration.objects.visible_to(riverside.staff).matching(text)
    assert list(found) == [anna]


@pytest.mark.parametrize(
    "text", ["31.2.1980", "1.1", "", "1980-3-31x", "a.b.cdef", f"1.{10**50}.1980"]
)
def test_a_text_that_is_no_date(text: str) -> None:
    assert dates.parse_day(text) is None


def test_registering_makes_a_person_without_an_account(riverside: Cast) -> None:
    values = {"given_name": "Olu", "family_name": "Ade", "date_of_birth": BORN}
    by = riverside.staff.user.as_actor(role="staff")
    made = register_person(clinic=riverside.clinic, values=values, by=by)
    assert made.patient.user is None
    assert made.record_number
    events = AuditEvent.objects.filter(patient_uid=made.patient.uid)
    assert {Action.PROFILE_CHANGED, Action.PATIENT_REGISTERED} == set(
        events.values_list("action", flat=True)
    )
