"""Moving a visit: the same visit and claims, one more line of history."""

from datetime import timedelta
from typing import Any

import pytest

from appointments.actions import (
    NotAllowed,
    NotBookable,
    SlotTaken,
    WrongStatus,
    arrive,
    book,
    cancel,
    reschedule,
    restore,
)
from appointments.factories import AssetFactory, ServiceFactory, WeeklyRuleFactory
from appointments.models import Claim
from appointments.tests.conftest import NINE, patient_of, staff_of
from clinics.factories import MembershipFactory
from healthcare import clock
from healthcare.audit.models import Action, AuditEvent
from healthcare.outbox.models import Message
from healthcare.testing import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]
TEN = NINE + timedelta(hours=1)


def claims() -> list[tuple]:
    rows = Claim.objects.filter(active=True).order_by("id")
    return list(rows.values_list("id", "resource_id", "busy_start"))


def another_doctor(cast: Cast) -> Any:
    doctor = MembershipFactory(
        clinic=cast.clinic, role="doctor", department=cast.department
    )
    WeeklyRuleFactory(doctor=doctor, weekday=NINE.weekday())
    return doctor


class TestItWorks:
    def test_the_same_visit_and_the_same_claims(
        self, riverside: Cast, booked: Any
    ) -> None:
        visit = booked(riverside)
        uid, reference, before = visit.uid, visit.reference, claims()
        reschedule(appointment=visit, starts_at=TEN, by=patient_of(riverside))
        visit.refresh_from_db()
        assert (visit.uid, visit.reference) == (uid, reference)
        assert (visit.starts_at, visit.sequence) == (TEN, 1)
        assert visit.wall_start == "2026-09-22T10:00"
        assert claims() == [(pk, resource, TEN) for pk, resource, _start in before]

    def test_the_old_time_is_free_again(self, riverside: Cast, booked: Any) -> None:
        visit = booked(riverside)
        reschedule(appointment=visit, starts_at=TEN, by=patient_of(riverside))
        assert booked(riverside, patient=riverside.patient2.patient)

    def test_by_half_its_own_length(self, riverside: Cast, booked: Any) -> None:
        """The visit's own claims do not stand in its way."""
        visit = booked(riverside)
        later = NINE + timedelta(minutes=15)
        by = staff_of(riverside)
        reschedule(appointment=visit, starts_at=later, by=by, over="As agreed")
        assert (visit.starts_at, visit.overbooked) == (later, False)

    def test_history_log_and_mail(self, riverside: Cast, booked: Any) -> None:
        visit = booked(riverside)
        reschedule(appointment=visit, starts_at=TEN, by=patient_of(riverside))
        change = visit.changes.last()
        assert (change.moved_from, change.moved_to) == (NINE, TEN)
        assert AuditEvent.objects.latest("id").action == Action.MOVED
        message = Message.objects.latest("id")
        assert message.kind == "appointments/moved"
        assert "22-Sep-2026" in message.text
        assert message.attachments[0]["content_type"].startswith("text/calendar")

    def test_to_another_doctor_by_the_clinic(
        self, riverside: Cast, booked: Any
    ) -> None:
        visit, other = booked(riverside), another_doctor(riverside)
        by = staff_of(riverside)
        reschedule(appointment=visit, starts_at=NINE, doctor=other, by=by)
        assert visit.doctor == other
        people = Claim.objects.filter(active=True).values_list(
            "resource__person", flat=True
        )
        assert set(people) == {other.person.pk, riverside.patient.patient.pk}

    def test_the_room_moves_along(self, riverside: Cast, booked: Any) -> None:
        room = AssetFactory(clinic=riverside.clinic)
        visit = booked(
            riverside, service=ServiceFactory(doctor=riverside.doctor, needs=[room])
        )
        reschedule(appointment=visit, starts_at=TEN, by=staff_of(riverside))
        taken = Claim.objects.get(resource__asset=room, active=True)
        assert taken.busy_start == TEN


class TestRefused:
    def test_a_taken_time_changes_nothing(self, riverside: Cast, booked: Any) -> None:
        visit = booked(riverside)
        booked(riverside, starts_at=TEN, patient=riverside.patient2.patient)
        before = claims()
        with pytest.raises(SlotTaken):
            reschedule(appointment=visit, starts_at=TEN, by=patient_of(riverside))
        visit.refresh_from_db()
        assert (visit.starts_at, visit.sequence, claims()) == (NINE, 0, before)

    @pytest.mark.parametrize("minutes", [-60, 15, 60 * 24 * 40, 0])
    def test_a_time_that_is_not_offered(
        self, riverside: Cast, booked: Any, minutes: int
    ) -> None:
        to = NINE + timedelta(minutes=minutes)
        visit = booked(riverside)
        with pytest.raises(NotBookable):
            reschedule(appointment=visit, starts_at=to, by=patient_of(riverside))

    def test_by_somebody_else(
        self, riverside: Cast, hillcrest: Cast, booked: Any
    ) -> None:
        visit = booked(riverside)
        strangers = [
            riverside.patient2.patient.user.as_actor(role="patient"),
            staff_of(hillcrest),
            riverside.auditor.user.as_actor(role="auditor"),
        ]
        for stranger in strangers:
            with pytest.raises(NotAllowed):
                reschedule(appointment=visit, starts_at=TEN, by=stranger)

    def test_once_checked_in(self, riverside: Cast, booked: Any) -> None:
        visit = booked(riverside)
        arrive(appointment=visit, by=staff_of(riverside))
        with pytest.raises(WrongStatus):
            reschedule(appointment=visit, starts_at=TEN, by=staff_of(riverside))

    def test_a_patient_chooses_no_other_doctor(
        self, riverside: Cast, booked: Any
    ) -> None:
        visit, other = booked(riverside), another_doctor(riverside)
        by = patient_of(riverside)
        reschedule(appointment=visit, starts_at=TEN, doctor=other, by=by)
        assert visit.doctor == riverside.doctor


