"""The pages of reminders: an owner's rules and preview, a person's choices."""

from datetime import time, timedelta
from typing import Any

import pytest

from appointments.actions.reminding import usual_policy
from appointments.models import ReminderChoice, ReminderPolicy, ReminderRule
from appointments.tests.conftest import MONDAY
from clinics.factories import MembershipFactory
from healthcare import clock
from healthcare.audit.models import Action, AuditEvent
from healthcare.testing import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
PAGE = "/c/riverside/settings/reminders/"
MINE = "/me/settings/reminders/"
TIMES = {"quiet_starts": "22:00", "quiet_ends": "07:00", "daily_at": "06:30"}
MAILS = {"mails_patients": "on", "mails_doctors": "on"}
SPAN = {"way": "span", "amount": "90", "unit": "1", "channels": ["email"]}
WALL = {"way": "wall", "days_before": "2", "at_time": "19:30", "unit": "60"}


@pytest.fixture
def owner(as_user: Any, riverside: Cast) -> Any:
    usual_policy(riverside.clinic)
    return as_user(riverside.owner)


@pytest.fixture
def patient(as_user: Any, riverside: Cast) -> Any:
    return as_user(riverside.patient)


def text_of(client: Any, address: str = PAGE) -> str:
    text = " ".join(client.get(address).content.decode().split())
    return text.replace("&#x27;", "'")


def rule() -> ReminderRule:
    return ReminderRule.objects.latest("id")


class TestRules:
    def test_a_new_clinic_has_the_usual_ones(self, owner: Any) -> None:
        page = text_of(owner)
        for title in ("3 days before", "The day before at 18:00", "2 hours before"):
            assert title in page

    def test_one_is_added(self, owner: Any) -> None:
        assert owner.post(PAGE + "new/", SPAN | {"is_on": "on"})["Location"] == PAGE
        assert "90 minutes before" in text_of(owner)
        assert (rule().by_email, rule().by_sms, rule().in_app) == (True, False, False)
        assert rule().since == MONDAY
        event = AuditEvent.objects.get(action=Action.CLINIC_CHANGED)
        assert event.reason == "reminders"

    def test_one_at_a_time_of_day_is_added(self, owner: Any) -> None:
        owner.post(PAGE + "new/", WALL | {"channels": ["in-app", "sms"]})
        assert "2 days before at 19:30" in text_of(owner)
        assert rule().at_time == time(19, 30)
        assert rule().is_on is False

    @pytest.mark.parametrize(
        ("posted", "problem"),
        [
            ({"amount": ""}, "Say how long before."),
            ({"amount": "5"}, "Choose 10 minutes to 30 days."),
            ({"amount": "31", "unit": "1440"}, "Choose 10 minutes to 30 days."),
            ({"amount": "soon"}, "Enter a number such as 2."),
            ({"channels": []}, "Choose at least one way."),
            ({**WALL, "at_time": ""}, "Enter a time such as 18:00."),
            ({**WALL, "days_before": ""}, "Say how many days before."),
            ({**WALL, "at_time": "25:99"}, "Enter a time such as 18:00."),
        ],
    )
    def test_what_is_wrong_is_said_and_kept(
        self, owner: Any, posted: dict[str, Any], problem: str
    ) -> None:
        answer = owner.post(PAGE + "new/", SPAN | posted)
        assert answer.status_code == 200
        assert problem in answer.content.decode()
        assert ReminderRule.objects.count() == 3

    def test_one_is_changed(self, owner: Any) -> None:
        address = f"{PAGE}{rule().uid}/"
        assert 'value="2"' in text_of(owner, address)
        with clock.at(MONDAY + timedelta(minutes=9)):
            owner.post(address, SPAN | {"amount": "3", "unit": "60", "is_on": "on"})
        assert "3 hours before" in text_of(owner)
        assert rule().since > MONDAY

    def test_another_channel_leaves_its_beginning(self, owner: Any) -> None:
        posted = SPAN | {"amount": "2", "unit": "60", "is_on": "on"}
        with clock.at(MONDAY + timedelta(minutes=9)):
            owner.post(f"{PAGE}{rule().uid}/", posted)
        assert (rule().by_email, rule().since) == (True, MONDAY)

    def test_one_is_removed(self, owner: Any) -> None:
        address = f"{PAGE}{rule().uid}/remove/"
        assert "Remove this reminder?" in text_of(owner, address)
        assert owner.post(address)["Location"] == PAGE
        assert "2 hours before" not in text_of(owner)
        assert owner.get(address).status_code == 404

    def test_anothers_rule_is_not_there(self, owner: Any, hillcrest: Cast) -> None:
        usual_policy(hillcrest.clinic)
        theirs = ReminderRule.objects.filter(clinic=hillcrest.clinic).first()
        assert owner.get(f"{PAGE}{theirs.uid}/").status_code == 404
        assert owner.post(f"{PAGE}{theirs.uid}/remove/").status_code == 404

    @pytest.mark.parametrize("who", ["staff", "doctor", "auditor"])
    def test_only_owners_come_in(self, as_user: Any, riverside: Cast, who: str) -> None:
        assert as_user(getattr(riverside, who)).get(PAGE).status_code == 403


