"""Words and icons for what events tell."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ICONS = {
    "login": "box-arrow-in-right",
    "logout": "box-arrow-right",
    "failed": "exclamation-triangle-fill",
    "refused": "slash-circle",
    "created": "plus-circle",
    "added": "plus-circle",
    "registered": "plus-circle",
    "booked": "calendar2-plus",
    "held": "hourglass",
    "asked": "question-circle",
    "approved": "calendar2-check",
    "moved": "calendar2-week",
    "joined": "hourglass-split",
    "left": "box-arrow-right",
    "offered": "gift",
    "declined": "x-circle",
    "expired": "hourglass-bottom",
    "written": "capsule",
    "changed": "pencil-square",
    "saved": "pencil-square",
    "factor": "shield-lock",
    "opened": "eye",
    "read": "eye",
    "replaced": "arrow-repeat",
    "signed": "pen",
    "sent": "send",
    "accepted": "check-circle",
    "revoked": "x-circle",
    "blocked": "lock",
    "unblocked": "unlock",
    "arrived": "person-check",
    "started": "play-circle",
    "completed": "check2-circle",
    "cancelled": "x-circle",
    "noshow": "person-x",
    "reverted": "arrow-counterclockwise",
    "verified": "shield-check",
    "requested": "file-earmark-plus",
    "made": "file-earmark-pdf",
    "downloaded": "download",
    "loaded": "database-add",
    "retried": "arrow-repeat",
}

TARGETS = {
    "User": gettext_lazy("Account"),
    "Person": gettext_lazy("Person"),
    "Clinic": gettext_lazy("Clinic"),
    "Department": gettext_lazy("Department"),
    "Membership": gettext_lazy("Membership"),
    "Invitation": gettext_lazy("Invitation"),
    "Registration": gettext_lazy("Registration"),
    "CareTeamMember": gettext_lazy("Care team"),
    "WeeklyRule": gettext_lazy("Weekly hours"),
    "DayBlock": gettext_lazy("Day's hours"),
    "ScheduleException": gettext_lazy("Day's hours"),
    "Holiday": gettext_lazy("Holiday"),
    "Appointment": gettext_lazy("Appointment"),
    "Hold": gettext_lazy("Held time"),
    "Service": gettext_lazy("Visit type"),
    "Asset": gettext_lazy("Room or equipment"),
    "CalendarFeed": gettext_lazy("Calendar feed"),
    "Poster": gettext_lazy("Check-in poster"),
    "Delivery": gettext_lazy("Message"),
    "WaitingEntry": gettext_lazy("Waitlist entry"),
    "WaitingOffer": gettext_lazy("Waitlist offer"),
    "Encounter": gettext_lazy("Visit note"),
    "EncounterVersion": gettext_lazy("Visit note"),
    "Prescription": gettext_lazy("Prescription"),
    "AuditEvent": gettext_lazy("Log entry"),
    "Verification": gettext_lazy("Verification"),
    "Job": gettext_lazy("Report"),
}

CHANNELS = {
    "page": gettext_lazy("Page"),
    "link": gettext_lazy("Link without sign-in"),
    "admin": gettext_lazy("Staff admin"),
    "api": gettext_lazy("Device or program"),
    "job": gettext_lazy("Background work"),
    "command": gettext_lazy("Command line"),
}

CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def target_word(target_type: str) -> str:
    """'CareTeamMember' as people say it."""
    if known := TARGETS.get(target_type):
        return str(known)
    return CAPITAL.sub(" ", target_type).capitalize()


def finding_word(kind: str) -> str:
    told = {
        "edited": _("An entry was changed."),
        "deleted": _("Entries were removed."),
        "inserted": _("Entries were added afterwards."),
        "moved": _("Entries were exchanged, or their seal was changed."),
        "seal changed": _("A seal was changed."),
        "seal missing": _("A seal was removed."),
        "cut off": _("The end of the log was removed."),
    }
    return told.get(kind, kind)
