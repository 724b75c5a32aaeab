"""Time away, extra sessions and moved blocks, and the visits that are hit by them."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from appointments import actions
from appointments.actions import Decided, Fate, Session, VisitsHit
from appointments.actions.time_away import mark_of, visits_hit
from appointments.models import Claim, ScheduleException, Status
from appointments.search import free_days
from appointments.tests.conftest import MONDAY, NINE, patient_of, staff_of
from clinics.factories import MembershipFactory
from clinics.models import Membership
from healthcare import clock
from healthcare.audit.models import Action, AuditEvent
from healthcare.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]

wall = datetime.fromisoformat
TUESDAY = date(2026, 9, 22)
ALL_TUESDAY = Session(wall("2026-09-22 00:00"), wall("2026-09-23 00:00"), "Dentist")
TEN = NINE + timedelta(hours=1)


def url(name, cast, *args, **query):
    return reverse(f"appointments:{name}", args=[cast.clinic.slug, *args], query=query)


def text_of(response):
    return " ".join(response.content.decode().split())


def free(cast, day=TUESDAY):
    doctor = Membership.objects.doctors().get(pk=cast.doctor.pk)
    return len(free_days(doctor, first=day, days=1, now=clock.now())[0].starts)


def take(cast, away=ALL_TUESDAY, fates=None, **more):
    decided = Decided(list(fates or {}), fates or {})
    return actions.take_time_away(
        doctor=cast.doctor, away=away, decided=decided, by=staff_of(cast), **more
    )


@pytest.fixture
def visit(riverside, booked):
    return booked(riverside)


@pytest.fixture
def second(riverside, booked):
    return booked(riverside, patient=riverside.patient2.patient, starts_at=TEN)


class TestTakeTimeAway:
    def test_nobody_can_book_then(self, riverside):
        take(riverside)
        assert free(riverside) == 0
        assert free(riverside, TUESDAY + timedelta(days=1)) == 6

    def test_each_visit_meets_its_fate(self, riverside, visit, second):
        fates = {mark_of(visit): Fate.CANCEL, mark_of(second): Fate.KEEP}
        take(riverside, fates=fates)
        visit.refresh_from_db()
        second.refresh_from_db()
        assert (visit.status, second.status) == (Status.CANCELLED, Status.BOOKED)
        assert Message.objects.latest("id").kind == "appointments/cancelled"
        assert not Claim.objects.filter(appointment=visit, active=True).exists()

    def test_an_undecided_visit_stops_all_of_it(self, riverside, visit, second):
        with pytest.raises(VisitsHit) as hit:
            take(riverside, fates={mark_of(visit): Fate.CANCEL})
        assert [each.pk for each in hit.value.visits] == [visit.pk, second.pk]
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED
        assert not ScheduleException.objects.exists()

    def test_a_visit_that_has_gone_asks_again(self, riverside, visit):
        fates = {mark_of(visit): Fate.CANCEL}
        actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        with pytest.raises(VisitsHit) as hit:
            take(riverside, fates=fates)
        assert hit.value.visits == []

    @pytest.mark.parametrize(
        ("starts", "ends", "is_hit"),
        [("08:00", "09:00", 0), ("08:00", "09:01", 1), ("09:30", "12:00", 0)],
    )
    def test_only_visits_that_overlap_are_hit(
        self, riverside, visit, starts, ends, is_hit
    ):
        at = (wall(f"2026-09-22 {each}") for each in (starts, ends))
        found = visits_hit(riverside.doctor, Session(*at))
        assert [each.pk for each in found] == [visit.pk] * is_hit

    def test_the_log_tells_when_and_never_why(self, riverside):
        take(riverside)
        event = AuditEvent.objects.get(action=Action.AVAILABILITY_CHANGED)
        assert event.reason == "Away 22-Sep-2026"

    def test_a_moved_block_leaves_and_arrives_in_one_step(self, riverside):
        morning = Session(wall("2026-09-22 09:00"), wall("2026-09-22 12:00"))
        later = Session(wall("2026-09-22 11:00"), wall("2026-09-22 14:00"))
        take(riverside, away=morning, instead=later)
        doctor = Membership.objects.doctors().get(pk=riverside.doctor.pk)
        found = free_days(doctor, first=TUESDAY, days=1, now=clock.now())[0].starts
        assert (found[0], len(found)) == (NINE + timedelta(hours=2), 6)

    def test_leave_after_an_extra_session_covers_it(self, riverside):
        extra = Session(wall("2026-09-22 14:00"), wall("2026-09-22 16:00"))
        actions.add_extra_session(
            doctor=riverside.doctor, session=extra, by=staff_of(riverside)
        )
        assert free(riverside) == 10
        with clock.at(MONDAY + timedelta(minutes=1)):
            take(riverside)
            assert free(riverside) == 0

    @pytest.mark.parametrize(
        ("starts", "ends"),
        [
            (wall("2026-09-20 00:00"), wall("2026-09-21 00:00")),
            (wall("2026-09-22 09:00"), wall("2026-09-22 09:00")),
            (wall("2026-09-22 00:00"), wall("2027-12-01 00:00")),
            (wall("2029-09-22 00:00"), wall("2029-09-23 00:00")),
        ],
    )
    def test_times_that_make_no_sense(self, riverside, starts, ends):
        with pytest.raises(actions.HoursOverlap):
            take(riverside, away=Session(starts, ends))


@pytest.fixture
def doctor(as_user, riverside):
    return as_user(riverside.doctor)


DATA = {"first": "2026-09-22", "note": "Dentist"}


class TestAwayPage:
    def test_without_visits_it_is_done_at_once(self, doctor, riverside):
        page = text_of(doctor.post(url("away", riverside), DATA, follow=True))
        assert "Time away saved: 22-Sep-2026." in page
        assert ScheduleException.objects.get().note == "Dentist"
        assert free(riverside) == 0

    def test_visits_are_listed_first(self, doctor, riverside, visit):
        page = text_of(doctor.post(url("away", riverside), DATA))
        name = visit.patient.clinical_name
        assert "1 booked visit is in that time" in page
        assert f"Tuesday 22-Sep-2026, 09:00 to 09:30: {name}" in page
        assert "There is a problem" not in page
        assert not ScheduleException.objects.exists()

    def test_the_answer_is_carried_out(self, doctor, riverside, visit):
        mark = mark_of(visit)
        data = {**DATA, "shown": mark, f"fate-{mark}": "cancel"}
        page = text_of(doctor.post(url("away", riverside), data, follow=True))
        assert "Time away saved: 22-Sep-2026. 1 visit is cancelled." in page
        visit.refresh_from_db()
        assert visit.cancel_reason == "The doctor is away that day."

    def test_no_answer_is_asked_for(self, doctor, riverside, visit):
        data = {**DATA, "shown": mark_of(visit)}
        page = text_of(doctor.post(url("away", riverside), data))
        assert "There is a problem" in page
        assert (
            f"Choose what happens to the visit of {visit.patient.clinical_name}."
            in page
        )

    def test_a_list_that_has_changed_keeps_the_answers(
        self, doctor, riverside, visit, second
    ):
        mark = mark_of(visit)
        data = {**DATA, "shown": mark, f"fate-{mark}": "cancel"}
        page = text_of(doctor.post(url("away", riverside), data))
        assert "The list has changed while you looked: 1 visit is new." in page
        assert page.count(" checked") == 1
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED

    def test_one_answer_for_the_rest(self, doctor, riverside, visit, second, booked):
        third = booked(
            riverside, patient=riverside.staff.person, starts_at=TEN + (TEN - NINE)
        )
        marks = [mark_of(each) for each in (visit, second, third)]
        data = {**DATA, "shown": " ".join(marks), "rest": "cancel"}
        data[f"fate-{marks[0]}"] = "keep"
        page = text_of(doctor.post(url("away", riverside), data, follow=True))
        assert "1 visit stays booked. 2 visits are cancelled." in page

    def test_who_gets_no_mail_is_said(self, doctor, riverside, visit):
        visit.patient.user = None
        visit.patient.save()
        page = text_of(doctor.post(url("away", riverside), DATA))
        assert "This patient has no account and gets no e-mail." in page

    def test_back_to_the_dates_keeps_them(self, doctor, riverside, visit):
        data = {**DATA, "shown": mark_of(visit), "change": "1"}
        page = text_of(doctor.post(url("away", riverside), data))
        assert 'value="2026-09-22"' in page
        assert 'value="Dentist"' in page

    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({"first": ""}, "Choose a date."),
            ({"last": "2026-09-21"}, "Choose a last day on or after the first."),
            ({"starts": "09:00"}, "Give both times, or none for whole days."),
            ({"first": "2026-09-01"}, "That time is over. Choose a later one."),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, doctor, riverside, changes, told):
        page = text_of(doctor.post(url("away", riverside), DATA | changes))
        assert told in page
        assert not ScheduleException.objects.exists()

    def test_the_number_of_queries_stays(
        self, doctor, riverside, visit, booked, queries
    ):
        def ask():
            doctor.post(url("away", riverside), DATA)

        ask()
        one = queries(ask)
        for n, who in enumerate((riverside.patient2.patient, riverside.staff.person)):
            booked(riverside, patient=who, starts_at=TEN + n * (TEN - NINE))
        assert queries(ask) == one


class TestOtherPages:
    def test_an_extra_session_can_be_booked(self, doctor, riverside):
        data = {"date": "2026-09-22", "starts": "20:00", "ends": "22:00"}
        doctor.post(url("extra", riverside), data)
        assert free(riverside) == 10
        page = text_of(doctor.get(url("availability", riverside)))
        assert "22-Sep-2026 20:00 to 22:00" in page

    def test_two_sessions_at_once_are_refused(self, doctor, riverside):
        data = {"date": "2026-09-22", "starts": "20:00", "ends": "22:00"}
        for _n in range(2):
            page = text_of(doctor.post(url("extra", riverside), data, follow=True))
        told = "There is one then already: Extra session 22-Sep-2026 20:00 to 22:00."
        assert told in page
        assert ScheduleException.objects.count() == 1

    def test_a_block_is_moved(self, doctor, riverside):
        data = {"date": "2026-09-22", "starts": "09:00", "ends": "12:00"}
        to = {"to_date": "2026-09-24", "to_starts": "13:00", "to_ends": "16:00"}
        doctor.post(url("move_block", riverside), data | to)
        assert (free(riverside), free(riverside, date(2026, 9, 24))) == (0, 12)

    def test_time_away_is_taken_back(self, doctor, riverside):
        done = take(riverside)
        doctor.post(url("remove_exception", riverside, done.exception.uid))
        assert free(riverside) == 6

    def test_a_session_with_visits_is_not_removed(self, doctor, riverside, booked):
        evening = Session(wall("2026-09-22 20:00"), wall("2026-09-22 22:00"))
        session = actions.add_extra_session(
            doctor=riverside.doctor, session=evening, by=staff_of(riverside)
        )
        booked(riverside, starts_at=NINE + timedelta(hours=11))
        address = url("remove_exception", riverside, session.uid)
        page = text_of(doctor.post(address, follow=True))
        assert "1 booked visit is in that time. Take the time away" in page
        assert 'value="20:00"' in page
        assert ScheduleException.objects.exists()

    def test_nobody_elses_is_removed(self, doctor, riverside, hillcrest):
        other = MembershipFactory(clinic=riverside.clinic, role="doctor")
        for cast, whose in ((hillcrest, hillcrest.doctor), (riverside, other)):
            away = actions.take_time_away(
                doctor=whose, away=ALL_TUESDAY, by=staff_of(cast)
            )
            address = url("remove_exception", riverside, away.exception.uid)
            assert doctor.post(address).status_code == 404
        assert ScheduleException.objects.count() == 2

    def test_the_list_has_pages_and_as_many_queries(self, doctor, riverside, queries):
        def look():
            return text_of(doctor.get(url("availability", riverside)))

        for n in range(12):
            day = wall("2026-10-01 00:00") + timedelta(days=n)
            take(riverside, away=Session(day, day + timedelta(days=1)))
            if n == 0:
                look()
                one = queries(look)
        assert queries(look) == one
        assert "10-Oct-2026" in look()
        assert "12-Oct-2026" not in look()


class TestDesk:
    @pytest.fixture
    def staff(self, as_user, riverside):
        return as_user(riverside.staff)

    def test_the_desk_finds_the_doctor(self, staff, riverside):
        take(riverside)
        page = text_of(staff.get(url("doctors", riverside)))
        assert riverside.doctor.label in page
        assert "Away 22-Sep-2026" in page

    def test_the_desk_takes_time_away(self, staff, riverside, visit):
        address = url("doctor_away", riverside, riverside.doctor.uid)
        mark = mark_of(visit)
        data = {**DATA, "shown": mark, f"fate-{mark}": "keep"}
        page = text_of(staff.post(address, data, follow=True))
        assert "1 visit stays booked." in page
        assert "Dentist" in page
        event = AuditEvent.objects.filter(action=Action.AVAILABILITY_CHANGED).get()
        assert event.actor_role == "staff"

    def test_the_desk_takes_it_back(self, staff, riverside):
        done = take(riverside)
        uid = done.exception.uid
        staff.post(url("remove_doctors_exception", riverside, uid))
        assert not ScheduleException.objects.exists()

    def test_who_is_no_doctor_here_is_not_found(self, staff, riverside, hillcrest):
        for member in (riverside.owner, hillcrest.doctor):
            address = url("doctor_away", riverside, member.uid)
            assert staff.get(address).status_code == 404

    def test_the_number_of_queries_stays(self, staff, riverside, queries):
        def look():
            staff.get(url("doctors", riverside))

        look()
        one = queries(look)
        for _n in range(2):
            MembershipFactory(clinic=riverside.clinic, role="doctor")
        assert queries(look) == one
