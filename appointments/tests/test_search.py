"""What the database knows, put through slots.py; the queries do not grow."""

from datetime import date, time, timedelta

import pytest

from appointments import actions
from appointments.factories import WeeklyRuleFactory
from appointments.models import Block, Claim
from appointments.search import first_free, free_days, nearest_free
from appointments.tests.conftest import NINE, patient_of, staff_of
from clinics.factories import MembershipFactory
from clinics.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hours")]

TUESDAY = date(2026, 9, 22)


@pytest.fixture
def doctor(riverside):
    return Membership.objects.doctors().get(pk=riverside.doctor.pk)


def counts(doctor, now, first=TUESDAY, days=1):
    free = free_days(doctor, first=first, days=days, now=now)
    return [len(each.starts) for each in free]


class TestFreeDays:
    def test_a_week(self, doctor, monday):
        assert counts(doctor, monday, days=7) == [6] * 7

    def test_a_booked_time_is_gone_and_comes_back(
        self, doctor, monday, riverside, booked
    ):
        visit = booked(riverside)
        assert counts(doctor, monday) == [5]
        actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        assert counts(doctor, monday) == [6]

    def test_a_block_switched_off_and_on(self, doctor, monday, riverside):
        by = staff_of(riverside)
        for block, is_on in ((Block.MORNING, False), (Block.EVENING, True)):
            actions.set_day_block(
                doctor=doctor, date=TUESDAY, block=block, is_on=is_on, by=by
            )
        free = free_days(doctor, first=TUESDAY, days=1, now=monday)[0]
        assert len(free.starts) == 8
        assert free.starts[0] == NINE + timedelta(hours=6)

    def test_only_days_that_can_be_booked(self, doctor, monday):
        found = free_days(doctor, first=date(2026, 9, 18), days=7, now=monday)
        assert [each.date.day for each in found] == [21, 22, 23, 24]
        assert free_days(doctor, first=date(2026, 10, 22), days=7, now=monday) == []

    def test_time_at_another_clinic_is_taken_here_too(
        self, doctor, monday, hillcrest, booked
    ):
        """The same person is a doctor in New York, on Berlin's morning."""
        other = Membership.objects.create(
            user=doctor.user,
            clinic=hillcrest.clinic,
            role="doctor",
            department=hillcrest.department,
        )
        WeeklyRuleFactory(doctor=other, weekday=1, starts=time(3), ends=time(3, 30))
        booked(hillcrest, doctor=other)
        assert counts(doctor, monday) == [5]


class TestFirstFree:
    def test_each_doctors_own(self, doctor, monday, riverside):
        later = MembershipFactory(
            clinic=riverside.clinic, role="doctor", department=riverside.department
        )
        WeeklyRuleFactory(doctor=later, weekday=4, starts=time(14), ends=time(15))
        never = MembershipFactory(clinic=riverside.clinic, role="doctor")
        doctors = list(Membership.objects.doctors().filter(clinic=riverside.clinic))
        found = first_free(doctors, now=monday)
        assert found[doctor.pk] == NINE - timedelta(days=1)
        assert found[later.pk] == NINE + timedelta(days=3, hours=5)
        assert found[never.pk] is None

    def test_the_last_bookable_day_is_found(self, doctor, monday, riverside):
        last = date(2026, 10, 21)
        riverside.doctor.weekly_rules.all().delete()
        actions.set_day_block(
            doctor=doctor,
            date=last,
            block=Block.MORNING,
            is_on=True,
            by=staff_of(riverside),
        )
        found = first_free([doctor], now=monday)[doctor.pk]
        assert found
        assert found.astimezone(doctor.clinic.zone).date() == last

    def test_the_number_of_queries_stays(self, monday, riverside, queries):
        def search():
            doctors = list(Membership.objects.doctors().filter(clinic=riverside.clinic))
            first_free(doctors, now=monday)

        one = queries(search)
        for _n in range(4):
            WeeklyRuleFactory(
                doctor=MembershipFactory(clinic=riverside.clinic, role="doctor")
            )
        assert queries(search) == one

    def test_nobody(self, monday):
        assert first_free([], now=monday) == {}


class TestNearest:
    def test_three_in_order_of_time(self, doctor, monday, riverside, booked):
        middle = NINE + timedelta(hours=1)
        booked(riverside, starts_at=middle)
        found = nearest_free(doctor, around=middle, now=monday)
        assert [(each - middle) // timedelta(minutes=30) for each in found] == [
            -2,
            -1,
            1,
        ]

    def test_none_when_all_is_taken(self, doctor, monday, riverside, booked):
        visit = booked(riverside)
        riverside.doctor.weekly_rules.exclude(weekday=1).delete()
        riverside.doctor.weekly_rules.update(ends=time(9, 30))
        for week in range(1, 5):
            booked(riverside, starts_at=NINE + timedelta(weeks=week))
        assert nearest_free(doctor, around=visit.starts_at, now=monday) == []
        assert Claim.objects.filter(resource__person=doctor.person).count() == 5
