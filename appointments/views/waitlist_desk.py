"""The clinic's waitlist, for its desk."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appointments import actions
from appointments import waitlist as waiting
from appointments.models import WaitingEntry
from appointments.waitlist_forms import AddForm, RemoveForm, WaitlistFilter
from clinics.access import Permission, access
from clinics.crumbs import Trail, crumbs
from clinics.models import Registration
from healthcare import clock

PER_PAGE = 25


@access(Permission.APPOINTMENT_MANAGE)
@require_safe
def waiting_list(request: HttpRequest) -> HttpResponse:
    member = request.membership
    form = WaitlistFilter({"state": "open", **request.GET.dict()}, member=member)
    found = (
        WaitingEntry.objects.visible_to(member)
        .in_state(form.state_asked())
        .for_doctor(form.value("doctor"))
        .matching(form.value("q") or "", request.clinic)
        .with_people()
        .sorted_by(form.value("sort") or "")
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    patients = {entry.patient_id for entry in page}
    known = Registration.objects.visible_to(member).filter(patient__in=patients)
    numbers = dict(known.values_list("patient_id", "record_number"))
    context = {
        "filter": form,
        "page": page,
        "columns": waiting.columns(),
        "rows": [waiting.row(each, request.clinic, numbers) for each in page],
        "trail": crumbs(request.clinic, (_("Waitlist"), "")),
    }
    return render(request, "appointments/waitlist_desk.html", context)


@access(Permission.APPOINTMENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_waiting(request: HttpRequest) -> HttpResponse:
    today = clock.now().astimezone(request.clinic.zone).date()
    form = AddForm(
        request.POST if request.method == "POST" else None,
        member=request.membership,
        today=today,
        last=today + waiting.USUAL_WAIT,
    )
    if request.method == "POST" and form.is_valid() and _added(request, form):
        messages.success(request, _("Added to the waitlist."))
        return redirect("appointments:waiting_list", clinic=request.clinic.slug)
    context = {"form": form, "trail": _trail(request, _("Add a patient"))}
    return render(request, "appointments/waitlist_add.html", context)


def _added(request: HttpRequest, form: AddForm) -> bool:
    values = form.cleaned_data
    try:
        actions.join_waitlist(
            clinic=request.clinic,
            patient=values["record_number"].patient,
            department=values["department"],
            doctor=values["doctor"],
            visit_type=values["kind"],
            wishes=form.wishes(),
            by=request.actor,
        )
    except actions.BookingError as problem:
        form.add_error(None, problem.message)
        return False
    return True


@access(Permission.APPOINTMENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_waiting(request: HttpRequest, uid: UUID) -> HttpResponse:
    visible = WaitingEntry.objects.visible_to(request.membership).with_people()
    entry = get_object_or_404(visible, uid=uid)
    form = RemoveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            actions.leave_waitlist(entry=entry, by=request.actor, reason=reason)
        except actions.BookingError as problem:
            messages.error(request, problem.message)
        else:
            messages.success(request, _("Removed from the waitlist."))
        return redirect("appointments:waiting_list", clinic=request.clinic.slug)
    context = {
        "form": form,
        "who": entry.patient.clinical_name,
        "what": waiting.title(entry),
        "trail": _trail(request, _("Remove")),
    }
    return render(request, "appointments/waitlist_remove.html", context)


def _trail(request: HttpRequest, here: str) -> Trail:
    above = (_("Waitlist"), "appointments:waiting_list")
    return crumbs(request.clinic, above, (here, ""))
