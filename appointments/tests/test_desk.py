"""The front desk: the clinic's day, the list, one visit, and the desk's verbs."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from appointments import actions
from appointments.models import Appointment, Status
from appointments.tests.conftest import NINE, staff_of
from clinics.factories import RegistrationFactory
from healthcare import clock
from healthcare.audit.models import Action, AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]

DAY = "2026-09-22"
VERBS = ("arrive", "revert", "no_show", "cancel")


def url(name, cast, *args, **query):
    return reverse(f"appointments:{name}", args=[cast.clinic.slug, *args], query=query)


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def staff(as_user, riverside):
    return as_user(riverside.staff)


@pytest.fixture
def visit(riverside, booked):
    return booked(riverside)


@pytest.fixture
def visits(riverside, booked):
    """Three patients, half an hour each."""
    rows = RegistrationFactory.create_batch(3, clinic=riverside.clinic)
    return [
        booked(
            riverside, patient=row.patient, starts_at=NINE + timedelta(minutes=30 * n)
        )
        for n, row in enumerate(rows)
    ]


def shown(response):
    """The appointments that a page links to, in its order."""
    found = re.findall(r"/appointments/([0-9a-f-]{36})/\"", response.content.decode())
    uids = [str(uid) for uid in Appointment.objects.values_list("uid", flat=True)]
    return list(dict.fromkeys(uid for uid in found if uid in uids))


def uids(*visits):
    return [str(visit.uid) for visit in visits]


class TestDesk:
    def test_it_shows_the_clinics_day(self, staff, riverside, visits):
        response = staff.get(url("desk", riverside, date=DAY))
        assert shown(response) == uids(*visits)
        assert "Dr Ada Doctor" in text_of(response)

    def test_it_opens_today(self, staff, riverside, visits):
        with clock.at(NINE):
            assert shown(staff.get(url("desk", riverside))) == uids(*visits)
        assert shown(staff.get(url("desk", riverside))) == []

    def test_what_a_visit_is_about_stays_with_the_doctor(self, staff, riverside, visit):
        for address in (
            url("desk", riverside, date=DAY),
            url("list", riverside),
            url("detail", riverside, visit.uid),
        ):
            assert "Palpitations" not in text_of(staff.get(address))

    def test_search_by_name_number_and_reference(self, staff, riverside, visits):
        wanted = visits[1]
        number = wanted.patient.registrations.get().record_number
        for text in (
            wanted.patient.family_name.lower(),
            number,
            wanted.reference.lower(),
        ):
            found = shown(staff.get(url("desk", riverside, date=DAY, q=text)))
            assert found == uids(wanted)

    def test_one_status(self, staff, riverside, visits):
        actions.arrive(appointment=visits[2], by=staff_of(riverside))
        found = shown(staff.get(url("desk", riverside, date=DAY, status="arrived")))
        assert found == uids(visits[2])

    def test_how_long_somebody_waits(self, staff, riverside, visit):
        with clock.at(NINE - timedelta(minutes=5)):
            actions.arrive(appointment=visit, by=staff_of(riverside))
        with clock.at(NINE + timedelta(minutes=7)):
            assert "Waiting 12 min" in text_of(staff.get(url("desk", riverside)))

    def test_a_date_that_is_none(self, staff, riverside):
        response = staff.get(url("desk", riverside, date="9999-99-99"))
        assert "Enter a date such as 2026-09-24." in text_of(response)

    def test_a_doctor_of_another_clinic(self, staff, riverside, hillcrest, visit):
        address = url("desk", riverside, date=DAY, doctor=hillcrest.doctor.uid)
        assert "Select a valid choice" in text_of(staff.get(address))

    def test_the_number_of_queries_stays(self, staff, riverside, booked, queries):
        address = url("desk", riverside, date=DAY)
        booked(riverside)
        staff.get(address)
        one = queries(lambda: staff.get(address))
        for n, row in enumerate(
            RegistrationFactory.create_batch(2, clinic=riverside.clinic)
        ):
            start = NINE + timedelta(minutes=30 * (n + 1))
            booked(riverside, patient=row.patient, starts_at=start)
        assert queries(lambda: staff.get(address)) == one


class TestVerbs:
    def status(self, visit):
        visit.refresh_from_db()
        return visit.status

    def test_check_in_and_undo(self, staff, riverside, visit):
        staff.post(url("arrive", riverside, visit.uid))
        assert self.status(visit) == Status.ARRIVED
        staff.post(url("revert", riverside, visit.uid))
        assert self.status(visit) == Status.BOOKED

    def test_no_show_and_undo(self, staff, riverside, visit):
        with clock.at(NINE + timedelta(minutes=20)):
            staff.post(url("no_show", riverside, visit.uid))
            assert self.status(visit) == Status.NO_SHOW
            staff.post(url("revert", riverside, visit.uid))
        assert self.status(visit) == Status.BOOKED

    def test_cancel_asks_first(self, staff, riverside, visit):
        address = url("cancel", riverside, visit.uid)
        page = text_of(staff.get(address))
        assert "Cancel this appointment?" in page
        assert "csrfmiddlewaretoken" in page
        assert self.status(visit) == Status.BOOKED
        staff.post(address, {"reason": "The doctor is ill"})
        assert self.status(visit) == Status.CANCELLED

    def test_a_wrong_step_is_told(self, staff, riverside, visit):
        staff.post(url("arrive", riverside, visit.uid))
        response = staff.post(url("arrive", riverside, visit.uid), follow=True)
        assert "This visit is already: arrived." in text_of(response)

    def test_back_to_the_page_the_button_was_on(self, staff, riverside, visit):
        here = url("desk", riverside, date=DAY)
        response = staff.post(url("arrive", riverside, visit.uid), {"next": here})
        assert response.url == here

    @pytest.mark.parametrize("address", ["https://evil.test/", "//evil.test", ""])
    def test_never_to_another_site(self, staff, riverside, visit, address):
        response = staff.post(url("arrive", riverside, visit.uid), {"next": address})
        assert response.url == url("detail", riverside, visit.uid)

    @pytest.mark.parametrize("name", VERBS[:3])
    def test_a_get_is_no_verb(self, staff, riverside, visit, name):
        assert staff.get(url(name, riverside, visit.uid)).status_code == 405

    @pytest.mark.parametrize("name", VERBS)
    def test_another_clinics_visit(self, staff, riverside, hillcrest, booked, name):
        other = booked(hillcrest, starts_at=NINE + timedelta(hours=6))
        assert staff.post(url(name, riverside, other.uid)).status_code == 404
        assert staff.post(url(name, hillcrest, other.uid)).status_code == 404
        assert self.status(other) == Status.BOOKED

    @pytest.mark.parametrize("name", VERBS)
    def test_an_unknown_visit(self, staff, riverside, name):
        assert staff.post(url(name, riverside, uuid4())).status_code == 404

    @pytest.mark.parametrize("name", VERBS)
    @pytest.mark.parametrize("who", ["doctor", "auditor"])
    def test_only_the_desk(self, as_user, riverside, visit, name, who):
        member = getattr(riverside, who)
        response = as_user(member).post(url(name, riverside, visit.uid))
        assert response.status_code == 403
        assert self.status(visit) == Status.BOOKED


class TestList:
    def test_newest_first_and_oldest_first(self, staff, riverside, visits):
        newest = shown(staff.get(url("list", riverside)))
        assert newest == uids(*reversed(visits))
        oldest = shown(staff.get(url("list", riverside, sort="oldest")))
        assert oldest == uids(*visits)

    def test_a_range_of_dates(self, staff, riverside, visits, booked):
        later = booked(riverside, starts_at=NINE + timedelta(days=2))
        found = shown(staff.get(url("list", riverside, since="2026-09-23")))
        assert found == uids(later)
        found = shown(staff.get(url("list", riverside, until=DAY, sort="oldest")))
        assert found == uids(*visits)

    def test_a_range_that_ends_before_it_begins(self, staff, riverside):
        address = url("list", riverside, since="2026-09-24", until="2026-09-23")
        page = text_of(staff.get(address))
        assert "Choose an end on or after the start." in page

    def test_other_clinics_are_not_here(self, staff, riverside, hillcrest, booked):
        booked(hillcrest, starts_at=NINE + timedelta(hours=6))
        assert shown(staff.get(url("list", riverside))) == []

    def test_a_doctor_sees_their_own(self, as_user, riverside, visit):
        found = shown(as_user(riverside.doctor).get(url("list", riverside)))
        assert found == uids(visit)

    @pytest.mark.parametrize("sort", ["", "oldest"])
    def test_pages_lead_there_and_back(
        self, staff, riverside, visits, monkeypatch, sort
    ):
        monkeypatch.setattr("appointments.views.desk.PER_PAGE", 2)
        forth, back = ("after", "before") if sort else ("before", "after")
        order = visits if sort else visits[::-1]
        first = staff.get(url("list", riverside, sort=sort))
        assert shown(first) == uids(*order[:2])
        edge = {forth: str(order[1].uid)}
        second = staff.get(url("list", riverside, sort=sort, **edge))
        assert shown(second) == uids(order[2])
        edge = {back: str(order[2].uid)}
        again = staff.get(url("list", riverside, sort=sort, **edge))
        assert shown(again) == uids(*order[:2])

    @pytest.mark.parametrize(
        "cursor", ["x", "", "2e61d60b-184a-4f06-ac3e-7665d27b9d7a"]
    )
    def test_a_cursor_that_is_none_shows_the_top(
        self, staff, riverside, visits, cursor
    ):
        response = staff.get(url("list", riverside, before=cursor))
        assert shown(response) == uids(*reversed(visits))

    def test_the_number_of_queries_stays(self, staff, riverside, booked, queries):
        address = url("list", riverside)
        booked(riverside)
        staff.get(address)
        one = queries(lambda: staff.get(address))
        for n, row in enumerate(
            RegistrationFactory.create_batch(2, clinic=riverside.clinic)
        ):
            start = NINE + timedelta(minutes=30 * (n + 1))
            booked(riverside, patient=row.patient, starts_at=start)
        assert queries(lambda: staff.get(address)) == one


class TestDetail:
    def test_it_shows_what_happened(self, staff, riverside, visit):
        actions.arrive(appointment=visit, by=staff_of(riverside))
        page = text_of(staff.get(url("detail", riverside, visit.uid)))
        assert visit.reference in page
        assert "Arrived" in page
        assert staff_of(riverside).label in page

    def test_opening_it_is_in_the_log(self, staff, riverside, visit):
        staff.get(url("detail", riverside, visit.uid))
        event = AuditEvent.objects.get(action=Action.APPOINTMENT_OPENED)
        assert event.target_uid == str(visit.uid)
        assert event.patient_uid == visit.patient.uid
        assert event.actor_role == "staff"

    def test_its_doctor_reads_the_reason(self, as_user, riverside, visit):
        address = url("detail", riverside, visit.uid)
        page = text_of(as_user(riverside.doctor).get(address))
        assert "Palpitations at night" in page

    def test_another_clinics(self, staff, riverside, hillcrest, booked):
        other = booked(hillcrest, starts_at=NINE + timedelta(hours=6))
        assert staff.get(url("detail", riverside, other.uid)).status_code == 404
        assert not AuditEvent.objects.filter(action=Action.APPOINTMENT_OPENED).exists()


@pytest.mark.parametrize("name", ["desk", "list"])
class TestWho:
    def test_the_auditor_has_no_business_here(self, as_user, riverside, name):
        response = as_user(riverside.auditor).get(url(name, riverside))
        assert response.status_code == 403

    def test_not_patients_nor_other_clinics(self, as_user, riverside, hillcrest, name):
        for who in (riverside.patient, hillcrest.staff):
            assert as_user(who).get(url(name, riverside)).status_code == 404

    def test_posts_are_refused(self, as_user, riverside, name):
        assert as_user(riverside.staff).post(url(name, riverside)).status_code == 405
