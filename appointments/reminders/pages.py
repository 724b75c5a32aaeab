"""A clinic's reminders and what they come to, in words ready for the page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from appointments import when
from appointments.models import ReminderPolicy, ReminderRule
from appointments.pills import Pill
from appointments.reminders import times
from appointments.reminders.forms import DAY, HOUR
from appointments.slots import first_instant
from clinics.models import Clinic, Membership
from healthcare.outbox.models import Message

TUESDAY, TEN = 1, time(10)


@dataclass(frozen=True)
class RuleRow:
    title: str
    channels: str
    pill: Pill
    url: str
    remove_url: str


@dataclass(frozen=True)
class Outcome:
    """One message of the preview."""

    when: str
    what: str
    channels: str
    note: str


@dataclass(frozen=True)
class Preview:
    visit: str
    outcomes: list[Outcome]


def has_sms() -> bool:
    return bool(settings.SMS_URL)


def sms_problem(person: Person) -> str:
    """Why a person cannot choose text messages, if they cannot."""
    if not has_sms():
        return _("Text messages are not set up on this installation.")
    if not person.phone:
        return _("Add your phone number to your profile to get text messages.")
    return ""


def is_doctor(person: Person) -> bool:
    return Membership.objects.doctors().filter(user__person=person).exists()


def rule_title(rule: ReminderRule) -> str:
    if rule.minutes_before is None:
        return _wall_title(rule)
    minutes = rule.minutes_before
    if minutes % DAY == 0:
        days = minutes // DAY
        return ngettext("%(n)d day before", "%(n)d days before", days) % {"n": days}
    if minutes % HOUR == 0:
        hours = minutes // HOUR
        return ngettext("%(n)d hour before", "%(n)d hours before", hours) % {"n": hours}
    return _("%(n)d minutes before") % {"n": minutes}


def _wall_title(rule: ReminderRule) -> str:
    days = rule.days_before or 0
    said = {"n": days, "time": f"{rule.at_time:%H:%M}"}
    if days == 0:
        return _("On the day at %(time)s") % said
    if days == 1:
        return _("The day before at %(time)s") % said
    return _("%(n)d days before at %(time)s") % said


def rule_rows(clinic: Clinic, rules: Iterable[ReminderRule]) -> list[RuleRow]:
    return [_row(clinic, rule) for rule in in_order(rules)]


def in_order(rules: Iterable[ReminderRule]) -> list[ReminderRule]:
    return sorted(rules, key=lambda rule: (-rule.ahead, rule.pk))


def _row(clinic: Clinic, rule: ReminderRule) -> RuleRow:
    on = Pill(_("In use"), "ok", "check2")
    off = Pill(_("Off"), "", "pause-circle")
    address = [clinic.slug, rule.uid]
    return RuleRow(
        title=rule_title(rule),
        channels=_joined(rule.channels),
        pill=on if rule.is_on else off,
        url=reverse("appointments:reminder", args=address),
        remove_url=reverse("appointments:remove_reminder", args=address),
    )


def preview(
    policy: ReminderPolicy, rules: Iterable[ReminderRule], now: datetime
) -> Preview:
    """What a patient who booked long ago gets for a visit next Tuesday at ten."""
    zone = policy.zone
    today = now.astimezone(zone).date()
    day = today + timedelta(days=(TUESDAY - today.weekday()) % 7 or 7)
    starts_at = first_instant(datetime.combine(day, TEN), zone)
    found = [
        each
        for rule in in_order(rules)
        if rule.is_on
        for each in _outcomes(rule, policy, starts_at)
    ]
    if policy.mails_patients:
        at = first_instant(datetime.combine(day, policy.daily_at), zone)
        mail = _joined([Message.Channel.EMAIL])
        what = _("Your visits today")
        if at < starts_at:
            found.append((at, Outcome(_moment(at, policy), what, mail, "")))
    found.sort(key=lambda each: each[0])
    said = {"day": when.weekday_date(day), "time": when.wall_time(starts_at, zone)}
    return Preview(
        visit=_("%(day)s at %(time)s") % said, outcomes=[each for _at, each in found]
    )


def _outcomes(
    rule: ReminderRule, policy: ReminderPolicy, starts_at: datetime
) -> list[tuple[datetime, Outcome]]:
    """One for the channels that leave at once, one for those that are moved."""
    due = times.due_at(rule, starts_at, policy.zone)
    if due >= starts_at:
        return []
    later = times.leaves_at(due, starts_at, policy.quiet, policy.zone)
    moments: dict[datetime, list[Message.Channel]] = {}
    for channel in rule.channels:
        if channel == Message.Channel.SMS and not has_sms():
            continue
        at = due if channel == Message.Channel.IN_APP else later
        moments.setdefault(at, []).append(channel)
    return [
        (at, _outcome(rule, policy, at, due, channels))
        for at, channels in moments.items()
    ]


def _outcome(
    rule: ReminderRule,
    policy: ReminderPolicy,
    at: datetime,
    due: datetime,
    channels: list[Message.Channel],
) -> Outcome:
    planned = {"time": when.wall_time(due, policy.zone)}
    note = _("Moved out of quiet hours, planned for %(time)s") % planned
    return Outcome(
        _moment(at, policy),
        rule_title(rule),
        _joined(channels),
        note if at != due else "",
    )


def _moment(at: datetime, policy: ReminderPolicy) -> str:
    day = at.astimezone(policy.zone).date()
    return f"{when.weekday_date(day)}, {when.wall_time(at, policy.zone)}"


def _joined(channels: Iterable[Message.Channel]) -> str:
    return ", ".join(str(channel.label) for channel in channels)
