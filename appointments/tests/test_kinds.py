"""The kinds of visit a doctor offers, as a patient chooses among them."""

import re
from datetime import time, timedelta

import pytest
from django.urls import reverse

from accounts.factories import PersonFactory
from appointments.factories import AssetFactory, ServiceFactory, WeeklyRuleFactory
from appointments.models import Appointment, BookingPolicy, Hold, Status
from appointments.tests.booking import answers, sure, url
from appointments.tests.conftest import MONDAY, NINE
from clinics.factories import MembershipFactory
from healthcare import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]


@pytest.fixture
def patient(as_user, riverside):
    return as_user(riverside.patient)


@pytest.fixture
def offers(riverside):
    """Makes one of the doctor's services."""

    def make(**values):
        return ServiceFactory(doctor=riverside.doctor, **values)

    return make


def page_of(client, address, **posted):
    answer = client.post(address, posted) if posted else client.get(address)
    return " ".join(answer.content.decode().split())


def of(service, name, cast, **query):
    return url(name, cast, service=str(service.uid), **query)


class TestChoosing:
    def test_a_doctor_who_described_none_offers_the_usual(self, patient, riverside):
        page = page_of(patient, url("book_time", riverside))
        for word in ("Consultation", "Follow-up", "Emergency", "30 minutes, 80.00 EUR"):
            assert word in page
        assert "Tele-visit" not in page
        assert "?kind=follow-up" in page

    def test_each_says_its_length_price_and_who_confirms(
        self, patient, riverside, offers
    ):
        offers(name="First visit", minutes=45, price="120")
        offers(name="Skin check", minutes=20, audience="approval", position=1)
        page = page_of(patient, url("book_time", riverside))
        assert "45 minutes, 120.00 EUR" in page
        assert page.count("The clinic confirms it") == 1

    def test_times_are_those_of_the_kind_chosen(self, patient, riverside, offers):
        offers(name="First visit", minutes=60)
        short = offers(name="Short visit", minutes=20, position=1)
        assert "3 free times" in page_of(patient, url("book_time", riverside))
        page = page_of(patient, of(short, "book_time", riverside))
        assert "Mon 21 September, 9 free times" in page
        chosen = re.search(r'<a class="hx-choice hx-kind"[^>]*aria-current[^>]*>', page)
        assert str(short.uid) in chosen[0]

    def test_what_the_clinic_alone_books_is_not_offered(
        self, patient, riverside, offers
    ):
        offers(name="Open visit")
        inner = offers(name="Inner visit", audience="staff", position=1)
        assert "Inner visit" not in page_of(patient, url("book_time", riverside))
        assert patient.get(of(inner, "book_time", riverside)).status_code == 404

    def test_who_offers_nothing_to_patients_is_not_in_the_list(
        self, patient, riverside, offers
    ):
        offers(name="Inner visit", audience="staff")
        page = page_of(patient, url("book_departments", riverside))
        assert "no doctors to book yet" in page
        assert patient.get(url("book_time", riverside)).status_code == 404

    def test_one_of_another_doctor(self, patient, riverside, hillcrest):
        other = ServiceFactory(doctor=hillcrest.doctor)
        assert patient.get(of(other, "book_time", riverside)).status_code == 404
        answer = patient.post(of(other, "book_check", riverside), sure())
        assert (answer.status_code, Appointment.objects.count()) == (404, 0)

    def test_lengths_and_prices_on_cards_are_those_of_the_services(
        self, patient, riverside, offers
    ):
        offers(name="First visit", minutes=45, price="120")
        offers(name="Short visit", minutes=15, price="40", position=1)
        page = page_of(patient, url("book_doctor", riverside))
        assert "First visit: 45 minutes, 120.00 EUR" in page
        assert "Short visit: 15 minutes, 40.00 EUR" in page

    def test_rooms_cost_no_query_per_doctor(self, patient, riverside, queries):
        room = AssetFactory(clinic=riverside.clinic)

        def another():
            doctor = MembershipFactory(
                clinic=riverside.clinic, role="doctor", department=riverside.department
            )
            WeeklyRuleFactory(doctor=doctor)
            ServiceFactory(doctor=doctor, needs=[room])
            ServiceFactory(doctor=doctor, capacity=5)

        address = url("book_departments", riverside)
        another()
        patient.get(address)
        one = queries(lambda: patient.get(address))
        another()
        another()
        assert queries(lambda: patient.get(address)) == one


