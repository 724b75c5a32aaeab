"""Nobody sees or reaches rows of another clinic in the staff admin."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from appointments.models import Appointment
from clinics.factories import MembershipFactory
from clinics.models import Department, Invitation, Membership, Role
from healthcare import clock
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db

MODELS = [
    "accounts_user",
    "appointments_appointment",
    "clinics_clinic",
    "clinics_department",
    "clinics_invitation",
    "clinics_membership",
    "clinics_registration",
]
MANAGED = ["accounts_user", "clinics_invitation", "clinics_membership"]


def appointment(cast: Cast, **extra: Any) -> Appointment:
    starts = clock.now() + timedelta(days=1)
    return Appointment.objects.create(
        clinic=cast.clinic,
        patient=cast.patient.patient,
        doctor=cast.doctor,
        department=cast.department,
        reference=uuid4().hex[:10].upper(),
        starts_at=starts,
        ends_at=starts + timedelta(minutes=30),
        time_zone=cast.clinic.time_zone,
        created_at=clock.now(),
        **extra,
    )


def invitation(cast: Cast, **extra: Any) -> Invitation:
    return Invitation.objects.create(
        clinic=cast.clinic,
        role=Role.STAFF,
        email=f"new@{cast.clinic.slug}.test",
        token_hash=uuid4().hex,
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(days=7),
        **extra,
    )


def rows(cast: Cast) -> dict[str, Any]:
    """A row of each model, all of one clinic."""
    return {
        "accounts_user": cast.doctor.user,
        "appointments_appointment": appointment(cast),
        "clinics_clinic": cast.clinic,
        "clinics_department": cast.department,
        "clinics_invitation": invitation(cast),
        "clinics_membership": cast.doctor,
        "clinics_registration": cast.patient,
    }


@pytest.fixture
def ours(riverside: Cast) -> dict[str, Any]:
    return rows(riverside)


@pytest.fixture
def theirs(hillcrest: Cast) -> dict[str, Any]:
    return rows(hillcrest)


@pytest.fixture
def owner(client: Any, riverside: Cast) -> Any:
    client.force_login(riverside.owner.user)
    return client


def url(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:{model}_{page}", args=args)


def listed(response: Any) -> set[int]:
    return {row.pk for row in response.context["cl"].result_list}


@pytest.mark.parametrize("model", MODELS)
def test_lists_and_pages_hold_ones_own_rows_only(owner, ours, theirs, model):
    found = listed(owner.get(url(model, "changelist")))
    assert ours[model].pk in found
    assert theirs[model].pk not in found
    assert owner.get(url(model, "change", ours[model].pk)).status_code == 200
    assert owner.get(url(model, "change", theirs[model].pk)).status_code == 404
    assert owner.get(url(model, "change", 10**9)).status_code == 404


@pytest.mark.parametrize("model", MODELS)
def test_crafted_addresses_show_no_more(owner, ours, theirs, hillcrest, model):
    foreign, clinic = theirs[model].pk, hillcrest.clinic.pk
    for query in (
        {"_popup": "1"},
        {"q": "hill"},
        {"all": ""},
        {"_to_field": "id"},
        {"clinic__id__exact": clinic},
        {"department__id__exact": hillcrest.department.pk},
        {"id": foreign},
        {"id__exact": foreign},
        {"pk__in": foreign},
        {"p": "99"},
        {"o": "1.2.3.99"},
        {"clinic__slug__startswith": "hill"},
    ):
        page = owner.get(url(model, "changelist"), query, follow=True)
        assert "hillcrest" not in page.text.lower(), query
        if page.status_code == 200 and page.context.get("cl"):
            assert foreign not in listed(page), query


@pytest.mark.parametrize(
    "query",
    [
        ("accounts_user", "password__startswith"),
        ("accounts_user", "email__startswith"),
        ("clinics_invitation", "token_hash__startswith"),
        ("clinics_membership", "user__password__startswith"),
        ("clinics_registration", "patient__date_of_birth__gte"),
        ("appointments_appointment", "reason__icontains"),
    ],
)
def test_filters_that_are_not_offered_tell_nothing(owner, ours, query):
    model, lookup = query
    assert owner.get(url(model, "changelist"), {lookup: "p"}).status_code == 400


def test_the_filters_name_no_other_clinic(owner, riverside, ours, theirs):
    """Also for somebody who works at two of three clinics."""
    second = MembershipFactory(user=riverside.owner.user, role=Role.OWNER)
    appointment(riverside)
    Department.objects.create(clinic=second.clinic, name="Radiology")
    page = owner.get(url("clinics_department", "changelist"))
    assert second.clinic.name in page.text
    assert "Hillcrest" not in page.text


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted_here(owner, ours, model):
    pk = ours[model].pk
    assert owner.get(url(model, "delete", pk)).status_code == 403
    assert owner.post(url(model, "delete", pk), {"post": "yes"}).status_code == 403
    owner.post(
        url(model, "changelist"),
        {"action": "delete_selected", "_selected_action": pk, "post": "yes"},
    )
    assert type(ours[model]).objects.filter(pk=pk).exists()


@pytest.mark.parametrize("model", MODELS)
def test_there_is_no_history_besides_the_log(owner, ours, model):
    assert owner.get(url(model, "history", ours[model].pk)).status_code == 404


@pytest.mark.parametrize("model", MODELS)
def test_staff_see_what_their_role_may_see(client, riverside, ours, model):
    client.force_login(riverside.staff.user)
    expected = 403 if model in MANAGED else 200
    assert client.get(url(model, "changelist")).status_code == expected
    assert client.get(url(model, "change", ours[model].pk)).status_code == expected
    index = client.get("/admin/").text
    assert (url(model, "changelist") in index) is (model not in MANAGED)


@pytest.mark.parametrize("model", ["clinics_clinic", "clinics_department"])
def test_staff_change_neither_clinic_nor_departments(client, riverside, ours, model):
    client.force_login(riverside.staff.user)
    address = url(model, "change", ours[model].pk)
    assert client.post(address, {"name": "Changed"}).status_code == 403
    assert client.get(url("clinics_department", "add")).status_code == 403
    ours[model].refresh_from_db()
    assert ours[model].name != "Changed"


ACTIONS = [
    ("accounts_user", "deactivate"),
    ("appointments_appointment", "cancel"),
    ("appointments_appointment", "check_in"),
    ("clinics_clinic", "close_for_booking"),
    ("clinics_invitation", "revoke"),
    ("clinics_membership", "end"),
    ("clinics_registration", "block"),
]


@pytest.mark.parametrize(("model", "action"), ACTIONS)
def test_actions_reach_ones_own_rows_only(owner, ours, theirs, model, action):
    def values(row: Any) -> dict[str, Any]:
        return type(row).objects.filter(pk=row.pk).values().get()

    before = values(theirs[model]), values(ours[model])
    both = [theirs[model].pk, ours[model].pk]
    sent = {"action": action, "_selected_action": both, "reason": "Because"}
    owner.post(url(model, "changelist"), sent)
    after = values(theirs[model]), values(ours[model])
    assert after[0] == before[0]
    assert after[1] != before[1]


def test_a_foreign_department_is_no_choice(owner, riverside, hillcrest):
    address = url("clinics_membership", "change", riverside.doctor.pk)
    page = owner.get(address)
    choices = page.context["adminform"].form.fields["department"].queryset
    assert list(choices) == [riverside.department]
    sent = {"department": hillcrest.department.pk, "visit_minutes": 20}
    page = owner.post(address, sent)
    assert "department" in page.context["adminform"].form.errors
    riverside.doctor.refresh_from_db()
    assert riverside.doctor.department == riverside.department


@pytest.mark.parametrize("model", ["clinics_department", "clinics_invitation"])
def test_a_foreign_clinic_is_no_choice(owner, hillcrest, model):
    sent = {
        "clinic": hillcrest.clinic.pk,
        "name": "Radiology",
        "icon": "hospital",
        "role": "doctor",
    }
    page = owner.post(url(model, "add"), sent)
    assert "clinic" in page.context["adminform"].form.errors
    assert not Department.objects.filter(name="Radiology").exists()
    assert not Invitation.objects.exists()


def test_more_fields_than_the_form_has_change_nothing(owner, riverside, hillcrest):
    """Role, account and clinic of a membership, and an account's rights."""
    doctor = riverside.doctor
    sent = {
        "role": "owner",
        "user": hillcrest.owner.user.pk,
        "clinic": hillcrest.clinic.pk,
        "is_active": "",
        "visit_minutes": "25",
        "department": riverside.department.pk,
    }
    owner.post(url("clinics_membership", "change", doctor.pk), sent)
    stored = Membership.objects.get(pk=doctor.pk)
    assert stored.visit_minutes == 25
    assert (stored.role, stored.user, stored.clinic) == (
        Role.DOCTOR,
        doctor.user,
        riverside.clinic,
    )
    assert stored.is_active
    rights = {"is_superuser": "on", "is_staff": "on", "password": "x", "email": "x@y.z"}
    address = url("accounts_user", "change", doctor.user.pk)
    assert owner.post(address, rights).status_code == 403
    doctor.user.refresh_from_db()
    assert not doctor.user.is_superuser
    assert not doctor.user.is_staff


