"""Who waits is offered what comes free: in order, one at a time, once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from appointments import actions
from appointments.actions import (
    BookingError,
    OfferOver,
    Wishes,
    accept_offer,
    cancel,
    decline_offer,
    join_waitlist,
    leave_waitlist,
    reschedule,
    sweep_waitlist,
)
from appointments.factories import ServiceFactory, WeeklyRuleFactory
from appointments.models import (
    Appointment,
    Claim,
    Hold,
    OfferState,
    Status,
    WaitingEntry,
    WaitingOffer,
    WaitingState,
)
from appointments.tests.conftest import MONDAY, NINE, staff_of
from clinics.factories import MembershipFactory, RegistrationFactory
from healthcare import clock
from healthcare.outbox.models import Message
from healthcare.testing import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

HALF_HOUR = timedelta(minutes=30)
LATER = NINE + timedelta(days=2)
Waits = Callable[..., WaitingEntry]


@pytest.fixture
def one_hour(riverside: Cast) -> None:
    """The doctor has two visits a week: Tuesday 09:00 and 09:30."""
    WeeklyRuleFactory(doctor=riverside.doctor, weekday=1, starts=time(9), ends=time(10))


@pytest.fixture
def waits() -> Waits:
    def join(cast: Cast, patient: Any = None, **changes: Any) -> WaitingEntry:
        person = patient or cast.patient.patient
        values = {
            "clinic": cast.clinic,
            "patient": person,
            "department": cast.department,
            "doctor": cast.doctor,
            "visit_type": "consultation",
            "wishes": Wishes(date(2026, 9, 21), date(2026, 10, 9)),
            "by": person.user.as_actor(role="patient"),
        }
        return join_waitlist(**(values | changes))

    return join


def others(cast: Cast, count: int) -> list[Any]:
    rows = RegistrationFactory.create_batch(count, clinic=cast.clinic)
    return [row.patient for row in rows]


def offers() -> list[WaitingOffer]:
    return list(WaitingOffer.objects.open().with_people().order_by("starts_at"))


def by_patient(offer: WaitingOffer) -> Any:
    return offer.entry.patient.user.as_actor(role="patient")


@pytest.mark.usefixtures("one_hour")
class TestOffering:
    def test_who_waits_longest_is_offered_the_first_time(
        self, riverside: Cast, waits: Waits
    ) -> None:
        first = waits(riverside)
        waits(riverside, riverside.patient2.patient)
        assert sweep_waitlist() == 2
        assert [each.starts_at for each in offers()] == [NINE, NINE + HALF_HOUR]
        assert offers()[0].entry == first

    def test_one_offer_at_once_to_each(self, riverside: Cast, waits: Waits) -> None:
        waits(riverside)
        assert [sweep_waitlist(), sweep_waitlist()] == [1, 0]

    def test_it_is_held_for_them_and_nobody_else(
        self, riverside: Cast, waits: Waits, booked: Any
    ) -> None:
        waits(riverside)
        sweep_waitlist()
        with pytest.raises(actions.SlotTaken):
            booked(riverside, patient=riverside.patient2.patient)

    def test_a_freed_time_is_offered(
        self, riverside: Cast, waits: Waits, booked: Any
    ) -> None:
        full = [
            booked(riverside, patient=patient, starts_at=NINE + week + half)
            for week in (timedelta(days=7 * n) for n in range(5))
            for half, patient in zip(
                (timedelta(), HALF_HOUR), others(riverside, 2), strict=True
            )
        ]
        waits(riverside)
        assert sweep_waitlist() == 0
        cancel(appointment=full[3], reason="", by=staff_of(riverside))
        assert sweep_waitlist() == 1
        assert offers()[0].starts_at == full[3].starts_at

    def test_they_are_told_once_without_what_it_is_about(
        self, riverside: Cast, waits: Waits
    ) -> None:
        waits(riverside, reason="Palpitations")
        sweep_waitlist()
        sweep_waitlist()
        message = Message.objects.get(kind="appointments/offer")
        assert message.to == riverside.patient.patient.user.email
        assert offers()[0].get_absolute_url() in message.text
        assert "Tuesday 22-Sep-2026" in message.text
        assert message.not_after == MONDAY + HALF_HOUR
        for secret in ("Palpitations", "Cardiology", "Consultation", "Dr "):
            assert secret not in message.subject + message.text + message.html

    def test_the_database_refuses_two_offers_for_one_time(
        self, riverside: Cast, waits: Waits
    ) -> None:
        waits(riverside)
        other = waits(riverside, riverside.patient2.patient)
        sweep_waitlist()
        one, two = offers()
        two.pk, two.uid, two.entry = None, other.patient.uid, other
        one.state = OfferState.OPEN
        two.starts_at = one.starts_at
        with pytest.raises(IntegrityError), transaction.atomic():
            two.save(force_insert=True)

    def test_a_group_of_blocked_and_ended_ones_is_passed_over(
        self, riverside: Cast, waits: Waits
    ) -> None:
        gone = waits(riverside)
        leave_waitlist(entry=gone, by=staff_of(riverside), reason="Called us")
        second = waits(riverside, riverside.patient2.patient)
        sweep_waitlist()
        assert [each.entry for each in offers()] == [second]
        gone.refresh_from_db()
        assert (gone.state, gone.end_reason) == (WaitingState.ENDED, "Called us")


@pytest.mark.usefixtures("one_hour")
class TestAnswers:
    @pytest.fixture
    def offer(self, riverside: Cast, waits: Waits) -> WaitingOffer:
        waits(riverside, reason="Palpitations")
        sweep_waitlist()
        return offers()[0]

    def test_accepting_books_it(self, offer: WaitingOffer) -> None:
        visit = accept_offer(offer=offer, by=by_patient(offer))
        assert (visit.starts_at, visit.status) == (NINE, Status.BOOKED)
        assert visit.reason == "Palpitations"
        assert not Hold.objects.exists()
        assert Claim.objects.filter(active=True).count() == 2
        offer.entry.refresh_from_db()
        assert offer.entry.state == WaitingState.ACCEPTED

    def test_a_second_click_books_nothing_more(self, offer: WaitingOffer) -> None:
        again = WaitingOffer.objects.get()
        one = accept_offer(offer=offer, by=by_patient(offer))
        two = accept_offer(offer=again, by=by_patient(offer))
        assert one == two == Appointment.objects.get()

    def test_nobody_else_accepts_it(self, offer: WaitingOffer, riverside: Cast) -> None:
        stranger = riverside.patient2.patient.user.as_actor(role="patient")
        with pytest.raises(actions.NotAllowed):
            accept_offer(offer=offer, by=stranger)

    def test_after_its_end_it_is_too_late(self, offer: WaitingOffer) -> None:
        with clock.at(MONDAY + HALF_HOUR), pytest.raises(OfferOver, match="place"):
            accept_offer(offer=offer, by=by_patient(offer))
        assert not Appointment.objects.exists()

    def test_no_answer_passes_it_on(
        self, offer: WaitingOffer, riverside: Cast, waits: Waits
    ) -> None:
        second = waits(riverside, riverside.patient2.patient)
        with clock.at(MONDAY + HALF_HOUR):
            sweep_waitlist()
            found = {each.starts_at: each.entry for each in offers()}
        assert found[NINE] == second
        assert found[NINE + HALF_HOUR] == offer.entry

    def test_declining_passes_it_on_and_it_never_comes_again(
        self, offer: WaitingOffer, riverside: Cast, waits: Waits
    ) -> None:
        decline_offer(offer=offer, by=by_patient(offer))
        sweep_waitlist()
        assert [each.starts_at for each in offers()] == [NINE + HALF_HOUR]
        second = waits(riverside, riverside.patient2.patient)
        sweep_waitlist()
        assert offers()[0].entry == second

    def test_leaving_gives_it_to_the_next_one(
        self, offer: WaitingOffer, riverside: Cast, waits: Waits
    ) -> None:
        leave_waitlist(entry=offer.entry, by=by_patient(offer))
        second = waits(riverside, riverside.patient2.patient)
        sweep_waitlist()
        assert [each.entry for each in offers()] == [second]


class TestEarlier:
    @pytest.fixture
    def visit(self, riverside: Cast, hours: None, booked: Any) -> Appointment:
        return booked(riverside, starts_at=LATER)

    def test_the_visit_is_moved_and_keeps_its_uid(
        self, riverside: Cast, visit: Appointment, waits: Waits
    ) -> None:
        waits(riverside, appointment=visit)
        sweep_waitlist()
        (offer,) = offers()
        moved = accept_offer(offer=offer, by=by_patient(offer))
        assert moved.starts_at == offer.starts_at < LATER
        assert moved.uid == visit.uid
        assert Appointment.objects.count() == 1
        assert Claim.objects.filter(active=True).count() == 2

    def test_a_visit_that_went_to_another_doctor_stays_there(
        self, riverside: Cast, visit: Appointment, waits: Waits
    ) -> None:
        waits(riverside, appointment=visit, doctor=None)
        sweep_waitlist()
        (offer,) = offers()
        other = MembershipFactory(
            clinic=riverside.clinic, role="doctor", department=riverside.department
        )
        by = staff_of(riverside)
        reschedule(appointment=visit, starts_at=LATER, doctor=other, over="Ill", by=by)
        with pytest.raises(OfferOver):
            accept_offer(offer=offer, by=by_patient(offer))
        visit.refresh_from_db()
        assert (visit.doctor, visit.starts_at) == (other, LATER)

    def test_only_what_is_earlier_is_offered(
        self, riverside: Cast, visit: Appointment, waits: Waits
    ) -> None:
        late = Wishes(LATER.date(), date(2026, 10, 9))
        waits(riverside, appointment=visit, wishes=late)
        assert sweep_waitlist() == 0

    def test_a_cancelled_visit_ends_the_wait(
        self, riverside: Cast, visit: Appointment, waits: Waits
    ) -> None:
        entry = waits(riverside, appointment=visit)
        cancel(appointment=visit, reason="", by=staff_of(riverside))
        assert sweep_waitlist() == 0
        entry.refresh_from_db()
        assert entry.state == WaitingState.ENDED


@pytest.mark.usefixtures("hours")
class TestWishes:
    @pytest.mark.parametrize(
        ("wishes", "first"),
        [
            ({"weekdays": "4"}, datetime(2026, 9, 25, 7, 0, tzinfo=UTC)),
            ({"earliest": date(2026, 9, 30)}, datetime(2026, 9, 30, 7, tzinfo=UTC)),
            ({"parts": "a"}, None),
            ({}, datetime(2026, 9, 21, 7, 0, tzinfo=UTC)),
        ],
    )
    def test_only_what_suits_is_offered(
        self, riverside: Cast, waits: Waits, wishes: Any, first: Any
    ) -> None:
        usual = {"earliest": date(2026, 9, 21), "latest": date(2026, 10, 9)}
        waits(riverside, wishes=Wishes(**(usual | wishes)))
        sweep_waitlist()
        assert [each.starts_at for each in offers()] == ([first] if first else [])

    def test_any_doctor_of_the_department(self, riverside: Cast, waits: Waits) -> None:
        waits(riverside, doctor=None)
        sweep_waitlist()
        assert offers()[0].doctor == riverside.doctor

    def test_when_the_dates_are_over_the_wait_ends(
        self, riverside: Cast, waits: Waits
    ) -> None:
        entry = waits(riverside, wishes=Wishes(date(2026, 9, 21), date(2026, 9, 21)))
        with clock.at(MONDAY + timedelta(days=1)):
            assert sweep_waitlist() == 0
        entry.refresh_from_db()
        assert entry.state == WaitingState.ENDED

    def test_waiting_twice_for_the_same_changes_the_wishes(
        self, riverside: Cast, waits: Waits
    ) -> None:
        first = waits(riverside)
        again = waits(riverside, wishes=Wishes(date(2026, 9, 23), date(2026, 9, 24)))
        assert first == again
        assert WaitingEntry.objects.get().earliest == date(2026, 9, 23)

    def test_the_notice_a_visit_needs_is_respected(
        self, riverside: Cast, waits: Waits
    ) -> None:
        ServiceFactory(doctor=riverside.doctor, lead_minutes=24 * 60)
        waits(riverside)
        sweep_waitlist()
        (offer,) = offers()
        assert offer.starts_at > MONDAY + timedelta(days=1)
        assert accept_offer(offer=offer, by=by_patient(offer))

    @pytest.mark.parametrize(
        "changes",
        [
            {"wishes": Wishes(date(2026, 9, 1), date(2026, 9, 2))},
            {"wishes": Wishes(date(2026, 9, 21), date(2029, 9, 2))},
            {"wishes": Wishes(date(2026, 9, 21), date(2026, 9, 30), weekdays="9")},
            {"visit_type": "tele"},
            {"reason": "x" * 301},
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, riverside: Cast, waits: Waits, changes: Any
    ) -> None:
        with pytest.raises(BookingError):
            waits(riverside, **changes)

    def test_a_stranger_joins_for_nobody(self, riverside: Cast, waits: Waits) -> None:
        stranger = riverside.patient2.patient.user.as_actor(role="patient")
        with pytest.raises(actions.NotAllowed):
            waits(riverside, by=stranger)

    def test_nobody_joins_a_group(self, riverside: Cast, waits: Waits) -> None:
        ServiceFactory(doctor=riverside.doctor, capacity=5)
        with pytest.raises(actions.NotBookable, match="Groups"):
            waits(riverside)


def test_a_morning_is_a_morning_after_the_clocks_go_back(
    hillcrest: Cast, waits: Waits
) -> None:
    """New York, 01-Nov-2026: 09:00 is 14:00Z, an hour later than the day before."""
    for weekday in (5, 6):
        WeeklyRuleFactory(
            doctor=hillcrest.doctor, weekday=weekday, starts=time(11), ends=time(13)
        )
    wishes = Wishes(date(2026, 11, 1), date(2026, 11, 1), weekdays="6", parts="m")
    with clock.at(datetime(2026, 10, 30, 12, 0, tzinfo=UTC)):
        waits(hillcrest, wishes=wishes)
        sweep_waitlist()
        (offer,) = offers()
        visit = accept_offer(offer=offer, by=by_patient(offer))
    assert visit.starts_at == datetime(2026, 11, 1, 16, 0, tzinfo=UTC)
    assert (visit.wall_start, visit.fold) == ("2026-11-01T11:00", 0)


@pytest.mark.usefixtures("hours")
def test_one_sweep_asks_as_often_for_three_as_for_one(
    riverside: Cast, waits: Waits, queries: Any
) -> None:
    nowhere = Wishes(date(2026, 9, 21), date(2026, 10, 9), parts="e")
    first, *more = others(riverside, 3)
    waits(riverside, first, wishes=nowhere)
    one = queries(sweep_waitlist)
    for person in more:
        waits(riverside, person, wishes=nowhere)
    assert queries(sweep_waitlist) == one
