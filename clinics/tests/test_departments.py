from typing import Any

import pytest
from django.test import Client

from clinics.factories import DepartmentFactory, MembershipFactory
from clinics.models import Department
from clinics.tests.test_settings import NAUGHTY
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db

LIST = "/c/riverside/departments/"
SKIN = {"name": "Skin", "description": "Rashes and moles", "icon": "droplet"}


def page(department: Department, verb: str = "") -> str:
    return f"{LIST}{department.uid}/{verb}"


def test_the_list_shows_own_departments_with_doctors(
    owner: Client, riverside: Cast, hillcrest: Cast
) -> None:
    DepartmentFactory.create(clinic=hillcrest.clinic, name="Foreign")
    text = owner.get(LIST).content.decode()
    assert "Cardiology" in text
    assert "1 doctor" in text
    assert "Foreign" not in text


def test_an_empty_list_says_what_to_do(owner: Client, riverside: Cast) -> None:
    riverside.doctor.department = None
    riverside.doctor.save()
    riverside.department.delete()
    assert "No departments yet" in owner.get(LIST).content.decode()


def test_the_number_of_queries_does_not_grow(
    owner: Client, riverside: Cast, django_assert_num_queries: Any
) -> None:
    owner.get(LIST)
    with django_assert_num_queries(7):
        owner.get(LIST)
    for _more in range(2):
        department = DepartmentFactory.create(clinic=riverside.clinic)
        MembershipFactory.create(
            clinic=riverside.clinic, role="doctor", department=department
        )
    with django_assert_num_queries(7):
        owner.get(LIST)


def test_one_is_added(owner: Client, riverside: Cast) -> None:
    assert owner.post(LIST + "new/", SKIN).headers["Location"] == LIST
    skin = Department.objects.get(name="Skin")
    assert (skin.clinic, skin.icon) == (riverside.clinic, "droplet")


def test_a_second_of_the_same_name_is_refused(owner: Client, riverside: Cast) -> None:
    response = owner.post(LIST + "new/", SKIN | {"name": "cardiology"})
    assert response.context["form"].errors["name"]
    other = DepartmentFactory.create(clinic=riverside.clinic)
    response = owner.post(page(other), SKIN | {"name": "Cardiology"})
    assert response.context["form"].errors["name"]


def test_one_is_changed(owner: Client, riverside: Cast) -> None:
    owner.post(page(riverside.department), SKIN)
    riverside.department.refresh_from_db()
    assert riverside.department.name == "Skin"


def test_clinic_and_state_cannot_be_sent_along(
    owner: Client, riverside: Cast, hillcrest: Cast
) -> None:
    extra = {"clinic": hillcrest.clinic.pk, "is_active": "", "uid": "x"}
    owner.post(page(riverside.department), SKIN | extra)
    riverside.department.refresh_from_db()
    assert riverside.department.clinic == riverside.clinic
    assert riverside.department.is_active


def test_it_closes_after_a_question_and_opens_again(
    owner: Client, riverside: Cast
) -> None:
    department = riverside.department
    assert "Close Cardiology?" in owner.get(page(department, "close/")).content.decode()
    owner.post(page(department, "close/"))
    department.refresh_from_db()
    assert not department.is_active
    assert not Department.objects.bookable(riverside.clinic).exists()
    owner.post(page(department, "reopen/"))
    department.refresh_from_db()
    assert department.is_active


def test_naughty_strings(owner: Client, riverside: Cast) -> None:
    for text in [*NAUGHTY, "\x00", "x" * 500]:
        values = SKIN | {"name": text, "description": text}
        response = owner.post(page(riverside.department), values)
        assert response.status_code in (200, 302), repr(text)
    response = owner.post(page(riverside.department), SKIN | {"icon": "<script>"})
    assert response.context["form"].errors["icon"]
