import json
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from healthcare import clock
from healthcare.audit import head, sealing
from healthcare.audit.actions import Ref, record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action, AuditEvent, Seal, Verification
from healthcare.audit.verification import Kind, verify

pytestmark = pytest.mark.django_db


def write(count: int) -> list[AuditEvent]:
    actor = Actor(kind="user", id=str(uuid4()), label="Amara Osei", role="doctor")
    clinic, patient = Ref(uuid4(), "Riverside"), Ref(uuid4(), "VASSILAKIS, Eleni")
    return [
        record(Action.CHART_OPENED, by=actor, clinic=clinic, patient=patient)
        for _ in range(count)
    ]


def test_blocks_are_chained(monkeypatch):
    monkeypatch.setattr(sealing, "BLOCK", 4)
    write(10)
    assert sealing.seal() == 10
    assert [s.count for s in Seal.objects.order_by("number")] == [4, 4, 2]
    seals = list(Seal.objects.order_by("number"))
    assert [s.previous for s in seals] == ["", seals[0].hmac, seals[1].hmac]
    assert sealing.seal() == 0
    report = verify(head.read(settings.AUDIT_HEAD))
    assert (report.intact, report.events, report.sealed) == (True, 10, 10)
    assert report.head == "matched"


def test_what_is_not_sealed_yet_is_read_too():
    write(3)
    sealing.seal()
    write(2)
    report = verify(None)
    assert (report.intact, report.events, report.sealed) == (True, 5, 3)


def test_an_empty_log_is_intact():
    assert sealing.seal() == 0
    report = verify(head.read(settings.AUDIT_HEAD))
    assert (report.intact, report.events, report.head) == (True, 0, "none")


@pytest.mark.parametrize(
    "moment", ["2026-03-29T00:30:00.000000+00:00", "2026-10-25T00:30:00.123450+00:00"]
)
def test_every_moment_reads_the_same_from_the_database(moment):
    """A whole second, and a fraction that ends in zeros."""
    with clock.at(datetime.fromisoformat(moment)):
        write(1)
    assert verify(None).intact


def test_odd_names_read_the_same_from_the_database():
    name = "O\u2019Brien \x00\x1f\n “İ” \U0001f600 %s {} ' \" \\ " + "x" * 300
    actor = Actor(kind="user", id="", label=name, role="doctor")
    event = record(Action.LOG_OPENED, by=actor, reason=name)
    assert "\x1f" not in event.reason
    assert verify(None).intact


@pytest.mark.parametrize(
    ("model", "change"), [(Seal, {"hmac": ""}), (Verification, {"intact": False})]
)
def test_seals_and_verifications_are_only_added(model, change):
    write(1)
    sealing.seal()
    call_command("verify_audit")
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all().delete()


def test_the_published_head_never_goes_back(settings):
    write(1)
    sealing.seal()
    other = head.Head(1, "f" * 64, 1, "before the database was replaced")
    head.publish(other)
    write(1)
    sealing.seal()
    assert head.read(settings.AUDIT_HEAD) == other
    assert [str(each.kind) for each in verify(other).findings] == ["seal changed"]


def test_a_head_that_is_not_one_is_refused(settings):
    settings.AUDIT_HEAD.write_text("{}")
    with pytest.raises(head.BadHead):
        head.read(settings.AUDIT_HEAD)


def test_sealing_uses_the_clock():
    moment = clock.now() - timedelta(days=3)
    write(1)
    with clock.at(moment):
        sealing.seal()
    assert Seal.objects.get().sealed_at == moment
    assert verify(None).intact


def line_of(capsys) -> tuple[dict, str]:
    told = capsys.readouterr()
    (line,) = told.out.splitlines()
    return json.loads(line), told.err


def test_the_command_prints_one_line(capsys):
    write(3)
    sealing.seal()
    call_command("verify_audit")
    line, _ = line_of(capsys)
    assert (line["intact"], line["events"], line["head"]) == (True, 3, "matched")
    assert AuditEvent.objects.filter(action=Action.LOG_VERIFIED).count() == 1
    assert Verification.objects.get().intact


def test_the_command_takes_a_head_and_fails_when_it_is_not_in_the_chain(
    capsys, tmp_path
):
    write(3)
    sealing.seal()
    elsewhere = tmp_path / "head.json"
    published = json.loads(settings.AUDIT_HEAD.read_text())
    elsewhere.write_text(json.dumps(published | {"number": 7}))
    with pytest.raises(SystemExit) as refused:
        call_command("verify_audit", head=elsewhere)
    assert refused.value.code == 1
    line, errors = line_of(capsys)
    assert line["findings"][0]["kind"] == Kind.CUT
    assert "cut off" in errors
    assert not Verification.objects.get().intact


@pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_a_late_commit_is_never_left_behind():
    """A lower id that commits after a higher one is waited for."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Event

    written, finish = Event(), Event()

    def slow_writer() -> None:
        with transaction.atomic():
            write(1)
            written.set()
            finish.wait(20)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(slow_writer)
        assert written.wait(20)
        write(1)
        assert sealing.seal() == 0
        finish.set()
        slow.result()
    assert sealing.seal() == 2
    assert verify(None).intact
