"""Navigation and the shell: what each role finds, and in whose colours."""

import pytest
from django.test import Client

from clinics.factories import MembershipFactory, RegistrationFactory
from clinics.places import emergency_number
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db

MORE = "/more/"


def labels(client: Client, path: str = MORE) -> list[str]:
    return [link.label for link in client.get(path).context["nav"]().main]


def ends(client: Client, path: str = MORE) -> list[str]:
    return [link.label for link in client.get(path).context["nav"]().end]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (
            "owner",
            "Overview Appointments Patients Members Departments Doctors "
            "Invitations Deliveries Waitlist Settings",
        ),
        ("staff", "Desk Queue Appointments Patients Waitlist Doctors Deliveries"),
        ("doctor", "Today Patients Availability"),
        ("auditor", "Log Reports"),
    ],
)
def test_each_role_finds_its_pages(
    client: Client, riverside: Cast, role: str, expected: str
) -> None:
    client.force_login(riverside.users[role])
    assert labels(client) == expected.split()
    shell = client.get(MORE).context["shell"]()
    assert (shell.role_label, shell.clinic.name) == (role.title(), "Riverside")
    assert shell.narrow


def test_two_roles_find_both_once(owner: Client, riverside: Cast) -> None:
    MembershipFactory.create(
        user=riverside.owner.user, clinic=riverside.clinic, role="doctor"
    )
    found = labels(owner)
    assert found[:3] == ["Today", "Patients", "Availability"]
    assert len(set(found)) == len(found) - 1
    assert owner.get(MORE).context["shell"]().role_label == "Owner, Doctor"


def test_a_patient_finds_the_own_record_in_the_clinics_colours(
    client: Client, riverside: Cast
) -> None:
    client.force_login(riverside.users["patient"])
    response = client.get(MORE)
    assert [link.label for link in response.context["nav"]().main] == [
        *("Home", "Appointments", "Visits", "Prescriptions", "Who looked")
    ]
    shell = response.context["shell"]()
    assert (shell.role_label, shell.clinic.slug) == ("Patient", "riverside")
    assert 'data-clinic="riverside"' in response.content.decode()
    assert riverside.clinic.brand_url in response.content.decode()


def test_the_clinic_of_the_address_is_shown(
    owner: Client, riverside: Cast, hillcrest: Cast
) -> None:
    user = riverside.owner.user
    MembershipFactory.create(user=user, clinic=hillcrest.clinic, role="owner")
    for slug in ("hillcrest", "riverside"):
        here = owner.get(f"/c/{slug}/members/").context["shell"]()
        assert here.clinic.slug == slug
        assert owner.get(MORE).context["shell"]().clinic.slug == slug
    assert "My clinics" in ends(owner)


def test_a_member_who_is_a_patient_can_switch(owner: Client, riverside: Cast) -> None:
    assert not {"My own record", "My clinics"} & set(ends(owner))
    RegistrationFactory.create(
        clinic=riverside.clinic, patient=riverside.owner.user.person
    )
    assert "My own record" in ends(owner)


def test_a_public_page_is_in_its_own_clinics_colours(
    owner: Client, riverside: Cast, hillcrest: Cast
) -> None:
    page = owner.get("/clinics/hillcrest/")
    assert page.context["shell"]().clinic.slug == "hillcrest"
    assert "Your pages" in page.content.decode()


def test_nobody_special_sees_healix(client: Client) -> None:
    page = client.get("/clinics/")
    assert page.context["shell"]().clinic is None


def test_emergency_numbers() -> None:
    numbers = [emergency_number(code) for code in ("DE", "US", "GB", "")]
    assert numbers == ["112", "911", "999", "112"]
