"""The life of a job: asked for, done, tried again, given up, stopped."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django_q.exceptions import TimeoutException
from django_q.models import OrmQ

from accounts.factories import UserFactory
from healthcare import clock
from healthcare.audit.models import Action, AuditEvent, Outcome
from healthcare.jobs import gates, kinds, lease
from healthcare.jobs.actions import NotOpen, StillOpen, cancel, retry, run, start
from healthcare.jobs.kinds import JobFile, JobRefused, Progress
from healthcare.jobs.lease import LEASE, JobProgress, Pulse, claim, held
from healthcare.jobs.models import Job
from healthcare.jobs.work import end_hopeless, run_waiting
from healthcare.queue import Broker

pytestmark = pytest.mark.django_db
PAUSES = [timedelta(seconds=s) for s in (5, 10, 20, 40)]


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SAVE_EVERY", 0)
    monkeypatch.setattr(kinds, "_kinds", {"good": good, "bad": bad, "refused": refused})
    monkeypatch.setattr(gates, "_gates", [])


def good(job: Job, progress: Progress) -> JobFile:
    for number in range(3):
        progress(number, 3)
    return JobFile("report.pdf", b"%PDF " + str(job.params).encode())


def bad(job: Job, progress: Progress) -> JobFile:
    progress(1, 3)
    raise ValueError("Ada Lovelace has a cough")


def refused(job: Job, progress: Progress) -> JobFile:
    raise JobRefused("There is nothing in that month.")


def asked(kind: str = "good", *, clinic_uid: UUID | None = None, **extra: Any) -> Job:
    user = extra.pop("owner", None) or UserFactory()
    by = user.as_actor(role="auditor")
    return start(
        kind=kind,
        title="Audit report",
        owner=user,
        by=by,
        clinic_uid=clinic_uid,
        params={"month": 3},
    )


def actions_logged() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("id").values_list("action", "outcome"))


def test_it_works(settings: Any) -> None:
    job = asked(clinic_uid=None)
    run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.percent, job.attempts) == (Job.Status.DONE, 100, 1)
    assert Path(job.file.path).read_bytes() == b"%PDF {'month': 3}"
    assert job.file_sha256 == sha256(b"%PDF {'month': 3}").hexdigest()
    assert (job.file_name, job.file_size) == ("report.pdf", 17)
    assert job.started_at is not None
    assert job.finished_at is not None
    assert job.leased_until is None


def test_its_file_is_private_and_has_a_random_name(
    settings: Any, client: Client
) -> None:
    job = asked()
    run(job.pk)
    job.refresh_from_db()
    path = Path(job.file.path)
    assert path.is_relative_to(settings.MEDIA_ROOT)
    assert len(path.stem) == 32
    assert "report" not in path.stem
    assert path.stat().st_mode & 0o777 == 0o600
    assert client.get(f"/media/{job.file.name}").status_code == 404
    assert client.get(f"/{job.file.name}").status_code == 404


def test_a_worker_is_told_on_commit_and_the_row_holds_nothing(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        asked()
        assert OrmQ.objects.count() == 0
    row = OrmQ.objects.get()
    assert (row.func(), row.args()) == ("healthcare.jobs.tasks.work", ())
    assert len(Broker().dequeue()) == 1


def test_asking_making_and_failing_are_events_of_the_one_who_asked() -> None:
    clinic_uid = uuid4()
    gates.register_gate(lambda user, job: True)
    job, other = asked(clinic_uid=clinic_uid), asked("refused", clinic_uid=clinic_uid)
    run(job.pk)
    run(other.pk)
    assert actions_logged() == [
        (Action.REPORT_REQUESTED, Outcome.DONE),
        (Action.REPORT_REQUESTED, Outcome.DONE),
        (Action.REPORT_MADE, Outcome.DONE),
        (Action.REPORT_MADE, Outcome.FAILED),
    ]
    made = AuditEvent.objects.get(action=Action.REPORT_MADE, outcome=Outcome.DONE)
    assert made.actor_uid == str(job.owner.uid)
    assert (made.channel, made.actor_role) == ("job", "auditor")
    assert (made.clinic_uid, made.target_uid) == (clinic_uid, str(job.uid))


def test_an_unknown_kind_is_not_begun() -> None:
    with pytest.raises(KeyError):
        asked("unheard of")
    assert Job.objects.count() == 0


def test_the_try_is_counted_before_the_work_and_one_worker_has_it() -> None:
    job = asked()
    mine = claim(job.pk)
    assert mine is not None
    assert (mine.attempts, mine.status) == (1, Job.Status.RUNNING)
    assert claim(job.pk) is None
    assert run_waiting() == 0


def test_a_killed_workers_job_is_begun_again() -> None:
    job = asked()
    dead = claim(job.pk)
    assert dead is not None
    with clock.at(clock.now() + LEASE):
        assert run_waiting() == 1
        assert not held(dead).exists()
    job.refresh_from_db()
    assert (job.status, job.attempts) == (Job.Status.DONE, 2)


def test_a_worker_that_lost_its_job_notices_and_spoils_nothing() -> None:
    job = asked()
    slow = claim(job.pk)
    assert slow is not None
    later = clock.now() + LEASE
    with clock.at(later):
        run(job.pk)
    with pytest.raises(kinds.Cancelled):
        JobProgress(slow)(1, 2)
    job.refresh_from_db()
    assert (job.status, job.done) == (Job.Status.DONE, 2)


def test_progress_is_saved_and_extends_the_lease() -> None:
    job = asked()
    mine = claim(job.pk)
    assert mine is not None
    with clock.at(clock.now() + timedelta(seconds=40)):
        JobProgress(mine)(7, 20)
    job.refresh_from_db()
    assert (job.done, job.total, job.percent) == (7, 20, 35)
    assert mine.leased_until is not None
    assert job.leased_until is not None
    assert job.leased_until > mine.leased_until + timedelta(seconds=35)


def test_progress_is_not_saved_at_every_step(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(lease, "SAVE_EVERY", 60)
    mine = claim(asked().pk)
    assert mine is not None
    progress = JobProgress(mine)
    with django_assert_num_queries(1):
        for number in range(500):
            progress(number, 500)


def test_a_failing_job_is_tried_five_times_with_growing_pauses(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    job, now = asked("bad"), clock.now()
    for pause in PAUSES:
        with clock.at(now):
            assert run_waiting() == 1
        with clock.at(now + pause - timedelta(seconds=1)):
            assert run_waiting() == 0
        now += pause
    with clock.at(now):
        assert run_waiting() == 1
    job.refresh_from_db()
    assert (job.status, job.attempts) == (Job.Status.FAILED, 5)
    assert "five tries" in job.error
    told: list[Any] = [entry.msg for entry in caplog.records]
    assert {entry["error"] for entry in told} == {"ValueError"}
    assert "cough" not in caplog.text + job.error


def test_a_job_that_ends_its_workers_is_given_up() -> None:
    job, now = asked(), clock.now()
    for _ in range(5):
        with clock.at(now):
            assert claim(job.pk) is not None
            assert end_hopeless() == 0
        now += LEASE
    with clock.at(now):
        assert run_waiting() == 0
        assert end_hopeless() == 1
    job.refresh_from_db()
    assert job.status == Job.Status.FAILED


def test_a_refusal_is_told_and_not_tried_again() -> None:
    job = asked("refused")
    run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempts) == (Job.Status.FAILED, 1)
    assert job.error == "There is nothing in that month."


def test_a_job_that_hangs_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(job: Job, progress: Progress) -> JobFile:
        raise TimeoutException

    monkeypatch.setitem(kinds._kinds, "good", hang)
    job = asked()
    with pytest.raises(TimeoutException):
        run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempts) == (Job.Status.QUEUED, 1)


def test_stopping_ends_the_work_and_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    job = asked()

    def stopped_at_the_end(job: Job, progress: Progress) -> JobFile:
        cancel(job=job, by=job.owner.as_actor(role="auditor"))
        return good(job, lambda done, total: None)

    monkeypatch.setitem(kinds._kinds, "good", stopped_at_the_end)
    run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.file.name) == (Job.Status.CANCELLED, "")
    assert list(Path(settings.MEDIA_ROOT).rglob("*.pdf")) == []
    assert actions_logged()[-1] == (Action.JOB_CANCELLED, Outcome.DONE)


def test_a_stopped_job_is_not_begun() -> None:
    job = asked()
    cancel(job=job, by=job.owner.as_actor(role="auditor"))
    assert run_waiting() == 0
    with pytest.raises(NotOpen):
        cancel(job=job, by=job.owner.as_actor(role="auditor"))


def test_trying_again_begins_afresh_and_keeps_the_old_worker_out() -> None:
    job = asked()
    old = claim(job.pk)
    assert old is not None
    by = job.owner.as_actor(role="auditor")
    with pytest.raises(StillOpen):
        retry(job=job, by=by)
    cancel(job=job, by=by)
    retry(job=job, by=by)
    new = claim(job.pk)
    assert new is not None
    assert new.attempts == old.attempts == 1
    assert not held(old).exists()
    assert held(new).exists()


def test_the_job_of_one_who_left_the_clinic_is_not_done() -> None:
    gates.register_gate(lambda user, job: False)
    job = asked(clinic_uid=uuid4())
    run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.file.name) == (Job.Status.FAILED, "")


@pytest.mark.django_db(transaction=True)
def test_a_silent_job_keeps_its_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "EXTEND_EVERY", 0.01)
    mine = claim(asked().pk)
    assert mine is not None
    Job.objects.update(leased_until=clock.now())
    pulse = Pulse(mine)
    with pulse:
        while held(mine).filter(leased_until__lte=clock.now()).exists():
            pulse.ended.wait(0.01)
    assert not pulse.thread.is_alive()
