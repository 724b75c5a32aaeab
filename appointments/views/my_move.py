"""A patient moves their own visit: choose a time, check it, move it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from appointments import answers, moves
from appointments.actions import BookingError, SlotTaken, reschedule
from appointments.forms import TimeForm
from appointments.mine import own_visit, trail, visit
from appointments.models import Appointment, Service
from healthcare import clock
from healthcare.policy import own_record


@own_record
def move(request: HttpRequest, uid: UUID) -> HttpResponse:
    """GET shows free times; POST the change; with `sure`, it is made."""
    appointment = own_visit(request.person, uid)
    service = moves.service_to_move(appointment)
    if service is None or not moves.can_move(appointment):
        context = _context(appointment)
        return render(request, "appointments/my_unmovable.html", context)
    if request.method != "POST":
        return _time_page(request, appointment, service, TimeForm())
    form = TimeForm(request.POST)
    if not form.is_valid():
        return _time_page(request, appointment, service, form)
    if "sure" in request.POST:
        return _move(request, appointment, service, form)
    return _check_page(request, appointment, service, form)


def _context(appointment: Appointment) -> dict[str, Any]:
    url = appointment.get_absolute_url()
    return {
        "visit": visit(appointment, clock.now()),
        "trail": trail((appointment.reference, url)),
    }


def _time_page(
    request: HttpRequest,
    appointment: Appointment,
    service: Service,
    form: TimeForm,
    problem: str = "",
) -> HttpResponse:
    query = request.GET.dict()
    if form.is_bound:
        query["time"] = form["time"].value() or ""
    context = _context(appointment) | {
        "picker": moves.picker_for(appointment, service, query),
        "form": form,
        "problem": problem,
        "lead": answers.lead(appointment.doctor, service),
    }
    return render(request, "appointments/my_move.html", context)


def _check_page(
    request: HttpRequest,
    appointment: Appointment,
    service: Service,
    form: TimeForm,
    taken: SlotTaken | None = None,
) -> HttpResponse:
    time, patient = form["time"].value(), request.person
    context = _context(appointment) | {
        "changes": moves.changes(appointment, service, form.cleaned_data["time"]),
        "time": time,
        "taken": taken,
        "clash": answers.clash_with(patient, service, taken),
        "alternatives": answers.alternatives(
            appointment.doctor, service, patient, taken
        ),
        "change_url": moves.move_url(appointment, time=time),
    }
    return render(request, "appointments/my_move_check.html", context)


def _move(
    request: HttpRequest, appointment: Appointment, service: Service, form: TimeForm
) -> HttpResponse:
    """The same click twice moves it once."""
    starts_at = form.cleaned_data["time"]
    if starts_at == appointment.starts_at:
        return redirect(appointment)
    try:
        reschedule(appointment=appointment, starts_at=starts_at, by=request.actor)
    except SlotTaken as taken:
        appointment = own_visit(request.person, appointment.uid)
        return _check_page(request, appointment, service, form, taken)
    except BookingError as problem:
        return _time_page(request, appointment, service, form, problem.message)
    messages.success(
        request, _("Your appointment is moved. We have sent you an e-mail.")
    )
    return redirect(appointment)
