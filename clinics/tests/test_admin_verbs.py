"""The staff admin acts through the same verbs as the pages: same rules, same log."""

from typing import Any

import pytest

from clinics.actions import set_opening_hours
from clinics.factories import DepartmentFactory
from clinics.models import Department, Invitation
from clinics.tests.conftest import BY
from clinics.tests.test_admin_scope import rows, url
from clinics.tests.test_clinic_actions import CONTACT, MONDAY
from healthcare import clock
from healthcare.audit.models import Action, AuditEvent
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db

# Admin action, what makes it possible, what the log calls it.
VERBS = [
    ("accounts_user", "deactivate", {}, Action.ACCOUNT_CHANGED),
    ("accounts_user", "reactivate", {"is_active": False}, Action.ACCOUNT_CHANGED),
    ("appointments_appointment", "cancel", {}, Action.CANCELLED),
    ("appointments_appointment", "check_in", {}, Action.ARRIVED),
    ("clinics_clinic", "open_for_booking", {"is_listed": False}, Action.CLINIC_CHANGED),
    ("clinics_clinic", "close_for_booking", {}, Action.CLINIC_CHANGED),
    ("clinics_invitation", "resend", "sent", Action.INVITED),
    ("clinics_invitation", "revoke", {}, Action.INVITATION_REVOKED),
    ("clinics_membership", "end", {}, Action.MEMBER_CHANGED),
    ("clinics_membership", "restore", {"is_active": False}, Action.MEMBER_CHANGED),
    ("clinics_registration", "block", {}, Action.PATIENT_BLOCKED),
    ("clinics_registration", "unblock", "blocked", Action.PATIENT_UNBLOCKED),
]
# Admin action, a state in which the verb refuses, and its words.
REFUSALS = [
    ("appointments_appointment", "cancel", {"status": "completed"}, "completed"),
    ("appointments_appointment", "check_in", {"status": "completed"}, "completed"),
    ("clinics_clinic", "open_for_booking", "not ready", "Finish the needed steps"),
    ("clinics_invitation", "revoke", "used", "has been used already"),
    ("clinics_invitation", "resend", "used", "has been used already"),
    ("clinics_membership", "end", "last owner", "A clinic needs an owner"),
    ("clinics_registration", "block", "blocked", "blocked already"),
    ("clinics_registration", "unblock", {}, "not blocked"),
]


@pytest.fixture
def ours(riverside: Cast) -> dict[str, Any]:
    return rows(riverside)


@pytest.fixture
def theirs(hillcrest: Cast) -> dict[str, Any]:
    return rows(hillcrest)


def put(cast: Cast, row: Any, state: Any) -> Any:
    """The row in that state, as the database has it."""
    now = clock.now()
    known = {
        "blocked": {
            "blocked_at": now,
            "blocked_by": cast.owner.user,
            "blocked_reason": "Missed four visits",
        },
        "sent": {"created_by": cast.owner.user},
        "used": {"used_at": now, "used_by": cast.staff.user},
        "not ready": {"is_listed": False, "email": "", "phone": ""},
    }
    if state == "last owner":
        return cast.owner
    values = state if isinstance(state, dict) else known[state]
    type(row).objects.filter(pk=row.pk).update(**values)
    return row


def act(client: Any, model: str, action: str, *chosen: Any) -> Any:
    sent = {
        "action": action,
        "_selected_action": [row.pk for row in chosen],
        "reason": "Because",
    }
    return client.post(url(model, "changelist"), sent, follow=True)


def stored(row: Any) -> dict[str, Any]:
    return type(row).objects.filter(pk=row.pk).values().get()


def events(action: Action) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action, channel="admin"))


@pytest.mark.parametrize(("model", "action", "state", "told"), VERBS)
def test_every_action_is_in_the_log_and_stays_in_its_clinic(
    owner, riverside, hillcrest, ours, theirs, model, action, state, told
):
    prepare_open(riverside, model, action)
    mine = put(riverside, ours[model], state)
    foreign = put(hillcrest, theirs[model], state)
    before = stored(mine), stored(foreign)
    act(owner, model, action, mine, foreign)
    (event,) = events(told)
    assert event.actor_uid == str(riverside.owner.user.uid)
    assert event.actor_role == "owner"
    assert event.target_uid == str(mine.uid)
    assert stored(mine) != before[0]
    assert stored(foreign) == before[1]


def prepare_open(cast: Cast, model: str, action: str) -> None:
    """What the checklist asks for before a clinic opens."""
    if action == "open_for_booking":
        type(cast.clinic).objects.filter(pk=cast.clinic.pk).update(**CONTACT)
        set_opening_hours(clinic=cast.clinic, periods=[MONDAY], by=BY)


