"""The verbs, without pages."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts import actions
from accounts.factories import PersonFactory, UserFactory
from accounts.models import DoctorProfile, Person, User
from clinics.factories import ClinicFactory
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action, AuditEvent
from healthcare.outbox.models import Message

pytestmark = pytest.mark.django_db

STAFF = Actor.system("staff")
NAMES = {"given_name": "Ida", "family_name": "Berg", "date_of_birth": date(2019, 1, 2)}


@pytest.fixture
def broken_log(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    for module in ("people", "users"):
        monkeypatch.setattr(f"accounts.actions.{module}.record", broken)


class TestCreatePerson:
    def test_without_an_account(self) -> None:
        clinic = ClinicFactory()
        person = actions.create_person(values=NAMES, by=STAFF, clinic=clinic)
        assert (person.user, person.full_name) == (None, "Ida Berg")
        event = AuditEvent.objects.get()
        assert (event.clinic_uid, event.patient_uid) == (clinic.uid, person.uid)

    def test_twice_for_one_user_is_one_person(self) -> None:
        user = UserFactory()
        first = actions.create_person(user=user, values=NAMES, by=STAFF)
        again = actions.create_person(
            user=User.objects.get(), values=NAMES | {"city": "Oslo"}, by=STAFF
        )
        assert first == again == Person.objects.get()
        assert Person.objects.get().city == "Oslo"

    def test_refuses_what_does_not_fit(self) -> None:
        for wrong in ({"sex": "x"}, {"given_name": ""}, {"country": "Norway"}):
            with pytest.raises(ValidationError):
                actions.create_person(values=NAMES | wrong, by=STAFF)
        assert not Person.objects.exists()

    def test_takes_no_other_fields(self) -> None:
        values = NAMES | {"id": 7, "user": UserFactory(), "photo": "x"}
        person = actions.create_person(values=values, by=STAFF)
        assert (person.user, person.photo.name) == (None, "")


class TestDoctorProfile:
    def test_is_made_once(self) -> None:
        person = PersonFactory()
        first = actions.create_doctor_profile(person=person, by=STAFF)
        assert actions.create_doctor_profile(person=person, by=STAFF) == first
        assert AuditEvent.objects.count() == 1


@pytest.mark.usefixtures("broken_log")
class TestNothingWithoutItsEvent:
    def test_person(self) -> None:
        with pytest.raises(RuntimeError):
            actions.create_person(values=NAMES, by=STAFF)
        assert not Person.objects.exists()

    def test_profile(self) -> None:
        person = PersonFactory(city="Rome")
        with pytest.raises(RuntimeError):
            actions.save_profile(person=person, values={"city": "Oslo"}, by=STAFF)
        assert Person.objects.get().city == "Rome"

    def test_doctor(self) -> None:
        with pytest.raises(RuntimeError):
            actions.create_doctor_profile(person=PersonFactory(), by=STAFF)
        assert not DoctorProfile.objects.exists()

    def test_photo(self) -> None:
        with pytest.raises(RuntimeError):
            actions.set_photo(person=PersonFactory(), jpeg=b"x", by=STAFF)
        assert Person.objects.get().photo.name == ""

    def test_account(self) -> None:
        with pytest.raises(RuntimeError):
            actions.create_user_with_credentials(email="a@healix.test", by=STAFF)
        assert not User.objects.exists()
        assert not Message.objects.exists()

    def test_deactivation(self) -> None:
        with pytest.raises(RuntimeError):
            actions.deactivate_user(user=UserFactory(), reason="x", by=STAFF)
        assert User.objects.get().is_active


def test_deactivation_and_return_are_logged() -> None:
    user = UserFactory()
    actions.deactivate_user(user=user, reason="Left the clinic", by=STAFF)
    actions.reactivate_user(user=user, by=STAFF)
    events = AuditEvent.objects.filter(action=Action.ACCOUNT_CHANGED).order_by("id")
    assert [event.reason for event in events] == [
        "Deactivated: Left the clinic",
        "Reactivated",
    ]
    assert {event.target_uid for event in events} == {str(user.uid)}


def test_person_stays_when_the_account_sleeps() -> None:
    person = PersonFactory()
    actions.deactivate_account(user=person.user, by=STAFF)
    assert Person.objects.get().user == person.user
