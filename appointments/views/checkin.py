"""Behind the QR code in the waiting room."""

from allauth.core.ratelimit import consume
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from appointments import actions
from appointments.checkin import ReferenceForm, todays_visit, todays_visits
from appointments.models import Appointment, Poster
from appointments.waiting import place_in_queue
from clinics.access import public
from clinics.models import Clinic
from healthcare import clock
from healthcare.audit.actors import Actor, coming_from
from healthcare.pages import too_many_requests
from healthcare.policy import actor_of, no_store


@public
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: HttpRequest, slug: str, token: str) -> HttpResponseBase:
    poster = Poster.objects.named(slug, token)
    if poster is None:
        return no_store(render(request, "appointments/poster_gone.html", status=404))
    if request.method == "POST" and not consume(request, action="check_in"):
        return too_many_requests(request)
    request.clinic = poster.clinic
    person = request.user.own_person() if request.user.is_authenticated else None
    if person:
        return no_store(_own(request, poster.clinic, person))
    return no_store(_by_reference(request, poster.clinic))


def _own(request: HttpRequest, clinic: Clinic, person: Person) -> HttpResponse:
    now = clock.now()
    if request.method == "POST":
        found = todays_visit(clinic, person, request.POST.get("visit", ""), now)
        if found:
            _arrive(request, found, by=actor_of(request, role="patient"))
        else:
            messages.error(request, _("This visit is not one of yours here today."))
        return redirect(request.path)
    context = {"visits": todays_visits(clinic, person, now), "clinic": clinic}
    return render(request, "appointments/check_in.html", context)


def _by_reference(request: HttpRequest, clinic: Clinic) -> HttpResponse:
    form = ReferenceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        found = form.visit_today(clinic, clock.now())
        if found:
            with coming_from(channel="link"):
                way = _("by the poster's code")
                _arrive(request, found, by=actions.actor_by_link(found.patient, way))
            return redirect(request.path)
        unknown = _("We find no visit today with this reference and date of birth.")
        form.add_error(None, unknown)
    context = {"form": form, "clinic": clinic}
    return render(request, "appointments/check_in_reference.html", context)


def _arrive(request: HttpRequest, found: Appointment, *, by: Actor) -> None:
    try:
        actions.check_in(appointment=found, by=by)
    except actions.BookingError as problem:
        messages.error(request, problem.message)
    else:
        # A note, which stays: who did not sign in sees it nowhere else.
        messages.info(request, place_in_queue(found) or _("You are checked in."))
