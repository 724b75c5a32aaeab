"""The mails of the day and the month: once for each person, clinic and local date."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail

from appointments import actions
from appointments.actions.day_mails import send_day_mails
from appointments.actions.reminding import usual_policy
from appointments.models import (
    Appointment,
    Delivery,
    ReminderChoice,
    ReminderPolicy,
    Status,
)
from appointments.tests.conftest import MONDAY, NINE, patient_of
from healthcare import clock
from healthcare.outbox.delivery import drain
from healthcare.outbox.models import Message
from healthcare.testing import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hours")]
SEVEN = datetime(2026, 9, 22, 5, 0, tzinfo=UTC)  # Tuesday 07:00 in Berlin
OCTOBER = datetime(2026, 10, 1, 5, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def visit(riverside: Cast, booked: Any) -> Appointment:
    """On Tuesday at 09:00."""
    with clock.at(MONDAY):
        usual_policy(riverside.clinic)
        appointment: Appointment = booked(riverside)
    Message.objects.all().delete()
    return appointment


def sent(at: datetime) -> list[str]:
    """The kinds of what is written then."""
    known = set(Message.objects.values_list("pk", flat=True))
    with clock.at(at):
        send_day_mails()
    new = Message.objects.exclude(pk__in=known)
    return sorted(kind.partition("/")[2] for kind in new.values_list("kind", flat=True))


def mail_of(kind: str) -> Message:
    return Message.objects.get(kind=f"appointments/{kind}")


def text_of(message: Message) -> str:
    return message.subject + message.text + message.html


class TestDay:
    def test_patients_and_doctors_hear_in_the_morning(self, visit: Appointment) -> None:
        assert sent(SEVEN - MINUTE) == []
        assert sent(SEVEN) == ["own_day", "today"]

    def test_only_once(self, visit: Appointment) -> None:
        sent(SEVEN)
        assert sent(SEVEN + MINUTE) == []
        ReminderPolicy.objects.update(days_done=None)
        assert sent(SEVEN + 2 * MINUTE) == []

    def test_a_scheduler_that_was_away_loses_nothing(self, visit: Appointment) -> None:
        assert sent(NINE - MINUTE) == ["own_day", "today"]

    def test_nothing_is_said_once_the_visits_have_begun(
        self, visit: Appointment
    ) -> None:
        assert sent(NINE + MINUTE) == []

    def test_two_visits_are_one_mail(
        self, visit: Appointment, riverside: Cast, booked: Any
    ) -> None:
        with clock.at(MONDAY):
            booked(riverside, starts_at=NINE + timedelta(hours=1))
        assert sent(SEVEN).count("today") == 1
        for text in (mail_of("today").text, mail_of("today").html):
            assert "09:00 to 09:30 (Berlin time)" in text
            assert "10:00 to 10:30 (Berlin time)" in text

    def test_the_doctor_reads_numbers_and_times(
        self, visit: Appointment, riverside: Cast, booked: Any
    ) -> None:
        with clock.at(MONDAY):
            booked(
                riverside,
                patient=riverside.patient2.patient,
                starts_at=NINE + timedelta(hours=1),
            )
        sent(SEVEN)
        told = mail_of("own_day")
        assert told.to == riverside.doctor.user.email
        assert "Visits: 2" in told.text
        assert "First: 09:00" in told.text
        assert "Last: 10:00" in told.text
        assert "/c/riverside/day/" in told.text

    def test_no_names_and_no_health_details(
        self, visit: Appointment, riverside: Cast
    ) -> None:
        sent(SEVEN)
        name = riverside.patient.patient.family_name
        for message in Message.objects.all():
            for secret in (name, "Palpitations", "Cardiology", "Consultation", "Dr "):
                assert secret not in text_of(message)

    def test_who_has_no_visit_hears_nothing(
        self, visit: Appointment, riverside: Cast
    ) -> None:
        sent(SEVEN)
        told = set(Message.objects.values_list("to", flat=True))
        assert riverside.patient2.patient.user.email not in told
        assert sent(SEVEN + timedelta(days=1)) == []

    @pytest.mark.parametrize(
        ("choice", "left"),
        [({"daily": False}, ["own_day"]), ({"by_email": False}, ["own_day"])],
    )
    def test_patients_choose(
        self, visit: Appointment, choice: dict[str, bool], left: list[str]
    ) -> None:
        ReminderChoice.objects.create(person=visit.patient, **choice)
        assert sent(SEVEN) == left

    def test_doctors_choose(self, visit: Appointment) -> None:
        ReminderChoice.objects.create(person=visit.doctor.person, own_day=False)
        assert sent(SEVEN) == ["today"]

    def test_the_clinic_chooses(self, visit: Appointment) -> None:
        ReminderPolicy.objects.update(mails_doctors=False, daily_at=time(6))
        assert sent(SEVEN - timedelta(hours=1)) == ["today"]

    def test_a_cancellation_stops_the_mail_that_waits(
        self, visit: Appointment, riverside: Cast
    ) -> None:
        sent(SEVEN)
        with clock.at(SEVEN + MINUTE):
            actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
            drain()
        assert mail_of("today").status == Message.Status.EXPIRED
        assert "Today at" not in "".join(each.subject for each in mail.outbox)

    def test_each_clinic_has_its_own_morning(
        self, visit: Appointment, hillcrest: Cast, booked: Any
    ) -> None:
        with clock.at(MONDAY):
            usual_policy(hillcrest.clinic)
            booked(hillcrest, starts_at=datetime(2026, 9, 22, 13, tzinfo=UTC))
        Message.objects.all().delete()
        assert len(sent(SEVEN)) == 2
        assert sent(SEVEN + timedelta(hours=6) - MINUTE) == []
        assert sent(SEVEN + timedelta(hours=6)) == ["own_day", "today"]

    def test_the_day_the_clocks_change(self, hillcrest: Cast, booked: Any) -> None:
        with clock.at(datetime(2026, 3, 2, 12, tzinfo=UTC)):
            usual_policy(hillcrest.clinic)
            booked(hillcrest, starts_at=datetime(2026, 3, 8, 13, tzinfo=UTC))
        ReminderPolicy.objects.update(months_done=date(2026, 3, 1))
        Message.objects.all().delete()
        seven = datetime(2026, 3, 8, 11, tzinfo=UTC)
        assert sent(seven - MINUTE) == []
        assert sent(seven) == ["own_day", "today"]

    def test_many_cost_no_more_queries_than_one(
        self, visit: Appointment, queries: Any, riverside: Cast, booked: Any
    ) -> None:
        with clock.at(SEVEN):
            one = queries(send_day_mails)
        Delivery.objects.all().delete()
        ReminderPolicy.objects.update(days_done=None)
        with clock.at(MONDAY):
            booked(
                riverside,
                patient=riverside.patient2.patient,
                starts_at=NINE + timedelta(hours=1),
            )
        Message.objects.all().delete()
        with clock.at(SEVEN):
            assert queries(send_day_mails) == one


class TestMonth:
    def visits(self, visit: Appointment, *statuses: str) -> None:
        """More of September, by other patients, one a day."""
        from clinics.factories import RegistrationFactory

        for n, status in enumerate(statuses):
            starts_at = NINE - timedelta(days=n + 1)
            other = RegistrationFactory(clinic=visit.clinic).patient
            Appointment.objects.create(
                clinic=visit.clinic,
                patient=other,
                doctor=visit.doctor,
                department=visit.department,
                reference=f"HX-M{n}",
                status=status,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=30),
                wall_start="2026-09-01T09:00",
                time_zone=visit.time_zone,
                created_at=MONDAY,
                cancelled_at=MONDAY if status == Status.CANCELLED else None,
            )

    def test_every_doctor_gets_it_on_the_first(
        self, visit: Appointment, riverside: Cast
    ) -> None:
        assert sent(OCTOBER - MINUTE) == []
        assert sent(OCTOBER) == ["own_month"]
        assert mail_of("own_month").to == riverside.doctor.user.email
        assert sent(OCTOBER + MINUTE) == []
        assert sent(OCTOBER + timedelta(days=1)) == []
        assert sent(OCTOBER + timedelta(days=31, hours=1)) == ["own_month"]

    def test_it_counts_the_month_before(self, visit: Appointment) -> None:
        self.visits(visit, "completed", "completed", "cancelled", "no-show")
        sent(OCTOBER)
        text = mail_of("own_month").text
        for line in ("Visits: 5", "Completed: 2", "Cancelled: 1", "No-shows: 1"):
            assert line in text
        assert "New patients: 3" in text
        assert "September 2026" in mail_of("own_month").subject

    def test_a_patient_is_new_once(self, visit: Appointment) -> None:
        self.visits(visit, "completed")
        first = Appointment.objects.get(reference="HX-M0")
        Appointment.objects.filter(pk=first.pk).update(patient=visit.patient)
        early = timedelta(days=40)
        Appointment.objects.filter(pk=first.pk).update(
            starts_at=first.starts_at - early, ends_at=first.ends_at - early
        )
        sent(OCTOBER)
        assert "Visits: 1" in mail_of("own_month").text
        assert "New patients: 0" in mail_of("own_month").text

    def test_a_doctor_without_visits_reads_zeros(self, riverside: Cast) -> None:
        with clock.at(MONDAY):
            usual_policy(riverside.clinic)
        sent(OCTOBER)
        assert "Visits: 0" in mail_of("own_month").text

    def test_a_scheduler_that_was_away_sends_it_later(self, visit: Appointment) -> None:
        assert sent(OCTOBER + timedelta(days=4)) == ["own_month"]

    def test_doctors_and_clinics_choose(self, visit: Appointment) -> None:
        ReminderChoice.objects.create(person=visit.doctor.person, own_month=False)
        assert sent(OCTOBER) == []
        ReminderChoice.objects.all().delete()
        ReminderPolicy.objects.update(mails_months=False, months_done=None)
        assert sent(OCTOBER + MINUTE) == []
