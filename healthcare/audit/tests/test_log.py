from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from healthcare import clock
from healthcare.audit import log as reading
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action, AuditEvent, Outcome

pytestmark = pytest.mark.django_db

NOON = datetime.fromisoformat("2026-09-16T12:00:00+00:00")


@pytest.fixture
def auditor(client, riverside):
    client.force_login(riverside.auditor.user)
    return client


@pytest.fixture
def url(riverside):
    return reverse("audit:log", args=[riverside.clinic.slug])


def write(cast, *, at=NOON, by=None, action=Action.CHART_OPENED, **extra):
    values = {"clinic": cast.clinic, "patient": cast.patient.patient, **extra}
    with clock.at(at):
        return record(
            action, by=by or cast.doctor.user.as_actor(role="doctor"), **values
        )


def reasons(response):
    return [line.reason for line in response.context["page"].lines]


def test_an_entry_is_told_in_words(auditor, url, riverside):
    event = write(riverside, reason="Care today", target=riverside.patient)
    page = auditor.get(url)
    (line,) = page.context["page"].lines
    assert line.at == "16-Sep-2026 14:00:00"
    assert (line.person, line.role) == ("Ada Doctor", "Doctor")
    assert line.action == "Chart opened"
    assert line.record == str(riverside.patient.patient)
    assert line.record_sub == "Registration"
    assert line.seal == f"{event.hmac[:4]}…{event.hmac[-4:]}"
    assert "Care today" in page.text


def test_an_empty_log_says_so(auditor, url):
    assert "No entries match these filters." in auditor.get(url).text


def test_reading_the_log_is_an_entry(auditor, url, riverside):
    auditor.get(url, {"role": "doctor", "first_day": "16-Sep-2026"})
    event = AuditEvent.objects.get(action=Action.LOG_OPENED)
    assert event.actor_uid == str(riverside.auditor.user.uid)
    assert event.clinic_uid == riverside.clinic.uid
    assert event.reason == "From: 16-Sep-2026, Role: Doctor"


def test_another_clinics_entries_are_never_there(auditor, url, riverside, hillcrest):
    write(riverside, reason="ours")
    theirs = write(hillcrest, reason="theirs")
    assert reasons(auditor.get(url)) == ["ours"]
    for query in ({"patient": str(hillcrest.patient.patient)}, {"before": theirs.uid}):
        assert "theirs" not in auditor.get(url, query).text


FILTERS = [
    ({"role": "doctor"}, {"role": "staff"}),
    ({"action": "chart.opened"}, {"action": "appointment.booked"}),
    ({"outcome": "done"}, {"outcome": "refused"}),
    ({"person": "ada doc"}, {"person": "nobody"}),
    ({"first_day": "16-Sep-2026"}, {"first_day": "17-Sep-2026"}),
    ({"last_day": "2026-09-16"}, {"last_day": "15.09.2026"}),
]


@pytest.mark.parametrize(("hit", "miss"), FILTERS)
def test_filters(auditor, url, riverside, hit, miss):
    write(riverside, reason="looked for")
    assert "looked for" in reasons(auditor.get(url, hit))
    assert "looked for" not in reasons(auditor.get(url, miss))


def test_days_are_the_clinics_days(auditor, url, riverside):
    """Berlin's 16 September begins at 22:00 UTC the day before."""
    start = datetime.fromisoformat("2026-09-15T22:00:00+00:00")
    day = {"first_day": "16-Sep-2026", "last_day": "16-Sep-2026"}
    for at, reason in (
        (start - timedelta(microseconds=1), "before"),
        (start, "first"),
        (start + timedelta(hours=24, microseconds=-1), "last"),
        (start + timedelta(hours=24), "after"),
    ):
        write(riverside, at=at, reason=reason)
    assert reasons(auditor.get(url, day)) == ["last", "first"]


def test_a_patient_is_found_by_name_and_by_record_number(auditor, url, riverside):
    write(riverside, reason="the first's")
    write(riverside, patient=riverside.patient2.patient, reason="the second's")
    number = riverside.patient2.record_number
    name = riverside.patient2.patient.family_name
    for text in (number, number.lower(), name, name.upper()):
        assert reasons(auditor.get(url, {"patient": text})) == ["the second's"]
    assert reasons(auditor.get(url, {"patient": "Nobody"})) == []


def test_a_command_is_found_by_its_name(auditor, url, riverside):
    write(riverside, by=Actor.system("Nightly verification"), reason="by night")
    assert reasons(auditor.get(url, {"person": "nightly"})) == ["by night"]


BAD_DAYS = ["31-Feb-2026", "yesterday", "0001-01-01", "9999-12-31", "2026-13-01", "'--"]


