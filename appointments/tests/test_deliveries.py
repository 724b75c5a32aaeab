"""What was sent to whom: found, explained, tried again, warned of."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from appointments import actions
from appointments.actions.reminding import send_due_reminders, usual_policy
from appointments.models import Appointment, Delivery
from appointments.tests.conftest import MONDAY, NINE, patient_of
from appointments.tests.test_reminding import EVE, FRIDAY, copies
from healthcare import clock
from healthcare.audit.models import Action, AuditEvent
from healthcare.outbox.delivery import drain
from healthcare.outbox.models import Message
from healthcare.testing import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hours")]
PAGE = "/c/riverside/deliveries/"
LATER = EVE + timedelta(minutes=5)


@pytest.fixture
def visit(riverside: Cast, booked: Any) -> Appointment:
    """Reminded of on the eve, by e-mail and in Healix."""
    with clock.at(FRIDAY):
        usual_policy(riverside.clinic)
        appointment: Appointment = booked(riverside)
        riverside.patient.patient.phone = "+4915112345678"
        riverside.patient.patient.save()
    with clock.at(MONDAY):
        send_due_reminders()
    Message.objects.all().delete()
    Delivery.objects.all().delete()
    with clock.at(EVE):
        send_due_reminders()
    return appointment


@pytest.fixture
def staff(as_user: Any, riverside: Cast) -> Any:
    return as_user(riverside.staff)


@pytest.fixture
def dead(visit: Appointment) -> Delivery:
    """The e-mail, given up."""
    Message.objects.filter(channel="email").update(
        status=Message.Status.DEAD, attempts=5, last_error="SMTPRecipientsRefused"
    )
    return Delivery.objects.get(channel="email")


def text_of(client: Any, address: str = PAGE) -> str:
    with clock.at(LATER):
        return " ".join(client.get(address).content.decode().split())


def table(client: Any, query: str = "") -> str:
    return text_of(client, PAGE + query).partition("Messages found")[2]


def retry(client: Any, delivery: Delivery) -> Any:
    with clock.at(LATER):
        return client.post(f"{PAGE}{delivery.uid}/retry/", follow=True)


class TestList:
    def test_it_says_what_was_sent_to_whom(
        self, visit: Appointment, staff: Any, riverside: Cast
    ) -> None:
        page = table(staff)
        assert page.count(riverside.patient.patient.clinical_name) >= 2
        assert "21-Sep-2026 18:00" in page
        assert "Reminder" in page
        assert "Waiting" in page
        assert "In Healix" in page

    @pytest.mark.parametrize(
        ("query", "rows"),
        [
            ("?channel=email", 1),
            ("?state=sent", 1),
            ("?state=dead", 0),
            ("?kind=reminder", 2),
            ("?kind=today", 0),
            ("?since=2026-09-21&until=2026-09-21", 2),
            ("?since=2026-09-22", 0),
            ("?until=2026-09-20", 0),
            ("?state=nonsense", 2),
        ],
    )
    def test_it_is_narrowed(
        self, visit: Appointment, staff: Any, query: str, rows: int
    ) -> None:
        assert table(staff, query).count('<th scope="row">') == rows

    def test_it_is_sorted(self, visit: Appointment, staff: Any) -> None:
        Delivery.objects.filter(channel="email").update(created_at=MONDAY)
        newest, oldest = table(staff), table(staff, "?sort=oldest")
        assert newest.index("E-mail") > newest.index("In Healix")
        assert oldest.index("E-mail") < oldest.index("In Healix")

    def test_it_has_pages(
        self, visit: Appointment, staff: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("appointments.views.deliveries.PER_PAGE", 1)
        first = Delivery.objects.order_by("-created_at", "-id").first()
        assert first is not None
        assert f"?before={first.uid}" in table(staff)
        assert table(staff, f"?before={first.uid}").count('<th scope="row">') == 1

    def test_there_is_nothing_yet(self, staff: Any) -> None:
        assert "Nothing was sent yet." in text_of(staff)

    def test_another_clinics_are_not_there(
        self, visit: Appointment, as_user: Any, hillcrest: Cast
    ) -> None:
        staff = as_user(hillcrest.staff)
        assert staff.get(PAGE).status_code == 404
        assert "Nothing was sent yet." in text_of(staff, "/c/hillcrest/deliveries/")

    @pytest.mark.parametrize("who", ["doctor", "auditor"])
    def test_doctors_and_auditors_stay_outside(
        self, as_user: Any, riverside: Cast, who: str
    ) -> None:
        assert as_user(getattr(riverside, who)).get(PAGE).status_code == 403

    def test_three_cost_what_one_costs(
        self, visit: Appointment, staff: Any, queries: Any
    ) -> None:
        text_of(staff)
        one = queries(lambda: text_of(staff))
        copies(visit, 2)
        with clock.at(LATER):
            send_due_reminders()
        assert table(staff).count('<th scope="row">') == 6
        assert queries(lambda: text_of(staff)) == one


class TestConfirmations:
    def test_bookings_and_cancellations_are_listed(
        self, staff: Any, riverside: Cast, booked: Any
    ) -> None:
        with clock.at(EVE):
            visit = booked(riverside)
            actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        page = table(staff)
        assert page.count(riverside.patient.patient.clinical_name) >= 2
        assert "Booking" in page
        assert "Cancellation" in page

    def test_one_with_a_link_is_a_call(
        self, staff: Any, riverside: Cast, booked: Any
    ) -> None:
        with clock.at(EVE):
            booked(riverside)
            Message.objects.update(status=Message.Status.DEAD)
        page = table(staff)
        assert "Call the patient. Its link cannot be sent again." in page
        assert "Try again" not in page

    def test_an_outdated_one_is_not_tried_again(
        self, staff: Any, riverside: Cast, booked: Any
    ) -> None:
        with clock.at(EVE):
            visit = booked(riverside)
            Message.objects.update(status=Message.Status.DEAD)
            actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        told = Delivery.objects.get(kind=Delivery.Kind.BOOKED)
        assert "not sent again" in retry(staff, told).content.decode()


class TestFailures:
    def test_it_says_what_to_do(self, dead: Delivery, staff: Any) -> None:
        page = table(staff)
        assert "The mail server refused the address." in page
        assert "Try again, or call the patient." in page
        assert 'href="tel:+4915112345678"' in page

    def test_one_is_tried_again(self, dead: Delivery, staff: Any) -> None:
        answer = retry(staff, dead)
        assert "on its way again" in answer.content.decode()
        assert AuditEvent.objects.filter(action=Action.MESSAGE_RETRIED).count() == 1
        with clock.at(LATER):
            drain()
        assert [sent.subject[:9] for sent in mail.outbox] == ["Reminder:"]

    def test_twice_is_once(self, dead: Delivery, staff: Any) -> None:
        retry(staff, dead)
        assert "nothing to try again" in retry(staff, dead).content.decode()
        assert AuditEvent.objects.filter(action=Action.MESSAGE_RETRIED).count() == 1

    def test_what_is_no_longer_so_is_not_tried_again(
        self, dead: Delivery, staff: Any, visit: Appointment, riverside: Cast
    ) -> None:
        with clock.at(EVE):
            actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        assert "not sent again" in retry(staff, dead).content.decode()
        dead.refresh_from_db()
        assert dead.message is not None
        assert dead.message.status == Message.Status.DEAD

    def test_what_was_sent_is_not_tried_again(
        self, visit: Appointment, staff: Any
    ) -> None:
        told = Delivery.objects.get(channel="in-app")
        assert "nothing to try again" in retry(staff, told).content.decode()

    def test_one_that_was_stopped_says_why(
        self, visit: Appointment, staff: Any, riverside: Cast
    ) -> None:
        with clock.at(EVE):
            actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        with clock.at(LATER):
            drain()
        page = table(staff, "?channel=email&kind=reminder")
        assert "Not sent: the visit was changed, or it was too late." in page
        assert "Try again" not in page


class TestWarning:
    WARNING = "1 message about a coming visit did not arrive."

    def test_reception_sees_it(self, dead: Delivery, staff: Any) -> None:
        assert self.WARNING in text_of(staff, "/c/riverside/desk/")

    def test_the_owner_sees_it(
        self, dead: Delivery, as_user: Any, riverside: Cast
    ) -> None:
        assert self.WARNING in text_of(as_user(riverside.owner), "/c/riverside/")

    def test_it_leads_to_what_failed(self, dead: Delivery, staff: Any) -> None:
        assert f"{PAGE}?state=dead" in text_of(staff, "/c/riverside/desk/")
        assert table(staff, "?state=dead").count('<th scope="row">') == 1

    def test_it_goes_with_the_visit(self, dead: Delivery, staff: Any) -> None:
        with clock.at(NINE + timedelta(minutes=1)):
            page = staff.get("/c/riverside/desk/").content.decode()
        assert "did not arrive" not in page

    def test_without_failures_there_is_none(
        self, visit: Appointment, staff: Any
    ) -> None:
        assert "did not arrive" not in text_of(staff, "/c/riverside/desk/")
