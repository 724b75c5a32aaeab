"""Where a person is on the way to a visit: steps and breadcrumbs."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _


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
