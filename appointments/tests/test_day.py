"""The doctor's day and availability."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from appointments import actions
from appointments import day as day_module
from appointments.day import Panel, PanelRow, register_panel
from appointments.models import Block, DayBlock, Status, WeeklyRule
from appointments.tests.conftest import NINE, patient_of, staff_of
from clinics.factories import RegistrationFactory
from healthcare import clock
from healthcare.audit.models import Action, AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]


def url(name, cast, *args, **query):
    return reverse(f"appointments:{name}", args=[cast.clinic.slug, *args], query=query)


@pytest.fixture
def doctor(as_user, riverside):
    return as_user(riverside.doctor)


@pytest.fixture
def visit(riverside, booked):
    return booked(riverside)


def text_of(response):
    return " ".join(response.content.decode().split())


class TestDay:
    def test_it_shows_the_day(self, doctor, riverside, visit):
        with clock.at(NINE + timedelta(minutes=10)):
            page = text_of(doctor.get(url("day", riverside)))
        assert "Tuesday 22-Sep-2026" in page
        assert visit.patient.clinical_name in page
        assert "Palpitations at night" in page
        assert "0 of 1 patients seen." in page
        assert "Late 10 min" in page

    def test_the_numbers(self, riverside, booked):
        doctor = riverside.doctor
        people = RegistrationFactory.create_batch(3, clinic=riverside.clinic)
        visits = [
            booked(
                riverside,
                patient=row.patient,
                starts_at=NINE + timedelta(minutes=30 * n),
            )
            for n, row in enumerate(people)
        ]
        by = staff_of(riverside)
        with clock.at(NINE):
            actions.start(appointment=visits[0], by=by)
            actions.complete(appointment=visits[0], by=by)
            actions.arrive(appointment=visits[1], by=by)
        now = NINE + timedelta(minutes=42)
        page = day_module.day_page(doctor, date(2026, 9, 22), visits, now=now)
        assert [stat.value for stat in page.stats] == [3, 1, 1, 3]
        assert page.stats[2].note == "Longest 42 min"
        assert page.lead == "1 of 3 patients seen. You run 12 minutes late."

    def test_half_hours_in_rows_and_the_line_of_now(self, riverside, visit):
        now = NINE + timedelta(minutes=40)
        page = day_module.day_page(
            riverside.doctor, date(2026, 9, 22), [visit], now=now
        )
        assert [row.time for row in page.rows] == [
            "09:00",
            "09:30",
            "10:00",
            "10:30",
            "11:00",
            "11:30",
        ]
        assert [row.time for row in page.rows if row.now] == ["09:30"]

    def test_a_long_visit_spans_rows(self, riverside, wish):
        riverside.doctor.visit_minutes = 60
        riverside.doctor.save()
        visit = actions.book(**wish(riverside))
        page = day_module.day_page(
            riverside.doctor, date(2026, 9, 22), [visit], now=NINE
        )
        assert (page.rows[0].span, page.rows[1].covered) == (2, True)

    def test_short_visits_share_a_cell(self, riverside, wish):
        riverside.doctor.visit_minutes = 20
        riverside.doctor.save()
        people = (riverside.patient.patient, riverside.patient2.patient)
        visits = [
            actions.book(
                **wish(
                    riverside,
                    patient=person,
                    starts_at=NINE + timedelta(minutes=20 * n),
                )
            )
            for n, person in enumerate(people)
        ]
        page = day_module.day_page(
            riverside.doctor, date(2026, 9, 22), visits, now=NINE
        )
        names = [each.name for each in page.rows[0].entries]
        assert names[:2] == [person.clinical_name for person in people]

    def test_a_break_between_two_blocks(self, riverside):
        WeeklyRule.objects.create(
            clinic=riverside.clinic,
            doctor=riverside.doctor,
            weekday=1,
            starts=time(13),
            ends=time(14),
        )
        page = day_module.day_page(riverside.doctor, date(2026, 9, 22), [], now=NINE)
        row = next(row for row in page.rows if row.time == "12:00")
        assert (row.entries[0].kind, row.span) == ("block", 2)

    def test_an_empty_day(self, doctor, riverside):
        WeeklyRule.objects.filter(doctor=riverside.doctor).delete()
        page = text_of(doctor.get(url("day", riverside)))
        assert "No hours and no visits on this day." in page

    @pytest.mark.parametrize("text", ["x", "2026-02-30", "9999-12-31", ""])
    def test_a_date_that_is_none(self, doctor, riverside, text):
        response = doctor.get(url("day", riverside, date=text))
        assert response.status_code == 200
        assert "We could not read that date." in text_of(response)

    def test_colleagues_visits_are_not_here(self, as_user, hillcrest, visit):
        page = text_of(as_user(hillcrest.doctor).get(url("day", hillcrest)))
        assert visit.patient.clinical_name not in page

    def test_the_number_of_queries_stays(self, doctor, riverside, booked, queries):
        address = url("day", riverside, date="2026-09-22")
        booked(riverside)
        doctor.get(address)
        one = queries(lambda: doctor.get(address))
        for n, row in enumerate(
            RegistrationFactory.create_batch(2, clinic=riverside.clinic)
        ):
            start = NINE + timedelta(minutes=30 * (n + 1))
            booked(riverside, patient=row.patient, starts_at=start)
        assert queries(lambda: doctor.get(address)) == one

    def test_a_panel_of_a_higher_floor(self, doctor, riverside, monkeypatch):
        monkeypatch.setattr(day_module, "_providers", [])
        row = PanelRow(title="Unsigned visit of Monday", url="/somewhere/")
        register_panel(lambda member, now: Panel("unsigned", "To sign", [row], "None"))
        page = text_of(doctor.get(url("day", riverside)))
        assert "Unsigned visit of Monday" in page


class TestOwnVerbs:
    def test_no_show(self, doctor, riverside, visit):
        with clock.at(NINE + timedelta(minutes=20)):
            doctor.post(url("own_no_show", riverside, visit.uid))
        visit.refresh_from_db()
        assert visit.status == Status.NO_SHOW

    def test_cancel(self, doctor, riverside, visit):
        address = url("own_cancel", riverside, visit.uid)
        assert "Cancel this appointment?" in text_of(doctor.get(address))
        doctor.post(address, {"reason": "The doctor is ill"})
        visit.refresh_from_db()
        assert visit.status == Status.CANCELLED

    @pytest.mark.parametrize("name", ["own_no_show", "own_cancel"])
    def test_a_colleagues_visit_is_not_found(
        self, doctor, riverside, hillcrest, booked, name
    ):
        start = NINE + timedelta(hours=6)
        other = booked(hillcrest, starts_at=start)
        assert doctor.post(url(name, riverside, other.uid)).status_code == 404

    def test_a_get_is_no_verb(self, doctor, riverside, visit):
        address = url("own_no_show", riverside, visit.uid)
        assert doctor.get(address).status_code == 405


class TestWeeklyHours:
    def test_they_are_added(self, doctor, riverside):
        data = {"weekday": "0", "starts": "13:00", "ends": "15:30"}
        doctor.post(url("availability", riverside), data)
        rule = WeeklyRule.objects.get(doctor=riverside.doctor, starts=time(13))
        assert (rule.weekday, rule.ends) == (0, time(15, 30))
        event = AuditEvent.objects.get(action=Action.AVAILABILITY_CHANGED)
        assert event.reason == "Added Monday 13:00 to 15:30"

    @pytest.mark.parametrize(
        ("starts", "ends", "told"),
        [
            ("11:00", "13:00", "You have hours then already: Monday 09:00 to 12:00."),
            ("15:00", "15:00", "Choose an end that differs from the start."),
            ("25:00", "26:00", "Enter a time such as 09:30."),
            ("", "", "Enter a time such as 09:30."),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, doctor, riverside, starts, ends, told
    ):
        data = {"weekday": "0", "starts": starts, "ends": ends}
        page = text_of(doctor.post(url("availability", riverside), data))
        assert told in page
        assert WeeklyRule.objects.filter(doctor=riverside.doctor).count() == 7

    def test_they_are_removed(self, doctor, riverside, visit):
        rule = WeeklyRule.objects.get(doctor=riverside.doctor, weekday=1)
        doctor.post(url("remove_rule", riverside, rule.uid))
        assert not WeeklyRule.objects.filter(pk=rule.pk).exists()
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED

    def test_somebody_elses_are_not_found(self, doctor, riverside, hillcrest):
        rule = WeeklyRule.objects.filter(doctor=hillcrest.doctor).first()
        for uid in (rule.uid, uuid4()):
            response = doctor.post(url("remove_rule", riverside, uid))
            assert response.status_code == 404
        assert WeeklyRule.objects.filter(pk=rule.pk).exists()


class TestSwitches:
    """Every morning is on by the weekly hours; every evening is off."""

    MORNINGS = [f"2026-09-{day}.morning" for day in range(21, 28)]

    def save(self, doctor, riverside, on):
        address = url("switch_blocks", riverside)
        return text_of(doctor.post(address, {"on": on}, follow=True))

    def test_the_page_shows_what_is_on(self, doctor, riverside):
        page = doctor.get(url("availability", riverside)).content.decode()
        assert page.count(" checked") == 7
        assert page.count('role="switch"') == 14

    def test_saving_without_a_change_writes_nothing(self, doctor, riverside):
        self.save(doctor, riverside, self.MORNINGS)
        assert not DayBlock.objects.exists()
        assert not AuditEvent.objects.filter(
            action=Action.AVAILABILITY_CHANGED
        ).exists()

    def test_an_evening_on(self, doctor, riverside):
        self.save(doctor, riverside, [*self.MORNINGS, "2026-09-22.evening"])
        switched = DayBlock.objects.get()
        assert (switched.date, switched.block, switched.is_on) == (
            date(2026, 9, 22),
            Block.EVENING,
            True,
        )

    def test_a_morning_off_names_the_visits_that_stay(self, doctor, riverside, visit):
        mornings = [each for each in self.MORNINGS if "09-22" not in each]
        page = self.save(doctor, riverside, mornings)
        assert DayBlock.objects.get().is_on is False
        name = f"Tuesday 22-Sep-2026 09:00 {visit.patient.clinical_name}"
        assert f"These visits stay booked although you are off: {name}." in page
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED

    def test_back_to_the_weekly_hours(self, doctor, riverside):
        self.save(doctor, riverside, self.MORNINGS[1:])
        self.save(doctor, riverside, self.MORNINGS)
        assert not DayBlock.objects.exists()

    def test_names_that_are_none_change_nothing(self, doctor, riverside):
        on = [*self.MORNINGS, "2030-01-01.morning", "x", "2026-09-22.night"]
        self.save(doctor, riverside, on)
        assert not DayBlock.objects.exists()

    def test_cancelled_visits_are_not_named(self, doctor, riverside, visit):
        actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        page = text_of(doctor.get(url("availability", riverside)))
        assert visit.patient.clinical_name not in page


@pytest.mark.parametrize("name", ["day", "availability"])
class TestWho:
    @pytest.mark.parametrize("who", ["staff", "owner", "auditor"])
    def test_only_doctors(self, as_user, riverside, name, who):
        response = as_user(getattr(riverside, who)).get(url(name, riverside))
        assert response.status_code == 403

    def test_not_patients_nor_other_clinics(self, as_user, riverside, hillcrest, name):
        for who in (riverside.patient, hillcrest.doctor):
            assert as_user(who).get(url(name, riverside)).status_code == 404
