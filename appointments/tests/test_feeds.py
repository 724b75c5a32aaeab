"""A private address for one's calendar: what it shows, to whom, and how it ends."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction

from appointments import actions, feeds
from appointments.actions import open_feed, revoke_feed
from appointments.models import CalendarFeed, Status
from appointments.tests.conftest import MONDAY, NINE, patient_of, staff_of
from appointments.tests.reader import read
from healthcare import clock
from healthcare.audit.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _no_limits_yet():
    cache.clear()


def doctor_of(cast):
    return cast.doctor.user.as_actor(role="doctor")


@pytest.fixture
def patient_token(riverside):
    return open_feed(owner=riverside.patient.patient, by=patient_of(riverside))


@pytest.fixture
def doctor_token(riverside):
    return open_feed(owner=riverside.doctor, by=doctor_of(riverside))


def fetch(client, token, **headers):
    return client.get(f"/calendar/{token}.ics", headers=headers)


def events(client, token):
    return read(fetch(client, token).content).events


class TestWhatIsInIt:
    def test_a_patient_reads_their_own_visits(
        self, client, riverside, booked, patient_token
    ):
        mine = booked(riverside)
        booked(riverside, patient=riverside.patient2.patient, starts_at=NINE + HOUR)
        (event,) = events(client, patient_token)
        assert event.value("UID") == f"{mine.uid}@healix"
        assert event.value("SUMMARY") == "Appointment at Riverside"
        assert mine.reference in event.value("DESCRIPTION")

    def test_a_doctor_reads_when_and_where_and_never_who(
        self, client, riverside, booked, doctor_token
    ):
        riverside.doctor.room = "4.12"
        riverside.doctor.save()
        visit = booked(riverside)
        content = fetch(client, doctor_token).content.decode()
        person = riverside.patient.patient
        for secret in (
            *(person.given_name, person.family_name, person.user.email),
            *(visit.reference, visit.reason),
        ):
            assert secret not in content
        (event,) = events(client, doctor_token)
        assert event.value("SUMMARY") == "Visit"
        assert event.value("LOCATION") == "Riverside, room 4.12"

    def test_a_doctor_sees_nothing_of_another_doctor(
        self, client, riverside, hillcrest, booked, doctor_token
    ):
        with clock.at(MONDAY):
            booked(hillcrest, starts_at=NINE + timedelta(hours=6))
        assert read(fetch(client, doctor_token).content).events == []

    def test_a_cancelled_visit_says_so_for_a_month(
        self, client, riverside, booked, patient_token
    ):
        visit = booked(riverside)
        actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        (event,) = events(client, patient_token)
        assert event.value("STATUS") == "CANCELLED"
        assert event.value("SEQUENCE") == "1"
        with clock.at(MONDAY + timedelta(days=31)):
            assert events(client, patient_token) == []

    def test_it_looks_a_month_back(self, client, riverside, booked, patient_token):
        booked(riverside)
        with clock.at(NINE + timedelta(days=29)):
            assert len(events(client, patient_token)) == 1
        with clock.at(NINE + timedelta(days=31)):
            assert events(client, patient_token) == []

    def test_it_looks_four_hundred_days_ahead(
        self, client, riverside, booked, patient_token
    ):
        visit = booked(riverside)
        for days, count in ((399, 1), (401, 0)):
            visit.starts_at = MONDAY + timedelta(days=days)
            visit.ends_at = visit.starts_at + timedelta(minutes=30)
            visit.save()
            assert len(events(client, patient_token)) == count

    def test_a_missed_visit_stays(self, client, riverside, booked, patient_token):
        visit = booked(riverside)
        with clock.at(NINE + HOUR):
            actions.mark_no_show(appointment=visit, by=staff_of(riverside))
            assert visit.status == Status.NO_SHOW
            assert len(events(client, patient_token)) == 1

    def test_three_visits_cost_what_one_costs(
        self, client, riverside, booked, patient_token, queries
    ):
        booked(riverside)
        fetch(client, patient_token)
        one = queries(lambda: fetch(client, patient_token))
        booked(riverside, starts_at=NINE + HOUR)
        booked(riverside, starts_at=NINE + 2 * HOUR)
        assert queries(lambda: fetch(client, patient_token)) == one


class TestHowItIsServed:
    def test_it_is_a_private_file_without_cookies(self, client, patient_token):
        response = fetch(client, patient_token)
        assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert response.headers["Cache-Control"] == "private, no-cache"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert not response.cookies
        assert client.head(f"/calendar/{patient_token}.ics").status_code == 200
        assert client.post(f"/calendar/{patient_token}.ics").status_code == 405

    def test_what_has_not_changed_is_not_sent_again(
        self, client, riverside, booked, patient_token
    ):
        booked(riverside)
        tag = fetch(client, patient_token).headers["ETag"]
        with clock.at(MONDAY + timedelta(minutes=5)):
            again = fetch(client, patient_token, if_none_match=tag)
            assert (again.status_code, again.content) == (304, b"")
            booked(riverside, starts_at=NINE + HOUR)
            assert fetch(client, patient_token, if_none_match=tag).status_code == 200

    def test_too_many_requests_are_slowed_down(self, client, settings):
        settings.ACCOUNT_RATE_LIMITS = {"calendar_feed": "2/m/ip"}
        asked = [fetch(client, "unknown").status_code for _n in range(3)]
        assert asked == [404, 404, 429]


class TestHowItEnds:
    def gone(self, client, token):
        """The same answer as for a token that never was."""
        answers = [fetch(client, each) for each in (token, "never-was")]
        assert [each.status_code for each in answers] == [404, 404]
        told = [(e.content, e.headers["Content-Type"], e.cookies) for e in answers]
        return told[0] == told[1]

    def test_stopped(self, client, riverside, patient_token):
        feed = CalendarFeed.objects.get()
        revoke_feed(feed=feed, by=patient_of(riverside))
        assert self.gone(client, patient_token)

    def test_replaced(self, client, riverside, patient_token):
        new = open_feed(owner=riverside.patient.patient, by=patient_of(riverside))
        assert self.gone(client, patient_token)
        assert fetch(client, new).status_code == 200

    def test_the_member_has_left(self, client, riverside, doctor_token):
        assert fetch(client, doctor_token).status_code == 200
        riverside.doctor.is_active = False
        riverside.doctor.save()
        assert self.gone(client, doctor_token)

    def test_the_member_is_no_doctor_any_more(self, client, riverside, doctor_token):
        riverside.doctor.role = "auditor"
        riverside.doctor.save()
        assert self.gone(client, doctor_token)

    def test_the_account_is_closed(self, client, riverside, patient_token):
        user = riverside.patient.patient.user
        user.is_active = False
        user.save()
        assert self.gone(client, patient_token)

    def test_the_clinic_is_closed(self, client, riverside, doctor_token):
        riverside.clinic.is_active = False
        riverside.clinic.save()
        assert self.gone(client, doctor_token)


class TestWhatIsKept:
    def test_only_a_hash_of_the_token(self, patient_token):
        feed = CalendarFeed.objects.get()
        assert patient_token not in str(vars(feed))
        assert feed.token_hash == feeds.hashed(patient_token)

    def test_the_database_keeps_one_live_feed_and_one_owner(self, riverside):
        person, when = riverside.patient.patient, clock.now()
        CalendarFeed.objects.create(person=person, token_hash="a", created_at=when)
        for owners in (
            {"person": person},
            {},
            {"person": riverside.patient2.patient, "membership": riverside.doctor},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                CalendarFeed.objects.create(token_hash="b", created_at=when, **owners)

    def test_who_made_and_stopped_it_is_in_the_log(self, riverside, doctor_token):
        revoke_feed(feed=CalendarFeed.objects.get(), by=doctor_of(riverside))
        revoke_feed(feed=CalendarFeed.objects.get(), by=doctor_of(riverside))
        found = AuditEvent.objects.filter(action__startswith="feed.").order_by("id")
        assert [e.action for e in found] == ["feed.created", "feed.revoked"]
        assert {e.clinic_uid for e in found} == {riverside.clinic.uid}
        assert doctor_token not in str([vars(e) for e in found])

    def test_reads_are_in_the_log_once_a_day(self, client, riverside, patient_token):
        for hours in (0, 1, 2, 24, 25):
            with clock.at(MONDAY + timedelta(hours=hours)):
                fetch(client, patient_token)
        reads = AuditEvent.objects.filter(action="feed.read")
        assert reads.count() == 2
        person = riverside.patient.patient
        assert reads[0].patient_uid == person.uid
        assert reads[0].actor_label == f"{person.full_name}, by calendar feed"


class TestPages:
    def test_a_patient_makes_replaces_and_stops_it(self, as_user, riverside):
        client = as_user(riverside.patient)
        assert "You have no link" in client.get("/me/calendar/").content.decode()
        made = client.post("/me/calendar/new/").content.decode()
        first = re.search(r"http://testserver(/calendar/[\w-]+\.ics)", made)[1]
        assert f"webcal://testserver{first}" in made
        page = client.get("/me/calendar/").content.decode()
        assert "You have a link" in page
        assert first not in page
        client.post("/me/calendar/new/")
        assert client.get(first).status_code == 404
        client.post("/me/calendar/stop/")
        assert "You have no link" in client.get("/me/calendar/").content.decode()

    def test_stopping_asks_first(self, as_user, riverside):
        client = as_user(riverside.patient)
        client.post("/me/calendar/new/")
        assert "Stop the calendar link?" in str(
            client.get("/me/calendar/stop/").content
        )
        assert CalendarFeed.objects.live().count() == 1

    def test_a_doctor_has_one_for_each_clinic(self, as_user, riverside):
        client = as_user(riverside.doctor)
        made = client.post("/c/riverside/calendar/new/").content.decode()
        path = re.search(r"http://testserver(/calendar/[\w-]+\.ics)", made)[1]
        assert client.get(path).status_code == 200
        assert CalendarFeed.objects.get().membership == riverside.doctor

    def test_it_is_never_cached_where_it_is_shown(self, as_user, riverside):
        made = as_user(riverside.patient).post("/me/calendar/new/")
        assert made.headers["Cache-Control"] == "no-store"

    def test_making_many_is_slowed_down(self, as_user, riverside, settings):
        settings.ACCOUNT_RATE_LIMITS = {"open_feed": "1/h/user"}
        client = as_user(riverside.patient)
        asked = [client.post("/me/calendar/new/").status_code for _n in range(2)]
        assert asked == [200, 429]