@pytest.mark.parametrize(("model", "action", "state", "told"), VERBS)
def test_no_action_reaches_a_foreign_row_alone(
    owner, hillcrest, theirs, model, action, state, told
):
    foreign = put(hillcrest, theirs[model], state)
    before = stored(foreign)
    act(owner, model, action, foreign)
    assert stored(foreign) == before
    assert not events(told)


@pytest.mark.parametrize(("model", "action", "state", "words"), REFUSALS)
def test_what_a_verb_refuses_is_told_and_changes_nothing(
    owner, riverside, ours, model, action, state, words
):
    row = put(riverside, ours[model], state)
    before = stored(row)
    page = act(owner, model, action, row)
    assert words in page.text
    assert stored(row) == before


@pytest.mark.parametrize(("model", "action", "state", "told"), VERBS)
def test_staff_may_act_only_as_on_their_own_pages(
    staff, riverside, ours, model, action, state, told
):
    row = put(riverside, ours[model], state)
    allowed = model in ("appointments_appointment", "clinics_registration")
    act(staff, model, action, row)
    assert bool(events(told)) is allowed
    assert all(event.actor_role == "staff" for event in events(told))


@pytest.mark.parametrize("model", ["appointments_appointment", "clinics_registration"])
def test_without_a_reason_nothing_happens(owner, ours, model):
    action = "cancel" if model.startswith("app") else "block"
    sent = {"action": action, "_selected_action": [ours[model].pk], "reason": " "}
    page = owner.post(url(model, "changelist"), sent)
    assert "Give a reason." in page.text
    assert not events(Action.CANCELLED)
    assert not events(Action.PATIENT_BLOCKED)


def saved(client: Any, model: str, row: Any, **changes: Any) -> Any:
    """The row's own form, sent back with changes."""
    page = client.get(url(model, "change", row.pk))
    fields = page.context["adminform"].form
    sent = {name: fields[name].value() or "" for name in fields.fields}
    return client.post(url(model, "change", row.pk), {**sent, **changes}, follow=True)


@pytest.mark.parametrize(
    ("model", "changes", "told"),
    [
        ("clinics_clinic", {"city": "Potsdam"}, Action.CLINIC_CHANGED),
        ("clinics_department", {"name": "Heart"}, Action.CLINIC_CHANGED),
        ("clinics_membership", {"room": "12"}, Action.MEMBER_CHANGED),
    ],
)
def test_a_saved_form_is_in_the_log(owner, riverside, ours, model, changes, told):
    saved(owner, model, ours[model], **changes)
    (event,) = events(told)
    assert event.target_uid == str(ours[model].uid)
    assert event.actor_uid == str(riverside.owner.user.uid)
    (name, value), *_ = changes.items()
    assert stored(ours[model])[name] == value


@pytest.mark.parametrize(
    "model", ["clinics_clinic", "clinics_department", "clinics_membership"]
)
def test_a_foreign_form_is_not_there(owner, theirs, model):
    before = stored(theirs[model])
    address = url(model, "change", theirs[model].pk)
    assert owner.post(address, {"name": "X", "room": "X"}).status_code == 404
    assert stored(theirs[model]) == before


def test_a_department_is_added_by_the_verb_and_its_rules(owner, riverside):
    values = {"clinic": riverside.clinic.pk, "name": "Skin", "icon": "droplet"}
    owner.post(url("clinics_department", "add"), values)
    added = Department.objects.get(name="Skin")
    (event,) = events(Action.CLINIC_CHANGED)
    assert event.target_uid == str(added.uid)
    page = owner.post(
        url("clinics_department", "add"), {**values, "name": "skin"}, follow=True
    )
    assert "a department of this name already" in page.text
    assert Department.objects.filter(name__iexact="skin").count() == 1


def test_a_department_is_not_renamed_to_anothers_name(owner, riverside, ours):
    DepartmentFactory(clinic=riverside.clinic, name="Skin")
    page = saved(owner, "clinics_department", ours["clinics_department"], name="Skin")
    assert "a department of this name already" in page.text


def test_an_invitation_is_made_by_the_verb(owner, riverside):
    values = {"clinic": riverside.clinic.pk, "role": "staff", "email": "new@x.test"}
    page = owner.post(url("clinics_invitation", "add"), values, follow=True)
    made = Invitation.objects.get()
    (event,) = events(Action.INVITED)
    assert event.target_uid == str(made.uid)
    assert made.created_by == riverside.owner.user
    assert "The link was mailed. It is shown this once" in page.text
