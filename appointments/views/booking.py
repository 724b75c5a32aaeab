"""The booking path. Every choice is in the address; what is typed, in the form."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from appointments import offers
from appointments.actions import Blocked, BookingError, SlotTaken
from appointments.actions import book as book_visit
from appointments.answers import alternatives, answers, choice_so_far, lead
from appointments.forms import BookForm, VisitForm
from appointments.offers import Offer
from appointments.path import steps, trail
from appointments.week import Asked, week_of
from clinics.models import Membership
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
        entry = offers.entry_for(request.person, clinic)
        request.clinic = entry.clinic
        if entry.is_blocked:
            return _blocked(request)
        return view(request, *args, **kwargs)

    return inner


def _blocked(request: HttpRequest) -> HttpResponse:
    context = {"clinic": request.clinic, "trail": trail()}
    return render(request, "appointments/blocked.html", context, status=403)


@own_record
def book(request: HttpRequest) -> HttpResponse:
    choice = offers.clinics_for(request.person)
    if choice.only and "all" not in request.GET:
        return redirect("appointments:book_departments", clinic=choice.only.slug)
    context = {"choice": choice, "trail": trail(), "steps": steps(1)}
    return render(request, "appointments/book.html", context)


@own_record
@at_clinic
def book_departments(request: HttpRequest) -> HttpResponse:
    context = {
        "clinic": request.clinic,
        "cards": offers.department_cards(request.clinic, clock.now()),
        "trail": trail(),
        "steps": steps(1),
    }
    return render(request, "appointments/book_departments.html", context)


@own_record
@at_clinic
def book_doctor(request: HttpRequest, department: UUID) -> HttpResponse:
    offer = offers.offer_of(request.clinic, department, clock.now())
    context = {
        "offer": offer,
        "cards": offer.cards(request.person),
        "trail": trail(),
        "steps": steps(2),
    }
    return render(request, "appointments/book_doctor.html", context)


@own_record
@at_clinic
def book_time(request: HttpRequest, department: UUID, doctor: UUID) -> HttpResponse:
    offer = offers.offer_of(request.clinic, department, clock.now())
    form = VisitForm(initial=request.session.get(DETAILS))
    return _time_page(request, offer, offer.doctor(doctor), form)


def _time_page(
    request: HttpRequest,
    offer: Offer,
    doctor: Membership,
    form: VisitForm,
    problem: str = "",
) -> HttpResponse:
    words = {name: request.GET.get(name, "") for name in ("day", "week", "time")}
    if form.is_bound:
        words["time"] = form["time"].value() or ""
    asked = Asked(**words)
    week = week_of(doctor, asked, now=clock.now(), patient=request.person)
    context = {
        "doctor": doctor,
        "cards": offer.cards_beside(doctor, request.person),
        "offer": offer,
        "week": week,
        "form": form,
        "problem": problem,
        "summary": choice_so_far(doctor, week),
        "lead": lead(doctor),
        "check_url": offers.check_url(doctor, day=week.day),
        "trail": trail(),
        "steps": steps(2),
    }
    return render(request, "appointments/book_time.html", context)


@own_record
@at_clinic
def book_check(request: HttpRequest, department: UUID, doctor: UUID) -> HttpResponse:
    """POST shows the answers; with a `submission`, it books them."""
    offer = offers.offer_of(request.clinic, department, clock.now())
    chosen = offer.doctor(doctor)
    if request.method != "POST":
        return redirect(offers.time_url(chosen))
    is_sure = "submission" in request.POST
    form = BookForm(request.POST) if is_sure else VisitForm(request.POST)
    if not form.is_valid():
        return _time_page(request, offer, chosen, form)
    request.session[DETAILS] = form.details()
    if is_sure:
        return _book(request, offer, chosen, form)
    return _check_page(request, offer, chosen, form)


def _check_page(
    request: HttpRequest,
    offer: Offer,
    doctor: Membership,
    form: VisitForm,
    taken: SlotTaken | None = None,
) -> HttpResponse:
    context = {
        "doctor": doctor,
        "answers": answers(offer, doctor, form.cleaned_data),
        "values": form.cleaned_data,
        "time": form["time"].value(),
        "submission": uuid4(),
        "taken": taken,
        "alternatives": alternatives(doctor, request.person, taken),
        "change_url": offers.time_url(doctor, time=form["time"].value()),
        "trail": trail(),
        "steps": steps(3),
    }
    return render(request, "appointments/book_check.html", context)


def _book(
    request: HttpRequest, offer: Offer, doctor: Membership, form: VisitForm
) -> HttpResponse:
    values = form.cleaned_data
    try:
        appointment = book_visit(
            clinic=request.clinic,
            patient=request.person,
            doctor=doctor,
            starts_at=values["time"],
            visit_type=values["visit_type"],
            reason=values["reason"],
            by=request.actor,
            submission=values["submission"],
        )
    except SlotTaken as taken:
        return _check_page(request, offer, doctor, form, taken)
    except Blocked:
        return _blocked(request)
    except BookingError as problem:
        return _time_page(request, offer, doctor, form, problem.message)
    request.session.pop(DETAILS, None)
    url = reverse("appointments:my_appointment", args=[appointment.uid])
    return redirect(f"{url}?booked=1")
