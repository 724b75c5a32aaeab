"""Moving a visit from its page, requests, taking back, and a doctor who is away."""

from datetime import timedelta

import pytest

from appointments import actions
from appointments.factories import ServiceFactory, WeeklyRuleFactory
from appointments.models import Appointment, BookingPolicy, Status
from appointments.tests.conftest import NINE, staff_of
from appointments.tests.test_desk import shown, text_of, uids, url
from appointments.when import format_instant
from clinics.factories import MembershipFactory, RegistrationFactory
from healthcare import clock
from healthcare.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]

HALF = timedelta(minutes=30)
DAY = timedelta(days=1)


@pytest.fixture
def staff(as_user, riverside):
    return as_user(riverside.staff)


@pytest.fixture
def visit(riverside, booked):
    return booked(riverside)


@pytest.fixture
def colleague(riverside):
    """Another doctor, who works from nine to twelve as well."""
    doctor = MembershipFactory(
        clinic=riverside.clinic, role="doctor", department=riverside.department
    )
    for weekday in range(7):
        WeeklyRuleFactory(doctor=doctor, weekday=weekday)
    return doctor


@pytest.fixture
def three(riverside, booked):
    rows = RegistrationFactory.create_batch(3, clinic=riverside.clinic)
    return [
        booked(riverside, patient=row.patient, starts_at=NINE + n * HALF)
        for n, row in enumerate(rows)
    ]


def fresh(visit):
    return Appointment.objects.get(pk=visit.pk)


def to(cast, visit, start, name="move_confirm", **more):
    return url(name, cast, visit.uid, time=format_instant(start), **more)


class TestMove:
    def test_the_page_offers_days_and_times(self, staff, riverside, visit):
        page = staff.get(url("move", riverside, visit.uid)).content.decode()
        assert format_instant(NINE + HALF) in page
        assert format_instant(NINE) not in page

    def test_nothing_moves_before_it_is_confirmed(self, staff, riverside, visit):
        address = to(riverside, visit, NINE + HALF)
        page = text_of(staff.get(address))
        assert "at 09:00" in page
        assert "at 09:30" in page
        assert fresh(visit).starts_at == NINE
        staff.post(address)
        assert fresh(visit).starts_at == NINE + HALF
        assert Message.objects.filter(kind="appointments/moved").count() == 1

    def test_to_another_doctor(self, staff, riverside, visit, colleague):
        address = to(riverside, visit, NINE, doctor=colleague.uid)
        staff.post(address)
        assert fresh(visit).doctor == colleague

    def test_a_taken_time_asks_why(self, staff, riverside, visit, booked):
        other = NINE + HALF
        booked(riverside, starts_at=other, patient=riverside.patient2.patient)
        address = to(riverside, visit, other)
        assert "Say why" in text_of(staff.post(address))
        assert fresh(visit).starts_at == NINE
        staff.post(address, {"over": "It is urgent"})
        assert (fresh(visit).starts_at, fresh(visit).overbooked) == (other, True)

    def test_over_its_own_time(self, staff, riverside, booked):
        ServiceFactory(doctor=riverside.doctor, minutes=60)
        visit = booked(riverside)
        address = to(riverside, visit, NINE + HALF)
        assert "Move anyway" in text_of(staff.post(address))
        staff.post(address, {"over": "A little later"})
        assert (fresh(visit).starts_at, fresh(visit).overbooked) == (NINE + HALF, False)

    def test_a_visit_that_is_over(self, staff, riverside, visit):
        actions.arrive(appointment=visit, by=staff_of(riverside))
        page = text_of(staff.get(url("move", riverside, visit.uid)))
        assert "can no longer be moved" in page
        staff.post(to(riverside, visit, NINE + HALF), {"over": "x"})
        assert fresh(visit).starts_at == NINE

    def test_a_doctor_moves_their_own(self, as_user, riverside, visit, colleague):
        doctor = as_user(riverside.doctor)
        assert doctor.get(to(riverside, visit, NINE + HALF)).status_code == 403
        mine = to(riverside, visit, NINE + HALF, "own_move_confirm")
        doctor.post(mine)
        assert fresh(visit).starts_at == NINE + HALF
        other = to(riverside, visit, NINE, "own_move_confirm", doctor=colleague.uid)
        doctor.post(other)
        assert fresh(visit).doctor == riverside.doctor
        assert as_user(colleague).get(mine).status_code == 404

    @pytest.mark.parametrize("name", ["move", "move_confirm", "restore", "series"])
    def test_another_clinics(self, staff, riverside, hillcrest, booked, name):
        other = booked(hillcrest, starts_at=NINE + timedelta(hours=6))
        assert staff.get(url(name, riverside, other.uid)).status_code == 404


