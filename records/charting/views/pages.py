"""What the pages around a visit's note show."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.models import VisitType
from healthcare import dates
from records.charting.banner import Allergies, banner
from records.charting.chart import chart_url, glance
from records.charting.forms import NoteForms
from records.charting.models import Encounter, EncounterDraft
from records.charting.note import Note, Row, shaped, without_blanks
from records.charting.visits import signed_note, visit

Context = dict[str, Any]


def write_page(
    request: HttpRequest,
    encounter: Encounter,
    *,
    forms: NoteForms | None = None,
    draft: EncounterDraft | None = None,
) -> Context:
    draft = draft or encounter.draft
    forms = forms or NoteForms.showing(shaped(draft.body))
    return _about(request, encounter) | {
        "note": forms.note,
        "diagnoses": forms.rows["diagnoses"],
        "lines": forms.rows["lines"],
        "blanks": forms.blanks(),
        "forms": forms.all,
        "has_errors": any(form.errors for form in forms.all if form.is_bound),
        "revision": draft.revision,
        "saved": saved_at(draft, encounter) if draft.revision else "",
        "glance": glance(encounter.patient, request.membership),
    }


def conflict_page(
    request: HttpRequest,
    encounter: Encounter,
    *,
    forms: NoteForms,
    draft: EncounterDraft,
) -> Context:
    """The writer's own text in the form, the other one beside it."""
    page = write_page(
        request, encounter, forms=NoteForms.showing(forms.body), draft=draft
    )
    time = dates.clock_time(draft.saved_at, encounter.clinic.zone)
    if draft.is_by(request.membership.user):
        told = _("You saved this note in another window or on another device at %s.")
        told = told % time
    else:
        told = _("%(who)s saved this note at %(time)s.") % {
            "who": encounter.doctor.label,
            "time": time,
        }
    return page | {
        "theirs": readable(shaped(draft.body)),
        "conflict": told,
        "saved": "",
    }


def read_page(request: HttpRequest, encounter: Encounter) -> Context:
    page = _about(request, encounter)
    if encounter.is_signed:
        return page | {"signed": signed_note(encounter)}
    return page


def confirm_page(request: HttpRequest, encounter: Encounter) -> Context:
    draft = encounter.draft
    note = without_blanks(shaped(draft.body))
    count = len(note["lines"])
    medicines = ngettext(
        "%(count)d medicine is prescribed", "%(count)d medicines are prescribed", count
    )
    facts = {
        "patient": encounter.patient.full_name,
        "medicines": medicines % {"count": count},
    }
    return _about(request, encounter) | {
        "revision": draft.revision,
        "content": readable(note),
        "text": _(
            "The note is locked and can no longer be changed. %(patient)s can read it "
            "at once. %(medicines)s, and the appointment is completed."
        )
        % facts,
    }


def readable(note: Note) -> Context:
    """A text that is not signed, for reading."""
    tidy = without_blanks(note)
    return {
        "type": dict(VisitType.choices).get(tidy["visit_type"], ""),
        "conditions": tidy["diagnoses"],
        "medicines": [_medicine(line) for line in tidy["lines"]],
        "notes": tidy["notes"],
        "plan": tidy["plan"],
    }


def _medicine(line: Row) -> Row:
    days = line["duration_days"]
    return {
        "full_name": f"{line['medicine']} {line['strength']}".strip(),
        "how": ", ".join(filter(None, (line["dose"], line["frequency"]))),
        "duration": _("%(days)s days") % {"days": days} if days else "",
        "instructions": line["instructions"],
    }


def saved_at(draft: EncounterDraft, encounter: Encounter) -> str:
    time = dates.clock_time(draft.saved_at, encounter.clinic.zone)
    return _("Saved at %(time)s") % {"time": time}


def _about(request: HttpRequest, encounter: Encounter) -> Context:
    patient, clinic = encounter.patient, encounter.clinic
    chart = chart_url("charting:chart", clinic, patient)
    own = reverse("charting:encounter", args=[clinic.slug, encounter.uid])
    return {
        "patient": banner(patient, clinic),
        "allergies": Allergies(),
        "visit": visit(encounter),
        "chart_url": chart,
        "note_url": own,
        "trail": [(_("Chart"), chart), (_("Visit note"), "")],
    }
