"""The verbs after booking: one table of transitions, a history, and the log."""

from datetime import timedelta

import pytest

from appointments import actions
from appointments.actions import NotAllowed, WrongStatus
from appointments.models import TRANSITIONS, Appointment, Claim, Status, StatusChange
from appointments.tests.conftest import NINE, patient_of, staff_of
from clinics.actions import join_care_team
from clinics.models import CareTeamMember
from healthcare import clock
from healthcare.audit.models import Action, AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]


@pytest.fixture
def visit(riverside, booked):
    return booked(riverside)


VERBS = {
    actions.arrive: Status.ARRIVED,
    actions.start: Status.IN_PROGRESS,
    actions.complete: Status.COMPLETED,
    actions.mark_no_show: Status.NO_SHOW,
    actions.revert_arrival: Status.BOOKED,
    actions.revert_no_show: Status.BOOKED,
}
ONLY_FROM = {
    actions.revert_arrival: Status.ARRIVED,
    actions.revert_no_show: Status.NO_SHOW,
}


def put(visit, status):
    cancelled_at = NINE if status == Status.CANCELLED else None
    Appointment.objects.filter(pk=visit.pk).update(
        status=status, cancelled_at=cancelled_at
    )
    visit.refresh_from_db()


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
@pytest.mark.parametrize("before", Status)
def test_every_verb_from_every_status(visit, riverside, verb, before):
    put(visit, before)
    allowed = VERBS[verb] in TRANSITIONS[before]
    allowed = allowed and ONLY_FROM.get(verb, before) == before
    with clock.at(NINE + timedelta(minutes=1)):
        if allowed:
            verb(appointment=visit, by=staff_of(riverside))
        else:
            with pytest.raises(WrongStatus, match="already"):
                verb(appointment=visit, by=staff_of(riverside))
    visit.refresh_from_db()
    assert visit.status == (VERBS[verb] if allowed else before)


def test_a_day_at_the_clinic(visit, riverside):
    by = staff_of(riverside)
    for minutes, verb in ((-5, "arrive"), (2, "start"), (25, "complete")):
        with clock.at(NINE + timedelta(minutes=minutes)):
            getattr(actions, verb)(appointment=visit, by=by)
    visit.refresh_from_db()
    assert visit.arrived_at == NINE - timedelta(minutes=5)
    assert visit.started_at == NINE + timedelta(minutes=2)
    assert visit.completed_at == NINE + timedelta(minutes=25)
    steps = StatusChange.objects.filter(appointment=visit)
    assert [(step.before, step.after) for step in steps] == [
        ("", "booked"),
        ("booked", "arrived"),
        ("arrived", "in-progress"),
        ("in-progress", "completed"),
    ]
    told = AuditEvent.objects.filter(target_uid=str(visit.uid)).order_by("id")
    assert [event.action for event in told] == [
        Action.BOOKED,
        Action.ARRIVED,
        Action.STARTED,
        Action.COMPLETED,
    ]


def test_the_row_as_it_is_now_decides(visit, riverside):
    """Somebody else changed it since this copy was read."""
    stale = Appointment.objects.get(pk=visit.pk)
    actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
    with pytest.raises(WrongStatus, match="cancelled"):
        actions.arrive(appointment=stale, by=staff_of(riverside))


def test_a_check_in_taken_back_forgets_the_time(visit, riverside):
    actions.arrive(appointment=visit, by=staff_of(riverside))
    actions.revert_arrival(appointment=visit, by=staff_of(riverside))
    visit.refresh_from_db()
    assert (visit.status, visit.arrived_at) == (Status.BOOKED, None)
    assert AuditEvent.objects.filter(action=Action.REVERTED).count() == 1


def test_nobody_is_a_no_show_before_the_time(visit, riverside):
    with pytest.raises(NotAllowed, match="not begun"):
        actions.mark_no_show(appointment=visit, by=staff_of(riverside))


class TestCancel:
    def test_it_works(self, visit, riverside):
        actions.cancel(
            appointment=visit, reason=" Travelling ", by=patient_of(riverside)
        )
        visit.refresh_from_db()
        assert visit.status == Status.CANCELLED
        assert visit.cancel_reason == "Travelling"
        assert visit.cancelled_at == clock.now()
        assert visit.sequence == 1

    def test_the_time_is_free_again_and_the_claims_are_kept(
        self, visit, riverside, booked
    ):
        actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        assert Claim.objects.filter(appointment=visit, active=False).count() == 2
        assert booked(riverside, patient=riverside.patient2.patient)

    def test_a_patient_only_before_the_start(self, visit, riverside):
        with clock.at(visit.starts_at), pytest.raises(NotAllowed, match="call"):
            actions.cancel(appointment=visit, reason="", by=patient_of(riverside))

    def test_staff_also_after_the_start(self, visit, riverside):
        with clock.at(visit.starts_at + timedelta(hours=1)):
            actions.cancel(appointment=visit, reason="", by=staff_of(riverside))
        assert visit.status == Status.CANCELLED

    def test_its_doctor(self, visit, riverside):
        by = riverside.doctor.user.as_actor(role="doctor")
        actions.cancel(appointment=visit, reason="", by=by)
        assert visit.status == Status.CANCELLED

    @pytest.mark.parametrize("who", ["auditor", "patient2"])
    def test_nobody_else(self, visit, riverside, who):
        member = getattr(riverside, who)
        user = member.patient.user if who == "patient2" else member.user
        with pytest.raises(NotAllowed, match="not yours"):
            actions.cancel(appointment=visit, reason="", by=user.as_actor(role="staff"))

    def test_nobody_of_another_clinic(self, visit, hillcrest):
        for member in (hillcrest.staff, hillcrest.owner, hillcrest.doctor):
            with pytest.raises(NotAllowed):
                actions.cancel(
                    appointment=visit, reason="", by=member.user.as_actor(role="x")
                )

    def test_not_twice(self, visit, riverside):
        actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        with pytest.raises(WrongStatus):
            actions.cancel(appointment=visit, reason="", by=patient_of(riverside))

    def test_the_reason_stays_out_of_the_log(self, visit, riverside):
        actions.cancel(appointment=visit, reason="Chest pain", by=patient_of(riverside))
        event = AuditEvent.objects.get(action=Action.CANCELLED)
        assert "Chest" not in "".join(map(str, vars(event).values()))


class TestCareTeam:
    def caring(self, riverside):
        return CareTeamMember.objects.filter(
            patient=riverside.patient.patient, until__isnull=True
        ).exists()

    def test_the_doctor_leaves_with_the_only_visit(self, visit, riverside):
        actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        assert not self.caring(riverside)

    def test_the_doctor_stays_for_another_visit(self, visit, riverside, booked):
        booked(riverside, starts_at=NINE + timedelta(hours=1))
        actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        assert self.caring(riverside)

    def test_a_doctor_who_was_assigned_stays(self, riverside, booked):
        join_care_team(
            clinic=riverside.clinic,
            patient=riverside.patient.patient,
            member=riverside.doctor,
            source=CareTeamMember.Source.ASSIGNED,
            by=staff_of(riverside),
        )
        visit = booked(riverside)
        actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        assert self.caring(riverside)
