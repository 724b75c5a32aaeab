from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from healthcare.audit.filters import ROLES
from healthcare.audit.models import Action, Outcome

DAY_FORMATS = ["%d-%b-%Y", "%Y-%m-%d", "%d.%m.%Y"]
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
SUBJECTS = {
    "session": _("Signing in"),
    "account": _("Accounts"),
    "profile": _("Accounts"),
    "access": _("Access"),
    "clinic": _("Clinic"),
    "member": _("Members"),
    "invitation": _("Members"),
    "patient": _("Patients"),
    "careteam": _("Patients"),
    "availability": _("Appointments"),
    "appointment": _("Appointments"),
    "chart": _("Records"),
    "encounter": _("Records"),
    "prescription": _("Records"),
    "audit": _("Log and reports"),
    "report": _("Log and reports"),
    "job": _("Log and reports"),
}


def _actions() -> Iterator[tuple[Any, Any]]:
    """Grouped by what they are about."""
    yield "", _("All actions")
    by_subject = groupby(
        Action, lambda a: SUBJECTS.get(a.partition(".")[0], _("Other"))
    )
    for subject, actions in by_subject:
        yield subject, [(action.value, action.label) for action in actions]


class DayField(forms.DateField):
    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            input_formats=DAY_FORMATS,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            validators=[
                MinValueValidator(EARLIEST, _("Enter a day from 2000 on.")),
                MaxValueValidator(LATEST, _("Enter a day before 2200.")),
            ],
            error_messages={"invalid": _("Enter a day such as 16-Sep-2026.")},
            **options,
        )


class LogFilterForm(forms.Form):
    first_day = DayField(label=_("From"))
    last_day = DayField(label=_("To"))
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("All roles")), *ROLES.items()]
    )
    action = forms.ChoiceField(label=_("Action"), required=False, choices=_actions)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        required=False,
        choices=[("", _("All outcomes")), *Outcome.choices],
    )
    person = forms.CharField(label=_("Person"), required=False, max_length=100)
    patient = forms.CharField(
        label=_("Patient name or number"), required=False, max_length=100
    )

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        first, last = asked.get("first_day"), asked.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("Enter a day on or after the first."))
        return asked
