"""What the clinic says to a visit that a patient has asked for. A refusal is a
cancellation: see cancelling.py."""

from django.db import transaction
from django.utils.translation import gettext as _

from appointments import mail
from appointments.actions import rules
from appointments.actions.errors import NotAllowed
from appointments.actions.visits import move, require_status
from appointments.models import Appointment, Status
from clinics.actions import join_care_team
from clinics.models import CareTeamMember
from healthcare import clock
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action


@transaction.atomic
def approve(*, appointment: Appointment, by: Actor) -> Appointment:
    """The visit is booked; its time was held since it was asked for.

    Raises NotAllowed, also for a time that has passed, and WrongStatus.
    """
    require_status(appointment, Status.REQUESTED)
    if not rules.check_may_change(appointment, by):
        raise NotAllowed(_("The clinic confirms this visit."))
    if appointment.starts_at <= clock.now():
        raise NotAllowed(_("That time has passed. Move the visit, or decline it."))
    move(
        appointment,
        Status.BOOKED,
        Action.APPROVED,
        by,
        sequence=appointment.sequence + 1,
    )
    join_care_team(
        clinic=appointment.clinic,
        patient=appointment.patient,
        member=appointment.doctor,
        source=CareTeamMember.Source.APPOINTMENT,
        by=by,
    )
    mail.send_booked(appointment)
    return appointment
