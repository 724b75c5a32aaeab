"""The clinic's holidays: by hand, out of calendar files, and what they close."""

from datetime import date, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from appointments import actions
from appointments.actions import Session
from appointments.holiday_files import LARGEST, NotACalendar, read_holidays
from appointments.models import Block, Holiday
from appointments.search import free_days
from appointments.tests.conftest import staff_of
from clinics.models import Membership
from healthcare import clock
from healthcare.audit.models import Action, AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]

FIXTURES = Path(__file__).parent / "fixtures"
TUESDAY = date(2026, 9, 22)
TODAY = date(2026, 9, 21)


def url(name, cast, *args):
    return reverse(f"appointments:{name}", args=[cast.clinic.slug, *args])


def text_of(response):
    return " ".join(response.content.decode().split())


def free(cast, day=TUESDAY):
    doctor = Membership.objects.doctors().get(pk=cast.doctor.pk)
    return len(free_days(doctor, first=day, days=1, now=clock.now())[0].starts)


def close(cast, day=TUESDAY):
    return actions.add_holiday(
        clinic=cast.clinic, date=day, name="Founders' day", by=staff_of(cast)
    )


def calendar(*events):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.split(), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def days(content, today=TODAY):
    return [
        each.isoformat() for each in sorted(read_holidays(content, today=today).found)
    ]


class TestClosed:
    def test_no_doctor_of_the_clinic_can_be_booked(self, riverside, hillcrest):
        close(riverside)
        assert (free(riverside), free(hillcrest)) == (0, 6)

    def test_but_for_an_extra_session(self, riverside):
        extra = Session(
            datetime.fromisoformat("2026-09-22 14:00"),
            datetime.fromisoformat("2026-09-22 16:00"),
        )
        by = staff_of(riverside)
        actions.add_extra_session(doctor=riverside.doctor, session=extra, by=by)
        close(riverside)
        assert free(riverside) == 4

    def test_a_switch_opens_a_block_of_it(self, riverside, as_user):
        close(riverside)
        page = text_of(as_user(riverside.doctor).get(url("availability", riverside)))
        assert "Holiday: Founders&#x27; day" in page
        assert page.count(" checked") == 6
        actions.set_day_block(
            doctor=riverside.doctor,
            date=TUESDAY,
            block=Block.MORNING,
            is_on=True,
            by=staff_of(riverside),
        )
        assert free(riverside) == 8


class TestFiles:
    def test_a_real_file(self):
        content = (FIXTURES / "two_calendars.ics").read_bytes()
        found = read_holidays(content, today=date(2003, 1, 1)).found
        assert found == {
            date(2003, 5, 1): "Boxing Day",
            date(2003, 12, 25): "Christmas Day",
        }

    def test_a_daily_event_is_no_holiday(self):
        read = read_holidays((FIXTURES / "daily.ics").read_bytes(), today=TODAY)
        assert read.found == {}
        assert sum(map(len, read.skipped.values())) == 2

    @pytest.mark.parametrize(
        ("event", "expected"),
        [
            ("DTSTART;VALUE=DATE:20261003", ["2026-10-03"]),
            (
                "DTSTART;VALUE=DATE:20261224 DTEND;VALUE=DATE:20261227",
                ["2026-12-24", "2026-12-25", "2026-12-26"],
            ),
            ("DTSTART;VALUE=DATE:20261231 DURATION:P2D", ["2026-12-31", "2027-01-01"]),
            (
                "DTSTART;VALUE=DATE:20201003 RRULE:FREQ=YEARLY",
                ["2026-10-03", "2027-10-03"],
            ),
            (
                "DTSTART;VALUE=DATE:20201126 RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
                ["2026-11-26", "2027-11-25"],
            ),
            ("DTSTART;VALUE=DATE:20240229 RRULE:FREQ=YEARLY", ["2028-02-29"]),
            (
                "DTSTART;VALUE=DATE:20201003 RRULE:FREQ=YEARLY "
                "EXDATE;VALUE=DATE:20261003",
                ["2027-10-03"],
            ),
            (
                "DTSTART;VALUE=DATE:20201003 RRULE:FREQ=YEARLY;UNTIL=20261231",
                ["2026-10-03"],
            ),
        ],
    )
    def test_dates_that_are_taken(self, event, expected):
        assert days(calendar(event)) == expected

    @pytest.mark.parametrize(
        ("event", "why"),
        [
            ("DTSTART:20261003T090000Z", "not all day"),
            ("DTSTART;VALUE=DATE:20251003", "over"),
            ("DTSTART;VALUE=DATE:20361003", "more than two years ahead"),
            ("SUMMARY:Easter", "without a date"),
            ("DTSTART;VALUE=DATE:nonsense", "without a date"),
            ("DTSTART;VALUE=DATE:20261003 STATUS:CANCELLED", "cancelled"),
            (
                "DTSTART;VALUE=DATE:20261003 DTEND;VALUE=DATE:20271003",
                "longer than a month",
            ),
            (
                "DTSTART;VALUE=DATE:20261003 RRULE:FREQ=SECONDLY",
                "repeated in a way we do not read",
            ),
            (
                "DTSTART;VALUE=DATE:20261003 RRULE:FREQ=YEARLY;BYDAY=MO",
                "repeated in a way we do not read",
            ),
        ],
    )
    def test_what_is_left_out_and_why(self, event, why):
        read = read_holidays(calendar(event), today=TODAY)
        assert (read.found, list(read.skipped)) == ({}, [why])

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"", "Choose a calendar file."),
            (b"%PDF-1.7", "Choose a calendar file."),
            (calendar(), "There are no events"),
            (b"BEGIN:VCALENDAR\r\n" + b"x" * LARGEST, "at most 512 KB"),
            (b"BEGIN:VCALENDAR\r\n\xff\xfe\x00", "could not read"),
            (calendar(*["DTSTART;VALUE=DATE:20261003"] * 2001), "at most 2,000"),
        ],
    )
    def test_wrong_files(self, content, told):
        with pytest.raises(NotACalendar, match=told):
            read_holidays(content, today=TODAY)