class TestOverbooked:
    @pytest.fixture
    def full(self, riverside: Cast, booked: Any) -> Any:
        return booked(riverside, patient=riverside.patient2.patient)

    def over(self, cast: Cast, wish: Any) -> Any:
        return book(**wish(cast, by=staff_of(cast), over="Urgent, doctor agreed"))

    def test_on_purpose_and_in_the_log(
        self, riverside: Cast, wish: Any, full: Any
    ) -> None:
        visit = self.over(riverside, wish)
        assert visit.overbooked
        assert visit.changes.get().reason == "Urgent, doctor agreed"
        assert AuditEvent.objects.latest("id").reason == "Overbooked on purpose"

    def test_a_patient_cannot(self, riverside: Cast, wish: Any, full: Any) -> None:
        with pytest.raises(SlotTaken):
            book(**wish(riverside, over="Please"))

    def test_not_two_places_at_once(
        self, riverside: Cast, booked: Any, wish: Any
    ) -> None:
        booked(riverside)
        other = another_doctor(riverside)
        with pytest.raises(SlotTaken, match="already have a visit"):
            book(**wish(riverside, doctor=other, by=staff_of(riverside), over="Urgent"))

    def test_it_takes_the_time_when_the_other_goes(
        self, riverside: Cast, wish: Any, full: Any
    ) -> None:
        self.over(riverside, wish)
        cancel(appointment=full, reason="", by=staff_of(riverside))
        held = Claim.objects.filter(
            active=True, resource__person=riverside.doctor.person
        )
        assert held.count() == 1
        with pytest.raises(SlotTaken):
            book(**wish(riverside, patient=riverside.patient2.patient))

    def test_taken_back_it_takes_what_has_become_free(
        self, riverside: Cast, wish: Any, full: Any
    ) -> None:
        visit, by = self.over(riverside, wish), staff_of(riverside)
        cancel(appointment=visit, reason="", by=by)
        cancel(appointment=full, reason="", by=by)
        restore(appointment=visit, by=by)
        with pytest.raises(SlotTaken):
            book(**wish(riverside, patient=riverside.patient2.patient))

    def test_outside_of_hours(self, riverside: Cast, wish: Any) -> None:
        late = NINE + timedelta(hours=8, minutes=7)
        by = staff_of(riverside)
        visit = book(**wish(riverside, starts_at=late, by=by, over="Urgent"))
        assert not visit.overbooked


class TestRestored:
    def cancelled(self, cast: Cast, booked: Any) -> Any:
        visit = booked(cast)
        return cancel(appointment=visit, reason="Wrong row", by=staff_of(cast))

    def test_within_the_grace(self, riverside: Cast, booked: Any) -> None:
        visit = self.cancelled(riverside, booked)
        restore(appointment=visit, by=staff_of(riverside))
        visit.refresh_from_db()
        assert (visit.status, visit.cancelled_at, visit.sequence) == ("booked", None, 2)
        with pytest.raises(SlotTaken):
            booked(riverside, patient=riverside.patient2.patient)

    def test_not_when_somebody_else_has_it(self, riverside: Cast, booked: Any) -> None:
        visit = self.cancelled(riverside, booked)
        booked(riverside, patient=riverside.patient2.patient)
        with pytest.raises(SlotTaken):
            restore(appointment=visit, by=staff_of(riverside))

    def test_not_later(self, riverside: Cast, booked: Any) -> None:
        visit = self.cancelled(riverside, booked)
        with (
            clock.at(clock.now() + timedelta(minutes=16)),
            pytest.raises(NotAllowed, match="too late"),
        ):
            restore(appointment=visit, by=staff_of(riverside))

    def test_what_a_move_left_behind_stays_free(
        self, riverside: Cast, booked: Any
    ) -> None:
        room = AssetFactory(clinic=riverside.clinic)
        service = ServiceFactory(doctor=riverside.doctor, needs=[room])
        visit, by = booked(riverside, service=service), staff_of(riverside)
        other = another_doctor(riverside)
        reschedule(appointment=visit, starts_at=NINE, doctor=other, by=by)
        cancel(appointment=visit, reason="", by=by)
        restore(appointment=visit, by=by)
        active = Claim.objects.filter(active=True)
        assert not active.filter(resource__asset=room).exists()
        assert active.filter(resource__person=other.person).exists()

    def test_late_cancellations_count(self, riverside: Cast, booked: Any) -> None:
        visit = booked(riverside)
        with clock.at(NINE - timedelta(hours=23)):
            cancel(appointment=visit, reason="", by=patient_of(riverside))
        assert visit.cancelled_late
