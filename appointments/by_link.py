"""One visit for somebody who did not sign in: before and after the date of birth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import BirthDateField
from appointments.actions import WrongBirthDate, check_birth_date
from appointments.mine import Visit, visit
from appointments.models import Appointment


class BirthDateForm(forms.Form):
    born = BirthDateField(label=gettext_lazy("The patient's date of birth"))

    def is_right_for(self, appointment: Appointment) -> bool:
        """Counts as a try. Raises LinkLocked."""
        try:
            check_birth_date(appointment=appointment, born=self.cleaned_data["born"])
        except WrongBirthDate as refusal:
            self.add_error("born", refusal.message)
            return False
        return True


@dataclass(frozen=True)
class Step:
    """Something the link lets its owner do with the visit."""

    label: str
    url: str
    icon: str
    kind: str = "outline-secondary"


@dataclass(frozen=True)
class LinkPage:
    visit: Visit
    steps: Sequence[Step]
    url: str


def link_page(appointment: Appointment, token: str, now: datetime) -> LinkPage:
    shown = visit(appointment, now)
    return LinkPage(
        visit=shown,
        steps=_steps(shown, token),
        url=reverse("appointments:visit", args=[token]),
    )


def _steps(shown: Visit, token: str) -> list[Step]:
    """All that a link is good for, beside looking."""
    if not shown.can_cancel:
        return []
    cancel = reverse("appointments:visit_cancel", args=[token])
    return [Step(_("Cancel the visit"), cancel, "calendar-x")]