class TestTimes:
    def test_they_are_saved(self, owner: Any, riverside: Cast) -> None:
        assert owner.post(PAGE, TIMES | MAILS)["Location"] == PAGE
        policy = ReminderPolicy.objects.get(clinic=riverside.clinic)
        assert policy.quiet == (time(22), time(7))
        assert policy.daily_at == time(6, 30)
        assert (policy.mails_patients, policy.mails_months) == (True, False)

    def test_quiet_hours_can_be_none(self, owner: Any, riverside: Cast) -> None:
        owner.post(PAGE, TIMES | MAILS | {"quiet_starts": "", "quiet_ends": ""})
        assert ReminderPolicy.objects.get(clinic=riverside.clinic).quiet is None

    @pytest.mark.parametrize(
        ("posted", "problem"),
        [
            ({"quiet_ends": ""}, "Give both times, or leave both empty."),
            ({"quiet_ends": "22:00"}, "Choose another end than the start."),
            ({"daily_at": ""}, "Enter a time such as 09:30."),
        ],
    )
    def test_what_is_wrong_is_said(
        self, owner: Any, riverside: Cast, posted: dict[str, str], problem: str
    ) -> None:
        assert problem in owner.post(PAGE, TIMES | posted).content.decode()
        policy = ReminderPolicy.objects.get(clinic=riverside.clinic)
        assert policy.daily_at == time(7)


class TestPreview:
    def test_it_says_what_leaves_when(self, owner: Any, settings: Any) -> None:
        settings.SMS_URL = "https://gateway.test/"
        page = text_of(owner).partition("What a patient gets")[2]
        assert "For a visit on Tuesday 22-Sep-2026 at 10:00" in page
        for when, what in (
            ("Saturday 19-Sep-2026, 10:00", "3 days before · E-mail"),
            ("Monday 21-Sep-2026, 18:00", "The day before at 18:00 · E-mail, In H"),
            ("Tuesday 22-Sep-2026, 07:00", "Your visits today · E-mail"),
            ("Tuesday 22-Sep-2026, 08:00", "2 hours before · SMS, In Healix"),
        ):
            line = f'{when}</span><span class="hx-sub">{what}'
            assert line in page

    def test_it_says_what_quiet_hours_move(self, owner: Any) -> None:
        owner.post(PAGE, TIMES | {"quiet_ends": "09:00"})
        owner.post(f"{PAGE}new/", SPAN | {"amount": "100", "is_on": "on"})
        page = text_of(owner).partition("What a patient gets")[2]
        assert "Tuesday 22-Sep-2026, 09:00" in page
        assert "Moved out of quiet hours, planned for 08:20" in page

    def test_without_a_gateway_there_is_no_sms(self, owner: Any) -> None:
        page = text_of(owner)
        assert "Text messages are not set up on this installation" in page
        assert "SMS" not in page.partition("What a patient gets")[2]


class TestMine:
    def test_everything_is_chosen_at_first(self, patient: Any) -> None:
        page = text_of(patient, MINE)
        assert page.count('type="checkbox"') == page.count("checked") == 3

    def test_choices_are_kept(self, patient: Any, riverside: Cast) -> None:
        assert patient.post(MINE, {"in_app": "on"})["Location"] == MINE
        choice = ReminderChoice.objects.of_person(riverside.patient.patient)
        assert (choice.by_email, choice.in_app, choice.daily) == (False, True, False)
        assert choice.by_sms is True  # not asked without a gateway
        assert AuditEvent.objects.filter(action=Action.PROFILE_CHANGED).count() == 1

    def test_none_is_a_choice(self, patient: Any, riverside: Cast) -> None:
        patient.post(MINE, {})
        assert not ReminderChoice.objects.of_person(riverside.patient.patient).in_app

    @pytest.mark.parametrize(
        ("phone", "gateway", "said"),
        [
            ("+4915112345678", "", "Text messages are not set up"),
            ("", "https://gateway.test/", "Add your phone number to your profile"),
            ("+4915112345678", "https://gateway.test/", "Text messages go to"),
        ],
    )
    def test_text_messages_need_a_number_and_a_gateway(
        self,
        patient: Any,
        riverside: Cast,
        settings: Any,
        phone: str,
        gateway: str,
        said: str,
    ) -> None:
        settings.SMS_URL = gateway
        riverside.patient.patient.phone = phone
        riverside.patient.patient.save()
        page = text_of(patient, MINE)
        assert said in page
        assert ("By SMS" in page) == bool(phone and gateway)

    def test_doctors_choose_their_own_mails(
        self, as_user: Any, riverside: Cast
    ) -> None:
        doctor = as_user(riverside.doctor)
        assert "“Your day”" in text_of(doctor, MINE)
        doctor.post(MINE, {"own_day": "on"})
        choice = ReminderChoice.objects.of_person(riverside.doctor.person)
        assert (choice.own_day, choice.own_month) == (True, False)

    def test_who_is_no_doctor_is_not_asked(self, as_user: Any, riverside: Cast) -> None:
        staff = as_user(riverside.staff)
        assert "“Your day”" not in text_of(staff, MINE)

    def test_at_work_the_rail_stays(self, as_user: Any, riverside: Cast) -> None:
        MembershipFactory(clinic=riverside.clinic)
        staff = as_user(riverside.staff)
        assert "/c/riverside/desk/" in text_of(staff, MINE)
        assert "/c/riverside/desk/" in text_of(staff, "/me/notifications/")