class TestRequests:
    @pytest.fixture
    def asked(self, riverside, booked):
        ServiceFactory(doctor=riverside.doctor, audience="approval")
        return booked(riverside, starts_at=NINE + 5 * DAY)

    def test_the_desk_shows_them_on_any_day(self, staff, riverside, asked):
        page = staff.get(url("desk", riverside))
        assert shown(page) == uids(asked)
        assert "Requests" in text_of(page)
        assert "Decline" in text_of(page)

    def test_confirm(self, staff, riverside, asked):
        staff.post(url("approve", riverside, asked.uid))
        assert fresh(asked).status == Status.BOOKED

    def test_decline(self, staff, riverside, asked):
        address = url("cancel", riverside, asked.uid)
        assert "Decline this request?" in text_of(staff.get(address))
        staff.post(address, {"reason": "Please call"})
        assert fresh(asked).status == Status.CANCELLED
        assert Message.objects.filter(kind="appointments/declined").exists()

    def test_move(self, staff, riverside, asked):
        staff.post(to(riverside, asked, NINE))
        assert (fresh(asked).starts_at, fresh(asked).status) == (NINE, "requested")

    def test_only_the_desk_confirms(self, as_user, riverside, asked):
        answer = as_user(riverside.doctor).post(url("approve", riverside, asked.uid))
        assert answer.status_code == 403
        assert fresh(asked).status == Status.REQUESTED


class TestTakeBack:
    def test_the_toast_offers_it(self, staff, riverside, visit):
        page = staff.post(url("cancel", riverside, visit.uid), follow=True)
        back = url("restore", riverside, visit.uid)
        assert page.content.decode().count(f'href="{back}"') == 2
        assert "booked again" in text_of(staff.get(back))
        staff.post(back)
        assert fresh(visit).status == Status.BOOKED

    def test_while_the_grace_lasts(self, staff, riverside, visit):
        BookingPolicy.objects.create(clinic=riverside.clinic, undo_minutes=5)
        staff.post(url("cancel", riverside, visit.uid), follow=True)
        back = url("restore", riverside, visit.uid)
        with clock.at(clock.now() + timedelta(minutes=6)):
            page = staff.get(url("detail", riverside, visit.uid)).content.decode()
            assert back not in page
            assert "too late" in text_of(staff.post(back, follow=True))
        assert fresh(visit).status == Status.CANCELLED

    def test_a_doctor_takes_their_own_back(self, as_user, riverside, visit):
        doctor = as_user(riverside.doctor)
        doctor.post(url("own_cancel", riverside, visit.uid))
        page = doctor.get(url("detail", riverside, visit.uid)).content.decode()
        back = url("own_restore", riverside, visit.uid)
        assert back in page
        doctor.post(back)
        assert fresh(visit).status == Status.BOOKED


class TestMissing:
    def test_who_is_not_here_is_proposed(self, staff, riverside, visit):
        BookingPolicy.objects.create(clinic=riverside.clinic, missing_after_minutes=20)
        with clock.at(NINE + timedelta(minutes=19)):
            assert "Not here?" not in text_of(staff.get(url("desk", riverside)))
        with clock.at(NINE + timedelta(minutes=21)):
            assert "Mark as missed" in text_of(staff.get(url("desk", riverside)))
            assert "Not here?" in text_of(staff.get(url("desk", riverside)))
            staff.post(url("no_show", riverside, visit.uid))
            assert "Not here?" not in text_of(staff.get(url("desk", riverside)))