@pytest.mark.parametrize("day", BAD_DAYS)
@pytest.mark.parametrize("field", ["first_day", "last_day"])
def test_a_malformed_day_is_answered_and_kept(auditor, url, riverside, field, day):
    write(riverside, reason="hidden")
    page = auditor.get(url, {field: day})
    assert page.status_code == 200
    assert page.context["form"].errors[field]
    assert page.context["form"][field].value() == day
    assert reasons(page) == []


def test_the_last_day_is_not_before_the_first(auditor, url):
    days = {"first_day": "17-Sep-2026", "last_day": "16-Sep-2026"}
    page = auditor.get(url, days)
    assert "Enter a day on or after the first." in page.text


@pytest.mark.parametrize(
    "query",
    [{"before": "x"}, {"after": str(uuid4())}, {"sort": "x"}, {"role": "king"}],
)
def test_nonsense_in_the_address_does_no_harm(auditor, url, query):
    assert auditor.get(url, query).status_code == 200


def walk(auditor, url, link, **query):
    """The reasons on page after page."""
    pages = []
    while True:
        page = auditor.get(url, query).context["page"]
        pages.append([line.reason for line in page.lines])
        cursor = getattr(page, link)
        if not cursor:
            return pages
        query = {**query, {"older": "before", "newer": "after"}[link]: cursor}


def test_pages_follow_each_other_without_gap_or_repeat(
    auditor, url, riverside, monkeypatch
):
    """Also when many entries are of the same moment."""
    monkeypatch.setattr(reading, "PAGE", 4)
    for n in range(10):
        write(riverside, at=NOON + timedelta(seconds=n // 3), reason=str(n))
    chart = {"action": "chart.opened"}
    newest_first = [["9", "8", "7", "6"], ["5", "4", "3", "2"], ["1", "0"]]
    oldest_first = [["0", "1", "2", "3"], ["4", "5", "6", "7"], ["8", "9"]]
    assert walk(auditor, url, "older", **chart) == newest_first
    assert walk(auditor, url, "newer", sort="oldest", **chart) == oldest_first


def test_the_way_back_leads_to_the_same_page(auditor, url, riverside, monkeypatch):
    monkeypatch.setattr(reading, "PAGE", 4)
    for n in range(10):
        write(riverside, at=NOON + timedelta(seconds=n), reason=str(n))
    chart = {"action": "chart.opened"}
    second = auditor.get(url, chart | {"before": cursor(auditor.get(url, chart))})
    back = auditor.get(url, chart | {"after": second.context["page"].newer})
    assert reasons(back) == ["9", "8", "7", "6"]
    assert back.context["page"].newer == ""


def cursor(response):
    return response.context["page"].older


@pytest.mark.parametrize("count", [1, 3, 25])
def test_the_number_of_queries_does_not_grow(
    auditor, url, riverside, count, django_assert_max_num_queries
):
    for n in range(count):
        write(riverside, reason=str(n))
    auditor.get(url)
    with django_assert_max_num_queries(14) as asked:
        assert len(auditor.get(url, {"role": "doctor"}).context["page"].lines) == count
    assert not any("COUNT(" in each["sql"] for each in asked.captured_queries)


def test_a_refusal_stands_out(auditor, url, riverside):
    write(riverside, action=Action.ACCESS_REFUSED, outcome=Outcome.REFUSED)
    (line,) = auditor.get(url, {"outcome": "refused"}).context["page"].lines
    assert (line.kind, line.icon) == ("danger", "slash-circle")


def test_the_details_tell_everything_and_whether_it_is_as_written(
    auditor, url, riverside
):
    event = write(riverside, reason="Care today", target=riverside.patient)
    page = auditor.get(f"{url}{event.uid}/")
    for told in ("Care today", event.actor_uid, event.target_uid, event.hmac):
        assert told in page.text
    assert page.context["proof"].holds
    assert "Not sealed yet" in page.text


def test_the_details_of_another_clinic_are_not_found(auditor, url, hillcrest):
    event = write(hillcrest)
    assert auditor.get(f"{url}{event.uid}/").status_code == 404
    assert auditor.get(f"{url}{uuid4()}/").status_code == 404


@pytest.mark.parametrize("role", ["owner", "staff", "doctor", "patient"])
@pytest.mark.parametrize("page", ["", "chain/", "reports/"])
def test_nobody_else_reads_the_log(client, url, riverside, role, page):
    client.force_login(riverside.users[role])
    expected = 404 if role == "patient" else 403
    assert client.get(f"{url}{page}").status_code == expected


def test_an_auditor_of_another_clinic_finds_nothing(client, url, hillcrest):
    client.force_login(hillcrest.auditor.user)
    assert client.get(url).status_code == 404
