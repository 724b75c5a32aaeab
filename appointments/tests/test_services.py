"""Visits as a doctor describes them: length, buffers, notice, audience, rooms."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from appointments.actions import NotBookable, SlotTaken, approve, cancel, restore
from appointments.factories import AssetFactory, ServiceFactory, WeeklyRuleFactory
from appointments.models import Appointment, Claim, Status, WeeklyRule
from appointments.search import first_free, free_days
from appointments.tests.conftest import MONDAY, NINE, staff_of
from clinics.factories import MembershipFactory, RegistrationFactory
from healthcare.outbox.models import Message
from healthcare.testing import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]


def minutes(n: int) -> timedelta:
    return timedelta(minutes=n)


def free(cast: Cast, service: Any, days: int = 1) -> list[str]:
    found = free_days(
        cast.doctor, first=NINE.date(), days=days, now=MONDAY, service=service
    )
    zone = cast.clinic.zone
    return [f"{at.astimezone(zone):%H:%M}" for each in found for at in each.starts]


class TestLength:
    def test_the_visit_is_as_long_and_costs_what_the_service_says(
        self, riverside: Cast, booked: Any
    ) -> None:
        service = ServiceFactory(doctor=riverside.doctor, minutes=50, price="75.00")
        visit = booked(riverside, service=service)
        assert visit.ends_at - visit.starts_at == minutes(50)
        assert (str(visit.fee), visit.service) == ("75.00", service)

    def test_buffers_take_the_doctors_time_and_not_the_patients(
        self, riverside: Cast, booked: Any
    ) -> None:
        service = ServiceFactory(
            doctor=riverside.doctor, minutes=30, before_minutes=5, after_minutes=10
        )
        booked(riverside, service=service, starts_at=NINE + minutes(5))
        spans = {
            claim.resource.person: (claim.busy_start, claim.busy_end)
            for claim in Claim.objects.select_related("resource__person")
        }
        assert spans[riverside.doctor.person] == (NINE, NINE + minutes(45))
        assert spans[riverside.patient.patient][1] == NINE + minutes(35)

    def test_blocks_follow_one_another(self, riverside: Cast) -> None:
        service = ServiceFactory(
            doctor=riverside.doctor, minutes=45, before_minutes=5, after_minutes=10
        )
        assert free(riverside, service) == ["09:05", "10:05", "11:05"]

    def test_a_kind_the_doctor_does_not_offer_is_refused(
        self, riverside: Cast, booked: Any
    ) -> None:
        ServiceFactory(doctor=riverside.doctor, kind="follow-up")
        with pytest.raises(NotBookable, match="does not offer that kind"):
            booked(riverside, visit_type="consultation")

    def test_another_doctors_service_is_refused(
        self, riverside: Cast, hillcrest: Cast, booked: Any
    ) -> None:
        with pytest.raises(NotBookable):
            booked(riverside, service=ServiceFactory(doctor=hillcrest.doctor))


class TestNotice:
    def test_too_soon_for_the_patient_but_not_for_the_desk(
        self, riverside: Cast, booked: Any
    ) -> None:
        service = ServiceFactory(doctor=riverside.doctor, lead_minutes=60 * 48)
        with pytest.raises(NotBookable, match="too soon"):
            booked(riverside, service=service)
        assert booked(riverside, service=service, by=staff_of(riverside))

    def test_free_times_begin_after_the_notice(self, riverside: Cast) -> None:
        service = ServiceFactory(doctor=riverside.doctor, lead_minutes=60 * 26)
        assert free(riverside, service) == ["10:30", "11:00", "11:30"]

    def test_the_window_ends(self, riverside: Cast, booked: Any) -> None:
        service = ServiceFactory(doctor=riverside.doctor, window_days=3)
        assert booked(riverside, service=service, starts_at=NINE + timedelta(days=2))
        with pytest.raises(NotBookable, match="3 days ahead"):
            booked(riverside, service=service, starts_at=NINE + timedelta(days=3))

    def test_a_longer_window_is_searched(self, riverside: Cast, booked: Any) -> None:
        service = ServiceFactory(doctor=riverside.doctor, window_days=90)
        WeeklyRule.objects.all().delete()
        WeeklyRuleFactory(doctor=riverside.doctor, weekday=1, ends=time(9, 30))
        nines = [
            datetime.combine(NINE + timedelta(weeks=n), time(9), riverside.clinic.zone)
            for n in range(9)
        ]
        for start in nines[:8]:
            booked(riverside, service=service, starts_at=start)
        chosen = {riverside.doctor.pk: service}
        found = first_free([riverside.doctor], now=MONDAY, services=chosen)
        assert found[riverside.doctor.pk] == nines[8]


class TestAudience:
    def test_only_the_clinic_books_it(self, riverside: Cast, booked: Any) -> None:
        service = ServiceFactory(doctor=riverside.doctor, audience="staff")
        with pytest.raises(NotBookable, match="Only the clinic"):
            booked(riverside, service=service)
        assert booked(riverside, service=service, by=staff_of(riverside))

    def test_on_approval_the_patient_asks_and_the_time_is_kept(
        self, riverside: Cast, booked: Any
    ) -> None:
        service = ServiceFactory(doctor=riverside.doctor, audience="approval")
        asked = booked(riverside, service=service)
        assert asked.status == Status.REQUESTED
        with pytest.raises(SlotTaken):
            booked(riverside, service=service, patient=riverside.patient2.patient)
        assert Message.objects.get().attachments == []

    def test_the_clinic_confirms(self, riverside: Cast, booked: Any) -> None:
        service = ServiceFactory(doctor=riverside.doctor, audience="approval")
        asked = booked(riverside, service=service)
        approve(appointment=asked, by=staff_of(riverside))
        kinds = list(Message.objects.order_by("id").values_list("kind", flat=True))
        assert kinds == ["appointments/requested", "appointments/booked"]
        assert Appointment.objects.get().status == Status.BOOKED

    def test_the_clinic_declines(self, riverside: Cast, booked: Any) -> None:
        service = ServiceFactory(doctor=riverside.doctor, audience="approval")
        asked = booked(riverside, service=service)
        cancel(appointment=asked, reason="Fully booked", by=staff_of(riverside))
        assert Message.objects.latest("id").kind == "appointments/declined"
        assert not Claim.objects.filter(active=True).exists()


class TestRooms:
    def test_two_rooms_for_three_doctors(self, riverside: Cast, booked: Any) -> None:
        rooms = AssetFactory.create_batch(2, clinic=riverside.clinic)
        patients = [riverside.patient.patient, riverside.patient2.patient]
        doctors = [self.beside(riverside) for _n in range(2)]
        for doctor, patient in zip(doctors, patients, strict=True):
            service = ServiceFactory(doctor=doctor, needs=rooms)
            booked(riverside, doctor=doctor, service=service, patient=patient)
        service = ServiceFactory(doctor=riverside.doctor, needs=rooms)
        assert "09:00" not in free(riverside, service)
        with pytest.raises(SlotTaken) as refusal:
            self.third(riverside, service, booked)
        assert refusal.value.of == "room"

    def beside(self, cast: Cast) -> Any:
        doctor = MembershipFactory(
            clinic=cast.clinic, role="doctor", department=cast.department
        )
        WeeklyRuleFactory(doctor=doctor, weekday=1, starts=time(9))
        return doctor

    def third(self, cast: Cast, service: Any, booked: Any) -> None:
        other = RegistrationFactory(clinic=cast.clinic).patient
        booked(cast, service=service, patient=other)

    def test_each_kind_is_needed(self, riverside: Cast, booked: Any) -> None:
        room = AssetFactory(clinic=riverside.clinic)
        device = AssetFactory(clinic=riverside.clinic, kind="equipment")
        service = ServiceFactory(doctor=riverside.doctor, needs=[room, device])
        booked(riverside, service=service)
        taken = Claim.objects.filter(active=True, resource__asset__isnull=False)
        assert {claim.resource.asset for claim in taken} == {room, device}


class TestGroups:
    @pytest.fixture
    def group(self, riverside: Cast) -> Any:
        return ServiceFactory(doctor=riverside.doctor, capacity=2)

    def other(self, cast: Cast) -> Any:
        return RegistrationFactory(clinic=cast.clinic).patient

    def test_two_sit_together_and_the_third_is_told(
        self, riverside: Cast, booked: Any, group: Any
    ) -> None:
        booked(riverside, service=group)
        assert "09:00" in free(riverside, group)
        booked(riverside, service=group, patient=riverside.patient2.patient)
        assert "09:00" not in free(riverside, group)
        with pytest.raises(SlotTaken, match="filled"):
            booked(riverside, service=group, patient=self.other(riverside))

    def test_a_seat_given_back_is_taken_again(
        self, riverside: Cast, booked: Any, group: Any
    ) -> None:
        first = booked(riverside, service=group)
        booked(riverside, service=group, patient=riverside.patient2.patient)
        cancel(appointment=first, reason="", by=staff_of(riverside))
        third = booked(riverside, service=group, patient=self.other(riverside))
        assert third.seat == 1

    def test_the_last_who_leaves_frees_the_doctor(
        self, riverside: Cast, booked: Any, group: Any
    ) -> None:
        only = booked(riverside, service=group)
        cancel(appointment=only, reason="", by=staff_of(riverside))
        single = ServiceFactory(doctor=riverside.doctor, kind="follow-up")
        assert booked(riverside, service=single, visit_type="follow-up")

    def test_they_share_one_room(self, riverside: Cast, booked: Any) -> None:
        room = AssetFactory(clinic=riverside.clinic)
        group = ServiceFactory(doctor=riverside.doctor, capacity=2, needs=[room])
        first = booked(riverside, service=group)
        assert "09:00" in free(riverside, group)
        second = booked(riverside, service=group, patient=riverside.patient2.patient)
        held = Claim.objects.filter(resource__asset=room, active=True)
        assert held.count() == 1
        for visit in (first, second):
            cancel(appointment=visit, reason="", by=staff_of(riverside))
        assert not held.exists()
        restore(appointment=second, by=staff_of(riverside))
        assert held.count() == 1

    def test_a_single_visit_keeps_the_group_away(
        self, riverside: Cast, booked: Any, group: Any
    ) -> None:
        single = ServiceFactory(doctor=riverside.doctor, kind="follow-up")
        booked(riverside, service=single, visit_type="follow-up")
        with pytest.raises(SlotTaken):
            booked(riverside, service=group, patient=riverside.patient2.patient)
