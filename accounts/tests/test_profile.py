"""The pages where people say who they are."""

from datetime import date

import pytest
from django.test import Client

from accounts.factories import DoctorProfileFactory, PersonFactory
from accounts.forms import DoctorProfileForm, ProfileForm
from accounts.models import DoctorProfile, Person, User
from healthcare.audit.models import Action, AuditEvent

pytestmark = pytest.mark.django_db

PROFILE = "/accounts/profile/"
DOCTOR = "/accounts/profile/doctor/"
HAYDEN = {
    "title": "Mx",
    "given_name": "Hayden",
    "family_name": "Okafor-Łukasiewicz",
    "date_of_birth_day": "29",
    "date_of_birth_month": "2",
    "date_of_birth_year": "1980",
    "sex": "other",
    "gender": "non-binary",
    "phone": "030 901820",
    "address_line": "Lindenstraße 5",
    "postal_code": "10969",
    "city": "Berlin",
    "country": "DE",
    "language": "de",
}


def errors(client: Client, path: str = PROFILE, **changes: str) -> dict:
    base = HAYDEN if path == PROFILE else {"specialization": "Cardiology"}
    response = client.post(path, base | changes)
    assert response.status_code == 200
    return response.context["form"].errors


class TestProfile:
    def test_it_works(self, client: Client, newcomer: User) -> None:
        assert client.post(PROFILE, HAYDEN).headers["Location"] == PROFILE
        person = Person.objects.get()
        assert person.user == newcomer
        assert person.full_name == "Hayden Okafor-Łukasiewicz"
        assert person.date_of_birth == date(1980, 2, 29)
        assert person.phone.as_e164 == "+4930901820"
        assert person.is_complete

    def test_strangers_sign_in_first(self, client: Client) -> None:
        assert client.get(PROFILE).headers["Location"].startswith("/accounts/login/")

    def test_shows_what_is_known(self, client: Client) -> None:
        person = PersonFactory(given_name="Zuzanna", country="PL", phone="+48221234567")
        client.force_login(person.user)
        page = client.get(PROFILE).content.decode()
        for known in ('value="Zuzanna"', 'value="17"', 'value="1980"', "22 123 45 67"):
            assert known in page

    def test_leads_back_to_the_page_that_asked(
        self, client: Client, newcomer: User
    ) -> None:
        page = client.get(f"{PROFILE}?next=/me/book/").content.decode()
        assert 'name="next" value="/me/book/"' in page
        response = client.post(PROFILE, HAYDEN | {"next": "/me/book/"})
        assert response.headers["Location"] == "/me/book/"

    @pytest.mark.parametrize("away", ["https://evil.test/", "//evil.test", "/\\evil"])
    def test_never_leads_away(self, client: Client, newcomer: User, away: str) -> None:
        page = client.get(PROFILE, {"next": away}).content.decode()
        assert f'value="{away}"' not in page
        response = client.post(PROFILE, HAYDEN | {"next": away})
        assert response.headers["Location"] == PROFILE

    def test_is_logged_by_the_names_of_what_changed(self, client: Client) -> None:
        person = PersonFactory()
        client.force_login(person.user)
        client.post(PROFILE, HAYDEN)
        event = AuditEvent.objects.get(action=Action.PROFILE_CHANGED)
        assert "date of birth" in event.reason
        assert "1980" not in event.reason
        assert event.patient_uid == person.uid

    def test_the_same_again_is_no_event(self, client: Client, newcomer: User) -> None:
        for _twice in range(2):
            client.post(PROFILE, HAYDEN)
        assert AuditEvent.objects.filter(action=Action.PROFILE_CHANGED).count() == 1
        assert Person.objects.count() == 1

    def test_more_fields_change_nothing(self, client: Client, newcomer: User) -> None:
        other = PersonFactory()
        extra = {"user": str(other.user.pk), "id": str(other.pk), "photo": "../x"}
        client.post(PROFILE, HAYDEN | extra | {"uid": str(other.uid)})
        mine = Person.objects.get(user=newcomer)
        assert (mine.pk == other.pk, mine.photo.name) == (False, "")
        other.refresh_from_db()
        assert other.given_name != "Hayden"

    def test_is_never_stored_in_a_cache(self, client: Client, newcomer: User) -> None:
        assert "no-store" in client.get(PROFILE).headers["Cache-Control"]

    def test_a_page_of_ones_own_record_asks_for_it(
        self, client: Client, newcomer: User
    ) -> None:
        response = client.get("/me/appointments/")
        assert response.headers["Location"] == f"{PROFILE}?next=%2Fme%2Fappointments%2F"


