"""Narrowing the list of who looked: by person, clinic and period."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic
from healthcare import clock
from healthcare.audit.models import AuditEventQuerySet

PERIODS = {"7": _("Last 7 days"), "30": _("Last 30 days"), "365": _("Last year")}
MOST = 200


class LookedForm(forms.Form):
    """Offers only people and clinics that are in the list."""

    person = forms.ChoiceField(label=_("Person"), required=False)
    clinic = forms.ChoiceField(label=_("Clinic"), required=False)
    period = forms.ChoiceField(
        label=_("Period"), required=False, choices=[("", _("All")), *PERIODS.items()]
    )

    def __init__(self, *args: Any, events: AuditEventQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("person", [("", str(_("Everybody"))), *_people(events)])
        self._offer("clinic", [("", str(_("All clinics"))), *_clinics(events)])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def narrowed(self, events: AuditEventQuerySet) -> AuditEventQuerySet:
        """What is not among the choices narrows nothing."""
        self.full_clean()
        wanted = self.cleaned_data
        if person := wanted.get("person"):
            events = events.filter(actor_uid=person)
        if clinic := wanted.get("clinic"):
            events = events.filter(clinic_uid=clinic)
        if period := wanted.get("period"):
            events = events.filter(at__gte=clock.now() - timedelta(days=int(period)))
        return events

    @property
    def is_filtered(self) -> bool:
        return any(self.cleaned_data.values())


def _people(events: AuditEventQuerySet) -> list[tuple[str, str]]:
    found = events.order_by("actor_label").values_list("actor_uid", "actor_label")
    return list(dict(found.distinct()[:MOST]).items())


def _clinics(events: AuditEventQuerySet) -> list[tuple[str, str]]:
    uids = events.order_by().values("clinic_uid")
    found = Clinic.objects.filter(uid__in=uids).order_by("name")
    return [(str(clinic.uid), clinic.name) for clinic in found]
