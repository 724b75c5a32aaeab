"""An account with visits ahead cannot be closed, the patient's or the doctor's."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actions import StillNeeded, deactivate_account
from appointments.actions import cancel
from appointments.tests.conftest import NINE, patient_of, staff_of
from healthcare import clock
from healthcare.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]

CLOSE = "/accounts/close/"


def close(user):
    deactivate_account(user=user, by=user.as_actor(role=""))


def test_a_patient_is_told_how_many_and_where_to_cancel(as_user, riverside, booked):
    booked(riverside)
    booked(riverside, starts_at=NINE + timedelta(hours=1))
    page = as_user(riverside.patient).get(CLOSE).text
    assert "2 booked visits, the next on 22-Sep-2026 09:00" in page
    assert reverse("appointments:mine") in page
    assert 'type="password"' not in page


def test_a_doctor_is_told_of_each_clinic(as_user, riverside, booked):
    booked(riverside)
    page = as_user(riverside.doctor).get(CLOSE).text
    assert "A patient at Riverside has a visit with you, on 22-Sep-2026 09:00" in page
    assert reverse("appointments:list", args=["riverside"]) in page


@pytest.mark.parametrize("who", ["patient", "doctor"])
def test_the_verb_refuses_until_the_visit_is_cancelled(riverside, booked, who):
    visit, user = booked(riverside), riverside.users[who]
    with pytest.raises(StillNeeded):
        close(user)
    user.refresh_from_db()
    assert user.is_active
    cancel(appointment=visit, reason="Moved away", by=patient_of(riverside))
    close(user)
    assert not user.is_active


def test_visits_that_are_over_keep_nobody(riverside, booked):
    booked(riverside)
    with clock.at(NINE + timedelta(days=2)):
        close(riverside.users["patient"])
        close(riverside.users["doctor"])


def test_visits_of_others_keep_nobody(riverside, booked):
    booked(riverside)
    close(riverside.patient2.patient.user)
    close(riverside.staff.user)


def test_a_doctor_who_left_the_clinic_may_close(riverside, booked):
    """They can no longer see those visits: the clinic has to move them."""
    booked(riverside)
    riverside.doctor.is_active = False
    riverside.doctor.save(update_fields=["is_active"])
    close(riverside.doctor.user)


def test_no_mail_says_that_it_is_closed_when_it_is_not(riverside, booked):
    booked(riverside, by=staff_of(riverside))
    with pytest.raises(StillNeeded):
        close(riverside.users["patient"])
    assert not Message.objects.filter(kind="accounts/closed").exists()
