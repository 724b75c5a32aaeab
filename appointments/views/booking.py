"""The booking path. Every choice is in the address; what is typed, in the form."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from appointments import answers, offers
from appointments.actions import (
    Blocked,
    BookingError,
    LimitReached,
    SlotTaken,
    hold,
)
from appointments.actions import book as book_visit
from appointments.entry import clinics_for, entry_for
from appointments.forms import BookForm, VisitForm
from appointments.models import Hold
from appointments.offers import Choice
from appointments.path import steps, time_context, trail
from appointments.ways import PATIENT
from healthcare import clock
from healthcare.policy import own_record

View = Callable[..., HttpResponseBase]
DETAILS = "visit_details"


def at_clinic(view: View) -> View:
    """The clinic in the address, if this person may book there: `request.clinic`."""

    @wraps(view)
    def inner(
        request: HttpRequest, *args: Any, clinic: str, **kwargs: Any
    ) -> HttpResponseBase:
        entry = entry_for(request.person, clinic)
        request.clinic, request.limits = entry.clinic, entry.limits
        if entry.is_blocked:
            return _blocked(request)
        if entry.limits_block and "submission" not in request.POST:
            return _blocked(request, entry.limits)
        return view(request, *args, **kwargs)

    return inner


def _blocked(request: HttpRequest, limits: str = "") -> HttpResponse:
    context = {"clinic": request.clinic, "limits": limits, "trail": trail()}
    return render(request, "appointments/blocked.html", context, status=403)


@own_record
def book(request: HttpRequest) -> HttpResponse:
    choice = clinics_for(request.person)
    if choice.only and "all" not in request.GET:
        return redirect("appointments:book_departments", clinic=choice.only.slug)
    context = {"choice": choice, "trail": trail(), "steps": steps(1)}
    return render(request, "appointments/book.html", context)


@own_record
@at_clinic
def book_departments(request: HttpRequest) -> HttpResponse:
    context = {
        "offer": offers.clinic_offer(request.clinic, clock.now(), PATIENT),
        "limits": request.limits,
        "way": PATIENT,
        "trail": trail(),
        "steps": steps(1),
    }
    return render(request, "appointments/book_departments.html", context)


@own_record
@at_clinic
def book_doctor(request: HttpRequest, department: UUID) -> HttpResponse:
    offer = offers.offer_of(request.clinic, department, clock.now(), PATIENT)
    context = {
        "offer": offer,
        "cards": offer.cards(request.person),
        "limits": request.limits,
        "way": PATIENT,
        "trail": trail(),
        "steps": steps(2),
    }
    return render(request, "appointments/book_doctor.html", context)


@own_record
@at_clinic
def book_time(request: HttpRequest, department: UUID, doctor: UUID) -> HttpResponse:
    choice = _choice(request, department, doctor)
    return _time_page(request, choice, VisitForm(initial=request.session.get(DETAILS)))


def _choice(request: HttpRequest, department: UUID, doctor: UUID) -> Choice:
    offer = offers.offer_of(request.clinic, department, clock.now(), PATIENT)
    return offer.choice(doctor, request.GET)


def _time_page(
    request: HttpRequest, choice: Choice, form: VisitForm, problem: str = ""
) -> HttpResponse:
    context = time_context(choice, form, request.GET, patient=request.person)
    context |= {"problem": problem, "limits": request.limits, "trail": trail()}
    return render(request, "appointments/book_time.html", context)


@own_record
@at_clinic
def book_check(request: HttpRequest, department: UUID, doctor: UUID) -> HttpResponse:
    """POST keeps the time and shows the answers; with a `submission`, it books them.

    A GET with a time, where signing up leads to, shows them as well.
    """
    choice = _choice(request, department, doctor)
    if request.method != "POST":
        return _come_back(request, choice)
    is_sure = "submission" in request.POST
    form = BookForm(request.POST) if is_sure else VisitForm(request.POST)
    if not form.is_valid():
        return _time_page(request, choice, form)
    request.session[DETAILS] = form.details()
    return _book(request, choice, form) if is_sure else _keep(request, choice, form)


def _come_back(request: HttpRequest, choice: Choice) -> HttpResponse:
    """A GET changes nothing: the time is looked at, not kept."""
    details = request.session.get(DETAILS) or {}
    time = request.GET.get("time", "")
    form = VisitForm({"time": time, "reason": details.get("reason", "")})
    if not form.is_valid():
        return redirect(choice.time_url())
    taken = answers.gone(choice, request.person, form.cleaned_data["time"])
    return _check_page(request, choice, form, taken=taken)


def _keep(request: HttpRequest, choice: Choice, form: VisitForm) -> HttpResponse:
    """Hold the time while the answers are read."""
    held, taken = None, None
    try:
        held = hold(
            clinic=request.clinic,
            patient=request.person,
            doctor=choice.doctor,
            starts_at=form.cleaned_data["time"],
            visit_type=choice.service.kind,
            service=choice.service,
            by=request.actor,
        )
    except SlotTaken as refusal:
        taken = refusal
    except BookingError as problem:
        return _refused(request, choice, form, problem)
    return _check_page(request, choice, form, held=held, taken=taken)


def _check_page(
    request: HttpRequest,
    choice: Choice,
    form: VisitForm,
    *,
    held: Hold | None = None,
    taken: SlotTaken | None = None,
) -> HttpResponse:
    doctor, service, patient = choice.doctor, choice.service, request.person
    time = form["time"].value()
    context = {
        "answers": answers.answers(choice, form.cleaned_data),
        "values": form.cleaned_data,
        "time": time,
        "submission": uuid4(),
        "kept": answers.kept_until(held),
        "taken": taken,
        "clash": answers.clash_with(patient, service, taken),
        "alternatives": answers.alternatives(doctor, service, patient, taken),
        "asks": service.is_on_approval,
        "limits": request.limits,
        "check_url": choice.check_url(),
        "change_url": choice.time_url(time=time),
        "trail": trail(),
        "steps": steps(3),
    }
    return render(request, "appointments/book_check.html", context)


def _book(request: HttpRequest, choice: Choice, form: VisitForm) -> HttpResponse:
    values = form.cleaned_data
    try:
        appointment = book_visit(
            clinic=request.clinic,
            patient=request.person,
            doctor=choice.doctor,
            starts_at=values["time"],
            visit_type=choice.service.kind,
            service=choice.service,
            reason=values["reason"],
            by=request.actor,
            submission=values["submission"],
        )
    except SlotTaken as taken:
        return _check_page(request, choice, form, taken=taken)
    except BookingError as problem:
        return _refused(request, choice, form, problem)
    request.session.pop(DETAILS, None)
    url = reverse("appointments:my_appointment", args=[appointment.uid])
    return redirect(f"{url}?booked=1")


def _refused(
    request: HttpRequest, choice: Choice, form: VisitForm, problem: BookingError
) -> HttpResponse:
    if isinstance(problem, Blocked):
        return _blocked(request)
    if isinstance(problem, LimitReached):
        return _blocked(request, problem.message)
    return _time_page(request, choice, form, problem.message)
