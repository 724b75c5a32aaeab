from datetime import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.factories import UserFactory
from clinics.actions import (
    DepartmentExists,
    NotReady,
    SlugTaken,
    add_department,
    change_clinic,
    change_department,
    close_for_booking,
    create_clinic,
    open_for_booking,
    set_opening_hours,
)
from clinics.factories import DepartmentFactory, MembershipFactory
from clinics.models import Clinic, Membership
from clinics.setup import checklist
from clinics.slugs import RESERVED
from clinics.tests.conftest import BY
from clinics.tests.racing import at_once
from healthcare.audit.models import Action, AuditEvent
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db

CONTACT = {"address_line": "Weg 1", "city": "Berlin", "email": "a@healix.test"}
MONDAY = (0, time(8), time(12))


def found(slug: str = "lakeside", **changes: object) -> Clinic:
    values: dict[str, Any] = {
        "name": "Lakeside",
        "slug": slug,
        "country": "DE",
        "time_zone": "Europe/Berlin",
        "owner": UserFactory.create(),
        "by": BY,
    }
    return create_clinic(**(values | changes))


def test_a_new_clinic_has_its_owner_and_is_not_yet_open() -> None:
    clinic = found()
    assert not clinic.is_listed
    owner = Membership.objects.get(clinic=clinic)
    assert owner.role == "owner"
    actions = AuditEvent.objects.values_list("action", flat=True)
    assert set(actions) == {Action.CLINIC_CREATED, Action.MEMBER_ADDED}


@pytest.mark.parametrize(
    ("country", "currency"), [("DE", "EUR"), ("US", "USD"), ("GB", "GBP")]
)
def test_the_currency_is_the_countrys(country: str, currency: str) -> None:
    assert found(country=country).currency == currency


@pytest.mark.parametrize("slug", ["riverside", "new", "admin"])
def test_a_taken_or_reserved_address_is_refused(riverside: Cast, slug: str) -> None:
    with pytest.raises(SlugTaken):
        found(slug)
    assert Clinic.objects.count() == 1


def test_every_word_in_an_address_is_reserved() -> None:
    assert {"new", "admin", "join", "home", "me", "accounts", "static"} <= RESERVED


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Mars/Base"},
        {"country": "XX"},
        {"slug": "no spaces"},
        {"colour": "red;}*"},
        {"colour": "a#12345"},
        {"currency": "euro"},
        {"name": ""},
    ],
)
def test_what_the_model_refuses_makes_no_clinic(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        found(**wrong)
    assert not Clinic.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_change_names_the_fields(riverside: Cast) -> None:
    change_clinic(clinic=riverside.clinic, by=BY, city="Berlin", tagline="Hearts")
    event = AuditEvent.objects.get(action=Action.CLINIC_CHANGED)
    assert event.reason == "city, tagline"


def test_being_open_is_no_detail(riverside: Cast) -> None:
    wrong: Any = {"is_listed": True}
    with pytest.raises(TypeError, match="is_listed"):
        change_clinic(clinic=riverside.clinic, by=BY, **wrong)


def test_opening_hours_are_replaced_as_a_whole(riverside: Cast) -> None:
    clinic = riverside.clinic
    set_opening_hours(clinic=clinic, periods=[MONDAY], by=BY)
    set_opening_hours(clinic=clinic, periods=[MONDAY], by=BY)
    assert AuditEvent.objects.count() == 1
    set_opening_hours(clinic=clinic, periods=[(1, time(9), time(10))], by=BY)
    assert [str(each) for each in clinic.opening_hours.all()] == [
        "Tuesday 09:00 to 10:00"
    ]


def test_departments_have_names_of_their_own(riverside: Cast) -> None:
    with pytest.raises(DepartmentExists):
        add_department(clinic=riverside.clinic, name="CARDIOLOGY", by=BY)
    other = DepartmentFactory.create(clinic=riverside.clinic, name="Skin")
    with pytest.raises(DepartmentExists):
        change_department(department=other, name="Cardiology", by=BY)
    change_department(department=other, name="SKIN", is_active=False, by=BY)
    other.refresh_from_db()
    assert (other.name, other.is_active) == ("SKIN", False)


def done(clinic: Clinic) -> set[str]:
    return {step.key for step in checklist(clinic).steps if step.is_done}


def test_the_checklist_follows_the_data() -> None:
    clinic = found()
    assert done(clinic) == set()
    change_clinic(clinic=clinic, by=BY, **CONTACT)
    assert done(clinic) == {"contact"}
    set_opening_hours(clinic=clinic, periods=[MONDAY], by=BY)
    change_clinic(clinic=clinic, by=BY, colour="#0b5e8a")
    department = add_department(clinic=clinic, name="Skin", by=BY)
    assert done(clinic) == {"contact", "hours", "brand", "departments"}
    MembershipFactory.create(clinic=clinic, role="doctor")
    assert "doctors" not in done(clinic)
    MembershipFactory.create(clinic=clinic, role="doctor", department=department)
    MembershipFactory.create(clinic=clinic, role="staff")
    assert done(clinic) == {
        *("contact", "hours", "brand", "departments", "doctors", "staff")
    }
    assert checklist(clinic).percent == 85


def ready_clinic() -> Clinic:
    clinic = found(**CONTACT)
    set_opening_hours(clinic=clinic, periods=[MONDAY], by=BY)
    department = add_department(clinic=clinic, name="Skin", by=BY)
    MembershipFactory.create(clinic=clinic, role="doctor", department=department)
    return clinic


def test_a_ready_clinic_opens_and_closes() -> None:
    clinic = ready_clinic()
    open_for_booking(clinic=clinic, by=BY)
    assert Clinic.objects.listed().get() == clinic
    close_for_booking(clinic=clinic, by=BY)
    assert not Clinic.objects.listed().exists()


def test_without_hours_it_stays_closed() -> None:
    clinic = ready_clinic()
    clinic.opening_hours.all().delete()
    with pytest.raises(NotReady):
        open_for_booking(clinic=clinic, by=BY)
    assert not Clinic.objects.listed().exists()


def test_without_a_doctor_it_stays_closed() -> None:
    clinic = ready_clinic()
    Membership.objects.filter(role="doctor").update(is_active=False)
    with pytest.raises(NotReady):
        open_for_booking(clinic=clinic, by=BY)


@pytest.mark.django_db(transaction=True)
def test_of_clinics_founded_at_once_one_gets_the_address() -> None:
    owners = [UserFactory.create() for _owner in range(6)]
    acts = [lambda owner=owner: found(owner=owner) for owner in owners]
    results = at_once(acts)
    assert sum(isinstance(each, SlugTaken) for each in results) == 5, results
    assert Clinic.objects.count() == 1
    assert Membership.objects.count() == 1
