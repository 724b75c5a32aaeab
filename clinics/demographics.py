"""What reception may see of a patient: who they are and how to reach them."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.countries import NAMES
from accounts.forms import LANGUAGES
from accounts.models import Person
from clinics.models import Registration
from clinics.rows import Pill, booking_state, born
from healthcare import dates

Fact = tuple[str, str]
SPOKEN = dict(LANGUAGES)


@dataclass(frozen=True)
class PatientPage:
    name: str
    record_number: str
    initials: str
    facts: list[Fact]
    contact: list[Fact]
    state: Pill
    is_blocked: bool
    blocked: list[Fact]
    block_url: str
    unblock_url: str

    @classmethod
    def of(cls, registration: Registration, now: datetime) -> "PatientPage":
        clinic, person = registration.clinic, registration.patient
        args = [clinic.slug, registration.uid]
        registered = registration.registered_at.astimezone(clinic.zone).date()
        return cls(
            name=person.clinical_name,
            record_number=registration.record_number,
            initials=person.initials,
            facts=[
                (_("Record number"), registration.record_number),
                (_("Born"), born(person, clinic, now)),
                (_("Sex"), person.get_sex_display()),
                (_("Gender"), person.get_gender_display() or _("Not told")),
                (_("Registered"), dates.day(registered)),
            ],
            contact=_contact(person),
            state=booking_state(registration),
            is_blocked=registration.is_blocked,
            blocked=_block(registration),
            block_url=reverse("clinics:block", args=args),
            unblock_url=reverse("clinics:unblock", args=args),
        )


def _contact(person: Person) -> list[Fact]:
    town = f"{person.postal_code} {person.city}".strip()
    lines = (person.address_line, town, NAMES.get(person.country, person.country))
    facts = [
        (_("Phone"), person.phone.as_international if person.phone else ""),
        (_("E-mail"), person.mail_address),
        (_("Address"), ", ".join(line for line in lines if line)),
        (_("Language"), SPOKEN.get(person.language, person.language)),
    ]
    return [(term, value or _("Not known")) for term, value in facts]


def _block(registration: Registration) -> list[Fact]:
    if registration.blocked_at is None or registration.blocked_by is None:
        return []
    blocker = registration.blocked_by
    person = blocker.own_person()
    zone = registration.clinic.zone
    return [
        (_("Since"), dates.moment(registration.blocked_at, zone)),
        (_("By"), person.formal_name if person else blocker.email),
        (_("Reason"), registration.blocked_reason),
    ]
