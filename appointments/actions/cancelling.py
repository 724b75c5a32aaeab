from django.db import transaction
from django.utils.translation import gettext as _

from appointments import mail
from appointments.actions.errors import NotAllowed
from appointments.actions.visits import lock, move
from appointments.models import Appointment, Claim, Status
from clinics.access import Permission, holds
from clinics.actions import leave_care_team
from clinics.models import CareTeamMember, Membership
from healthcare import clock
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action


@transaction.atomic
def cancel(*, appointment: Appointment, reason: str, by: Actor) -> Appointment:
    """Give the time back; the visit and its claims are kept, inactive.

    A patient cancels their own before it starts; the clinic's staff and the visit's
    doctor until it is in progress. Raises NotAllowed and WrongStatus.
    """
    lock(appointment)
    _check_who(appointment, by)
    move(
        appointment,
        Status.CANCELLED,
        Action.CANCELLED,
        by,
        reason=reason.strip()[:300],
        cancelled_at=clock.now(),
        cancel_reason=reason.strip()[:300],
        sequence=appointment.sequence + 1,
    )
    Claim.objects.filter(appointment=appointment).update(active=False)
    _leave_care_team(appointment, by)
    mail.send_cancelled(appointment)
    return appointment


def _check_who(appointment: Appointment, by: Actor) -> None:
    if by.kind == "system":
        return
    if by.user_id is not None and by.user_id == appointment.patient.user_id:
        if clock.now() >= appointment.starts_at:
            raise NotAllowed(
                _("This visit has begun. Please call the clinic to change it.")
            )
        return
    at_clinic = Membership.objects.active().filter(clinic_id=appointment.clinic_id)
    mine = at_clinic.filter(user_id=by.user_id or 0)
    if not any(
        holds(member, Permission.APPOINTMENT_MANAGE) or member == appointment.doctor
        for member in mine
    ):
        raise NotAllowed(_("This visit is not yours to cancel."))


def _leave_care_team(appointment: Appointment, by: Actor) -> None:
    """The doctor leaves when only this visit had brought them in."""
    others = Appointment.objects.filter(
        patient=appointment.patient, doctor=appointment.doctor
    ).exclude(status=Status.CANCELLED)
    brought_in = CareTeamMember.objects.filter(
        patient=appointment.patient,
        member=appointment.doctor,
        source=CareTeamMember.Source.APPOINTMENT,
        until__isnull=True,
    )
    if brought_in.exists() and not others.exists():
        leave_care_team(patient=appointment.patient, member=appointment.doctor, by=by)