class TestBirth:
    @pytest.mark.parametrize(
        ("day", "month", "year", "told"),
        [
            ("31", "4", "1990", "not in the calendar"),
            ("29", "2", "2023", "not in the calendar"),
            ("1", "1", "90", "four digits"),
            ("1", "Jan", "1990", "as numbers"),
            ("-1", "1", "1990", "as numbers"),
            ("", "1", "1990", "as numbers"),
            ("١", "1", "1990", "as numbers"),
            ("1", "1", "2999", "in the future"),
            ("1", "1", "1799", "too long ago"),
            ("0", "0", "0000", "not in the calendar"),
            ("9" * 20, "1", "1990", "not in the calendar"),
            ("1" * 99, "1", "1990", "at most 20"),
            ("", "", "", "Type the date"),
        ],
    )
    def test_impossible_days_are_told(
        self,
        client: Client,
        newcomer: User,
        day: str,
        month: str,
        year: str,
        told: str,
    ) -> None:
        found = errors(
            client,
            date_of_birth_day=day,
            date_of_birth_month=month,
            date_of_birth_year=year,
        )
        assert told in str(found["date_of_birth"])

    def test_what_was_typed_stays(self, client: Client, newcomer: User) -> None:
        values = HAYDEN | {"date_of_birth_month": "Feb"}
        page = client.post(PROFILE, values).content.decode()
        assert 'value="29"' in page
        assert 'value="Feb"' in page

    def test_its_parts_have_names(self, client: Client, newcomer: User) -> None:
        page = client.get(PROFILE).content.decode()
        for n, name in enumerate(("Day", "Month", "Year")):
            assert f'for="id_date_of_birth_{n}">{name}' in page


class TestPhone:
    @pytest.mark.parametrize(
        ("country", "typed", "kept"),
        [
            ("DE", "030 901820", "+4930901820"),
            ("US", "(212) 555-2368", "+12125552368"),
            ("", "+44 20 7946 0018", "+442079460018"),
            ("DE", "+44 20 7946 0018", "+442079460018"),
            ("AQ", "+44 20 7946 0018", "+442079460018"),
        ],
    )
    def test_is_read_as_the_country_writes_it(
        self, client: Client, newcomer: User, country: str, typed: str, kept: str
    ) -> None:
        client.post(PROFILE, HAYDEN | {"country": country, "phone": typed})
        assert Person.objects.get().phone.as_e164 == kept

    @pytest.mark.parametrize("typed", ["12", "call me", "030 901820", "+999 123"])
    def test_a_number_of_nowhere_is_told(
        self, client: Client, newcomer: User, typed: str
    ) -> None:
        found = errors(client, country="", phone=typed)
        assert "Choose your country" in str(found["phone"])


class TestDoctor:
    @pytest.fixture
    def doctor(self, client: Client) -> DoctorProfile:
        profile = DoctorProfileFactory()
        client.force_login(profile.person.user)
        return profile

    def test_it_works(self, client: Client, doctor: DoctorProfile) -> None:
        values = {
            "specialization": "Paediatrics",
            "qualifications": "MD",
            "practising_since": "2001",
            "registration_number": "DE-44",
            "biography": "Two lines\nabout me.",
        }
        assert client.post(DOCTOR, values).headers["Location"] == DOCTOR
        doctor.refresh_from_db()
        assert (doctor.specialization, doctor.practising_since) == ("Paediatrics", 2001)
        event = AuditEvent.objects.get(action=Action.PROFILE_CHANGED)
        assert event.reason.startswith("Changed: specialization")

    def test_is_linked_from_the_profile(
        self, client: Client, doctor: DoctorProfile
    ) -> None:
        assert DOCTOR in client.get(PROFILE).content.decode()

    def test_is_only_for_doctors(self, client: Client, newcomer: User) -> None:
        assert client.get(DOCTOR).status_code == 404
        PersonFactory(user=newcomer)
        assert client.post(DOCTOR, {"specialization": "x"}).status_code == 404
        assert DOCTOR not in client.get(PROFILE).content.decode()

    @pytest.mark.parametrize("year", ["1", "2999", "12.5", "MMXX", "1e3"])
    def test_odd_years_are_told(
        self, client: Client, doctor: DoctorProfile, year: str
    ) -> None:
        assert "practising_since" in errors(client, DOCTOR, practising_since=year)


@pytest.mark.parametrize(
    "name", ["\u202eabc", "a\x1bb", "a\nb", "123", "...", "\u200b"]
)
def test_names_nobody_can_read_are_refused(
    client: Client, newcomer: User, name: str
) -> None:
    assert "given_name" in errors(client, given_name=name)


def test_the_forms_ask_what_the_actions_take() -> None:
    from accounts.actions.people import DOCTOR_FIELDS, PERSON_FIELDS

    # Whoever has an account is written to at its address.
    assert set(ProfileForm.base_fields) == set(PERSON_FIELDS) - {"contact_email"}
    assert set(DoctorProfileForm.base_fields) == set(DOCTOR_FIELDS)
