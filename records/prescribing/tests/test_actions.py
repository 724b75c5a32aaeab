import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from healthcare import clock
from records.conftest import BODY
from records.prescribing.actions import checked_lines, prescribe
from records.prescribing.models import Prescription, PrescriptionLine

LINE = BODY["lines"][0]


def lines(*changes):
    return [LINE | change for change in changes]


def test_numbers_are_short_and_easy_to_read(riverside, sign_visit):
    for _ in range(5):
        sign_visit(riverside)
    numbers = set(Prescription.objects.values_list("number", flat=True))
    assert len(numbers) == 5
    assert all(re.fullmatch(r"RX-[0-9A-HJKMNP-TV-Z]{8}", each) for each in numbers)


def test_the_last_day_counts_the_first(riverside, sign_visit):
    zone = riverside.clinic.zone
    late = clock.now().astimezone(zone).replace(hour=0, minute=30)
    body = BODY | {"lines": lines({"duration_days": "7"}, {"duration_days": ""})}
    sign_visit(riverside, starts_at=late, body=body)
    week, endless = PrescriptionLine.objects.all()
    assert week.starts_on == late.date()
    assert week.ends_on == late.date() + timedelta(days=6)
    assert endless.ends_on is None


def test_current_and_past_meet_without_a_gap(riverside, sign_visit):
    body = BODY | {"lines": lines({"duration_days": "7"})}
    sign_visit(riverside, body=body)
    line = PrescriptionLine.objects.get()
    last, every = line.starts_on + timedelta(days=6), PrescriptionLine.objects.all()
    assert (every.current(last).count(), every.past(last).count()) == (1, 0)
    after = last + timedelta(days=1)
    assert (every.current(after).count(), every.past(after).count()) == (0, 1)


def test_no_lines_no_prescription(riverside, sign_visit):
    body = BODY | {"lines": []}
    version = sign_visit(riverside, body=body).latest
    by = riverside.doctor.user.as_actor(role="doctor")
    told = prescribe(version=version, lines=[], doctor=riverside.doctor, by=by)
    assert told is None


def test_every_problem_is_named():
    with pytest.raises(ValidationError) as refusal:
        checked_lines(lines({"dose": ""}, {"medicine": "x" * 121}))
    told = " ".join(refusal.value.messages)
    assert "Medicine 1, dose" in told
    assert "Medicine 2, medicine" in told


@pytest.mark.parametrize("days", ["0", "-3", "731", "1.5", "soon"])
def test_days_are_a_sensible_number(days):
    with pytest.raises(ValidationError, match="days"):
        checked_lines(lines({"duration_days": days}))


@pytest.mark.parametrize("model", [Prescription, PrescriptionLine])
def test_nothing_is_ever_changed_or_removed(riverside, sign_visit, model):
    sign_visit(riverside)
    row = model.objects.get()
    for act in (row.save, row.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
