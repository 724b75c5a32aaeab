"""book(): what it writes, what it refuses, and that it happens once."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.factories import PersonFactory
from appointments.actions import Blocked, NotBookable, SlotTaken, book
from appointments.actions import booking as booking_module
from appointments.actions.booking import REFERENCE_LETTERS
from appointments.models import Appointment, Claim, Resource, Status, StatusChange
from appointments.tests.conftest import NINE
from clinics.factories import RegistrationFactory
from clinics.models import CareTeamMember, Registration
from healthcare.audit.models import Action, AuditEvent
from healthcare.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]


def test_it_works(riverside, wish):
    appointment = book(**wish(riverside))
    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED
    assert appointment.starts_at == NINE
    assert appointment.ends_at == NINE + timedelta(minutes=30)
    assert appointment.wall_start == "2026-09-22T09:00"
    assert appointment.time_zone == "Europe/Berlin"
    assert str(appointment.fee) == "80.00"
    assert appointment.booked_by == riverside.patient.patient.user
    assert appointment.reason == "Palpitations at night"


def test_the_reference_can_be_read_on_the_phone(riverside, wish):
    reference = book(**wish(riverside)).reference
    assert reference.startswith("HX-")
    assert set(reference[3:]) <= set(REFERENCE_LETTERS)
    assert not set("0O1IL") & set(REFERENCE_LETTERS)


def test_a_reference_that_is_taken_is_drawn_again(riverside, wish, monkeypatch):
    first = book(**wish(riverside))
    drawn = iter([first.reference, "HX-222222"])
    monkeypatch.setattr(booking_module, "new_reference", lambda: next(drawn))
    later = wish(riverside, starts_at=NINE + timedelta(hours=1))
    assert book(**later).reference == "HX-222222"


def test_it_claims_the_doctors_and_the_patients_time(riverside, wish):
    appointment = book(**wish(riverside))
    claims = Claim.objects.filter(appointment=appointment, active=True)
    people = {claim.resource.person for claim in claims}
    assert people == {riverside.doctor.person, riverside.patient.patient}
    assert {(c.busy_start, c.busy_end) for c in claims} == {
        (appointment.starts_at, appointment.ends_at)
    }


def test_it_is_in_the_log_and_the_history(riverside, wish):
    appointment = book(**wish(riverside))
    event = AuditEvent.objects.get(action=Action.BOOKED)
    assert event.target_uid == str(appointment.uid)
    assert event.patient_uid == riverside.patient.patient.uid
    assert event.clinic_uid == riverside.clinic.uid
    assert "Palpitations" not in event.reason + event.target_label
    change = StatusChange.objects.get(appointment=appointment)
    assert (change.before, change.after) == ("", Status.BOOKED)


def test_the_doctor_joins_the_care_team(riverside, wish):
    book(**wish(riverside))
    caring = CareTeamMember.objects.get(patient=riverside.patient.patient)
    assert caring.member == riverside.doctor
    assert caring.source == CareTeamMember.Source.APPOINTMENT


def test_a_newcomer_is_registered(riverside, wish):
    newcomer = PersonFactory()
    book(**wish(riverside, patient=newcomer))
    assert Registration.objects.filter(clinic=riverside.clinic, patient=newcomer)


def test_somebody_without_an_account_gets_no_mail(riverside, wish):
    nobody = PersonFactory(user=None)
    RegistrationFactory(clinic=riverside.clinic, patient=nobody)
    book(**wish(riverside, patient=nobody))
    assert not Message.objects.exists()


class TestRefusals:
    def test_the_past(self, riverside, wish):
        with pytest.raises(NotBookable, match="has passed"):
            book(**wish(riverside, starts_at=NINE - timedelta(days=2)))

    def test_a_time_that_is_now(self, riverside, wish, monday):
        with pytest.raises(NotBookable, match="has passed"):
            book(**wish(riverside, starts_at=monday))

    def test_the_thirtieth_day_is_the_last(self, riverside, wish):
        day = datetime(2026, 10, 21, 7, 0, tzinfo=UTC)
        assert book(**wish(riverside, starts_at=day))
        with pytest.raises(NotBookable, match="30 days"):
            book(**wish(riverside, starts_at=day + timedelta(days=1)))

    def test_the_end_of_time(self, riverside, wish):
        with pytest.raises(NotBookable, match="30 days"):
            book(**wish(riverside, starts_at=datetime.max.replace(tzinfo=UTC)))

    @pytest.mark.parametrize("minutes", [-30, 15, 180])
    def test_a_time_that_is_no_step(self, riverside, wish, minutes):
        start = NINE + timedelta(minutes=minutes)
        with pytest.raises(NotBookable, match="does not offer"):
            book(**wish(riverside, starts_at=start))

    def test_an_inactive_doctor(self, riverside, wish):
        riverside.doctor.is_active = False
        riverside.doctor.save()
        with pytest.raises(NotBookable, match="cannot be booked"):
            book(**wish(riverside))

    def test_a_doctor_of_another_clinic(self, riverside, hillcrest, wish):
        with pytest.raises(NotBookable, match="cannot be booked"):
            book(**wish(riverside, doctor=hillcrest.doctor))

    def test_a_member_who_is_no_doctor(self, riverside, wish):
        with pytest.raises(NotBookable, match="cannot be booked"):
            book(**wish(riverside, doctor=riverside.staff))

    def test_a_doctor_without_department(self, riverside, wish):
        riverside.doctor.department = None
        riverside.doctor.save()
        with pytest.raises(NotBookable, match="cannot be booked"):
            book(**wish(riverside))

    def test_a_closed_department(self, riverside, wish):
        riverside.department.is_active = False
        riverside.department.save()
        with pytest.raises(NotBookable, match="cannot be booked"):
            book(**wish(riverside))

    def test_a_closed_clinic(self, riverside, wish):
        riverside.clinic.is_active = False
        riverside.clinic.save()
        with pytest.raises(NotBookable, match="cannot be booked"):
            book(**wish(riverside))

    def test_a_newcomer_at_an_unlisted_clinic(self, riverside, wish):
        riverside.clinic.is_listed = False
        riverside.clinic.save()
        with pytest.raises(NotBookable, match="its patients only"):
            book(**wish(riverside, patient=PersonFactory()))
        assert book(**wish(riverside))

    def test_a_blocked_patient(self, riverside, wish):
        registration = riverside.patient
        registration.blocked_at = NINE
        registration.blocked_by = riverside.staff.user
        registration.blocked_reason = "Never came"
        registration.save()
        with pytest.raises(Blocked):
            book(**wish(riverside))

    def test_an_incomplete_profile(self, riverside, wish):
        with pytest.raises(NotBookable, match="profile"):
            book(**wish(riverside, patient=PersonFactory(date_of_birth=None)))

    def test_a_visit_with_oneself(self, riverside, wish):
        with pytest.raises(NotBookable, match="yourself"):
            book(**wish(riverside, patient=riverside.doctor.person))

    @pytest.mark.parametrize(
        "changes", [{"visit_type": "tea"}, {"reason": "x" * 301}, {"reason": "a\x00"}]
    )
    def test_details_that_make_no_sense(self, riverside, wish, changes):
        with pytest.raises(NotBookable):
            book(**wish(riverside, **changes))

    def test_nothing_is_left_behind(self, riverside, wish):
        with pytest.raises(NotBookable):
            book(**wish(riverside, visit_type="tea", patient=PersonFactory()))
        assert not Appointment.objects.exists()
        assert not AuditEvent.objects.exists()
        assert not Message.objects.exists()


class TestTakenTimes:
    def test_the_doctor_is_taken(self, riverside, wish, booked):
        booked(riverside)
        with pytest.raises(SlotTaken, match="just been taken") as refusal:
            book(**wish(riverside, patient=riverside.patient2.patient))
        assert refusal.value.of == "doctor"

    def test_the_patient_is_elsewhere(self, riverside, hillcrest, wish, booked):
        """New York's 09:00 and a booking at Riverside that covers it."""
        start = datetime(2026, 9, 22, 13, 0, tzinfo=UTC)
        appointment = booked(riverside)
        Claim.objects.filter(appointment=appointment).update(
            busy_start=start, busy_end=start + timedelta(minutes=30)
        )
        with pytest.raises(SlotTaken, match="already have a visit") as refusal:
            book(**wish(hillcrest, patient=riverside.patient.patient, starts_at=start))
        assert refusal.value.of == "patient"

    def test_a_visit_right_after_is_no_overlap(self, riverside, booked):
        booked(riverside)
        assert booked(riverside, starts_at=NINE + timedelta(minutes=30))

    def test_a_refusal_leaves_nothing(self, riverside, wish, booked):
        booked(riverside)
        before = AuditEvent.objects.count(), Resource.objects.count()
        with pytest.raises(SlotTaken):
            book(**wish(riverside, patient=PersonFactory()))
        assert Appointment.objects.count() == 1
        assert (AuditEvent.objects.count(), Resource.objects.count()) == before
        assert Message.objects.count() == 1

    def test_the_database_itself_refuses(self, riverside, booked):
        """Not only book(): any writer."""
        claim = Claim.objects.filter(appointment=booked(riverside)).first()
        claim.pk, claim.busy_start = None, claim.busy_start + timedelta(minutes=29)
        with pytest.raises(IntegrityError, match="no_overlap"), transaction.atomic():
            claim.save(force_insert=True)


class TestSubmissions:
    def test_the_same_one_books_once(self, riverside, wish):
        submission = uuid4()
        first = book(**wish(riverside, submission=submission))
        assert book(**wish(riverside, submission=submission)) == first
        assert Appointment.objects.count() == 1
        assert Message.objects.count() == 1

    def test_another_persons_never_leaks(self, riverside, wish):
        submission = uuid4()
        book(**wish(riverside, submission=submission))
        other = riverside.patient2.patient
        with pytest.raises(NotBookable, match="start the booking again"):
            book(**wish(riverside, submission=submission, patient=other))


def test_an_appointment_keeps_the_second_of_two_equal_wall_times(
    hillcrest, wish, settings
):
    """01:30 in New York on the night the clocks go back, the second time."""
    from healthcare import clock

    hillcrest.doctor.weekly_rules.update(starts="00:30", ends="03:00")
    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    with clock.at(datetime(2026, 10, 20, 12, 0, tzinfo=UTC)):
        appointment = book(**wish(hillcrest, starts_at=second))
    assert (appointment.wall_start, appointment.fold) == ("2026-11-01T01:30", 1)
    assert appointment.starts_at.astimezone(hillcrest.clinic.zone).date() == date(
        2026, 11, 1
    )
