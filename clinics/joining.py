"""What a person who follows an invitation is told, and where they go next."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinics.actions import (
    InvitationError,
    InvitationExpired,
    InvitationRevoked,
    InvitationUnknown,
    InvitationUsed,
    WrongAccount,
)
from clinics.models import Membership, Role

ASK = _("Ask the clinic for a new one.")


@dataclass(frozen=True)
class Problem:
    status: int
    title: str | Promise
    advice: str | Promise
    icon: str

    @property
    def advice_for_code(self) -> str:
        return f"{self.title}. {self.advice}"


PROBLEMS: dict[type[InvitationError], Problem] = {
    InvitationExpired: Problem(
        410, _("This invitation has expired"), ASK, "hourglass-bottom"
    ),
    InvitationUsed: Problem(
        410,
        _("This invitation has been used"),
        _("Was that you? Then sign in and go to your pages. If not, ask the clinic."),
        "check2-circle",
    ),
    InvitationRevoked: Problem(
        410, _("This invitation was taken back"), ASK, "slash-circle"
    ),
    WrongAccount: Problem(
        403,
        _("This invitation is for a different account"),
        _(
            "It was sent to another e-mail address. Sign out, then open the link again "
            "and sign in or create an account with the address that got the mail."
        ),
        "person-x",
    ),
    InvitationUnknown: Problem(
        404,
        _("We do not know this invitation"),
        _("Check that the link or code is complete, or ask the clinic for a new one."),
        "question-circle",
    ),
}


def problem_of(refusal: InvitationError) -> Problem:
    return PROBLEMS.get(type(refusal), PROBLEMS[InvitationUnknown])


def next_page(membership: Membership) -> str:
    """The clinic's page; first of all who the new member is, where that is missing."""
    person = membership.user.own_person()
    if membership.role == Role.DOCTOR and not hasattr(person, "doctor_profile"):
        return reverse("clinics:join_doctor")
    clinic = reverse("clinics:overview", args=[membership.clinic.slug])
    return profile_page(clinic) if person is None else clinic


def profile_page(after: str) -> str:
    return f"{reverse('accounts:profile')}?{urlencode({'next': after})}"
