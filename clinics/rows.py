"""Rows of the lists of members, invitations and patients, ready to print."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from clinics.models import Clinic, Invitation, Membership, Registration
from healthcare import dates


@dataclass(frozen=True)
class Cell:
    text: str
    sub: str = ""
    url: str = ""
    hidden: str = ""
    icon: str = ""
    kind: str = ""
    css: str = ""
    head: bool = False


@dataclass(frozen=True)
class Pill:
    label: str
    kind: str
    icon: str

    def cell(self) -> Cell:
        return Cell(self.label, icon=self.icon, kind=self.kind)


Column = tuple[str, str]


def member_columns() -> list[Column]:
    return [
        (_("Name"), ""),
        (_("Role"), ""),
        (_("Department"), ""),
        (_("Since"), ""),
        (_("State"), ""),
    ]


def member_row(member: Membership, clinic: Clinic) -> list[Cell]:
    since = dates.day(member.created_at.astimezone(clinic.zone).date())
    return [
        Cell(
            member.label,
            sub=member.user.email,
            url=reverse("clinics:member", args=[clinic.slug, member.uid]),
            head=True,
        ),
        Cell(member.get_role_display()),
        Cell(member.department_name or "–"),
        Cell(since, css="hx-nowrap"),
        member_state(member).cell(),
    ]


def member_state(member: Membership) -> Pill:
    if not member.is_active:
        return Pill(_("Ended"), "", "slash-circle")
    if not member.user.is_active:
        return Pill(_("Account closed"), "warn", "exclamation-circle")
    return Pill(_("Active"), "ok", "check-circle")


@dataclass(frozen=True)
class InvitationRow:
    title: str
    icon: str
    facts: str
    sent: str
    state: Pill
    resend_url: str
    revoke_url: str


def invitation_row(
    invitation: Invitation, clinic: Clinic, now: datetime
) -> InvitationRow:
    facts = [invitation.get_role_display()]
    if invitation.department:
        facts.append(invitation.department.name)
    urls = {"resend": "", "revoke": ""}
    if invitation.can_be_renewed:
        args = [clinic.slug, invitation.uid]
        urls = {name: reverse(f"clinics:{name}", args=args) for name in urls}
    return InvitationRow(
        title=invitation.email or _("Code to hand over"),
        icon="envelope" if invitation.email else "key",
        facts=", ".join(facts),
        sent=_sent(invitation, clinic.zone),
        state=invitation_state(invitation, clinic.zone, now),
        resend_url=urls["resend"],
        revoke_url=urls["revoke"],
    )


def _sent(invitation: Invitation, zone: ZoneInfo) -> str:
    when = dates.moment(invitation.created_at, zone)
    sender = invitation.created_by
    if sender is None:
        return _("Sent %(when)s") % {"when": when}
    person = sender.own_person()
    who = person.formal_name if person else sender.email
    return _("Sent %(when)s by %(who)s") % {"when": when, "who": who}


def invitation_state(invitation: Invitation, zone: ZoneInfo, now: datetime) -> Pill:
    if invitation.used_at:
        day = dates.day(invitation.used_at.astimezone(zone).date())
        return Pill(_("Accepted %s") % day, "ok", "check-circle")
    if invitation.revoked_at:
        return Pill(_("Taken back"), "", "slash-circle")
    until = dates.day(invitation.expires_at.astimezone(zone).date())
    if invitation.expires_at <= now:
        return Pill(_("Expired %s") % until, "warn", "hourglass-bottom")
    return Pill(_("Open until %s") % until, "info", "hourglass-split")


def patient_columns() -> list[Column]:
    return [
        (_("Patient"), ""),
        (_("Born"), ""),
        (_("Record number"), ""),
        (_("Registered"), ""),
        (_("Booking"), ""),
    ]


def patient_row(
    registration: Registration, clinic: Clinic, now: datetime
) -> list[Cell]:
    person = registration.patient
    registered = registration.registered_at.astimezone(clinic.zone).date()
    return [
        Cell(
            person.clinical_name,
            url=reverse("clinics:patient", args=[clinic.slug, registration.uid]),
            head=True,
        ),
        Cell(born(person, clinic, now), css="hx-nowrap"),
        Cell(registration.record_number, css="hx-nowrap"),
        Cell(dates.day(registered), css="hx-nowrap"),
        booking_state(registration).cell(),
    ]


def booking_state(registration: Registration) -> Pill:
    if registration.is_blocked:
        return Pill(_("Blocked"), "danger", "slash-circle")
    return Pill(_("Can book"), "ok", "check-circle")


def born(person: Person, clinic: Clinic, now: datetime) -> str:
    today = now.astimezone(clinic.zone).date()
    if person.date_of_birth is None:
        return _("Not known")
    return f"{dates.day(person.date_of_birth)} ({person.age_on(today)}y)"
