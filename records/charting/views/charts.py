"""A patient's chart, for the doctors who care for them."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Person
from clinics.access import Permission, access
from healthcare import clock
from healthcare.cursor import cursor_page
from records.charting import chart
from records.charting.actions import open_chart
from records.charting.banner import Allergies, banner
from records.charting.models import charts_visible_to
from records.charting.roster import RosterForm, patient_rows, roster
from records.looked import clinics_of, look, looks_at
from records.prescribing.medicines import medicine

PAGE = 25


@access(Permission.CHART_VIEW)
@require_safe
def patients(request: HttpRequest) -> HttpResponse:
    form = RosterForm(request.GET)
    found = roster(request.membership, **form.wishes())
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "filter_form": form,
        "page": page,
        "rows": patient_rows(page, request.clinic),
        "searched": form.is_searched,
    }
    return render(request, "charting/patients.html", context)


@access(Permission.CHART_VIEW)
@require_safe
def summary(request: HttpRequest, uid: UUID) -> HttpResponse:
    patient, page = _opened(request, uid, _("Summary"))
    membership = request.membership
    context = {
        "glance": chart.glance(patient, membership),
        "timeline": chart.timeline(patient, membership, request.GET),
        "team": chart.care_team(patient, membership),
        "next": chart.next_visit(patient, membership),
        "unsigned": chart.unsigned(patient, membership),
    }
    return render(request, "charting/chart.html", page | context)


@access(Permission.CHART_VIEW)
@require_safe
def visits(request: HttpRequest, uid: UUID) -> HttpResponse:
    patient, page = _opened(request, uid, _("Visits"))
    timeline = chart.timeline(patient, request.membership, request.GET)
    return render(request, "charting/chart_visits.html", page | {"timeline": timeline})


@access(Permission.CHART_VIEW)
@require_safe
def medicines(request: HttpRequest, uid: UUID) -> HttpResponse:
    patient, page = _opened(request, uid, _("Medicines"))
    today = clock.now().astimezone(request.clinic.zone).date()
    past = chart.medicine_lines(patient, request.membership).past(today)
    shown = Paginator(past, PAGE).get_page(request.GET.get("page"))
    context = {
        "current": chart.current_medicines(patient, request.membership),
        "past": [medicine(line) for line in shown],
        "page": shown,
    }
    return render(request, "charting/chart_medicines.html", page | context)


@access(Permission.CHART_VIEW)
@require_safe
def looked(request: HttpRequest, uid: UUID) -> HttpResponse:
    """At this clinic; what other clinics did is the patient's to see."""
    patient, page = _opened(request, uid, _("Who looked"))
    here = looks_at(patient).of_clinic(request.clinic.uid)
    events = cursor_page(here, request.GET, by="at", size=PAGE)
    clinics = clinics_of(events.rows)
    looks = [look(event, clinics, request.clinic.zone) for event in events.rows]
    context = {"looks": looks, "newer": events.newer, "older": events.older}
    return render(request, "charting/chart_looked.html", page | context)


def _opened(
    request: HttpRequest, uid: UUID, part: str
) -> tuple[Person, dict[str, Any]]:
    """The patient and the frame of the page; that it was opened is in the log."""
    patient = get_object_or_404(charts_visible_to(request.membership), uid=uid)
    open_chart(patient=patient, clinic=request.clinic, part=part, by=request.actor)
    trail = [
        (_("Patients"), reverse("charting:patients", args=[request.clinic.slug])),
        (part, ""),
    ]
    return patient, {
        "patient": banner(patient, request.clinic),
        "allergies": Allergies(),
        "tabs": chart.tabs(request.clinic, patient, request.path),
        "trail": trail,
        "part": part,
    }
