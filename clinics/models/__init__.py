from clinics.models.care_team import CareTeamMember
from clinics.models.clinic import Clinic, Department, OpeningHours
from clinics.models.invitation import Invitation
from clinics.models.membership import Membership, Role
from clinics.models.registration import Registration

__all__ = [
    "CareTeamMember",
    "Clinic",
    "Department",
    "Invitation",
    "Membership",
    "OpeningHours",
    "Registration",
    "Role",
]
