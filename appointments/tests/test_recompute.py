"""After a change of the zones' rules, visits keep the wall time that was agreed."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from icalendar import Calendar

from appointments import actions
from appointments.models import Appointment, Claim, Status, StatusChange
from appointments.tests.conftest import NINE, staff_of
from healthcare.audit.models import Action, AuditEvent
from healthcare.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]

HOUR = timedelta(hours=1)


def stored_under_old_rules(visit, shift=-HOUR):
    """As if the zone had been an hour off when the visit was booked."""
    visit.starts_at, visit.ends_at = visit.starts_at + shift, visit.ends_at + shift
    visit.save()
    for claim in visit.claims.all():
        claim.busy_start, claim.busy_end = visit.starts_at, visit.ends_at
        claim.save()


def run(*options):
    out, err, code = StringIO(), StringIO(), 0
    try:
        call_command("recompute_visits", *options, stdout=out, stderr=err)
    except SystemExit as end:
        code = end.code
    return out.getvalue(), err.getvalue(), code


@pytest.fixture
def visit(riverside, booked):
    visit = booked(riverside)
    stored_under_old_rules(visit)
    return visit


class TestRun:
    def test_the_visit_moves_with_its_claims(self, visit):
        out, _err, code = run()
        visit.refresh_from_db()
        assert (visit.starts_at, visit.ends_at) == (NINE, NINE + HOUR / 2)
        held = set(Claim.objects.values_list("busy_start", "busy_end"))
        assert held == {(NINE, NINE + HOUR / 2)}
        assert "1 moved, 0 left for staff" in out
        assert code == 0

    def test_history_log_and_sequence_tell_it(self, visit):
        run()
        visit.refresh_from_db()
        change = StatusChange.objects.latest("id")
        event = AuditEvent.objects.get(action=Action.MOVED)
        assert visit.sequence == 1
        assert (change.before, change.after) == (Status.BOOKED, Status.BOOKED)
        assert change.reason.startswith("The rules of the clock changed.")
        assert event.target_uid == str(visit.uid)

    def test_the_patient_gets_an_updated_invite(self, visit):
        run()
        message = Message.objects.latest("id")
        assert message.kind == "appointments/moved"
        assert "09:00 to 09:30 (Berlin time)" in message.text
        file = Calendar.from_ical(b64decode(message.attachments[0]["content"]))
        event = file.events[0]
        assert (file["method"], event["sequence"]) == ("REQUEST", 1)
        assert event["uid"] == f"{visit.uid}@healix"
        assert event["dtstart"].dt == NINE

    def test_a_second_run_finds_nothing(self, visit):
        run()
        assert run()[0] == "0 moved, 0 left for staff\n"
        assert Message.objects.filter(kind="appointments/moved").count() == 1

    def test_a_dry_run_changes_nothing(self, visit):
        out, _err, code = run("--dry-run")
        told = "2026-09-22T09:00 Europe/Berlin: 2026-09-22T06:00Z to 2026-09-22T07:00Z"
        assert f"would move {visit.reference} {told}" in out
        visit.refresh_from_db()
        assert (visit.starts_at, code) == (NINE - HOUR, 0)

    def test_what_is_right_over_or_cancelled_stays(self, riverside, booked):
        right = booked(riverside)
        gone = booked(riverside, starts_at=NINE + HOUR)
        actions.cancel(appointment=gone, reason="", by=staff_of(riverside))
        Appointment.objects.filter(pk=gone.pk).update(starts_at=NINE)
        assert run()[0] == "0 moved, 0 left for staff\n"
        right.refresh_from_db()
        assert (right.starts_at, right.sequence) == (NINE, 0)

    @pytest.mark.parametrize("shift", [-HOUR / 2, HOUR / 2])
    def test_a_whole_morning_moves(self, riverside, booked, shift):
        """Each visit to where the next one is, or the one before."""
        visits = [booked(riverside, starts_at=NINE + n * HOUR / 2) for n in range(4)]
        for visit in visits if shift < timedelta() else reversed(visits):
            stored_under_old_rules(visit, shift)
        assert "4 moved, 0 left for staff" in run()[0]
        starts = Appointment.objects.in_order().values_list("starts_at", flat=True)
        assert list(starts) == [NINE + n * HOUR / 2 for n in range(4)]

    def test_a_visit_whose_time_is_taken_is_left(self, riverside, visit, booked):
        other = booked(riverside, patient=riverside.patient2.patient)
        out, err, code = run()
        visit.refresh_from_db()
        assert (visit.starts_at, visit.sequence) == (NINE - HOUR, 0)
        assert f"left for staff {visit.reference}" in err
        assert "0 moved, 1 left for staff" in out
        assert code == 1
        assert not Message.objects.filter(kind="appointments/moved").exists()
        assert other.claims.filter(active=True).count() == 2

    def test_a_wall_time_that_is_skipped_now_is_left(self, visit):
        Appointment.objects.update(wall_start="2027-03-28T02:30")
        _out, err, code = run()
        assert "2027-03-28T02:30 Europe/Berlin: no such time" in err
        assert code == 1

    def test_the_second_of_two_equal_times_stays_the_second(self, hillcrest, visit):
        second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
        Appointment.objects.update(
            wall_start="2026-11-01T01:30", time_zone="America/New_York", fold=1
        )
        run()
        visit.refresh_from_db()
        assert (visit.starts_at, visit.fold) == (second, 1)
