"""The patient banner: who this is, on top of every clinical page."""

from dataclasses import dataclass

from accounts.models import Person
from clinics.models import Clinic, Registration
from healthcare import clock, dates


@dataclass(frozen=True)
class Allergies:
    """Until somebody asks, the answer is 'not asked', never 'none'."""

    state: str = "unknown"
    text: str = ""
    url: str = ""


@dataclass(frozen=True)
class Banner:
    family: str
    given: str
    title: str
    born: str
    gender: str
    number: str
    phone: str
    blocked: bool


def banner(patient: Person, clinic: Clinic) -> Banner:
    registration = Registration.objects.filter(patient=patient, clinic=clinic).first()
    gender = patient.get_gender_display() or patient.get_sex_display()
    return Banner(
        family=patient.family_name.upper(),
        given=patient.given_name,
        title=patient.title,
        born=born(patient, clinic),
        gender=gender,
        number=registration.record_number if registration else "",
        phone=patient.phone.as_international if patient.phone else "",
        blocked=bool(registration and registration.is_blocked),
    )


def born(patient: Person, clinic: Clinic) -> str:
    """'14-Jul-1945 (81y)'."""
    if patient.date_of_birth is None:
        return ""
    today = clock.now().astimezone(clinic.zone).date()
    return f"{dates.day(patient.date_of_birth)} ({patient.age_on(today)}y)"
