"""Booking for a patient at the desk."""

from datetime import timedelta

import pytest

from accounts.models import Person
from appointments.factories import ServiceFactory
from appointments.models import Appointment, BookingPolicy, Series, StatusChange
from appointments.tests.conftest import NINE
from appointments.tests.test_desk import text_of, url
from appointments.when import format_instant
from clinics.actions import block_patient
from clinics.factories import RegistrationFactory
from clinics.models import Registration
from healthcare.outbox.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]

NEW = {
    "given_name": "Olu",
    "family_name": "Ade",
    "date_of_birth_day": "31",
    "date_of_birth_month": "3",
    "date_of_birth_year": "1980",
    "sex": "male",
    "phone": "",
    "contact_email": "olu@example.test",
}


@pytest.fixture
def staff(as_user, riverside):
    return as_user(riverside.staff)


@pytest.fixture
def slot(riverside):
    """The query that names a time of the doctor's."""
    return {"doctor": str(riverside.doctor.uid), "time": format_instant(NINE)}


def confirm(cast, slot):
    return url("desk_confirm", cast, cast.patient.uid, **slot)


def submission(response):
    return response.context["form"]["submission"].value()


def book(client, address, **values):
    sent = {"submission": submission(client.get(address)), "reason": "", **values}
    return client.post(address, sent, follow=True)


class TestWho:
    def test_the_patient_is_found(self, staff, riverside, hillcrest):
        page = text_of(staff.get(url("desk_book", riverside, q="RIV")))
        assert "Nobody here fits" in page
        number = riverside.patient.record_number
        page = text_of(staff.get(url("desk_book", riverside, q=number)))
        assert riverside.patient.patient.clinical_name in page
        assert str(riverside.patient.uid) in page

    def test_a_chosen_time_is_carried_along(self, staff, riverside, slot):
        number = riverside.patient.record_number
        page = staff.get(url("desk_book", riverside, q=number, **slot))
        row = page.context["found"][0]
        assert format_instant(NINE) in staff.get(row.url).content.decode()

    def test_a_new_patient(self, staff, riverside):
        response = staff.post(url("desk_register", riverside), NEW, follow=True)
        made = Registration.objects.get(patient__family_name="Ade")
        assert made.patient.user is None
        assert response.redirect_chain[-1][0] == url("desk_time", riverside, made.uid)

    def test_who_is_alike_is_shown_first(self, staff, riverside):
        staff.post(url("desk_register", riverside), NEW)
        page = staff.post(
            url("desk_register", riverside), {**NEW, "given_name": "Olu A"}
        )
        assert "Use this patient" in text_of(page)
        assert Person.objects.filter(family_name="Ade").count() == 1
        staff.post(url("desk_register", riverside), {**NEW, "anyway": "1"})
        assert Person.objects.filter(family_name="Ade").count() == 2

    def test_the_form_says_what_is_missing(self, staff, riverside):
        page = staff.post(url("desk_register", riverside), {"given_name": "Olu"})
        assert "Type the family name." in text_of(page)
        assert 'value="Olu"' in page.content.decode()


