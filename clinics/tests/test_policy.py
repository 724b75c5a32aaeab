"""Every page of a clinic: who may open it, and what everybody else is told."""

import pytest
from django.test import Client
from django.urls import reverse

from clinics.models import Invitation
from clinics.tests.test_invite import sent
from healthcare.audit.models import Action, AuditEvent, Outcome
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db

OWNER = {"owner"}
DESK = {"owner", "staff"}
PAGES = {
    "open": OWNER,
    "close": OWNER,
    "settings": OWNER,
    "hours": OWNER,
    "looks": OWNER,
    "departments": OWNER,
    "new_department": OWNER,
    "members": OWNER,
    "invitations": OWNER,
    "invite": OWNER,
    "patients": DESK,
}
ROWS = {
    "department": ("department", OWNER),
    "close_department": ("department", OWNER),
    "member": ("doctor", OWNER),
    "end_member": ("doctor", OWNER),
    "resend": ("invitation", OWNER),
    "revoke": ("invitation", OWNER),
    "patient": ("patient", DESK),
    "block": ("patient", DESK),
    "unblock": ("patient", DESK),
}
POST_ONLY = {"restore_member": "doctor", "reopen_department": "department"}
NOBODY = "00000000-0000-4000-8000-000000000000"
ROLES = ("owner", "staff", "doctor", "auditor")


def uid(cast: Cast, kind: str) -> str:
    if kind == "invitation":
        found = Invitation.objects.filter(clinic=cast.clinic).first()
        return str((found or sent(cast)[0]).uid)
    return str(getattr(cast, kind).uid)


def address(name: str, cast: Cast, of: Cast | None = None) -> str:
    """The page at `cast`'s clinic, of a row of `of`."""
    args = [cast.clinic.slug]
    kind = ROWS[name][0] if name in ROWS else POST_ONLY.get(name)
    return reverse(
        f"clinics:{name}", args=[*args, uid(of or cast, kind)] if kind else args
    )


@pytest.mark.parametrize("name", [*PAGES, *ROWS])
def test_the_roles_that_may_and_those_that_may_not(
    client: Client, riverside: Cast, name: str
) -> None:
    allowed = PAGES.get(name) or ROWS[name][1]
    path = address(name, riverside)
    for role in ROLES:
        client.force_login(riverside.users[role])
        expected = 200 if role in allowed else 403
        assert client.get(path).status_code == expected, role
    refused = AuditEvent.objects.filter(action=Action.ACCESS_REFUSED)
    assert refused.count() == len(ROLES) - len(allowed)
    assert {event.outcome for event in refused} == {Outcome.REFUSED}


@pytest.mark.parametrize("name", [*PAGES, *ROWS, "overview"])
def test_outsiders_patients_and_strangers_find_nothing(
    client: Client, riverside: Cast, hillcrest: Cast, name: str
) -> None:
    path = address(name, riverside) if name != "overview" else "/c/riverside/"
    for user in (hillcrest.owner.user, riverside.users["patient"]):
        client.force_login(user)
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404
    client.logout()
    assert client.get(path).headers["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("name", [*ROWS, *POST_ONLY])
def test_a_foreign_row_and_a_missing_one_are_the_same(
    owner: Client, riverside: Cast, hillcrest: Cast, name: str
) -> None:
    path = address(name, riverside, of=hillcrest)
    kind = ROWS[name][0] if name in ROWS else POST_ONLY[name]
    missing = path.replace(uid(hillcrest, kind), NOBODY)
    method = owner.post if name in POST_ONLY else owner.get
    assert method(path).status_code == method(missing).status_code == 404
    assert owner.post(path).status_code == owner.post(missing).status_code >= 404
    assert "Hillcrest" not in method(path).content.decode()


@pytest.mark.parametrize("name", POST_ONLY)
def test_verbs_are_not_done_by_looking(
    owner: Client, riverside: Cast, name: str
) -> None:
    assert owner.get(address(name, riverside)).status_code == 405


@pytest.mark.parametrize("name", ["patients", "members", "departments", "invitations"])
def test_lists_are_only_read(owner: Client, riverside: Cast, name: str) -> None:
    assert owner.post(address(name, riverside)).status_code == 405


def test_a_membership_that_ended_is_over_at_the_next_request(
    staff: Client, riverside: Cast
) -> None:
    assert staff.get("/c/riverside/patients/").status_code == 200
    riverside.staff.is_active = False
    riverside.staff.save()
    assert staff.get("/c/riverside/patients/").status_code == 404


def test_no_page_of_a_clinic_is_kept_by_a_browser(
    owner: Client, riverside: Cast
) -> None:
    response = owner.get("/c/riverside/patients/")
    assert response.headers["Cache-Control"] == "no-store"
