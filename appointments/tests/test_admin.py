"""The staff admin does with visits what the pages do, by the same verbs."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appointments import actions
from appointments.factories import ServiceFactory
from appointments.models import Appointment, Status
from appointments.tests.conftest import NINE, staff_of
from healthcare import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]


@pytest.fixture
def staff(as_user, riverside):
    return as_user(riverside.staff)


def do(client, action, *visits):
    address = reverse("admin:appointments_appointment_changelist")
    sent = {"action": action, "_selected_action": [visit.pk for visit in visits]}
    return client.post(address, sent, follow=True)


def status(visit):
    return Appointment.objects.get(pk=visit.pk).status


def test_confirm(staff, riverside, booked):
    ServiceFactory(doctor=riverside.doctor, audience="approval")
    visit = booked(riverside)
    do(staff, "approve", visit)
    assert status(visit) == Status.BOOKED
    assert visit.changes.filter(after="booked").exists()


def test_no_show_only_after_the_start(staff, as_user, riverside, booked):
    visit = booked(riverside)
    page = do(staff, "no_show", visit)
    assert "The visit has not begun yet." in page.content.decode()
    with clock.at(NINE + timedelta(minutes=20)):
        staff.logout()
        do(as_user(riverside.staff), "no_show", visit)
    assert status(visit) == Status.NO_SHOW


def test_take_a_cancellation_back(staff, riverside, booked):
    visit = booked(riverside)
    actions.cancel(appointment=visit, reason="", by=staff_of(riverside))
    do(staff, "restore", visit)
    assert status(visit) == Status.BOOKED
    assert visit.claims.filter(active=True).count() == 2


@pytest.mark.parametrize("action", ["approve", "no_show", "restore", "check_in"])
def test_another_clinics_visits_are_out_of_reach(
    staff, riverside, hillcrest, booked, action
):
    ServiceFactory(doctor=hillcrest.doctor, audience="approval")
    other = booked(hillcrest, starts_at=NINE + timedelta(hours=6))
    do(staff, action, other)
    assert status(other) == Status.REQUESTED
