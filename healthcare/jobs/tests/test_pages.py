"""One's own jobs: seen, polled, stopped, tried again, downloaded; nobody else's."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.factories import UserFactory
from healthcare import clock
from healthcare.audit.models import Action, AuditEvent
from healthcare.jobs import gates
from healthcare.jobs.models import Job

pytestmark = pytest.mark.django_db
CONTENT = b"%PDF-1.7 secret"


@pytest.fixture(autouse=True)
def _no_gates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "_gates", [])


@pytest.fixture
def alice() -> Any:
    return UserFactory()


@pytest.fixture
def page(client: Client, alice: Any) -> Client:
    client.force_login(alice)
    return client


def job_of(owner: Any, **changes: Any) -> Job:
    values = {"kind": "test", "title": "Audit report", "owner": owner}
    values |= {"owner_label": "Alice", "owner_role": "auditor"}
    job = Job.objects.create(**(values | {"created_at": clock.now()} | changes))
    if job.status == Job.Status.DONE:
        job.file_name, job.file_size = "März.pdf", len(CONTENT)
        job.file.save("x.pdf", ContentFile(CONTENT))
    return job


def text(client: Client, path: str, **headers: str) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    return response.content.decode()


class TestList:
    def test_it_works(self, page: Client, alice: Any) -> None:
        job = job_of(alice, status=Job.Status.RUNNING)
        body = text(page, "/jobs/")
        assert "Audit report" in body
        assert f"/jobs/{job.uid}/" in body
        assert "Working" in body

    def test_nothing_was_asked_for(self, page: Client) -> None:
        job_of(UserFactory(), title="Bob's")
        body = text(page, "/jobs/")
        assert "You have not asked for a file" in body
        assert "Bob" not in body

    def test_the_newest_comes_first_and_pages_follow(
        self, page: Client, alice: Any
    ) -> None:
        for number in range(22):
            job_of(alice, title=f"Number {number:02}")
        body = text(page, "/jobs/")
        assert body.index("Number 21") < body.index("Number 20")
        assert "Number 01" not in body
        assert "Number 01" in text(page, "/jobs/?page=2")

    def test_it_asks_the_database_no_more_for_three_than_for_one(
        self, page: Client, alice: Any, django_assert_max_num_queries: Any
    ) -> None:
        job_of(alice)
        page.get("/jobs/")
        with CaptureQueriesContext(connection) as queries:
            page.get("/jobs/")
        job_of(alice)
        job_of(alice)
        with django_assert_max_num_queries(len(queries)):
            page.get("/jobs/")


class TestDetail:
    def test_an_open_job_is_polled_and_reloads_without_javascript(
        self, page: Client, alice: Any
    ) -> None:
        job = job_of(alice, status=Job.Status.RUNNING, done=30, total=120)
        body = text(page, f"/jobs/{job.uid}/")
        assert "25%" in body
        assert "30 of 120." in body
        assert "You can leave this page." in body
        assert f'data-poll="/jobs/{job.uid}/"' in body
        assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in body

    def test_a_poll_gets_the_card_alone(self, page: Client, alice: Any) -> None:
        job = job_of(alice, status=Job.Status.RUNNING)
        body = text(page, f"/jobs/{job.uid}/", **{"X-Healix-Poll": "1"})
        assert body.strip().startswith('<section class="hx-card')
        assert "<html" not in body
        assert "csrfmiddlewaretoken" in body

    def test_it_does_not_reload_for_ever(self, page: Client, alice: Any) -> None:
        """Each load counts as use of the session."""
        asked_at = clock.now() - timedelta(minutes=11)
        job = job_of(alice, created_at=asked_at)
        assert "http-equiv" not in text(page, f"/jobs/{job.uid}/")

    def test_a_finished_job_offers_its_file(self, page: Client, alice: Any) -> None:
        job = job_of(alice, status=Job.Status.DONE, file_sha256="ab" * 32)
        body = text(page, f"/jobs/{job.uid}/")
        assert f'href="/jobs/{job.uid}/download/"' in body
        assert "Download März.pdf (15\xa0bytes)" in body
        assert "ab" * 32 in body
        assert "data-poll" not in body
        assert "http-equiv" not in body

    def test_a_failed_job_says_what_to_do(self, page: Client, alice: Any) -> None:
        job = job_of(alice, status=Job.Status.FAILED, error="Nothing in <March>.")
        body = text(page, f"/jobs/{job.uid}/")
        assert "Nothing in &lt;March&gt;." in body
        assert f'action="/jobs/{job.uid}/retry/"' in body
        assert "/download/" not in body

    def test_a_stopped_job_can_be_asked_for_again(
        self, page: Client, alice: Any
    ) -> None:
        job = job_of(alice, status=Job.Status.CANCELLED)
        body = text(page, f"/jobs/{job.uid}/")
        assert "You stopped this." in body
        assert f'action="/jobs/{job.uid}/retry/"' in body


class TestDownload:
    def test_it_works(self, page: Client, alice: Any) -> None:
        job = job_of(alice, status=Job.Status.DONE)
        response = page.get(f"/jobs/{job.uid}/download/")
        assert response.getvalue() == CONTENT
        header = response.headers["Content-Disposition"]
        assert header == "attachment; filename*=utf-8''M%C3%A4rz.pdf"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        policy = response.headers["Content-Security-Policy"]
        assert policy == "sandbox; default-src 'none'"

    def test_it_is_an_event(self, page: Client, alice: Any) -> None:
        job = job_of(alice, status=Job.Status.DONE)
        page.get(f"/jobs/{job.uid}/download/").getvalue()
        event = AuditEvent.objects.get(action=Action.REPORT_DOWNLOADED)
        assert event.actor_uid == str(alice.uid)
        assert event.target_uid == str(job.uid)
        assert event.channel == "page"

    def test_without_the_event_there_is_no_file(
        self, page: Client, alice: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = job_of(alice, status=Job.Status.DONE)

        def refuse(*args: Any, **options: Any) -> None:
            raise RuntimeError("the log is full")

        monkeypatch.setattr(AuditEvent, "save", refuse)
        with pytest.raises(RuntimeError):
            page.get(f"/jobs/{job.uid}/download/")

    @pytest.mark.parametrize("status", ["queued", "running", "failed", "cancelled"])
    def test_there_is_no_file_yet(self, page: Client, alice: Any, status: str) -> None:
        job = job_of(alice, status=status)
        assert page.get(f"/jobs/{job.uid}/download/").status_code == 404

    def test_a_lost_file_is_not_found_and_no_event(
        self, page: Client, alice: Any
    ) -> None:
        job = job_of(alice, status=Job.Status.DONE)
        job.file.storage.delete(str(job.file.name))
        assert page.get(f"/jobs/{job.uid}/download/").status_code == 404
        assert AuditEvent.objects.count() == 0


class TestOthers:
    ways = ("", "download/", "cancel/", "retry/")

    def answers(self, client: Client, job: Job) -> list[tuple[int, bytes]]:
        paths = [f"/jobs/{job.uid}/{way}" for way in self.ways]
        calls: list[Any] = [client.get, client.get, client.post, client.post]
        found = [call(path) for call, path in zip(calls, paths, strict=True)]
        return [(answer.status_code, body_of(answer, job)) for answer in found]

    def test_somebody_elses_is_as_one_that_is_not_there(self, page: Client) -> None:
        theirs = job_of(UserFactory(), status=Job.Status.DONE)
        missing = Job(uid=uuid4())
        assert self.answers(page, theirs) == self.answers(page, missing)
        assert {code for code, _ in self.answers(page, theirs)} == {404}
        assert AuditEvent.objects.filter(action=Action.REPORT_DOWNLOADED).count() == 0

    def test_nobody_sees_anything_signed_out(self, client: Client, alice: Any) -> None:
        job = job_of(alice, status=Job.Status.DONE)
        assert {code for code, _ in self.answers(client, job)} == {302}

    def test_a_clinics_job_needs_a_gate_that_lets_through(
        self, page: Client, alice: Any
    ) -> None:
        clinic_uid = uuid4()
        job = job_of(alice, status=Job.Status.DONE, clinic_uid=clinic_uid)
        own = job_of(alice, title="Own export")
        assert page.get(f"/jobs/{job.uid}/").status_code == 404
        members = {alice.pk}
        gates.register_gate(
            lambda user, job: user.pk in members and job.clinic_uid == clinic_uid
        )
        assert page.get(f"/jobs/{job.uid}/").status_code == 200
        members.clear()
        assert {code for code, _ in self.answers(page, job)} == {404}
        body = text(page, "/jobs/")
        assert "Audit report" not in body
        assert own.title in body


class TestVerbs:
    def test_stop(self, page: Client, alice: Any) -> None:
        job = job_of(alice, status=Job.Status.RUNNING)
        response = page.post(f"/jobs/{job.uid}/cancel/", follow=True)
        assert "You stopped this." in response.content.decode()
        event = AuditEvent.objects.get(action=Action.JOB_CANCELLED)
        assert event.actor_uid == str(alice.uid)

    def test_stopping_what_has_ended_says_so(self, page: Client, alice: Any) -> None:
        job = job_of(alice, status=Job.Status.DONE)
        response = page.post(f"/jobs/{job.uid}/cancel/", follow=True)
        assert "It had ended already." in response.content.decode()
        job.refresh_from_db()
        assert job.status == Job.Status.DONE

    def test_try_again(self, page: Client, alice: Any) -> None:
        job = job_of(alice, status=Job.Status.FAILED, attempts=5, error="No.")
        page.post(f"/jobs/{job.uid}/retry/")
        job.refresh_from_db()
        assert (job.status, job.attempts, job.error) == (Job.Status.QUEUED, 0, "")

    def test_trying_a_finished_job_again_changes_nothing(
        self, page: Client, alice: Any
    ) -> None:
        job = job_of(alice, status=Job.Status.DONE)
        page.post(f"/jobs/{job.uid}/retry/")
        job.refresh_from_db()
        assert job.status == Job.Status.DONE

    @pytest.mark.parametrize("way", ["cancel", "retry"])
    def test_a_link_cannot_do_it(self, page: Client, alice: Any, way: str) -> None:
        job = job_of(alice)
        assert page.get(f"/jobs/{job.uid}/{way}/").status_code == 405


def body_of(answer: Any, job: Job) -> bytes:
    """Without what differs between any two answers, and the address asked for."""
    body = answer.content.replace(answer.headers["X-Request-ID"].encode(), b"")
    body = body.replace(str(job.uid).encode(), b"")
    return re.sub(rb'(?<=name="csrfmiddlewaretoken" value=")\w+', b"", body)
