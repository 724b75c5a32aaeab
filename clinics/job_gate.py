"""A clinic's job, and its file, stay with members who may still ask for it."""

from accounts.models import User
from clinics.access import Permission, holds
from clinics.models import Membership
from healthcare.jobs.gates import register_gate
from healthcare.jobs.models import Job

NEEDED = {
    "audit_report": Permission.AUDIT_REPORT,
    "audit_verification": Permission.AUDIT_REPORT,
}


def allows(user: User, job: Job) -> bool:
    if job.clinic_uid is None:
        return False
    mine = Membership.objects.of_user(user).filter(clinic__uid=job.clinic_uid)
    needed = NEEDED.get(job.kind, Permission.CLINIC_VIEW)
    return any(holds(membership, needed) for membership in mine)


def register() -> None:
    register_gate(allows)
