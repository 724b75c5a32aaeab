from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from appointments import calendar
from appointments.actions import BookingError, cancel
from appointments.calendar import Method
from appointments.forms import CancelForm, PastFilter
from appointments.mine import (
    cancel_policy,
    cancel_question,
    own_visit,
    tabs,
    trail,
    visit,
)
from appointments.models import Appointment, Status
from appointments.path import steps
from appointments.waiting import place_in_queue
from healthcare import clock
from healthcare.policy import own_record

PER_PAGE = 10


@own_record
def mine(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    own = Appointment.objects.of_person(request.person).with_people().placed_in_series()
    form = PastFilter(request.GET)
    is_past = request.GET.get("show") == "past"
    rows = own.past(now).of_status(form.chosen()) if is_past else own.upcoming(now)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "visits": [visit(each, now) for each in page],
        "page": page,
        "is_past": is_past,
        "form": form,
        "tabs": tabs(is_past=is_past),
        "trail": [*trail()[:1], (_("Appointments"), "")],
    }
    return render(request, "appointments/mine.html", context)


@own_record
def my_appointment(request: HttpRequest, uid: UUID) -> HttpResponse:
    appointment = own_visit(request.person, uid)
    fresh = appointment.status in (Status.BOOKED, Status.REQUESTED)
    is_new = "booked" in request.GET and fresh
    context = {
        "visit": visit(appointment, clock.now()),
        "waiting": place_in_queue(appointment),
        "policy": cancel_policy(appointment),
        "steps": steps(4) if is_new else None,
        "trail": trail((appointment.reference, "")),
    }
    return render(request, "appointments/my_appointment.html", context)


@own_record
def my_cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    appointment = own_visit(request.person, uid)
    form = CancelForm(request.POST if request.method == "POST" else None)
    told = _("Your appointment is cancelled.")
    if appointment.status == Status.REQUESTED:
        told = _("Your request is withdrawn.")
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            cancel(appointment=appointment, reason=reason, by=request.actor)
        except BookingError as problem:
            messages.error(request, problem.message)
        else:
            messages.success(request, told)
        return redirect(appointment)
    context = {
        "form": form,
        "visit": visit(appointment, clock.now()),
        "question": cancel_question(appointment),
        "trail": trail((appointment.reference, appointment.get_absolute_url())),
    }
    return render(request, "appointments/my_cancel.html", context)


@own_record
def calendar_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    appointment = own_visit(request.person, uid)
    content = calendar.calendar_file(appointment, Method.PUBLISH)
    name = f"{appointment.reference}.ics"
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
