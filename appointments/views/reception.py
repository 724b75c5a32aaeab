"""Booking for a patient at the desk: who, when, sure. Every choice is in the address;
what the visit is about is only ever posted."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appointments import actions, reception
from appointments.actions import BookingError
from appointments.board import detail_url
from appointments.desk_forms import AnyTimeForm, DeskBookForm, FindForm, PatientForm
from appointments.models import Appointment
from appointments.picker import Choice, chosen, doctors_for
from appointments.views.series import remember
from clinics.access import Permission, access
from clinics.actions import register_person
from clinics.crumbs import crumbs
from clinics.duplicates import alike
from clinics.models import Registration
from healthcare import clock

MOST_FOUND = 20


@access(Permission.APPOINTMENT_MANAGE)
@require_safe
def desk_book(request: HttpRequest) -> HttpResponse:
    """Who is it for?"""
    form = FindForm({"q": request.GET.get("q", "")})
    wanted = form.wanted()
    found = Registration.objects.visible_to(request.membership)
    matching = found.matching(wanted).sorted_by("name")[:MOST_FOUND] if wanted else ()
    context = {
        "form": form,
        "wanted": wanted,
        "kept": reception.slot_query(request.GET),
        "found": reception.patient_rows(matching, request.clinic, request.GET),
        "new_url": reception.new_url(request.clinic, request.GET),
        **_page(request, 1),
    }
    return render(request, "appointments/desk_book.html", context)


@access(Permission.APPOINTMENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def desk_register(request: HttpRequest) -> HttpResponse:
    """Write somebody down. Who may be the same person is shown first."""
    data = request.POST if request.method == "POST" else None
    form = PatientForm(data, country=request.clinic.country)
    candidates: list[Registration] = []
    if data is not None and form.is_valid():
        candidates = alike(request.clinic, form.cleaned_data)
        if not candidates or "anyway" in data:
            made = register_person(
                clinic=request.clinic, values=form.cleaned_data, by=request.actor
            )
            words = {"name": made.patient.full_name, "number": made.record_number}
            messages.success(request, _("Registered: %(name)s, %(number)s.") % words)
            return redirect(reception.time_url(made, request.GET))
    context = {
        "form": form,
        "candidates": reception.patient_rows(candidates, request.clinic, request.GET),
        **_page(request, 1),
    }
    return render(request, "appointments/desk_register.html", context)


@access(Permission.APPOINTMENT_MANAGE)
@require_safe
def desk_time(request: HttpRequest, uid: UUID) -> HttpResponse:
    """With whom, for what and when?"""
    registration = _registration(request, uid)
    doctors = doctors_for(request.membership)
    choice = chosen(request.GET, doctors)
    context = {
        "page": reception.time_page(registration, doctors, choice, now=clock.now()),
        "form": AnyTimeForm(),
        "problem": choice.problem,
        **_page(request, 2),
    }
    return render(request, "appointments/desk_time.html", context)


@access(Permission.APPOINTMENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def desk_confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The answers, and what it is about; POST books."""
    registration = _registration(request, uid)
    asked = request.GET.copy()
    if time := request.POST.get("time"):
        asked["time"] = time
    choice = chosen(asked, doctors_for(request.membership))
    if choice.doctor is None or choice.starts_at is None:
        return _ask_again(request, registration, choice)
    patient, now = registration.patient, clock.now()
    taken = reception.problem_of(choice, patient, now)
    data = request.POST if request.method == "POST" else None
    form = DeskBookForm(data, needs_over=bool(taken), initial={"submission": uuid4()})
    if data is not None and form.is_valid():
        answer = _book(request, registration, choice, form)
        if answer is not None:
            return answer
    context = {
        "page": reception.confirm_page(registration, choice, taken, now=now),
        "form": form,
        **_page(request, 3),
    }
    return render(request, "appointments/desk_confirm.html", context)


def _ask_again(
    request: HttpRequest, registration: Registration, choice: Choice
) -> HttpResponse:
    messages.warning(request, choice.problem or _("Choose a time first."))
    url = reception.time_url(registration)
    return redirect(f"{url}?{urlencode(choice.query)}" if choice.query else url)


def _book(
    request: HttpRequest, registration: Registration, choice: Choice, form: DeskBookForm
) -> HttpResponse | None:
    """To the visit or to the series; None, with the problem on the form."""
    service, values = choice.service, form.cleaned_data
    assert choice.doctor
    assert choice.starts_at
    assert service
    wish: dict[str, Any] = {
        "clinic": request.clinic,
        "patient": registration.patient,
        "doctor": choice.doctor,
        "starts_at": choice.starts_at,
        "visit_type": service.kind,
        "reason": values["reason"],
        "service": service if service.pk else None,
        "by": request.actor,
    }
    try:
        if weeks := values.get("every_weeks"):
            report = actions.book_series(
                **wish, every_weeks=weeks, count=values["count"]
            )
            return redirect(remember(request, report))
        visit = actions.book(
            **wish, over=values.get("over", ""), submission=values["submission"]
        )
    except BookingError as problem:
        form.add_error(None, reception.told(problem))
        return None
    return _booked(request, visit)


def _booked(request: HttpRequest, visit: Appointment) -> HttpResponse:
    words = {"name": visit.patient.clinical_name, "reference": visit.reference}
    messages.success(request, _("Booked: %(name)s, %(reference)s.") % words)
    return redirect(detail_url(visit))


def _registration(request: HttpRequest, uid: UUID) -> Registration:
    visible = Registration.objects.visible_to(request.membership)
    return get_object_or_404(visible, uid=uid)


def _page(request: HttpRequest, step: int) -> dict[str, Any]:
    trail = crumbs(request.clinic, (_("Desk"), "appointments:desk"), (_("Book"), ""))
    return {
        "steps": reception.steps(step),
        "clinic": request.clinic,
        "trail": trail,
        "find_url": reverse("appointments:desk_book", args=[request.clinic.slug]),
    }
