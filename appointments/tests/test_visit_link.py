"""The link in the e-mail: this one visit, with the date of birth, and nothing else."""

import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.signing import Signer

from appointments.actions import cancel
from appointments.links import visit_token
from appointments.models import Appointment, Claim, LinkTries, Status
from appointments.tests.conftest import MONDAY, NINE, patient_of
from healthcare import clock
from healthcare.audit.models import AuditEvent
from healthcare.outbox.delivery import drain
from healthcare.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]
BORN = date(1980, 3, 31)
RIGHT = {"born_day": "31", "born_month": "3", "born_year": "1980"}
WRONG = RIGHT | {"born_year": "1981"}
SECRETS = ("Given", "FAMILY", "Ada", "Dr ", "Palpitations", "Cardiology", "09:00")


@pytest.fixture(autouse=True)
def _no_limits_yet():
    cache.clear()


@pytest.fixture
def visit(riverside, booked):
    person = riverside.patient.patient
    person.date_of_birth = BORN
    person.save()
    return booked(riverside)


@pytest.fixture
def path(visit):
    return f"/visit/{visit_token(visit)}/"


@pytest.fixture
def proven(client, path):
    """The page's address, for somebody who gave the date of birth."""
    assert client.post(path, RIGHT).status_code == 302
    return path


def text(response):
    return response.content.decode()


class TestMail:
    def test_the_link_is_in_the_mail(self, client, visit, path):
        message = Message.objects.get(kind="appointments/booked")
        for body in (message.text, message.html):
            (found,) = set(re.findall(r"http://testserver(/visit/[\w.-]+/)", body))
            assert found == path
        assert client.get(path).status_code == 200

    def test_the_link_is_in_no_table_once_the_mail_has_left(self, visit, path):
        drain()
        message = Message.objects.get(kind="appointments/booked")
        assert message.status == "sent"
        assert path not in message.text + message.html

    def test_the_address_names_nothing(self, path, riverside):
        for word in ("riverside", "osei", "HX-", "2026", "cardio"):
            assert word.lower() not in path.lower()


class TestBefore:
    """Without the date of birth nothing is told."""

    def test_it_asks_for_the_date_of_birth(self, client, path):
        response = client.get(path)
        assert "date of birth" in text(response)
        for secret in SECRETS:
            assert secret not in text(response)

    def test_cancelling_leads_back_to_the_question(self, client, visit, path):
        for method in (client.get, client.post):
            assert method(f"{path}cancel/").headers["Location"] == path
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED

    def test_a_wrong_date_tells_nothing_and_is_in_the_log(self, client, path):
        response = client.post(path, WRONG)
        assert "That is not the date of birth" in text(response)
        for secret in SECRETS:
            assert secret not in text(response)
        event = AuditEvent.objects.get(action="access.refused")
        assert (event.actor_label, event.channel) == ("Not signed in", "link")

    def test_no_date_is_no_try(self, client, path):
        for values in ({}, RIGHT | {"born_month": "13"}, RIGHT | {"born_day": "x"}):
            assert "There is a problem" in text(client.post(path, values))
        assert not LinkTries.objects.exists()

    def test_being_signed_in_as_somebody_else_helps_nobody(
        self, as_user, riverside, path
    ):
        for who in (riverside.patient2, riverside.auditor, riverside.doctor):
            page = text(as_user(who).get(path))
            assert "give the date of birth" in page
            assert "Palpitations" not in page


