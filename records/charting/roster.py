"""A doctor's own patients, to search and sort."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from appointments.models import Appointment, Status
from clinics.models import Clinic, Membership, Registration
from healthcare import clock, dates
from records.charting.banner import born
from records.charting.models import Encounter, charts_visible_to

SORTS: dict[str, list[Any]] = {
    "name": ["family_name", "given_name", "id"],
    "last": [F("last_visit").desc(nulls_last=True), "family_name", "id"],
    "next": [F("next_visit").asc(nulls_last=True), "family_name", "id"],
}


def roster(membership: Membership, *, text: str, sort: str) -> QuerySet[Person]:
    """The doctor's patients with record number, last and next visit."""
    here = Registration.objects.visible_to(membership)
    seen = Encounter.objects.signed().filter(clinic=membership.clinic_id)
    ahead = Appointment.objects.visible_to(membership).filter(
        starts_at__gt=clock.now(), status__in=[Status.BOOKED, Status.ARRIVED]
    )
    people = charts_visible_to(membership).annotate(
        number=_first(here, "record_number"),
        blocked_at=_first(here, "blocked_at"),
        last_visit=_first(seen.order_by("-started_at"), "started_at"),
        next_visit=_first(ahead.order_by("starts_at"), "starts_at"),
    )
    if text:
        people = people.filter(pk__in=here.matching(text).values("patient"))
    return people.order_by(*SORTS[sort])


def _first(rows: QuerySet, name: str) -> Subquery:
    return Subquery(rows.filter(patient=OuterRef("pk")).values(name)[:1])


class RosterForm(forms.Form):
    q = forms.CharField(label=_("Name or record number"), required=False)
    sort = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        choices=[
            ("name", _("Name")),
            ("last", _("Last visit")),
            ("next", _("Next appointment")),
        ],
    )

    def wishes(self) -> dict[str, str]:
        """What to search and how to sort, also when the address holds nonsense."""
        self.full_clean()
        return {
            "text": self.cleaned_data.get("q", ""),
            "sort": self.cleaned_data.get("sort") or "name",
        }

    @property
    def is_searched(self) -> bool:
        return bool(self.wishes()["text"])


@dataclass(frozen=True)
class PatientRow:
    name: str
    initials: str
    born: str
    gender: str
    number: str
    last: str
    next: str
    blocked: bool
    url: str


def patient_rows(people: Iterable[Any], clinic: Clinic) -> list[PatientRow]:
    """From rows of `roster`."""
    return [
        PatientRow(
            name=person.clinical_name,
            initials=person.initials,
            born=born(person, clinic),
            gender=person.get_gender_display() or person.get_sex_display(),
            number=person.number or "",
            last=dates.moment(person.last_visit, clinic.zone)
            if person.last_visit
            else "",
            next=dates.moment(person.next_visit, clinic.zone)
            if person.next_visit
            else "",
            blocked=person.blocked_at is not None,
            url=reverse("charting:chart", args=[clinic.slug, person.uid]),
        )
        for person in people
    ]
