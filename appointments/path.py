"""Where a person is on the way to a visit: steps, breadcrumbs, and the page of days
and times that patients and visitors share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from appointments.answers import choice_so_far, lead
from appointments.forms import VisitForm
from appointments.offers import Choice
from appointments.week import Asked, Subject, picker_of
from clinics.models import Clinic
from healthcare import clock


@dataclass(frozen=True)
class Step:
    label: str
    state: str


@dataclass(frozen=True)
class Steps:
    steps: Sequence[Step]
    number: int

    @property
    def total(self) -> int:
        return len(self.steps)


def steps(number: int) -> Steps:
    labels = (
        _("Department"),
        _("Doctor, day and time"),
        _("Check your answers"),
        _("Confirmation"),
    )
    states = ["done"] * (number - 1) + ["current"] + ["next"] * (len(labels) - number)
    return Steps([Step(*pair) for pair in zip(labels, states, strict=True)], number)


def trail() -> list[tuple[str, str]]:
    """The steps say where on the path; the trail leads out of it."""
    return [
        (_("Home"), reverse("home")),
        (_("Appointments"), reverse("appointments:mine")),
        (_("Book"), reverse("appointments:book")),
    ]


def visitor_trail(clinic: Clinic) -> list[tuple[str, str]]:
    return [
        (_("Clinics"), reverse("clinics:list")),
        (clinic.name, clinic.page_url),
        (_("Book"), ""),
    ]


def time_context(
    choice: Choice, form: VisitForm, query: Mapping[str, str], *, patient: Person | None
) -> dict[str, Any]:
    """The days and times of the doctor and the kind of visit chosen."""
    asked = Asked.of(query)
    if form.is_bound:
        asked = replace(asked, time=form["time"].value() or "")
    subject = Subject(choice.doctor, choice.service, patient, choice.time_url)
    picker = picker_of(subject, asked, now=clock.now())
    view = {"view": "month"} if asked.is_month else {}
    return {
        "choice": choice,
        "cards": choice.offer.cards_beside(choice.doctor, patient),
        "kinds": choice.kinds(**view),
        "picker": picker,
        "form": form,
        "summary": choice_so_far(choice, picker),
        "lead": lead(choice.doctor, choice.service),
        "check_url": choice.check_url(day=picker.day, **view),
        "way": choice.offer.doctors.way,
        "steps": steps(2),
    }
