"""Weekly hours with dates between which they hold, and hours that run past midnight."""

from datetime import date, time

import pytest
from django.db import IntegrityError
from django.urls import reverse

from appointments import actions
from appointments.factories import WeeklyRuleFactory
from appointments.models import WeeklyRule
from appointments.search import free_days
from appointments.tests.conftest import NINE, staff_of
from clinics.models import Membership
from healthcare import clock
from healthcare.audit.models import Action, AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

MONDAY, TUESDAY = 0, 1


def url(name, cast, *args):
    return reverse(f"appointments:{name}", args=[cast.clinic.slug, *args])


def text_of(response):
    return " ".join(response.content.decode().split())


def free(cast, day):
    doctor = Membership.objects.doctors().get(pk=cast.doctor.pk)
    return len(free_days(doctor, first=day, days=1, now=clock.now())[0].starts)


@pytest.fixture
def add(riverside):
    def rule(weekday, starts, ends, **more):
        return actions.add_weekly_rule(
            doctor=riverside.doctor,
            weekday=weekday,
            starts=time.fromisoformat(starts),
            ends=time.fromisoformat(ends),
            by=staff_of(riverside),
            **more,
        )

    return rule


@pytest.fixture
def doctor(as_user, riverside):
    return as_user(riverside.doctor)


class TestValidity:
    def test_hours_hold_from_the_first_to_the_last_day(self, add, riverside):
        first, last = date(2026, 9, 29), date(2026, 10, 6)
        add(TUESDAY, "09:00", "10:00", valid_from=first, valid_until=last)
        days = (date(2026, 9, 22), first, last, date(2026, 10, 13))
        assert [free(riverside, day) for day in days] == [0, 2, 2, 0]

    def test_hours_of_other_dates_do_not_clash(self, add):
        add(MONDAY, "09:00", "12:00", valid_until=date(2026, 12, 31))
        add(MONDAY, "09:00", "12:00", valid_from=date(2027, 1, 1))
        with pytest.raises(actions.HoursOverlap, match="Until 31-Dec-2026"):
            add(MONDAY, "10:00", "11:00", valid_from=date(2026, 12, 31))

    def test_the_database_refuses_a_last_day_before_the_first(self, riverside):
        with pytest.raises(IntegrityError):
            WeeklyRuleFactory(
                doctor=riverside.doctor,
                valid_from=date(2027, 1, 2),
                valid_until=date(2027, 1, 1),
            )


class TestNights:
    def test_each_date_has_its_part(self, add, riverside):
        add(MONDAY, "22:00", "06:00")
        days = (date(2026, 9, 21), date(2026, 9, 22), date(2026, 9, 23))
        assert [free(riverside, day) for day in days] == [4, 12, 0]

    def test_a_time_after_midnight_is_booked(self, add, riverside, booked):
        add(MONDAY, "22:00", "06:00")
        visit = booked(riverside, starts_at=NINE.replace(hour=1))
        assert visit.wall_start == "2026-09-22T03:00"
        assert free(riverside, date(2026, 9, 22)) == 11

    @pytest.mark.parametrize(
        ("weekday", "starts", "ends"),
        [(1, "05:00", "09:00"), (0, "23:00", "23:30"), (0, "20:00", "22:30")],
    )
    def test_hours_within_the_night_are_refused(self, add, weekday, starts, ends):
        add(MONDAY, "22:00", "06:00")
        with pytest.raises(actions.HoursOverlap):
            add(weekday, starts, ends)

    def test_sundays_night_reaches_into_monday(self, add):
        add(6, "22:00", "06:00")
        with pytest.raises(actions.HoursOverlap):
            add(MONDAY, "05:00", "07:00")
        add(MONDAY, "06:00", "07:00")


class TestPages:
    DATA = {"weekday": "0", "starts": "22:00", "ends": "06:00"}
    DATES = {"valid_from": "2026-10-01", "valid_until": "2027-03-31"}

    def test_the_dates_are_shown(self, doctor, riverside):
        address = url("availability", riverside)
        page = text_of(doctor.post(address, self.DATA | self.DATES, follow=True))
        assert "Monday 22:00 to 06:00" in page
        assert "Until the next day" in page
        assert "From 01-Oct-2026 until 31-Mar-2027" in page

    def test_hours_are_changed(self, doctor, riverside, add):
        rule = add(MONDAY, "09:00", "12:00")
        address = url("change_rule", riverside, rule.uid)
        assert 'value="09:00"' in text_of(doctor.get(address))
        doctor.post(address, self.DATA | {"valid_from": "2026-10-01"})
        rule.refresh_from_db()
        assert (rule.ends, rule.valid_from) == (time(6), date(2026, 10, 1))
        event = AuditEvent.objects.filter(action=Action.AVAILABILITY_CHANGED).last()
        assert event.reason == (
            "Monday 09:00 to 12:00 is now Monday 22:00 to 06:00, From 01-Oct-2026"
        )

    def test_hours_do_not_clash_with_themselves(self, doctor, riverside, add):
        rule = add(MONDAY, "09:00", "12:00")
        data = {"weekday": "0", "starts": "10:00", "ends": "13:00"}
        doctor.post(url("change_rule", riverside, rule.uid), data)
        rule.refresh_from_db()
        assert rule.starts == time(10)

    def test_a_clash_keeps_what_was_typed(self, doctor, riverside, add):
        rule = add(MONDAY, "09:00", "12:00")
        add(TUESDAY, "09:00", "12:00")
        data = {"weekday": "1", "starts": "11:00", "ends": "13:00"}
        page = text_of(doctor.post(url("change_rule", riverside, rule.uid), data))
        assert "You have hours then already: Tuesday 09:00 to 12:00." in page
        assert 'value="13:00"' in page

    def test_nobody_elses_are_changed(self, doctor, riverside, hillcrest):
        rule = WeeklyRuleFactory(doctor=hillcrest.doctor)
        address = url("change_rule", riverside, rule.uid)
        assert doctor.post(address, self.DATA).status_code == 404
        assert WeeklyRule.objects.get(pk=rule.pk).starts == time(9)
