"""Why a verb would not act, in words for the person who asked."""

from datetime import datetime

from django.utils.translation import gettext as _


class BookingError(Exception):
    """Base of all; `message` can be shown as it is."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotBookable(BookingError):
    """The time, the doctor or the clinic cannot be booked."""


class Blocked(BookingError):
    """The clinic does not take bookings from this patient."""

    def __init__(self) -> None:
        super().__init__(
            _("This clinic does not take bookings from you online. Please call it.")
        )


class LimitReached(BookingError):
    """The patient has as many visits as the clinic lets one person book."""


class SlotTaken(BookingError):
    """Somebody has the time already: the doctor, the patient elsewhere, every room
    that would do, or the group has no place left."""

    def __init__(self, *, of: str, starts_at: datetime) -> None:
        elsewhere = _("You already have a visit at that time.")
        full = _("That group has just been filled.")
        taken = _("That time has just been taken.")
        super().__init__({"patient": elsewhere, "group": full}.get(of, taken))
        self.of = of
        self.starts_at = starts_at


class WrongStatus(BookingError):
    """The appointment's status does not allow the verb."""


class NotAllowed(BookingError):
    """It is not this person's to change, or no longer."""


class OfferOver(BookingError):
    """The time that was offered is no longer held."""

    def __init__(self) -> None:
        super().__init__(_("This offer is over. You keep your place on the list."))
