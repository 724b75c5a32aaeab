"""Every address × everybody × {own, same clinic, other clinic, missing} × GET and POST.

The table of what is expected is made from each view's own policy, so a new view is in
it from its first day. A view whose rows are narrower than the clinic says so below.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from clinics.access import ROLES, Permission
from healthcare.policy import OWN_RECORD, PUBLIC, SIGNED_IN
from healthcare.testing import Cast
from records.tests.worlds import make_world, second_doctor
from records.tour import View, World, views

# Rows of the clinic that only their own doctor may see, not every doctor.
OWN_DOCTOR_ONLY = ("appointments:", "charting:")
# Pages where a signed-in person sees more than their own rows, by design.
SHARED = {"accounts:photo", "appointments:book_departments"}
SHARED |= {"appointments:book_doctor", "appointments:book_time"}
SHARED |= {"appointments:book_check", "appointments:search"}
# Signed-in pages of one role, wherever it is held.
ONE_ROLE = {"clinics:join_doctor": "doctor"}
REFUSED = (403, 404)
# A method that an address does not have is refused before anybody is looked at.
NOT_OFFERED = 405


@dataclass(frozen=True)
class Viewer:
    """Somebody, and the world they belong to."""

    role: str
    user: User | None
    world: World | None


@dataclass(frozen=True)
class Everybody:
    viewers: list[Viewer]
    worlds: dict[str, World]


@pytest.fixture
def everybody(riverside: Cast, hillcrest: Cast) -> Everybody:
    here = make_world(riverside, riverside.doctor, riverside.patient)
    beside = make_world(riverside, second_doctor(riverside), riverside.patient2)
    there = make_world(hillcrest, hillcrest.doctor, hillcrest.patient)
    viewers = [Viewer("anonymous", None, None)]
    viewers += [Viewer(role, user, here) for role, user in riverside.users.items()]
    viewers += [Viewer(role, user, there) for role, user in hillcrest.users.items()]
    worlds = {"own": here, "beside": beside, "there": there, "missing": here}
    return Everybody(viewers, worlds)


def expected(view: View, viewer: Viewer, place: str, target: World) -> str:
    """'log in', 'refused' (404), 'forbidden' (403) or 'in'."""
    if view.access == PUBLIC:
        return "in"
    if viewer.user is None:
        return "log in"
    if view.name in ONE_ROLE:
        return "in" if viewer.role == ONE_ROLE[view.name] else "refused"
    about_a_row = "uid" in view.parameters
    if view.access in (SIGNED_IN, OWN_RECORD):
        mine = viewer.world.clinic == target.clinic and place != "missing"
        mine = (mine and place != "beside") or (view.name.startswith("jobs:") and mine)
        mine = mine and _owns(view, viewer)
        return "in" if mine or not about_a_row or view.name in SHARED else "refused"
    if viewer.world.clinic != target.clinic or viewer.role == "patient":
        return "refused"
    if Permission(view.access) not in ROLES[viewer.role]:
        return "forbidden"
    if about_a_row and place == "missing":
        return "refused"
    narrow = viewer.role == "doctor" and view.name.startswith(OWN_DOCTOR_ONLY)
    if about_a_row and narrow and place == "beside":
        return "refused"
    return "in"


def _owns(view: View, viewer: Viewer) -> bool:
    return viewer.role == ("auditor" if view.name.startswith("jobs:") else "patient")


def seen(response: HttpResponse) -> str:
    if response.status_code == 302 and response["Location"].startswith(
        "/accounts/login/"
    ):
        return "log in"
    if response.status_code in REFUSED:
        return "forbidden" if response.status_code == 403 else "refused"
    assert response.status_code < 500 or not_ready(response), response.status_code
    return "in"


def not_ready(response: HttpResponse) -> bool:
    """No worker runs beside the tests, and /readyz/ says so."""
    return response.status_code == 503 and b'"worker": false' in response.content


def ask(client: Client, method: str, url: str) -> HttpResponse:
    """One request whose writes are taken back."""
    with transaction.atomic():
        response = getattr(client, method)(url)
        if hasattr(response, "streaming_content"):
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response


def clients(everybody: Everybody) -> Iterator[tuple[Viewer, Client]]:
    for viewer in everybody.viewers:
        client = Client()
        if viewer.user:
            client.force_login(viewer.user)
        yield viewer, client


# Found, but with nothing to give in this state: a job without a file, a clinic
# without a logo, a person without a photo, an invitation or a feed nobody knows.
NOTHING_THERE = {
    "appointments:feed",
    "accounts:photo",
    "accounts:doctor_profile",
    "accounts:remove_photo",
    "clinics:join_with",
    "clinics:logo",
    "jobs:download",
}


def address(view: View, place: str, target: World) -> str:
    kwargs = target.kwargs(view.name, set(view.parameters))
    if place == "missing" and "uid" in kwargs:
        kwargs["uid"] = uuid4()
    return view.url(kwargs)


def name_of(view: View) -> str:
    return view.name


@pytest.mark.django_db
@pytest.mark.parametrize("view", list(views()), ids=name_of)
def test_everybody_sees_what_they_may(view: View, everybody: Everybody) -> None:
    wrong = []
    for viewer, client in clients(everybody):
        for place, target in everybody.worlds.items():
            if place == "missing" and "uid" not in view.parameters:
                continue
            wish = expected(view, viewer, place, target)
            for method in ("get", "post"):
                response = ask(client, method, address(view, place, target))
                if response.status_code == NOT_OFFERED or (
                    view.name in NOTHING_THERE and response.status_code == 404
                ):
                    continue
                if seen(response) != wish:
                    who = f"{viewer.role} of {viewer.world and viewer.world.clinic}"
                    wrong.append(f"{method} {place} as {who}: {response.status_code}")
                    wrong[-1] += f", should be {wish}"
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "view", [view for view in views() if "clinic" in view.parameters], ids=name_of
)
def test_nothing_of_another_clinic_is_told(view: View, everybody: Everybody) -> None:
    """One's own clinic in the address, the other's row: like a row that never was."""
    mine, theirs = everybody.worlds["own"], everybody.worlds["there"]
    canary = f"Canary notes of {theirs.clinic.slug}"
    crossed = view.url(
        theirs.kwargs(view.name, set(view.parameters)) | {"clinic": mine.clinic.slug}
    )
    unknown = address(view, "missing", mine)
    for viewer, client in clients(everybody):
        if viewer.user is None or viewer.world is not mine:
            continue
        response = ask(client, "get", crossed)
        assert canary not in text_of(response), viewer.role
        if "uid" in view.parameters and view.access != OWN_RECORD:
            assert response.status_code in (403, 404, 405), viewer.role
            assert text_of(response) == text_of(ask(client, "get", unknown))


def text_of(response: HttpResponse) -> str:
    """Without what differs in every answer."""
    if response.streaming:
        return ""
    text = response.content.decode(errors="replace")
    uuid = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    text = re.sub(uuid, "", text)
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


def test_the_table_is_not_empty() -> None:
    names = {view.name for view in views()}
    assert {"appointments:mine", "clinics:members", "charting:encounter"} <= names
