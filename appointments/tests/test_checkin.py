"""Checking in by the poster in the waiting room, signed in or not."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache

from appointments.actions import cancel, replace_poster
from appointments.models import LinkTries, Poster, Status
from appointments.tests.conftest import NINE, patient_of, staff_of
from healthcare import clock
from healthcare.audit.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]
BORN = {"born_day": "31", "born_month": "3", "born_year": "1980"}
EARLY = NINE - timedelta(minutes=20)


@pytest.fixture(autouse=True)
def _no_limits_yet():
    cache.clear()


@pytest.fixture
def visit(riverside, booked):
    person = riverside.patient.patient
    person.date_of_birth = date(1980, 3, 31)
    person.save()
    return booked(riverside)


@pytest.fixture
def path(riverside):
    poster = replace_poster(clinic=riverside.clinic, by=staff_of(riverside))
    return f"/check-in/riverside/{poster.code}/"


def text(response):
    return response.content.decode()


def at(moment, call):
    with clock.at(moment):
        return call()


class TestSignedIn:
    def test_it_shows_todays_visits_here(self, as_user, riverside, visit, path, booked):
        tomorrow = booked(riverside, starts_at=NINE + timedelta(days=1, hours=1))
        client = as_user(riverside.patient)
        page = at(EARLY, lambda: text(client.get(path)))
        assert "09:00, with" in page
        assert "10:00, with" not in page
        assert str(tomorrow.uid) not in page

    def test_one_touch_checks_in(self, as_user, riverside, visit, path):
        client = as_user(riverside.patient)
        answer = at(EARLY, lambda: client.post(path, {"visit": visit.uid}, follow=True))
        assert "You are checked in. You are next." in text(answer)
        visit.refresh_from_db()
        assert (visit.status, visit.arrived_at) == (Status.ARRIVED, EARLY)
        event = AuditEvent.objects.get(action="appointment.arrived")
        assert event.actor_uid == str(riverside.patient.patient.user.uid)
        assert event.actor_role == "patient"

    @pytest.mark.parametrize(
        ("minutes", "status", "told"),
        [
            (-61, Status.BOOKED, "It is too early. You can check in here from 08:00."),
            (-60, Status.ARRIVED, "You are checked in."),
            (30, Status.ARRIVED, "You are checked in."),
            (31, Status.BOOKED, "It is too late to check in here."),
        ],
    )
    def test_it_is_for_a_while_around_the_start(
        self, as_user, riverside, visit, path, minutes, status, told
    ):
        client = as_user(riverside.patient)
        moment = NINE + timedelta(minutes=minutes)
        page = at(moment, lambda: client.post(path, {"visit": visit.uid}, follow=True))
        assert told in text(page)
        visit.refresh_from_db()
        assert visit.status == status

    def test_twice_is_harmless(self, as_user, riverside, visit, path):
        client = as_user(riverside.patient)
        for minutes in (0, 5):
            moment = EARLY + timedelta(minutes=minutes)
            at(moment, lambda: client.post(path, {"visit": visit.uid}))
        visit.refresh_from_db()
        assert visit.arrived_at == EARLY

    def test_a_cancelled_visit_is_not_revived(self, as_user, riverside, visit, path):
        cancel(appointment=visit, reason="", by=patient_of(riverside))
        client = as_user(riverside.patient)
        page = at(EARLY, lambda: client.post(path, {"visit": visit.uid}, follow=True))
        assert "already: cancelled" in text(page)

    @pytest.mark.parametrize("who", ["patient2", "staff"])
    def test_nobody_checks_in_somebody_else(self, as_user, riverside, visit, path, who):
        client = as_user(getattr(riverside, who))
        for uid in (visit.uid, "nonsense", ""):
            at(EARLY, lambda uid=uid: client.post(path, {"visit": uid}))
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED

    def test_a_visit_elsewhere_is_not_here(self, as_user, riverside, hillcrest, visit):
        poster = replace_poster(clinic=hillcrest.clinic, by=staff_of(hillcrest))
        client = as_user(riverside.patient)
        path = f"/check-in/hillcrest/{poster.code}/"
        page = at(EARLY, lambda: client.post(path, {"visit": visit.uid}, follow=True))
        assert "This visit is not one of yours here today." in text(page)
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED


class TestByReference:
    @pytest.mark.parametrize("typed", ["{0}", "{1}", " {2} "])
    def test_reference_and_date_of_birth_check_in(self, client, visit, path, typed):
        reference = visit.reference
        forms = reference, reference.lower(), reference.removeprefix("HX-")
        values = BORN | {"reference": typed.format(*forms)}
        page = at(EARLY, lambda: client.post(path, values, follow=True))
        assert "You are checked in. You are next." in text(page)
        event = AuditEvent.objects.get(action="appointment.arrived")
        assert event.actor_label.endswith(", by the poster's code")
        assert event.channel == "link"

    def test_what_is_wrong_is_told_the_same(self, client, visit, path):
        wrong = BORN | {"born_year": "1981"}
        told = []
        for values in (
            wrong | {"reference": visit.reference},
            BORN | {"reference": "HX-ZZZZZZ"},
        ):
            page = at(EARLY, lambda values=values: client.post(path, values))
            told.append("We find no visit today with this reference" in text(page))
            assert "FAMILY" not in text(page)
        assert told == [True, True]
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED

    def test_five_wrong_dates_end_it_silently(self, client, visit, path):
        for _n in range(5):
            values = BORN | {"born_year": "1981", "reference": visit.reference}
            at(EARLY, lambda values=values: client.post(path, values))
        assert LinkTries.objects.get().wrong == 5
        values = BORN | {"reference": visit.reference}
        page = at(EARLY, lambda: client.post(path, values, follow=True))
        assert "We find no visit today" in text(page)

    def test_a_visit_of_another_day_is_not_found(self, client, visit, path):
        values = BORN | {"reference": visit.reference}
        page = client.post(path, values)
        assert "We find no visit today" in text(page)

    def test_tries_are_slowed_down(self, client, visit, path, settings):
        settings.ACCOUNT_RATE_LIMITS = {"check_in": "2/m/ip"}
        values = BORN | {"reference": "HX-ZZZZZZ"}
        asked = [client.post(path, values).status_code for _n in range(3)]
        assert asked == [200, 200, 429]


class TestPoster:
    def test_staff_make_it_and_see_it(self, as_user, riverside):
        client = as_user(riverside.staff)
        assert "There is no poster yet" in text(client.get("/c/riverside/poster/"))
        page = text(client.post("/c/riverside/poster/replace/", follow=True))
        code = Poster.objects.get().code
        assert f"http://testserver/check-in/riverside/{code}/" in page

    def test_the_square_is_an_image(self, as_user, riverside, path):
        answer = as_user(riverside.staff).get("/c/riverside/poster/code.svg")
        assert answer.headers["Content-Type"] == "image/svg+xml"
        assert answer.content.lstrip().startswith((b"<?xml", b"<svg"))
        assert b"<script" not in answer.content

    def test_without_a_poster_there_is_no_square(self, as_user, riverside):
        client = as_user(riverside.staff)
        assert client.get("/c/riverside/poster/code.svg").status_code == 404

    def test_a_new_one_ends_the_old(self, client, riverside, path):
        new = replace_poster(clinic=riverside.clinic, by=staff_of(riverside))
        assert client.get(path).status_code == 404
        assert "Look for a newer poster" in text(client.get(path))
        assert client.get(f"/check-in/riverside/{new.code}/").status_code == 200
        assert AuditEvent.objects.filter(action="poster.replaced").count() == 2

    def test_a_code_of_another_clinic_does_not_work(self, client, hillcrest, path):
        assert client.get(path.replace("riverside", "hillcrest")).status_code == 404
        assert client.get(path.replace("riverside", "nowhere")).status_code == 404

    def test_only_the_desk_may_replace_it(self, as_user, riverside, path):
        for who in (riverside.doctor, riverside.auditor):
            client = as_user(who)
            assert client.post("/c/riverside/poster/replace/").status_code == 403
        assert client.get(path).status_code == 200
