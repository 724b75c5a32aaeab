"""Each reminder once, at its time, to those who want it, about visits as they are."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail

from appointments import actions
from appointments.actions.reminder_settings import change_policy, change_rule
from appointments.actions.reminding import send_due_reminders, usual_policy
from appointments.models import (
    Appointment,
    Delivery,
    ReminderChoice,
    ReminderPolicy,
    ReminderRule,
    Status,
    StatusChange,
)
from appointments.tests.conftest import MONDAY, NINE, patient_of, staff_of
from healthcare import clock
from healthcare.outbox.delivery import drain
from healthcare.outbox.models import Message
from healthcare.testing import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hours")]
FRIDAY = MONDAY - timedelta(days=3)
EVE = datetime(2026, 9, 21, 16, 0, tzinfo=UTC)  # Monday 18:00 in Berlin
MINUTE = timedelta(minutes=1)
KIND = "appointments/reminder"
SECRETS = ("Palpitations", "Cardiology", "Consultation", "Dr ", "80.00")
OFF = {"is_on": False}

Kept = Callable[..., list[tuple[str, datetime]]]


@pytest.fixture
def clinic(riverside: Cast) -> Any:
    """With the usual rules, since the Friday before."""
    with clock.at(FRIDAY):
        usual_policy(riverside.clinic)
    return riverside.clinic


@pytest.fixture
def visit(clinic: Any, riverside: Cast, booked: Any) -> Appointment:
    """On Tuesday at 09:00, booked on Friday evening."""
    with clock.at(FRIDAY):
        appointment: Appointment = booked(riverside)
    sweep(MONDAY)  # the one of three days before
    Message.objects.all().delete()
    return appointment


@pytest.fixture(autouse=True)
def gateway(settings: Any, tmp_path: Any) -> None:
    settings.SMS_URL = f"file://{tmp_path}"


def sweep(at: datetime) -> list[str]:
    """The channels of what is written then."""
    known = set(Message.objects.values_list("pk", flat=True))
    with clock.at(at):
        send_due_reminders()
    new = Message.objects.filter(kind=KIND).exclude(pk__in=known)
    return sorted(new.values_list("channel", flat=True))


def walk(first: datetime, last: datetime, step: timedelta = MINUTE) -> list[tuple]:
    """Sweep every minute; what was written, and when."""
    found, now = [], first
    while now <= last:
        found += [(now, channel) for channel in sweep(now)]
        now += step
    return found


def only(clinic: Any, **values: Any) -> ReminderRule:
    """The clinic's one rule, since Friday."""
    ReminderRule.objects.filter(clinic=clinic).update(is_on=False)
    return ReminderRule.objects.create(clinic=clinic, since=FRIDAY, **values)


def move(visit: Appointment, starts_at: datetime, at: datetime) -> None:
    """What rescheduling leaves behind, also outside the doctor's hours."""
    visit.refresh_from_db()
    length = visit.ends_at - visit.starts_at
    Appointment.objects.filter(pk=visit.pk).update(
        starts_at=starts_at, ends_at=starts_at + length, sequence=visit.sequence + 1
    )
    StatusChange.objects.create(
        clinic=visit.clinic,
        appointment=visit,
        before=Status.BOOKED,
        after=Status.BOOKED,
        at=at,
        by_label="Staff",
    )


def quiet(clinic: Any, starts: time | None, ends: time | None) -> None:
    ReminderPolicy.objects.filter(clinic=clinic).update(
        quiet_starts=starts, quiet_ends=ends
    )


