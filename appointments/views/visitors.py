"""The booking path before signing in: free times for everybody, and nobody's data.

The chosen time stays in the address, and what was typed in the session, through
sign-up, verification and profile; they end on the check page of the booking path.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.core.internal.ratelimit import consume
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from appointments import offers
from appointments.entry import open_clinic
from appointments.forms import VisitForm
from appointments.kinds import query_of
from appointments.offers import Choice
from appointments.path import steps, time_context, visitor_trail
from appointments.views.booking import DETAILS
from appointments.ways import PATIENT, VISITOR
from healthcare import clock
from healthcare.pages import too_many_requests
from healthcare.policy import public

View = Callable[..., HttpResponseBase]


def open_to_all(view: View) -> View:
    """`request.clinic` is listed; its times are not fetched faster than by hand."""

    @wraps(view)
    def inner(
        request: HttpRequest, *args: Any, slug: str, **kwargs: Any
    ) -> HttpResponseBase:
        request.clinic = open_clinic(slug)
        app = "allauth.account"
        if not consume(request, app=app, action="free_times", limit_get=True):
            return too_many_requests(request)
        return view(request, *args, **kwargs)

    return inner


@public
@require_safe
@open_to_all
def visit_departments(request: HttpRequest) -> HttpResponse:
    context = {
        "offer": offers.clinic_offer(request.clinic, clock.now(), VISITOR),
        "way": VISITOR,
        "trail": visitor_trail(request.clinic),
        "steps": steps(1),
    }
    return render(request, "appointments/book_departments.html", context)


@public
@require_safe
@open_to_all
def visit_doctor(request: HttpRequest, department: UUID) -> HttpResponse:
    offer = offers.offer_of(request.clinic, department, clock.now(), VISITOR)
    context = {
        "offer": offer,
        "cards": offer.cards(None),
        "way": VISITOR,
        "trail": visitor_trail(request.clinic),
        "steps": steps(2),
    }
    return render(request, "appointments/book_doctor.html", context)


@public
@require_http_methods(["GET", "HEAD", "POST"])
@open_to_all
def visit_time(request: HttpRequest, department: UUID, doctor: UUID) -> HttpResponse:
    """POST keeps the choice and leads to an account, or to the check with one."""
    offer = offers.offer_of(request.clinic, department, clock.now(), VISITOR)
    choice = offer.choice(doctor, request.GET)
    posted = request.POST if request.method == "POST" else None
    form = VisitForm(posted, initial=request.session.get(DETAILS))
    if form.is_valid():
        request.session[DETAILS] = form.details()
        return _to_check(request, choice, form["time"].value())
    context = time_context(choice, form, request.GET, patient=None)
    context |= {"trail": visitor_trail(request.clinic)}
    return render(request, "appointments/book_time.html", context)


def _to_check(request: HttpRequest, choice: Choice, time: str) -> HttpResponse:
    query = query_of(choice.service)
    check = PATIENT.check_url(choice.doctor, time=time, **query)
    if request.user.is_authenticated:
        return redirect(check)
    return redirect(f"{reverse('account_signup')}?{urlencode({'next': check})}")
