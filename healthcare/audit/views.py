"""The auditor's pages. healthcare/urls.py says who may open them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from healthcare.audit import chain, proof, reports
from healthcare.audit.actions import record
from healthcare.audit.filters import LogFilter
from healthcare.audit.forms import LogFilterForm
from healthcare.audit.log import line, read_page
from healthcare.audit.models import Action, AuditEvent


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    clinic = request.clinic
    form = LogFilterForm(request.GET)
    asked = LogFilter.of(clinic.uid, form.cleaned_data) if form.is_valid() else None
    mine = AuditEvent.objects.of_clinic(clinic.uid)
    oldest_first = request.GET.get("sort") == "oldest"
    page = read_page(
        asked.apply(mine, clinic.zone) if asked else mine.none(),
        clinic.zone,
        oldest_first=oldest_first,
        before=mine.named(request.GET.get("before", "")),
        after=mine.named(request.GET.get("after", "")),
    )
    record(Action.LOG_OPENED, by=request.actor, clinic=clinic, reason=str(asked or ""))
    context = {
        "form": form,
        "page": page,
        "oldest_first": oldest_first,
        "chain": chain.state(clinic.uid, clinic.zone),
        "reports": reports.newest(request.user, clinic.uid, clinic.zone)[:2],
        "trail": trail(request),
    }
    return render(request, "audit/log.html", context)


@require_GET
def event(request: HttpRequest, uid: UUID) -> HttpResponse:
    clinic = request.clinic
    found = get_object_or_404(AuditEvent.objects.of_clinic(clinic.uid), uid=uid)
    record(Action.LOG_OPENED, by=request.actor, clinic=clinic, target=found)
    proven = proof.prove(found)
    context = {
        "event": found,
        "line": line(found, clinic.zone),
        "rows": proof.facts(found, clinic.zone),
        "proof": proven,
        "proof_rows": proof.in_words(proven, clinic.zone),
        "trail": trail(request, (_("Entry"), "")),
    }
    return render(request, "audit/event.html", context)


@require_GET
def chain_page(request: HttpRequest) -> HttpResponse:
    zone, last = request.clinic.zone, chain.last_reading()
    context = {
        "chain": chain.state(request.clinic.uid, zone),
        "rows": chain.facts(last, zone) if last else [],
        "findings": chain.findings(last) if last else [],
        "trail": trail(request, (_("Chain"), "")),
    }
    return render(request, "audit/chain.html", context)


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    job = reports.ask_for_verification(
        request.clinic, owner=request.user, by=request.actor
    )
    return redirect("jobs:detail", job.uid)


@require_GET
def report_list(request: HttpRequest) -> HttpResponse:
    clinic = request.clinic
    context = {
        "reports": reports.newest(request.user, clinic.uid, clinic.zone),
        "trail": trail(request, (_("Reports"), "")),
    }
    return render(request, "audit/reports.html", context)


@require_POST
def report_new(request: HttpRequest) -> HttpResponse:
    """Of the list whose filters the form carries along."""
    form = LogFilterForm(request.POST)
    if not form.is_valid():
        told = _("Correct the filters first, then make the PDF.")
        return _back_to_log(request, told)
    try:
        job = reports.ask(
            LogFilter.of(request.clinic.uid, form.cleaned_data),
            request.clinic,
            oldest_first=request.POST.get("sort") == "oldest",
            owner=request.user,
            by=request.actor,
        )
    except reports.TooManyRows as refusal:
        return _back_to_log(request, str(refusal))
    return redirect("jobs:detail", job.uid)


def _back_to_log(request: HttpRequest, told: str) -> HttpResponse:
    """With the filters as they were asked."""
    messages.error(request, told)
    asked = request.POST.copy()
    asked.pop("csrfmiddlewaretoken", None)
    log_url = reverse("audit:log", args=[request.clinic.slug])
    return redirect(f"{log_url}?{asked.urlencode()}")


def trail(request: HttpRequest, *pages: tuple[str, str]) -> list[tuple[str, str]]:
    slug = request.clinic.slug
    overview = (_("Overview"), reverse("clinics:overview", args=[slug]))
    return [overview, (_("Access log"), reverse("audit:log", args=[slug])), *pages]