class TestRules:
    def test_the_day_before_at_its_wall_time(self, visit: Appointment) -> None:
        assert sweep(EVE - timedelta(seconds=1)) == []
        assert sweep(EVE) == ["email", "in-app"]

    def test_so_long_before(self, clinic: Any, visit: Appointment) -> None:
        only(clinic, minutes_before=45)
        assert sweep(NINE - 46 * MINUTE) == []
        assert sweep(NINE - 45 * MINUTE) == ["email", "in-app"]

    def test_every_rule_speaks_once(self, visit: Appointment, riverside: Cast) -> None:
        riverside.patient.patient.phone = "+4915112345678"
        riverside.patient.patient.save()
        found = walk(MONDAY, NINE + timedelta(hours=1), 7 * MINUTE)
        assert [channel for _at, channel in found] == [
            "email",
            "in-app",
            "in-app",
            "sms",
        ]

    def test_a_rule_that_is_off_or_removed_is_silent(self, visit: Appointment) -> None:
        ReminderRule.objects.update(is_on=False)
        assert sweep(EVE) == []
        ReminderRule.objects.update(is_on=True, removed_at=FRIDAY)
        assert sweep(EVE + MINUTE) == []

    def test_who_books_late_is_not_reminded_of_the_past(
        self, clinic: Any, riverside: Cast, booked: Any
    ) -> None:
        sweep(EVE)
        with clock.at(EVE + MINUTE):
            booked(riverside)
        assert sweep(EVE + 2 * MINUTE) == []

    def test_a_new_rule_does_not_speak_of_the_past(
        self, clinic: Any, visit: Appointment, riverside: Cast
    ) -> None:
        ReminderRule.objects.update(is_on=False)
        with clock.at(EVE - MINUTE):
            rule = only(clinic, minutes_before=60 * 15)
            values = {"minutes_before": 60 * 15 + 10, "is_on": True}
            change_rule(rule=rule, values=values, by=staff_of(riverside))
        assert sweep(EVE) == []

    def test_one_that_comes_after_the_visit_is_silent(
        self, clinic: Any, visit: Appointment
    ) -> None:
        only(clinic, days_before=0, at_time=time(9, 30))
        assert walk(NINE - 10 * MINUTE, NINE + timedelta(hours=1)) == []

    def test_the_clocks_change_overnight(
        self, hillcrest: Cast, wish: Any, booked: Any
    ) -> None:
        with clock.at(datetime(2026, 3, 2, 12, tzinfo=UTC)):
            usual_policy(hillcrest.clinic)
            booked(hillcrest, starts_at=datetime(2026, 3, 8, 13, tzinfo=UTC))
        eve = datetime(2026, 3, 7, 23, tzinfo=UTC)
        assert sweep(eve - MINUTE) == ["email"]  # the one of three days before
        assert sweep(eve) == ["email", "in-app"]

    def test_another_clinic_keeps_its_own(
        self, visit: Appointment, hillcrest: Cast
    ) -> None:
        usual_policy(hillcrest.clinic)
        ReminderRule.objects.filter(clinic=hillcrest.clinic).update(is_on=False)
        assert sweep(EVE) == ["email", "in-app"]


class TestText:
    def test_it_says_where_and_when(self, visit: Appointment, riverside: Cast) -> None:
        sweep(EVE)
        email, told = Message.objects.order_by("channel")
        assert email.to == riverside.patient.patient.user.email
        assert "Tuesday 22-Sep-2026" in email.subject
        assert "09:00 to 09:30 (Berlin time)" in email.text
        assert visit.get_absolute_url() in email.html
        assert told.text == "Tuesday 22-Sep-2026, 09:00 to 09:30 (Berlin time)"
        assert told.path == visit.get_absolute_url()
        assert email.not_after == visit.starts_at

    def test_a_text_message_is_short(self, clinic: Any, visit: Appointment) -> None:
        visit.patient.phone = "+4915112345678"
        visit.patient.save()
        only(clinic, minutes_before=60, by_email=False, by_sms=True, in_app=False)
        assert sweep(NINE - 60 * MINUTE) == ["sms"]
        message = Message.objects.get()
        assert message.text.startswith("Riverside: your appointment is on Tuesday")
        assert "at 09:00 (Berlin time)." in message.text
        assert len(message.text) <= 160

    @pytest.mark.parametrize("secret", SECRETS)
    def test_it_holds_no_health_details(self, visit: Appointment, secret: str) -> None:
        visit.patient.phone = "+4915112345678"
        visit.patient.save()
        walk(EVE, NINE, 30 * MINUTE)
        assert Message.objects.count() == 4
        for message in Message.objects.all():
            said = message.subject + message.text + message.html + message.path
            assert secret not in said


