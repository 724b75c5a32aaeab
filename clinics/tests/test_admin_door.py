"""Who enters the staff admin, and how."""

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from accounts.factories import PASSWORD, UserFactory
from clinics.admin_base import StaffModelAdmin
from healthcare.audit.models import Action, AuditEvent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["owner", "staff"])
def test_owners_and_staff_enter(client, riverside, role):
    client.force_login(riverside.users[role])
    page = client.get("/admin/")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert client.session["at_work"] == "riverside"


@pytest.mark.parametrize("role", ["doctor", "auditor", "patient"])
def test_others_are_refused_and_noted(client, riverside, role):
    client.force_login(riverside.users[role])
    assert client.get("/admin/", follow=True).status_code == 403
    event = AuditEvent.objects.get(action=Action.ACCESS_REFUSED)
    assert event.actor_uid == str(riverside.users[role].uid)
    assert event.channel == "admin"


def test_the_log_in_is_the_sites_own(client, riverside):
    page = client.get("/admin/clinics/clinic/")
    assert page.url.startswith(reverse("account_login"))
    page = client.post("/admin/login/", {"username": "x", "password": "y"})
    assert page.url.startswith(reverse("account_login"))


def test_after_the_log_in_one_is_where_one_wanted_to_be(client, riverside):
    client.force_login(riverside.owner.user)
    wanted = "/admin/clinics/clinic/"
    assert client.get("/admin/login/", {"next": wanted}).url == wanted
    assert (
        client.get("/admin/login/", {"next": "https://evil.example"}).url == "/admin/"
    )


def test_a_second_factor_is_needed(client, riverside, settings):
    settings.DEMO = False
    client.force_login(riverside.owner.user)
    page = client.get("/admin/", follow=True)
    assert page.redirect_chain[-1][0] == reverse("mfa_index")


def test_the_second_factor_is_asked_on_every_page_and_for_every_act(
    client, riverside, settings
):
    settings.DEMO = False
    client.force_login(riverside.owner.user)
    changes = {"action": "block", "_selected_action": [riverside.patient.pk]}
    for address in ("clinics/registration/", "accounts/user/"):
        assert client.get(f"/admin/{address}").status_code == 302
    client.post("/admin/clinics/registration/", {**changes, "reason": "Because"})
    riverside.patient.refresh_from_db()
    assert not riverside.patient.is_blocked


def test_guesses_at_this_door_are_counted_too(client, riverside):
    owner = riverside.owner.user
    owner.set_password(PASSWORD)
    owner.save(update_fields=["password"])
    door = client.get("/admin/", follow=True).redirect_chain[-1][0]
    for _guess in range(5):
        client.post(door, {"login": owner.email, "password": "wrong"})
    page = client.post(door, {"login": owner.email, "password": PASSWORD})
    assert "Too many" in page.text
    assert client.get("/admin/").status_code == 302


def test_a_lost_membership_counts_at_the_next_request(client, riverside):
    client.force_login(riverside.staff.user)
    assert client.get("/admin/").status_code == 200
    riverside.staff.is_active = False
    riverside.staff.save()
    assert client.get("/admin/", follow=True).status_code == 403


def test_a_superuser_enters_and_sees_all(client, riverside, hillcrest):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    page = client.get("/admin/clinics/clinic/")
    assert "Riverside" in page.text
    assert "Hillcrest" in page.text


def test_the_staff_flag_alone_opens_nothing(client, riverside):
    client.force_login(UserFactory(is_staff=True))
    assert client.get("/admin/", follow=True).status_code == 403


def test_signing_out_goes_through_the_sites_own(client, riverside):
    client.force_login(riverside.owner.user)
    client.post("/admin/logout/")
    assert "_auth_user_id" not in client.session


def test_only_our_own_admins_are_registered():
    names = {model._meta.label for model in admin.site._registry}
    assert names == {
        "accounts.User",
        "appointments.Appointment",
        "clinics.Clinic",
        "clinics.Department",
        "clinics.Invitation",
        "clinics.Membership",
        "clinics.Registration",
    }
    assert all(isinstance(a, StaffModelAdmin) for a in admin.site._registry.values())


@pytest.mark.parametrize(
    "path",
    [
        "django_q/schedule/",
        "django_q/task/",
        "account/emailaddress/",
        "mfa/authenticator/",
        "usersessions/usersession/",
        "auth/group/",
        "autocomplete/?app_label=clinics&model_name=membership&field_name=user",
        "r/1/1/",
        "password_change/",
    ],
)
def test_what_others_bring_along_is_not_there(client, riverside, path):
    client.force_login(UserFactory(is_superuser=True))
    assert client.get(f"/admin/{path}").status_code == 404


@pytest.mark.parametrize("name", ["autocomplete", "view_on_site", "password_change"])
def test_the_doors_around_the_changelists_are_gone(name):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{name}", args=[1, 1] if name == "view_on_site" else [])