class TestAfter:
    def test_it_shows_this_visit(self, client, visit, proven):
        page = text(client.get(proven))
        assert "09:00 to 09:30 (Berlin time)" in page
        assert visit.reference in page
        assert "Cancel the visit" in page

    def test_it_shows_nothing_else(self, client, riverside, booked, proven):
        other = booked(riverside, starts_at=NINE + timedelta(hours=1))
        page = text(client.get(proven))
        assert other.reference not in page
        for address in (other.get_absolute_url(), "/me/appointments/", "/home/"):
            assert client.get(address).headers["Location"].startswith("/accounts/login")

    def test_it_cancels_it(self, client, visit, proven, riverside):
        asked = text(client.get(f"{proven}cancel/"))
        assert "Cancel this visit?" in asked
        client.post(f"{proven}cancel/", {"reason": "Fever"})
        page = text(client.get(proven))
        assert "Cancelled" in page
        assert "Cancel the visit" not in page
        visit.refresh_from_db()
        assert (visit.status, visit.sequence) == (Status.CANCELLED, 1)
        assert not Claim.objects.filter(appointment=visit, active=True).exists()

    def test_the_log_says_that_it_was_the_patient_by_link(
        self, client, visit, proven, riverside
    ):
        client.post(f"{proven}cancel/", {"reason": ""})
        event = AuditEvent.objects.get(action="appointment.cancelled")
        person = riverside.patient.patient
        name = f"{person.full_name}, by the link in the e-mail"
        assert (event.actor_label, event.channel) == (name, "link")
        assert (event.actor_uid, event.actor_role) == (str(person.user.uid), "patient")
        assert visit.changes.last().by_label == name
        assert AuditEvent.objects.filter(action="link.opened").count() == 1

    def test_somebody_without_an_account_cancels_too(
        self, client, visit, proven, riverside
    ):
        person = riverside.patient.patient
        person.user, person.contact_email = None, "nora@example.org"
        person.save()
        client.post(f"{proven}cancel/", {"reason": ""})
        assert Appointment.objects.get().status == Status.CANCELLED
        event = AuditEvent.objects.get(action="appointment.cancelled")
        assert event.actor_label == f"{person.full_name}, by the link in the e-mail"

    def test_cancelling_twice_is_harmless(self, client, visit, proven):
        for _n in range(2):
            assert client.post(f"{proven}cancel/", {"reason": ""}).status_code == 302
        visit.refresh_from_db()
        assert visit.sequence == 1

    def test_it_is_forgotten_after_ten_minutes(self, client, proven, monkeypatch):
        import time

        now = time.time()
        assert "Your visit" in text(client.get(proven))
        monkeypatch.setattr("django.core.signing.time.time", lambda: now + 601)
        assert "give the date of birth" in text(client.get(proven))

    def test_the_proof_is_for_this_address_alone(self, client, proven):
        cookie = client.cookies["visit"]
        assert cookie["path"] == proven
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"
        assert cookie["max-age"] == 600

    def test_the_proof_of_one_visit_opens_no_other(
        self, client, riverside, booked, proven
    ):
        other = booked(riverside, starts_at=NINE + timedelta(hours=1))
        theirs = f"/visit/{visit_token(other)}/"
        client.cookies["visit"]["path"] = "/"
        assert other.reference not in text(client.get(theirs))
        assert "give the date of birth" in text(client.get(theirs))
        client.post(f"{theirs}cancel/", {"reason": ""})
        other.refresh_from_db()
        assert other.status == Status.BOOKED

    def test_a_made_up_proof_opens_nothing(self, client, visit, path):
        for value in (str(visit.uid), f"{visit.uid}:x:y", ""):
            client.cookies["visit"] = value
            assert "give the date of birth" in text(client.get(path))

    @pytest.mark.parametrize("end", ["", "cancel/"])
    def test_no_copy_is_kept_and_the_address_is_not_told_on(self, client, proven, end):
        response = client.get(proven + end)
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "strict-origin"
        assert response.headers["X-Robots-Tag"] == "noindex"


def page_without_token(client, token):
    response = client.get(f"/visit/{token}/")
    body = re.sub(r"[0-9a-f-]{36}|value=\"[^\"]+\"", "", text(response))
    return response.status_code, body.replace(token, "")


class TestGone:
    def test_unknown_ended_and_tampered_links_are_told_the_same(
        self, client, visit, path
    ):
        token = visit_token(visit)
        name, _dot, signature = token.partition(".")
        foreign = Signer(salt="another", sep=".").sign(name)
        unknown = visit_token(Appointment())
        with clock.at(NINE):
            answers = [page_without_token(client, token)]
        for each in (f"{name}.x", f"{name[:-2]}AA.{signature}", foreign, "~", unknown):
            answers.append(page_without_token(client, each))
        assert {status for status, _body in answers} == {404}
        assert len({body for _status, body in answers}) == 1

    def test_it_works_until_the_visit_starts(self, client, path):
        with clock.at(NINE - timedelta(seconds=1)):
            assert client.get(path).status_code == 200
        with clock.at(NINE):
            assert client.get(path).status_code == 404
            assert client.post(f"{path}cancel/").status_code == 404

    def test_a_cancelled_visit_is_still_shown(self, client, visit, proven, riverside):
        cancel(appointment=visit, reason="", by=patient_of(riverside))
        assert "Cancelled" in text(client.get(proven))


class TestGuessing:
    def test_five_wrong_dates_lock_the_link(self, client, visit, path, settings):
        settings.ACCOUNT_RATE_LIMITS = {}
        visit.clinic.phone = "+49 30 1234567"
        visit.clinic.save()
        last = [client.post(path, WRONG) for _n in range(5)][-1]
        assert last.status_code == 403
        assert "This link is locked" in text(last)
        assert "call Riverside" in text(last)
        assert "+49 30 1234567" in text(last)

    def test_a_locked_link_takes_the_right_date_no_more(
        self, client, visit, path, settings
    ):
        settings.ACCOUNT_RATE_LIMITS = {}
        for _n in range(5):
            client.post(path, WRONG)
        for response in (client.post(path, RIGHT), client.get(path)):
            assert response.status_code == 403
        with clock.at(MONDAY + timedelta(hours=20)):
            assert client.post(path, RIGHT).status_code == 403

    def test_right_dates_use_nothing_up(self, client, path, settings):
        settings.ACCOUNT_RATE_LIMITS = {}
        for _n in range(7):
            client.cookies.clear()
            assert client.post(path, RIGHT).status_code == 302
        assert LinkTries.objects.get().wrong == 0

    def test_tries_are_slowed_down(self, client, path, settings):
        settings.ACCOUNT_RATE_LIMITS = {"visit_link": "2/m/key"}
        asked = [client.post(path, WRONG).status_code for _n in range(3)]
        assert asked == [200, 200, 429]

    def test_every_try_is_in_the_log(self, client, visit, path):
        for _n in range(3):
            client.post(path, WRONG)
        refused = AuditEvent.objects.filter(action="access.refused")
        assert refused.count() == 3
        assert {e.target_uid for e in refused} == {str(visit.uid)}
        assert "1981" not in str([vars(e) for e in refused])