class TestBook:
    def test_a_free_time(self, staff, riverside, slot):
        page = book(staff, confirm(riverside, slot), reason="Cough")
        visit = Appointment.objects.get()
        assert (visit.starts_at, visit.overbooked) == (NINE, False)
        assert visit.booked_by == riverside.staff.user
        assert visit.reference in text_of(page)

    def test_a_person_without_an_account_gets_mail(self, staff, riverside, slot):
        staff.post(url("desk_register", riverside), NEW)
        made = Registration.objects.get(patient__family_name="Ade")
        book(staff, url("desk_confirm", riverside, made.uid, **slot))
        assert Message.objects.filter(to="olu@example.test").count() == 1

    def test_twice_is_once(self, staff, riverside, slot):
        address = confirm(riverside, slot)
        sent = {"submission": submission(staff.get(address)), "reason": ""}
        staff.post(address, sent)
        staff.post(address, sent)
        assert Appointment.objects.count() == 1

    def test_far_ahead_and_for_staff_only(self, staff, riverside):
        service = ServiceFactory(doctor=riverside.doctor, audience="staff")
        far = NINE + timedelta(days=301, hours=1)
        query = {"doctor": riverside.doctor.uid, "service": service.uid}
        address = url("desk_time", riverside, riverside.patient.uid, **query)
        day = far.date().isoformat()
        assert format_instant(far) in staff.get(f"{address}&day={day}").content.decode()
        query["time"] = format_instant(far)
        book(staff, url("desk_confirm", riverside, riverside.patient.uid, **query))
        assert Appointment.objects.get().service == service

    def test_a_taken_time_needs_a_reason(self, staff, riverside, slot, booked):
        booked(riverside, patient=riverside.patient2.patient)
        page = book(staff, confirm(riverside, slot))
        assert "Say why you use this time anyway." in text_of(page)
        assert "instead" in text_of(page)
        assert Appointment.objects.count() == 1

    def test_overbooking_is_marked_everywhere(self, staff, riverside, slot, booked):
        booked(riverside, patient=riverside.patient2.patient)
        book(staff, confirm(riverside, slot), over="An emergency")
        visit = Appointment.objects.get(overbooked=True)
        day = {"date": "2026-09-22"}
        for address in (
            url("detail", riverside, visit.uid),
            url("desk", riverside, **day),
            url("list", riverside, status="overbooked"),
            url("schedule", riverside, **day),
        ):
            assert "bi-layers" in staff.get(address).content.decode(), address
        assert StatusChange.objects.filter(reason="An emergency").exists()

    def test_any_time_outside_of_hours(self, staff, riverside):
        query = {"doctor": riverside.doctor.uid, "on": "2026-09-22", "at": "20:15"}
        address = url("desk_confirm", riverside, riverside.patient.uid, **query)
        book(staff, address, over="After work")
        assert Appointment.objects.get().wall_start == "2026-09-22T20:15"
        assert not Appointment.objects.get().overbooked

    def test_the_patient_is_elsewhere(self, staff, riverside, slot, booked):
        booked(riverside)
        page = book(staff, confirm(riverside, slot), over="An emergency")
        assert "The patient has another visit at that time." in text_of(page)

    def test_a_blocked_patient(self, staff, riverside, slot):
        by = riverside.staff.user
        actor = by.as_actor(role="staff")
        block_patient(
            registration=riverside.patient, reason="Rude", by_user=by, by=actor
        )
        shown = staff.get(url("desk_time", riverside, riverside.patient.uid, **slot))
        assert "blocked from booking" in text_of(shown)
        page = book(staff, confirm(riverside, slot))
        assert "blocked from booking" in text_of(page)
        assert not Appointment.objects.exists()

    def test_limits_warn_and_do_not_stop(self, staff, riverside, slot, booked):
        BookingPolicy.objects.create(clinic=riverside.clinic, most_open=1)
        booked(riverside, starts_at=NINE + timedelta(days=1))
        assert "A limit is reached" in text_of(staff.get(confirm(riverside, slot)))
        book(staff, confirm(riverside, slot))
        assert Appointment.objects.count() == 2

    def test_a_series(self, staff, riverside, slot, booked):
        third = NINE + timedelta(weeks=2)
        booked(riverside, starts_at=third, patient=riverside.patient2.patient)
        page = book(staff, confirm(riverside, slot), every_weeks="1", count="4")
        assert Series.objects.get().appointments.count() == 3
        assert "These did not fit" in text_of(page)
        assert "06-Oct-2026 09:00" in text_of(page)
        assert "day=2026-10-06" in page.content.decode()

    def test_cancelling_the_rest(self, staff, riverside, slot):
        book(staff, confirm(riverside, slot), every_weeks="2", count="3")
        first = Appointment.objects.in_order()[0]
        address = url("cancel_series", riverside, first.uid)
        assert "3 visits" in text_of(staff.get(address))
        staff.post(address, {"reason": "Well again"})
        assert set(Appointment.objects.values_list("status", flat=True)) == {
            "cancelled"
        }

    def test_a_time_that_has_passed(self, staff, riverside, slot):
        slot["time"] = format_instant(NINE - timedelta(days=7))
        page = book(staff, confirm(riverside, slot), over="Late")
        assert "That time has passed." in text_of(page)

    @pytest.mark.parametrize(
        "query",
        [{}, {"time": "x"}, {"at": "25:99", "on": "x"}, {"at": "09:00", "on": ""}],
    )
    def test_what_cannot_be_read_asks_again(self, staff, riverside, query):
        query = {"doctor": riverside.doctor.uid, **query}
        address = url("desk_confirm", riverside, riverside.patient.uid, **query)
        response = staff.get(address)
        assert response.url.startswith(
            url("desk_time", riverside, riverside.patient.uid)
        )

    def test_a_time_that_the_clock_skips(self, as_user, hillcrest):
        query = {"doctor": hillcrest.doctor.uid, "on": "2027-03-14", "at": "02:30"}
        address = url("desk_confirm", hillcrest, hillcrest.patient.uid, **query)
        page = as_user(hillcrest.staff).get(address, follow=True)
        assert "The clock skips that time" in text_of(page)


class TestAccess:
    @pytest.mark.parametrize("name", ["desk_time", "desk_confirm"])
    def test_another_clinics_patient(self, staff, riverside, hillcrest, name):
        assert staff.get(url(name, riverside, hillcrest.patient.uid)).status_code == 404

    def test_another_clinics_doctor(self, staff, riverside, hillcrest, slot):
        slot["doctor"] = str(hillcrest.doctor.uid)
        assert staff.get(confirm(riverside, slot)).status_code == 302

    @pytest.mark.parametrize(
        "name", ["desk_book", "desk_register", "schedule", "bulk_move"]
    )
    @pytest.mark.parametrize("who", ["doctor", "auditor"])
    def test_only_the_desk(self, as_user, riverside, name, who):
        member = getattr(riverside, who)
        assert as_user(member).get(url(name, riverside)).status_code == 403

    def test_the_number_of_queries_stays(self, staff, riverside, queries):
        RegistrationFactory(clinic=riverside.clinic, record_number="QQ-1")
        address = url("desk_book", riverside, q="QQ-1")
        staff.get(address)
        one = queries(lambda: staff.get(address))
        for n in range(2):
            RegistrationFactory(
                clinic=riverside.clinic,
                patient__family_name="QQ-1",
                record_number=f"R{n}",
            )
        assert queries(lambda: staff.get(address)) == one
