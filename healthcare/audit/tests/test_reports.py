import hashlib
import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from pypdf import PdfReader

from healthcare import clock
from healthcare.audit import report_pdf, reports, sealing
from healthcare.audit.models import Action, AuditEvent, Verification
from healthcare.audit.tests.test_log import NOON, write
from healthcare.jobs import actions as jobs
from healthcare.jobs import lease
from healthcare.jobs.models import Job
from healthcare.pdf import signing

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client, riverside):
    client.force_login(riverside.auditor.user)
    return client


@pytest.fixture(autouse=True)
def _progress_is_told_every_time(monkeypatch):
    monkeypatch.setattr(lease, "SAVE_EVERY", 0)


def ask(client, **filters) -> Job:
    response = client.post(reverse("audit:report_new", args=["riverside"]), filters)
    job = Job.objects.get()
    assert response.url == reverse("jobs:detail", args=[job.uid])
    return job


def made(job: Job) -> PdfReader:
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.status == Job.Status.DONE, job.error
    return PdfReader(BytesIO(content(job)))


def content(job: Job) -> bytes:
    return Path(job.file.path).read_bytes()


def text_of(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in pdf.pages)


def test_the_report_states_what_it_is(auditor, riverside, hillcrest):
    ours = [write(riverside, reason=f"reason-{n}") for n in range(3)]
    write(
        riverside, by=riverside.staff.user.as_actor(role="staff"), reason="other-role"
    )
    write(hillcrest, reason="theirs")
    job = ask(auditor, role="doctor", first_day="01-Sep-2026", last_day="30-Sep-2026")
    assert job.title == "Access log, 01-Sep-2026 to 30-Sep-2026"
    text = text_of(made(job))
    rows = "".join(f"{event.uid} {event.hmac}\n" for event in reversed(ours))
    for told in (
        "Riverside",
        "From: 01-Sep-2026, To: 30-Sep-2026, Role: Doctor",
        "3. Newest first.",
        "Europe/Berlin",
        "Ada Auditor, Auditor",
        hashlib.sha256(rows.encode()).hexdigest(),
        signing.identity().fingerprint[:19],
        "Page 1 of 1",
        "reason-0",
    ):
        assert told in text, told
    assert "theirs" not in text
    assert "other-role" not in text


def test_the_report_holds_what_was_there_when_it_was_asked_for(auditor, riverside):
    write(riverside, reason="before")
    job = ask(auditor)
    write(riverside, reason="afterwards")
    text = text_of(made(job))
    assert "before" in text
    assert "afterwards" not in text


def test_a_report_of_nothing_says_so(auditor, riverside):
    pdf = made(ask(auditor, role="doctor"))
    assert "No entries match these filters." in text_of(pdf)
    assert len(pdf.pages) == 1


def test_asking_and_making_are_entries(auditor, riverside):
    job = ask(auditor)
    made(job)
    events = AuditEvent.objects.filter(target_uid=str(job.uid)).order_by("id")
    assert [event.action for event in events] == [
        Action.REPORT_REQUESTED,
        Action.REPORT_MADE,
    ]
    assert {event.actor_uid for event in events} == {str(riverside.auditor.user.uid)}


def test_hostile_names_stay_text(auditor, riverside, tmp_path):
    canary = tmp_path / "canary"
    canary.write_text("canary-7391")
    hostile = f'<link rel="attachment" href="{canary.as_uri()}"><img src=x>{{{{ 7 }}}}'
    write(riverside, reason=hostile)
    pdf = made(ask(auditor))
    assert dict(pdf.attachments) == {}
    assert '<link rel="attachment"' in text_of(pdf)
    assert "canary-7391" not in text_of(pdf)


def test_a_long_report_is_made_in_pieces_and_can_be_stopped(
    auditor, riverside, monkeypatch
):
    monkeypatch.setattr(report_pdf, "ROWS_A_PIECE", 20)
    for n in range(50):
        write(riverside, at=NOON + timedelta(seconds=n), reason=f"n-{n}-")
    job = ask(auditor, action="chart.opened")
    pieces = []
    render = report_pdf.ReportHtml.piece

    def piece(self, lines, is_first):
        pieces.append(len(lines))
        if len(pieces) == 2:
            jobs.cancel(job=job, by=riverside.auditor.user.as_actor(role="auditor"))
        return render(self, lines, is_first)

    monkeypatch.setattr(report_pdf.ReportHtml, "piece", piece)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.status == Job.Status.CANCELLED
    assert pieces == [20, 20]
    assert 0 < job.done < 20
    assert job.total == 50
    assert not job.file