class TestGroups:
    def test_places_are_counted(self, patient, riverside, offers, booked):
        group = offers(name="Back class", capacity=8)
        booked(riverside, service=group, patient=riverside.patient2.patient)
        address = of(group, "book_time", riverside, day="2026-09-22")
        page = page_of(patient, address)
        assert page.count("7 of 8 places free") == 1
        assert page.count("8 of 8 places free") == 5

    def test_a_place_is_booked_and_nothing_is_held(self, patient, riverside, offers):
        group = offers(name="Back class", capacity=8)
        address = of(group, "book_check", riverside)
        assert "Kept for you" not in page_of(patient, address, **answers())
        patient.post(address, sure())
        assert Appointment.objects.get().service == group


class TestMonth:
    def test_days_are_a_table_of_links(self, patient, riverside):
        page = page_of(patient, url("book_time", riverside, view="month"))
        assert "September 2026" in page
        assert "Thu 24 September, 6 free times" in page
        assert "Sun 20 September, cannot be booked" in page
        assert page.count("<tr>") == 1 + 5
        assert "month=2026-10" in page
        assert "Earlier" not in page

    def test_the_window_ends_it(self, patient, riverside):
        address = url("book_time", riverside, view="month", month="2026-10")
        page = page_of(patient, address)
        assert "Wed 21 October, 6 free times" in page
        assert "Thu 22 October, cannot be booked" in page
        assert "month=2026-09" in page
        assert "Later" not in page

    def test_a_service_far_ahead_has_more_months(self, patient, riverside, offers):
        far = offers(window_days=120)
        address = of(far, "book_time", riverside, view="month", month="2026-12")
        page = page_of(patient, address)
        assert "December 2026" in page
        assert "Tue 1 December, 6 free times" in page

    def test_a_full_day_is_text(self, patient, riverside, offers, booked):
        whole = offers(minutes=180)
        booked(riverside, service=whole, patient=riverside.patient2.patient)
        page = page_of(patient, of(whole, "book_time", riverside, view="month"))
        assert "Tue 22 September, no free times" in page
        assert "day=2026-09-22" not in page

    def test_the_view_stays_while_a_day_is_chosen(self, patient, riverside):
        address = url("book_time", riverside, view="month", day="2026-09-24")
        page = page_of(patient, address)
        assert "Free times on Thursday 24 September" in page
        assert "day=2026-09-25&amp;view=month" in page

    @pytest.mark.parametrize("month", ["2026-13", "x", "1999-01", "2199-12", "''"])
    def test_a_month_that_is_none(self, patient, riverside, month):
        address = url("book_time", riverside, view="month", month=month)
        page = page_of(patient, address)
        assert "Choose a day" in page


class TestNextFree:
    @pytest.mark.parametrize("name", ["book_departments", "book_doctor", "book_time"])
    def test_it_is_one_click_away(self, patient, riverside, name):
        page = page_of(patient, url(name, riverside))
        (link,) = re.findall(r'Next free: <a href="([^"]+)"', page)
        page = page_of(patient, link)
        assert re.search(r'value="2026-09-21T07:00Z" checked', page)

    def test_from_a_later_week_too(self, patient, riverside):
        page = page_of(patient, url("book_time", riverside, week="2026-10-05"))
        assert re.search(r'Next free: <a href="[^"]+time=2026-09-21T07%3A00Z"', page)