def test_no_password_hash_and_no_token_hash_is_shown(owner, ours, riverside):
    riverside.doctor.user.set_password("healix-demo-1")
    riverside.doctor.user.save()
    page = owner.get(url("accounts_user", "change", riverside.doctor.user.pk)).text
    assert riverside.doctor.user.password not in page
    assert "superuser" not in page.lower()
    code = ours["clinics_invitation"]
    page = owner.get(url("clinics_invitation", "change", code.pk)).text
    assert code.token_hash not in page


def test_a_doctor_elsewhere_sees_only_where_they_are_staff(
    client, riverside, hillcrest, ours, theirs
):
    """The role of one clinic opens nothing at the other."""
    MembershipFactory(
        user=riverside.owner.user, clinic=hillcrest.clinic, role=Role.DOCTOR
    )
    client.force_login(riverside.owner.user)
    for model in MODELS:
        assert theirs[model].pk not in listed(client.get(url(model, "changelist")))


@pytest.mark.parametrize("model", MODELS)
def test_lists_ask_as_much_for_three_rows_as_for_one(
    owner, riverside, model, django_assert_max_num_queries
):
    make = {
        "accounts_user": lambda: MembershipFactory(clinic=riverside.clinic),
        "appointments_appointment": lambda: appointment(riverside),
        "clinics_clinic": lambda: MembershipFactory(
            user=riverside.owner.user, role=Role.OWNER
        ),
        "clinics_department": lambda: Department.objects.create(
            clinic=riverside.clinic, name=uuid4().hex[:8]
        ),
        "clinics_invitation": lambda: invitation(riverside),
        "clinics_membership": lambda: MembershipFactory(clinic=riverside.clinic),
        "clinics_registration": lambda: None,
    }[model]
    make()
    owner.get(url(model, "changelist"))
    with django_assert_max_num_queries(15) as one:
        owner.get(url(model, "changelist"))
    for _ in range(2):
        make()
    with django_assert_max_num_queries(15) as three:
        owner.get(url(model, "changelist"))
    assert len(three.captured_queries) == len(one.captured_queries)