class TestAway:
    @pytest.fixture
    def address(self, riverside):
        query = {"doctor": riverside.doctor.uid}
        return url(
            "bulk_move", riverside, since="2026-09-22", until="2026-09-22", **query
        )

    def choices(self, page):
        rows = page.context["page"].rows
        picked = {f"to-{row.uid}": row.proposals[0].value for row in rows}
        return {"pick": [row.uid for row in rows], **picked}

    def test_each_visit_has_its_own_proposals(self, staff, address, three, colleague):
        rows = staff.get(address).context["page"].rows
        every = [each.value for row in rows for each in row.proposals]
        assert len(every) == len(set(every)) == 9
        assert [row.proposals[0].value for row in rows] == [
            f"{colleague.uid} {format_instant(visit.starts_at)}" for visit in three
        ]

    def test_without_a_colleague_another_day(self, staff, address, three, riverside):
        rows = staff.get(address).context["page"].rows
        every = [each.value for row in rows for each in row.proposals]
        assert all("2026-09-22" not in value for value in every)
        assert all(str(riverside.doctor.uid) in value for value in every)

    def test_a_doctor_who_does_not_offer_it(
        self, staff, address, three, colleague, riverside
    ):
        ServiceFactory(doctor=colleague, kind="tele")
        rows = staff.get(address).context["page"].rows
        every = " ".join(each.value for row in rows for each in row.proposals)
        assert str(colleague.uid) not in every

    def test_all_move_at_once(self, staff, address, three, colleague):
        chosen = self.choices(staff.get(address))
        page = staff.post(address, chosen, follow=True)
        assert "Moved: 3." in text_of(page)
        assert "No visit is left on these dates." in text_of(page)
        assert {fresh(visit).doctor for visit in three} == {colleague}

    def test_what_does_not_fit_stays_and_is_shown_again(
        self, staff, address, three, colleague, booked, riverside
    ):
        chosen = self.choices(staff.get(address))
        other = riverside.patient2.patient
        booked(riverside, doctor=colleague, patient=other, starts_at=NINE + HALF)
        page = staff.post(address, chosen, follow=True)
        assert "Moved: 2." in text_of(page)
        assert "did not fit" in text_of(page)
        assert fresh(three[1]).starts_at == NINE + HALF
        assert fresh(three[1]).doctor == riverside.doctor
        assert [row.uid for row in page.context["page"].rows] == uids(three[1])
        staff.post(address, self.choices(page))
        assert fresh(three[1]).doctor != riverside.doctor or (
            fresh(three[1]).starts_at != NINE + HALF
        )

    def test_cancel_leave_and_untick(self, staff, address, three, colleague):
        chosen = self.choices(staff.get(address))
        first, second, third = uids(*three)
        chosen |= {f"to-{first}": "cancel", f"to-{second}": "leave"}
        chosen["pick"] = [first, second]
        staff.post(address, chosen)
        assert fresh(three[0]).status == Status.CANCELLED
        assert fresh(three[1]).starts_at == three[1].starts_at
        assert fresh(three[2]).doctor == three[2].doctor
        assert third not in chosen["pick"]

    def test_nonsense_changes_nothing(self, staff, address, three):
        nonsense = {f"to-{uid}": "x y" for uid in uids(*three)}
        page = staff.post(address, {"pick": uids(*three), **nonsense}, follow=True)
        assert "Nothing was chosen" in text_of(page)

    def test_another_clinics_doctor(self, staff, riverside, hillcrest):
        query = {"since": "2026-09-22", "until": "2026-09-22"}
        address = url("bulk_move", riverside, doctor=hillcrest.doctor.uid, **query)
        assert "Select a valid choice" in text_of(staff.get(address))

    def test_the_number_of_queries_stays(
        self, staff, address, riverside, booked, colleague, queries
    ):
        booked(riverside)
        staff.get(address)
        one = queries(lambda: staff.get(address))
        rows = RegistrationFactory.create_batch(2, clinic=riverside.clinic)
        for n, row in enumerate(rows, start=1):
            booked(riverside, patient=row.patient, starts_at=NINE + n * HALF)
        assert queries(lambda: staff.get(address)) == one
