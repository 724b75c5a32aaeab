"""Calendar files and invites, as another program reads them."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.core import mail

from appointments import actions, calendar
from appointments.calendar import Method
from appointments.models import Appointment, Status
from appointments.tests.conftest import NINE, patient_of
from appointments.tests.reader import read
from healthcare import clock
from healthcare.outbox.delivery import drain

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
def visit(riverside, booked):
    return booked(riverside)


def invite(visit, method=Method.REQUEST):
    return read(calendar.calendar_file(visit, method))


def sent_mail():
    """The mail as its bytes say, read back."""
    drain()
    sent = mail.outbox[-1].message().as_bytes(linesep="\r\n")
    return message_from_bytes(sent, policy=policy.SMTP)


class TestInvite:
    def test_it_asks_the_patient_by_name_of_the_clinic(self, visit, riverside):
        found = invite(visit)
        (event,) = found.events
        assert found.calendar.value("METHOD") == "REQUEST"
        assert event.value("UID") == f"{visit.uid}@healix"
        assert event.value("ORGANIZER").startswith("mailto:")
        email = riverside.patient.patient.user.email
        assert event.value("ATTENDEE") == f"mailto:{email}"
        assert found.moment(event, "DTSTART") == NINE
        assert found.moment(event, "DTEND") == NINE + HALF_HOUR

    def test_it_reminds_a_day_and_two_hours_before(self, visit):
        alarms = invite(visit).events[0].all("VALARM")
        assert [each.value("ACTION") for each in alarms] == ["DISPLAY", "DISPLAY"]
        assert [each.value("TRIGGER") for each in alarms] == ["-P1D", "-PT2H"]
        assert all(each.value("DESCRIPTION") for each in alarms)

    def test_a_cancelled_visit_reminds_nobody(self, visit, riverside):
        actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        found = invite(visit, Method.CANCEL)
        (event,) = found.events
        assert found.calendar.value("METHOD") == "CANCEL"
        assert event.value("UID") == f"{visit.uid}@healix"
        assert event.value("STATUS") == "CANCELLED"
        assert event.value("SEQUENCE") == "1"
        assert event.all("VALARM") == []

    def test_what_the_clinic_has_not_confirmed_is_tentative(self, visit):
        visit.status = Status.REQUESTED
        assert invite(visit).events[0].value("STATUS") == "TENTATIVE"

    def test_words_with_signs_of_the_format_stay_words(self, visit):
        visit.clinic.name = "Ärzte; Berg, Tal\\See"
        (event,) = invite(visit).events
        assert event.value("SUMMARY") == "Appointment at Ärzte; Berg, Tal\\See"


# Clinic zone, instant of the start: nights on which clocks change.
NIGHTS = [
    ("America/New_York", "2026-03-08T06:30Z"),  # 01:30 to 03:00
    ("America/New_York", "2026-03-08T07:00Z"),  # 03:00, the first after the gap
    ("America/New_York", "2026-11-01T05:30Z"),  # 01:30 to 01:00
    ("America/New_York", "2026-11-01T06:30Z"),  # the second 01:30
    ("America/New_York", "2026-11-01T07:00Z"),  # 02:00
    ("Europe/Berlin", "2026-10-25T00:30Z"),
    ("Europe/Berlin", "2026-10-25T01:30Z"),
    ("Australia/Lord_Howe", "2027-04-03T14:45Z"),
    ("Australia/Lord_Howe", "2027-04-03T15:15Z"),
    ("Asia/Kathmandu", "2026-11-02T03:15Z"),
    ("America/Vancouver", "2026-11-02T16:00Z"),
    ("Africa/Cairo", "2027-04-29T22:00Z"),
    ("Europe/Dublin", "2026-12-31T23:45Z"),
    ("UTC", "2026-11-01T05:30Z"),
]


@pytest.mark.parametrize(("zone", "start"), NIGHTS)
def test_a_visit_keeps_its_instant(riverside, visit, zone, start):
    starts_at = datetime.strptime(start, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    visit.time_zone = zone
    visit.starts_at, visit.ends_at = starts_at, starts_at + HALF_HOUR
    found = invite(visit)
    (event,) = found.events
    assert found.moment(event, "DTSTART") == starts_at
    assert found.moment(event, "DTEND") == starts_at + HALF_HOUR


class TestMail:
    def test_mail_programs_find_an_invite(self, visit):
        message = sent_mail()
        assert message.get_content_type() == "multipart/mixed"
        bodies, file = message.iter_parts()
        assert bodies.get_content_type() == "multipart/alternative"
        kinds = [part.get_content_type() for part in bodies.iter_parts()]
        assert kinds == ["text/plain", "text/html", "text/calendar"]
        invitation = list(bodies.iter_parts())[-1]
        assert invitation.get_param("method") == "REQUEST"
        assert invitation.get_content_charset() == "utf-8"
        assert invitation["Content-Disposition"] is None
        assert file.get_filename() == "appointment.ics"
        assert file.get_content_type() == "application/ics"

    def test_both_copies_say_the_same(self, visit):
        bodies, file = sent_mail().iter_parts()
        part = list(bodies.iter_parts())[-1]
        inline = part.get_payload(decode=True)
        assert read(file.get_content()).events == read(inline).events
        assert read(inline).events[0].value("UID") == f"{visit.uid}@healix"

    def test_a_cancelled_visit_takes_itself_away(self, visit, riverside):
        actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        bodies, _file = sent_mail().iter_parts()
        part = list(bodies.iter_parts())[-1]
        assert part.get_param("method") == "CANCEL"

    def test_a_provider_gets_it_as_an_attachment(self, visit, settings):
        """Providers' interfaces refuse bodies other than text and HTML."""
        settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
        drain()
        sent = mail.outbox[-1].anymail_test_params
        (file,) = sent["attachments"]
        assert file.mimetype.startswith("text/calendar")
        assert "method=REQUEST" in file.content_type.replace('"', "")


def test_the_wall_time_and_its_zone_are_in_the_file(visit):
    """So that a visit stays at nine when the zone's rules change."""
    lines = invite(visit).events[0].lines
    assert "DTSTART;TZID=Europe/Berlin:20260922T090000" in lines


def test_sequence_rises_with_every_change(visit, riverside):
    before = invite(visit).events[0].value("SEQUENCE")
    with clock.at(NINE - timedelta(hours=3)):
        actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
    kept = Appointment.objects.get(pk=visit.pk)
    assert int(invite(kept).events[0].value("SEQUENCE")) > int(before)
