"""Why a verb refuses, in words for the person who asked."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ClinicError(Exception):
    message: str | Promise = _("That did not work. Please try again.")

    def __init__(self, message: str | Promise = "") -> None:
        super().__init__(str(message or self.message))


class SlugTaken(ClinicError):
    message = _("Another clinic has this address name. Choose a different one.")


class NotReady(ClinicError):
    message = _("Finish the needed steps of the checklist first.")


class WrongDepartment(ClinicError):
    message = _("Choose a department of this clinic.")


class DepartmentExists(ClinicError):
    message = _("The clinic has a department of this name already.")


class AlreadyMember(ClinicError):
    message = _("This account has that role at the clinic already.")


class LastOwner(ClinicError):
    message = _("A clinic needs an owner. Add another owner first.")


class AlreadyBlocked(ClinicError):
    message = _("This patient is blocked already.")


class NotBlocked(ClinicError):
    message = _("This patient is not blocked.")


class CodeNotAllowed(ClinicError):
    message = _("Codes are for doctors. Give an e-mail address for this role.")


class InvitationError(ClinicError):
    message = _("This invitation cannot be used.")


class InvitationUnknown(InvitationError):
    message = _("We do not know this invitation.")


class InvitationUsed(InvitationError):
    message = _("This invitation has been used already.")


class InvitationExpired(InvitationError):
    message = _("This invitation has expired.")


class InvitationRevoked(InvitationError):
    message = _("The clinic has taken this invitation back.")


class WrongAccount(InvitationError):
    message = _("This invitation was sent to a different e-mail address.")


class SecretError(ClinicError):
    message = _("The clinic and the secret do not fit together.")


class SecretDisabled(SecretError):
    message = _("This site has no admin secret. Ask for an invitation instead.")
