"""What a person's own pages have in common."""

from zoneinfo import ZoneInfo

from accounts.models import Person
from clinics.standing import home_clinic

UTC = ZoneInfo("UTC")


def own_zone(person: Person) -> ZoneInfo:
    """That of the clinic whose colours the person's pages take."""
    clinic = home_clinic(person.user) if person.user else None
    return clinic.zone if clinic else UTC
