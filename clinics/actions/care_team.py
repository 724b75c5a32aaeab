from django.db import IntegrityError, transaction

from accounts.models import Person
from clinics.actions.errors import ClinicError
from clinics.models import CareTeamMember, Clinic, Membership, Role
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action


@transaction.atomic
def join_care_team(
    *,
    clinic: Clinic,
    patient: Person,
    member: Membership,
    source: CareTeamMember.Source,
    by: Actor,
) -> CareTeamMember:
    """From now on the doctor cares for the patient; idempotent."""
    if member.clinic_id != clinic.pk or member.role != Role.DOCTOR:
        raise ClinicError
    caring = CareTeamMember.objects.filter(
        patient=patient, member=member, until__isnull=True
    )
    if found := caring.first():
        return found
    try:
        with transaction.atomic():
            joined = CareTeamMember.objects.create(
                clinic=clinic,
                patient=patient,
                member=member,
                source=source,
                since=clock.now(),
            )
    except IntegrityError:
        return caring.get()
    _changed(joined, by, "joined")
    return joined


@transaction.atomic
def leave_care_team(*, patient: Person, member: Membership, by: Actor) -> None:
    caring = CareTeamMember.objects.filter(
        patient=patient, member=member, until__isnull=True
    ).select_for_update(no_key=True)
    for left in caring:
        left.until = max(clock.now(), left.since)
        left.save(update_fields=["until"])
        _changed(left, by, "left")


def _changed(joined: CareTeamMember, by: Actor, what: str) -> None:
    record(
        Action.CARE_TEAM_CHANGED,
        by=by,
        clinic=joined.clinic,
        patient=joined.patient,
        target=joined.member,
        reason=what,
    )
