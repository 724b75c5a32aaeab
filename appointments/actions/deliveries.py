"""What staff does about messages that did not arrive."""

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.actions.errors import BookingError
from appointments.models import Delivery, Status
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action
from healthcare.outbox.delivery import revive_one
from healthcare.outbox.gates import is_wanted

ENDINGS = (Delivery.Kind.CANCELLED, Delivery.Kind.DECLINED)


class NotRepeatable(BookingError):
    """The message did not fail, or would tell of something that is over."""


@transaction.atomic
def try_again(*, delivery: Delivery, by: Actor) -> Delivery:
    """Give a failed message five new tries. Raises NotRepeatable."""
    message = delivery.message
    if message is None or message.status != message.Status.DEAD:
        raise NotRepeatable(_("There was nothing to try again."))
    too_late = message.not_after and message.not_after <= clock.now()
    if too_late or not (_is_true(delivery) and is_wanted(message)):
        raise NotRepeatable(
            _("The visit has changed or begun since. This message is not sent again.")
        )
    if not revive_one(message):
        raise NotRepeatable(_("There was nothing to try again."))
    record(
        Action.MESSAGE_RETRIED,
        by=by,
        clinic=delivery.clinic,
        patient=delivery.person if delivery.appointment_id else None,
        target=delivery,
    )
    return delivery


def _is_true(delivery: Delivery) -> bool:
    """It tells of no visit, or of one that is still as it says."""
    visit = delivery.appointment
    if visit is None or delivery.kind in ENDINGS:
        return True
    asked = delivery.kind == Delivery.Kind.REQUESTED
    wanted = Status.REQUESTED if asked else Status.BOOKED
    return visit.status == wanted and visit.sequence == delivery.sequence