class TestHold:
    def test_the_page_says_until_when(self, patient, riverside):
        page = page_of(patient, url("book_check", riverside), **answers())
        assert "Kept for you until 08:10." in page
        assert Hold.objects.get().starts_at == NINE

    def test_the_clinic_says_how_long(self, patient, riverside):
        BookingPolicy.objects.create(clinic=riverside.clinic, hold_minutes=43)
        page = page_of(patient, url("book_check", riverside), **answers())
        assert "Kept for you until 08:43." in page

    def test_others_are_offered_the_nearest(self, patient, riverside, as_user, offers):
        long = offers(minutes=60)
        address = of(long, "book_check", riverside)
        patient.post(address, answers())
        page = page_of(as_user(riverside.patient2), address, **answers(reason="Knee"))
        assert "That time has just been taken." in page
        times = re.findall(r'name="time" value="([^"]+)"', page)
        assert times == ["2026-09-21T09:00Z", "2026-09-22T08:00Z", "2026-09-22T09:00Z"]
        assert 'name="reason" value="Knee"' in page

    def test_who_holds_it_books_it(self, patient, riverside):
        address = url("book_check", riverside)
        patient.post(address, answers())
        patient.post(address, sure())
        assert (Appointment.objects.count(), Hold.objects.count()) == (1, 0)

    def test_also_later_if_nobody_came(self, patient, riverside):
        address = url("book_check", riverside)
        patient.post(address, answers())
        with clock.at(MONDAY + timedelta(minutes=25)):
            patient.post(address, sure())
        assert Appointment.objects.count() == 1

    def test_a_get_holds_nothing(self, patient, riverside):
        address = url("book_check", riverside, time="2026-09-22T07:00Z")
        assert "Book appointment" in page_of(patient, address)
        assert not Hold.objects.exists()

    def test_a_get_of_a_time_that_is_gone(self, patient, riverside, booked):
        booked(riverside, patient=riverside.patient2.patient)
        address = url("book_check", riverside, time="2026-09-22T07:00Z")
        page = page_of(patient, address)
        assert "That time has just been taken." in page
        assert "Book appointment" not in page


def test_ones_own_visit_in_the_way_is_named(patient, riverside, hillcrest, booked):
    visit = booked(
        hillcrest,
        patient=riverside.patient.patient,
        starts_at=NINE + timedelta(hours=6),
    )
    WeeklyRuleFactory(
        doctor=riverside.doctor, weekday=1, starts=time(15), ends=time(15, 30)
    )
    posted = answers(time="2026-09-22T13:00Z")
    page = page_of(patient, url("book_check", riverside), **posted)
    assert "You already have a visit at that time." in page
    assert f'href="{visit.get_absolute_url()}">Tuesday 22-Sep-2026, 09:00 with' in page


class TestRequest:
    @pytest.fixture
    def asked(self, patient, riverside, offers):
        service = offers(name="Skin check", audience="approval")
        address = of(service, "book_check", riverside)
        assert "Ask for this appointment" in page_of(patient, address, **answers())
        return patient.post(address, sure())

    def test_it_waits_for_the_clinic(self, patient, asked):
        visit = Appointment.objects.get()
        assert visit.status == Status.REQUESTED
        page = page_of(patient, asked.url)
        assert "You have asked for a visit" in page
        assert "You are booked" not in page
        for address in (visit.get_absolute_url(), reverse("appointments:mine")):
            assert "Awaiting the clinic" in page_of(patient, address)

    def test_it_can_be_withdrawn(self, patient, asked):
        visit = Appointment.objects.get()
        address = reverse("appointments:my_cancel", args=[visit.uid])
        page = page_of(patient, address)
        assert "Withdraw this request?" in page
        assert "late cancellation" not in page
        patient.post(address, {"reason": ""})
        visit.refresh_from_db()
        assert (visit.status, visit.cancelled_late) == (Status.CANCELLED, False)


class TestLimits:
    @pytest.fixture
    def limit(self, riverside, booked):
        booked(riverside)

        def set_to(on_limit):
            BookingPolicy.objects.create(
                clinic=riverside.clinic, most_open=1, on_limit=on_limit
            )

        return set_to

    NAMES = ("book_departments", "book_doctor", "book_time")

    @pytest.mark.parametrize("name", NAMES)
    def test_a_limit_that_blocks_is_said_on_the_way(
        self, patient, riverside, limit, name
    ):
        limit("block")
        answer = patient.get(url(name, riverside))
        assert answer.status_code == 403
        assert "You have 1 visits booked ahead" in answer.content.decode()

    @pytest.mark.parametrize("name", NAMES)
    def test_one_that_warns_lets_them_go_on(self, patient, riverside, limit, name):
        limit("warn")
        answer = patient.get(url(name, riverside))
        assert answer.status_code == 200
        assert "You have 1 visits booked ahead" in answer.content.decode()

    def test_the_second_click_of_the_last_one_still_answers(
        self, patient, riverside, limit
    ):
        Appointment.objects.update(patient=PersonFactory())
        limit("block")
        data = sure(time="2026-09-22T08:00Z")
        first = patient.post(url("book_check", riverside), data)
        second = patient.post(url("book_check", riverside), data)
        assert first.url == second.url
