"""Registering patients: once each, numbered without doubles, also in a race."""

import pytest

from accounts.factories import PersonFactory
from clinics.actions import register_patient
from clinics.actions.registrations import ATTEMPTS
from clinics.factories import ClinicFactory, RegistrationFactory
from clinics.models import Registration
from clinics.tests.conftest import BY
from clinics.tests.racing import at_once
from healthcare.audit.models import Action, AuditEvent

pytestmark = pytest.mark.django_db


def test_a_patient_gets_the_next_number() -> None:
    clinic = ClinicFactory.create(slug="riverside")
    numbers = [
        register_patient(
            clinic=clinic, person=PersonFactory.create(), by=BY
        ).record_number
        for _patient in range(3)
    ]
    assert numbers == ["RIV-0000001", "RIV-0000002", "RIV-0000003"]


def test_registering_again_is_the_same_registration_and_no_event() -> None:
    clinic, person = ClinicFactory.create(), PersonFactory.create()
    first = register_patient(clinic=clinic, person=person, by=BY)
    again = register_patient(clinic=clinic, person=person, by=BY)
    assert again == first
    events = AuditEvent.objects.filter(action=Action.PATIENT_REGISTERED)
    assert [event.patient_uid for event in events] == [person.uid]
    assert events[0].clinic_uid == clinic.uid


def test_each_clinic_counts_for_itself() -> None:
    person = PersonFactory.create()
    for slug in ("riverside", "hillcrest"):
        register_patient(clinic=ClinicFactory.create(slug=slug), person=person, by=BY)
    numbers = Registration.objects.values_list("record_number", flat=True)
    assert set(numbers) == {"RIV-0000001", "HIL-0000001"}


def test_a_number_that_somebody_brought_along_is_stepped_over() -> None:
    clinic = ClinicFactory.create(slug="riverside")
    for number in ("RIV-0000001", "RIV-0000002"):
        RegistrationFactory.create(clinic=clinic, record_number=number)
    registered = register_patient(clinic=clinic, person=PersonFactory.create(), by=BY)
    assert registered.record_number == "RIV-0000003"


def test_it_gives_up_rather_than_search_for_ever() -> None:
    clinic = ClinicFactory.create(slug="riverside")
    for number in range(1, ATTEMPTS + 1):
        RegistrationFactory.create(clinic=clinic, record_number=f"RIV-{number:07d}")
    with pytest.raises(Exception, match="did not work"):
        register_patient(clinic=clinic, person=PersonFactory.create(), by=BY)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_many_patients_at_once_get_numbers_of_their_own(self) -> None:
        clinic = ClinicFactory.create(slug="riverside")
        people = [PersonFactory.create() for _person in range(8)]
        acts = [
            lambda person=person: register_patient(clinic=clinic, person=person, by=BY)
            for person in people
        ]
        found = at_once(acts)
        assert {type(each) for each in found} == {Registration}, found
        numbers = {each.record_number for each in found}
        assert numbers == {f"RIV-{number:07d}" for number in range(1, 9)}

    def test_one_patient_at_once_is_registered_once(self) -> None:
        clinic, person = ClinicFactory.create(), PersonFactory.create()
        acts = [lambda: register_patient(clinic=clinic, person=person, by=BY)] * 8
        found = at_once(acts)
        assert {type(each) for each in found} == {Registration}, found
        assert len({each.pk for each in found}) == 1
        assert Registration.objects.count() == 1
        registered = AuditEvent.objects.filter(action=Action.PATIENT_REGISTERED)
        assert registered.count() == 1
