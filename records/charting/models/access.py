from django.db.models import QuerySet

from accounts.models import Person
from clinics.models import CareTeamMember, Membership, Role
from healthcare import clock


def charts_visible_to(membership: Membership) -> "QuerySet[Person]":
    """The patients whose chart this member may open: those the doctor cares for."""
    if membership.role != Role.DOCTOR:
        return Person.objects.none()
    mine = CareTeamMember.objects.current(clock.now()).filter(member=membership)
    return Person.objects.filter(pk__in=mine.values("patient"))