@pytest.mark.parametrize(
    ("days", "way_out"),
    [
        ([0, 1, 1], "Choose a shorter period: from 17-Sep-2026 on they fit."),
        ([0, 0, 0], "Choose a person, an action or a patient."),
    ],
)
def test_too_long_a_list_says_so_before_it_begins(
    auditor, riverside, monkeypatch, days, way_out
):
    monkeypatch.setattr(reports, "MOST_ROWS", 2)
    for day in days:
        write(riverside, at=NOON + timedelta(days=day))
    sent = {"role": "doctor", "last_day": "2026-09-30"}
    response = auditor.post(reverse("audit:report_new", args=["riverside"]), sent)
    assert not Job.objects.exists()
    page = auditor.get(response.url)
    assert f"More than 2 entries match, too many for one PDF. {way_out}" in page.text
    assert page.context["form"]["last_day"].value() == "2026-09-30"


def test_a_list_that_grows_too_long_while_it_waits_is_refused(
    auditor, riverside, monkeypatch
):
    monkeypatch.setattr(report_pdf, "MOST_ROWS", 2)
    for _ in range(3):
        write(riverside)
    job = ask(auditor)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.status == Job.Status.FAILED
    assert "Choose a shorter period." in job.error


def test_filters_that_are_wrong_lead_back_with_the_input(auditor):
    sent = {"first_day": "31-Feb-2026"}
    response = auditor.post(reverse("audit:report_new", args=["riverside"]), sent)
    assert "first_day=31-Feb-2026" in response.url
    assert not Job.objects.exists()
    page = auditor.get(response.url)
    assert "Correct the filters first" in page.text


def test_reports_are_listed_for_their_owner_alone(
    auditor, client, riverside, hillcrest
):
    job = ask(auditor)
    made(job)
    page = auditor.get(reverse("audit:reports", args=["riverside"]))
    assert job.title in page.text
    assert reverse("jobs:download", args=[job.uid]) in page.text
    assert job.title in auditor.get(reverse("audit:log", args=["riverside"])).text
    client.force_login(hillcrest.auditor.user)
    assert (
        job.title not in client.get(reverse("audit:reports", args=["hillcrest"])).text
    )
    assert client.get(reverse("jobs:download", args=[job.uid])).status_code == 404


def test_a_former_auditor_no_longer_gets_the_file(auditor, riverside):
    job = ask(auditor)
    made(job)
    download = reverse("jobs:download", args=[job.uid])
    assert auditor.get(download).getvalue() == content(job)
    riverside.auditor.is_active = False
    riverside.auditor.save()
    assert auditor.get(download).status_code == 404


def test_verifying_the_chain_is_a_job_too(auditor, riverside):
    write(riverside)
    sealing.seal()
    auditor.post(reverse("audit:verify", args=["riverside"]))
    job = Job.objects.get()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert json.loads(content(job))["intact"] is True
    found = Verification.objects.get()
    assert found.intact
    assert found.by_label == "Ada Auditor"
    page = auditor.get(reverse("audit:chain", args=["riverside"]))
    assert "Chain verified, 2 entries" in page.text
    assert "As it was written" in page.text


def test_a_broken_chain_is_shown(auditor, riverside):
    values = {
        "at": clock.now(),
        "by_label": "x",
        "events": 3,
        "sealed": 3,
        "seconds": 1,
    }
    finding = {"kind": "edited", "seal": 1, "first_id": 7, "last_id": 7}
    Verification.objects.create(intact=False, findings=[finding], **values)
    log = auditor.get(reverse("audit:log", args=["riverside"]))
    assert "Chain broken" in log.text
    chain = auditor.get(reverse("audit:chain", args=["riverside"]))
    assert "An entry was changed. Entry 7." in chain.text


@pytest.mark.parametrize("page", ["reports/new/", "chain/verify/"])
@pytest.mark.parametrize("role", ["owner", "staff", "doctor"])
def test_nobody_else_starts_these(client, riverside, page, role):
    client.force_login(riverside.users[role])
    assert client.post(f"/c/riverside/audit/{page}").status_code == 403
    assert not Job.objects.exists()
    assert client.get(f"/c/riverside/audit/{page}").status_code == 403
