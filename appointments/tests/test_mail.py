"""What leaves the house: no health details, and a calendar file others can read."""

import re
from base64 import b64decode
from datetime import UTC, datetime, timedelta

import pytest
from dateutil.parser import parse as parse_date  # type: ignore[import-untyped]
from dateutil.tz import tzical  # type: ignore[import-untyped]
from icalendar import Calendar

from appointments import actions, calendar
from appointments.calendar import Method
from appointments.tests.conftest import NINE, patient_of, staff_of
from healthcare import clock
from healthcare.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]

SECRETS = ("Palpitations", "Cardiology", "Consultation", "Dr ", "Ada", "80.00")


@pytest.fixture
def visit(riverside, booked):
    riverside.clinic.address_line, riverside.clinic.city = "Uferstrasse 12", "Berlin"
    riverside.clinic.email = "desk@riverside.test"
    riverside.clinic.save()
    return booked(riverside)


def ics_of(message: Message) -> str:
    (file,) = message.attachments
    return b64decode(file["content"]).decode()


def unfolded(text: str) -> list[str]:
    return re.sub(r"\r\n[ \t]", "", text).split("\r\n")


def everything(message: Message) -> str:
    return "\n".join((message.subject, message.text, message.html, ics_of(message)))


class TestBooked:
    def test_it_is_sent_to_the_patient(self, visit, riverside):
        message = Message.objects.get()
        assert message.kind == "appointments/booked"
        assert message.to == riverside.patient.patient.user.email
        assert message.clinic_uid == riverside.clinic.uid
        assert message.not_after == visit.starts_at

    def test_it_says_where_and_when(self, visit):
        message = Message.objects.get()
        assert message.subject == "Your appointment at Riverside, Tuesday 22-Sep-2026"
        for text in (message.text, message.html):
            assert "09:00 to 09:30 (Berlin time)" in text
            assert visit.reference in text
            assert visit.get_absolute_url() in text
            assert "Uferstrasse 12" in text

    @pytest.mark.parametrize("secret", SECRETS)
    def test_it_holds_no_health_details(self, visit, secret):
        assert secret not in everything(Message.objects.get())

    def test_what_people_wrote_is_escaped(self, riverside, booked):
        riverside.clinic.name = "A & B <i>clinic</i>"
        riverside.clinic.save()
        booked(riverside)
        message = Message.objects.get()
        assert "A &amp; B &lt;i&gt;clinic" in message.html
        assert "A & B <i>clinic</i>" in message.text
        assert "A & B <i>clinic</i>" in message.subject


class TestCancelled:
    def test_it_takes_the_entry_away(self, visit, riverside):
        actions.cancel(appointment=visit, reason="Fever", by=patient_of(riverside))
        booked, cancelled = Message.objects.order_by("id")
        before, after = (Calendar.from_ical(ics_of(m)) for m in (booked, cancelled))
        assert (before["method"], after["method"]) == ("REQUEST", "CANCEL")
        first, second = before.events[0], after.events[0]
        assert first["uid"] == second["uid"]
        assert (first["sequence"], second["sequence"]) == (0, 1)
        assert (first["status"], second["status"]) == ("CONFIRMED", "CANCELLED")

    @pytest.mark.parametrize("secret", [*SECRETS, "Fever"])
    def test_it_holds_no_health_details(self, visit, riverside, secret):
        actions.cancel(appointment=visit, reason="Fever", by=patient_of(riverside))
        assert secret not in everything(Message.objects.latest("id"))

    def test_nothing_is_sent_about_the_past(self, visit, riverside):
        with clock.at(visit.starts_at + timedelta(hours=1)):
            actions.cancel(appointment=visit, reason="", by=staff_of(riverside))
        assert Message.objects.count() == 1


class TestCalendarFile:
    def event(self, visit, method=Method.REQUEST):
        return Calendar.from_ical(calendar.calendar_file(visit, method)).events[0]

    def test_it_is_read_back(self, visit, riverside):
        event = self.event(visit)
        assert event["dtstart"].dt == NINE
        assert event["dtend"].dt == NINE + timedelta(minutes=30)
        assert event["dtstart"].params["tzid"] == "Europe/Berlin"
        assert str(event["organizer"]) == "mailto:desk@riverside.test"
        assert str(event["attendee"]) == (
            f"mailto:{riverside.patient.patient.user.email}"
        )
        assert event["summary"] == "Appointment at Riverside"

    def test_another_reader_finds_the_same_time(self, visit, tmp_path):
        """dateutil knows nothing but the file's own VTIMEZONE."""
        file = tmp_path / "visit.ics"
        file.write_bytes(calendar.calendar_file(visit, Method.REQUEST))
        zone = tzical(str(file)).get("Europe/Berlin")
        (line,) = (
            each
            for each in unfolded(file.read_bytes().decode())
            if each.startswith("DTSTART;TZID=Europe/Berlin:")
        )
        local = parse_date(line.split(":")[1]).replace(tzinfo=zone)
        assert local.astimezone(UTC) == NINE

    def test_a_download_invites_nobody(self, visit):
        event = self.event(visit, Method.PUBLISH)
        assert "attendee" not in event

    def test_the_second_of_two_equal_wall_times_is_in_utc(self, hillcrest, wish):
        hillcrest.doctor.weekly_rules.update(starts="00:30", ends="03:00")
        second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
        with clock.at(datetime(2026, 10, 20, 12, 0, tzinfo=UTC)):
            visit = actions.book(**wish(hillcrest, starts_at=second))
        lines = unfolded(calendar.calendar_file(visit, Method.REQUEST).decode())
        assert "DTSTART:20261101T063000Z" in lines

    def test_no_line_is_longer_than_others_can_read(self, visit):
        content = calendar.calendar_file(visit, Method.REQUEST)
        assert max(len(line) for line in content.split(b"\r\n")) <= 75
