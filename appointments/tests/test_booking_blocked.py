"""The booking path of somebody who is blocked."""

import pytest

from appointments.models import Appointment
from appointments.tests.booking import sure, url
from appointments.tests.conftest import NINE
from clinics.factories import RegistrationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]


class TestBlocked:
    @pytest.fixture
    def blocked(self, as_user, riverside):
        registration = RegistrationFactory(
            clinic=riverside.clinic,
            blocked_at=NINE,
            blocked_by=riverside.staff.user,
            blocked_reason="Shouted at the desk",
        )
        riverside.clinic.phone = "+493012345678"
        riverside.clinic.save()
        return as_user(registration)

    @pytest.mark.parametrize(
        "name", ["book_departments", "book_doctor", "book_time", "book_check"]
    )
    def test_every_page_says_whom_to_call(self, blocked, riverside, name):
        response = blocked.get(url(name, riverside))
        assert response.status_code == 403
        assert "+49 30 12345678" in response.content.decode()
        assert "Shouted" not in response.content.decode()

    def test_nothing_is_booked(self, blocked, riverside):
        blocked.post(url("book_check", riverside), sure())
        assert not Appointment.objects.exists()

    def test_other_clinics_stay_open(self, blocked, hillcrest):
        assert blocked.get(url("book_departments", hillcrest)).status_code == 200