class TestPages:
    @pytest.fixture
    def owner(self, as_user, riverside):
        return as_user(riverside.owner)

    def upload(self, owner, cast, content):
        file = SimpleUploadedFile("days.ics", content, "text/calendar")
        address = url("import_holidays", cast)
        return text_of(owner.post(address, {"file": file}, follow=True))

    def test_a_holiday_is_added(self, owner, riverside, booked):
        booked(riverside)
        data = {"date": "2026-09-22", "name": "Founders' day"}
        page = text_of(owner.post(url("holidays", riverside), data, follow=True))
        assert "Tuesday 22-Sep-2026" in page
        assert "1 visit is booked then and stays booked." in page
        assert "since=2026-09-22" in page
        event = AuditEvent.objects.get(action=Action.CLINIC_CHANGED)
        assert event.reason == "Added holiday 22-Sep-2026 Founders' day"

    def test_one_date_is_one_holiday(self, owner, riverside):
        close(riverside)
        data = {"date": "2026-09-22", "name": "Again"}
        page = text_of(owner.post(url("holidays", riverside), data))
        assert "22-Sep-2026 is a holiday already: Founders&#x27; day." in page

    def test_a_file_is_imported(self, owner, riverside):
        close(riverside, date(2026, 10, 3))
        content = calendar(
            "DTSTART;VALUE=DATE:20261003 SUMMARY:Unity",
            "DTSTART;VALUE=DATE:20261225 SUMMARY:Christmas",
            "DTSTART:20261003T090000Z SUMMARY:Party",
        )
        page = self.upload(owner, riverside, content)
        assert "1 holiday added. 1 was there already." in page
        assert "Left out: 1 not all day (Party)." in page
        assert Holiday.objects.filter(clinic=riverside.clinic).count() == 2

    def test_a_wrong_file_is_refused(self, owner, riverside):
        page = self.upload(owner, riverside, b"PK\x03\x04")
        assert "Choose a calendar file. Its name ends with .ics." in page
        assert not Holiday.objects.exists()

    def test_a_holiday_is_removed(self, owner, riverside):
        holiday = close(riverside)
        owner.post(url("remove_holiday", riverside, holiday.uid))
        assert free(riverside) == 6

    def test_another_clinics_is_not_found(self, owner, riverside, hillcrest):
        holiday = close(hillcrest)
        address = url("remove_holiday", riverside, holiday.uid)
        assert owner.post(address).status_code == 404
        assert Holiday.objects.exists()

    def test_the_past_has_a_list_of_its_own(self, owner, riverside):
        close(riverside, date(2026, 9, 1))
        address = url("holidays", riverside)
        assert "01-Sep-2026" not in text_of(owner.get(address))
        assert "01-Sep-2026" in text_of(owner.get(address, {"past": "1"}))

    def test_the_number_of_queries_stays(self, owner, riverside, queries):
        def look():
            owner.get(url("holidays", riverside))

        close(riverside)
        look()
        one = queries(look)
        for day in (23, 24):
            close(riverside, date(2026, 9, day))
        assert queries(look) == one

    @pytest.mark.parametrize("who", ["staff", "doctor", "auditor"])
    def test_only_owners(self, as_user, riverside, who):
        member = getattr(riverside, who)
        answer = as_user(member).get(url("holidays", riverside))
        assert answer.status_code == 403