class TestOnce:
    def test_however_often_one_looks(self, visit: Appointment) -> None:
        assert sweep(EVE) == ["email", "in-app"]
        assert walk(EVE, EVE + 40 * MINUTE) == []

    @pytest.mark.parametrize("away", [1, 5, 12])
    def test_a_scheduler_that_was_away_loses_nothing(
        self, visit: Appointment, away: int
    ) -> None:
        quiet(visit.clinic, None, None)
        sweep(EVE - MINUTE)
        assert sweep(EVE + timedelta(hours=away)) == ["email", "in-app"]
        assert sweep(EVE + timedelta(hours=away, minutes=1)) == []

    def test_nothing_leaves_once_the_visit_has_begun(self, visit: Appointment) -> None:
        sweep(EVE - MINUTE)
        assert sweep(NINE) == []

    def test_a_commit_that_came_late_is_found(
        self, clinic: Any, riverside: Cast, booked: Any
    ) -> None:
        """Booked a moment before the sweep, committed a moment after it."""
        assert sweep(EVE + timedelta(seconds=1)) == []
        with clock.at(EVE - timedelta(seconds=1)):
            booked(riverside)
        assert sweep(EVE + MINUTE) == ["email", "in-app"]

    def test_batches_are_bounded(
        self, visit: Appointment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With room for one visit in a batch, every visit gets its own."""
        monkeypatch.setattr("appointments.actions.reminding.BATCH", 1)
        copies(visit, 3)
        assert len(sweep(EVE)) == 8

    def test_a_sweep_that_is_ended_goes_on_later(
        self, visit: Appointment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Killed while it writes the second batch: that one is written again."""
        monkeypatch.setattr("appointments.actions.reminding.BATCH", 1)
        copies(visit, 1)
        monkeypatch.setattr("appointments.actions.reminding._delivery", dies_on_the(3))
        with pytest.raises(KeyboardInterrupt):
            sweep(EVE)
        assert Message.objects.filter(kind=KIND).count() == 2
        monkeypatch.undo()
        assert sweep(EVE + MINUTE) == ["email", "in-app"]
        assert Delivery.objects.filter(created_at__gte=EVE).count() == 4

    def test_many_cost_no_more_queries_than_one(
        self, visit: Appointment, queries: Any
    ) -> None:
        with clock.at(EVE):
            one = queries(send_due_reminders)
        Delivery.objects.all().delete()
        Message.objects.all().delete()
        copies(visit, 2)
        with clock.at(EVE + MINUTE):
            assert queries(send_due_reminders) == one
        assert Message.objects.filter(kind=KIND).count() == 6


def copies(visit: Appointment, number: int) -> None:
    """More visits at that time, of other patients, as a copy of the row."""
    from clinics.factories import RegistrationFactory

    for n in range(number):
        values = {
            field.attname: getattr(visit, field.attname)
            for field in Appointment._meta.concrete_fields
            if field.name not in ("id", "uid", "patient")
        }
        other = RegistrationFactory(
            clinic=visit.clinic, patient__user__email=f"{n}@x.test"
        )
        Appointment.objects.create(
            **{**values, "reference": f"HX-C{n}", "submission": None},
            patient=other.patient,
        )


def dies_on_the(turn: int) -> Callable[..., Delivery]:
    from appointments.actions.reminding import _delivery

    turns = iter(range(1, 100))

    def deliver(*args: Any) -> Delivery:
        if next(turns) == turn:
            raise KeyboardInterrupt
        return _delivery(*args)

    return deliver


class TestChanges:
    def test_a_cancelled_visit_is_not_reminded_of(
        self, visit: Appointment, riverside: Cast
    ) -> None:
        with clock.at(EVE - MINUTE):
            actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        assert sweep(EVE) == []

    def test_a_message_that_waits_is_stopped_by_a_cancellation(
        self, visit: Appointment, riverside: Cast
    ) -> None:
        sweep(EVE)
        with clock.at(EVE + MINUTE):
            actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
            drain()
        waited = Message.objects.get(kind=KIND, channel="email")
        assert (waited.status, waited.attempts) == (Message.Status.EXPIRED, 0)
        assert [sent.subject[:10] for sent in mail.outbox] == ["Cancelled:"]

    def test_one_that_waits_for_a_second_try_is_closed_by_the_sweep(
        self, visit: Appointment
    ) -> None:
        sweep(EVE)
        Message.objects.filter(channel="email").update(due_at=NINE, attempts=1)
        move(visit, NINE + timedelta(days=1), at=EVE + MINUTE)
        sweep(EVE + 2 * MINUTE)
        waited = Message.objects.get(kind=KIND, channel="email")
        assert waited.status == Message.Status.EXPIRED

    def test_a_moved_visit_has_new_reminders(
        self, visit: Appointment, riverside: Cast
    ) -> None:
        assert sweep(EVE) == ["email", "in-app"]
        tomorrow = NINE + timedelta(days=1)
        with clock.at(EVE + MINUTE):
            actions.reschedule(
                appointment=visit, starts_at=tomorrow, by=staff_of(riverside)
            )
            drain()
        assert not any("Reminder:" in sent.subject for sent in mail.outbox)
        assert sweep(EVE + 2 * MINUTE) == []
        assert sweep(EVE + timedelta(days=1)) == ["email", "in-app"]

    def test_a_visit_moved_near_is_not_reminded_of_what_is_past(
        self, visit: Appointment
    ) -> None:
        move(visit, NINE + timedelta(days=4), at=MONDAY)
        assert sweep(EVE) == []
        move(visit, NINE + timedelta(hours=2), at=EVE + 5 * MINUTE)
        assert sweep(EVE + 6 * MINUTE) == []

    def test_it_is_looked_at_again_before_it_is_written(
        self, visit: Appointment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Moved between the search and the writing."""
        from appointments.actions import reminding

        def written_and_moved(visits: Any, known: Any = reminding.written) -> Any:
            monkeypatch.undo()
            move(visit, NINE + timedelta(days=3), at=EVE)
            return known(visits)

        monkeypatch.setattr(reminding, "written", written_and_moved)
        assert sweep(EVE) == []

    @pytest.mark.parametrize("status", ["arrived", "in-progress", "completed"])
    def test_who_is_here_already_is_not_reminded(
        self, visit: Appointment, status: str
    ) -> None:
        Appointment.objects.update(status=status)
        assert sweep(EVE) == []


class TestQuietHours:
    def test_what_falls_into_them_leaves_at_their_end(
        self, clinic: Any, visit: Appointment
    ) -> None:
        """Two hours before 09:00 is 07:00; quiet hours end at 08:00."""
        only(clinic, minutes_before=120, in_app=False)
        found = walk(EVE, NINE, 5 * MINUTE)
        assert found == [(NINE - timedelta(hours=1), "email")]

    def test_in_healix_it_is_there_on_time(
        self, clinic: Any, visit: Appointment
    ) -> None:
        only(clinic, minutes_before=120)
        found = walk(EVE, NINE, 5 * MINUTE)
        assert found[0] == (NINE - timedelta(hours=2), "in-app")

    def test_before_an_early_visit_it_leaves_before_they_begin(
        self, clinic: Any, visit: Appointment
    ) -> None:
        early = NINE - timedelta(hours=2)
        move(visit, early, at=MONDAY)
        only(clinic, minutes_before=120, in_app=False)
        found = walk(EVE, early, 5 * MINUTE)
        assert found == [(datetime(2026, 9, 21, 18, 45, tzinfo=UTC), "email")]

    def test_a_scheduler_that_comes_back_at_night_waits(
        self, visit: Appointment
    ) -> None:
        sweep(EVE - MINUTE)
        late = EVE + timedelta(hours=5)
        assert sweep(late) == ["in-app"]
        found = walk(late, NINE - timedelta(hours=1), 5 * MINUTE)
        assert [channel for _at, channel in found] == ["in-app", "email"]
        assert found[-1][0] == NINE - timedelta(hours=1)

    def test_changing_them_loses_nothing(
        self, clinic: Any, visit: Appointment, riverside: Cast
    ) -> None:
        only(clinic, minutes_before=60 * 11, in_app=False)  # due at 22:00
        walk(EVE, EVE + timedelta(hours=5), 10 * MINUTE)
        assert Message.objects.filter(kind=KIND).count() == 0
        values = {"quiet_starts": None, "quiet_ends": None, "daily_at": time(7)}
        values |= {"mails_patients": True, "mails_doctors": True, "mails_months": True}
        with clock.at(EVE + timedelta(hours=5)):
            change_policy(clinic=clinic, values=values, by=staff_of(riverside))
        assert sweep(EVE + timedelta(hours=5, minutes=1)) == ["email"]


class TestPeople:
    def choose(self, visit: Appointment, **values: bool) -> None:
        ReminderChoice.objects.create(person=visit.patient, **values)

    def test_they_choose_their_channels(self, visit: Appointment) -> None:
        self.choose(visit, by_email=False)
        assert sweep(EVE) == ["in-app"]

    def test_they_choose_none(self, visit: Appointment) -> None:
        self.choose(visit, by_email=False, by_sms=False, in_app=False)
        assert walk(EVE, NINE, 10 * MINUTE) == []

    def test_without_a_number_no_text_is_written(
        self, clinic: Any, visit: Appointment
    ) -> None:
        visit.patient.phone = ""
        visit.patient.save()
        only(clinic, minutes_before=60, by_email=False, by_sms=True, in_app=False)
        assert sweep(NINE - 60 * MINUTE) == []

    def test_without_a_gateway_no_text_is_written(
        self, clinic: Any, visit: Appointment, settings: Any
    ) -> None:
        settings.SMS_URL = ""
        visit.patient.phone = "+4915112345678"
        visit.patient.save()
        only(clinic, minutes_before=60, by_email=False, by_sms=True, in_app=False)
        assert sweep(NINE - 60 * MINUTE) == []

    def test_who_has_no_account_gets_a_text(
        self, clinic: Any, visit: Appointment
    ) -> None:
        visit.patient.user, visit.patient.phone = None, "+4915112345678"
        visit.patient.save()
        only(clinic, minutes_before=60, by_sms=True)
        assert sweep(NINE - 60 * MINUTE) == ["sms"]

    def test_who_closed_the_account_hears_nothing(self, visit: Appointment) -> None:
        visit.patient.user.is_active = False
        visit.patient.user.save()
        assert sweep(EVE) == []


def test_a_new_clinic_gets_the_usual_rules(riverside: Cast) -> None:
    with clock.at(MONDAY):
        send_due_reminders()
        send_due_reminders()
    assert ReminderPolicy.objects.get(clinic=riverside.clinic).quiet is not None
    assert ReminderRule.objects.filter(clinic=riverside.clinic).count() == 3
