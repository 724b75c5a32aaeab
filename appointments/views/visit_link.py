"""The link from the e-mail: one visit, after the date of birth, without signing in."""

from collections.abc import Callable
from functools import wraps

from allauth.core.ratelimit import consume
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appointments import actions
from appointments.by_link import BirthDateForm, link_page
from appointments.forms import CancelForm
from appointments.links import SALT, linked_visit
from appointments.mine import cancel_question
from appointments.models import Appointment
from clinics.access import public
from healthcare import clock
from healthcare.audit.actors import coming_from
from healthcare.pages import too_many_requests
from healthcare.policy import no_store

COOKIE = "visit"
MINUTES = 10

LinkView = Callable[..., HttpResponseBase]


def _by_link(view: LinkView) -> LinkView:
    """Finds the visit; unknown, made-up and ended links get the same answer.

    The token is in the address, so no page tells it on. `no-referrer` would do that
    too, but with it browsers send forms with `Origin: null`, which is refused.
    """

    @wraps(view)
    def inner(request: HttpRequest, token: str) -> HttpResponseBase:
        found = linked_visit(token, clock.now())
        if found is None:
            response: HttpResponseBase = render(
                request, "appointments/link_gone.html", status=404
            )
        else:
            with coming_from(channel="link"):
                response = view(request, token, found)
        response.headers["Referrer-Policy"] = "strict-origin"
        response.headers["X-Robots-Tag"] = "noindex"
        return no_store(response)

    return inner


@public
@require_http_methods(["GET", "HEAD", "POST"])
@_by_link
def visit(request: HttpRequest, token: str, found: Appointment) -> HttpResponse:
    if not _is_proven(request, token, found):
        return _ask(request, token, found)
    request.clinic = found.clinic
    context = {"page": link_page(found, token, clock.now())}
    return render(request, "appointments/link_visit.html", context)


@public
@require_http_methods(["GET", "HEAD", "POST"])
@_by_link
def cancel(request: HttpRequest, token: str, found: Appointment) -> HttpResponse:
    page = link_page(found, token, clock.now())
    if not _is_proven(request, token, found) or not page.visit.can_cancel:
        return redirect(page.url)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        _cancel(request, found, form.cleaned_data["reason"])
        return redirect(page.url)
    request.clinic = found.clinic
    context = {"page": page, "form": form, "question": cancel_question(found)}
    return render(request, "appointments/link_cancel.html", context)


def _cancel(request: HttpRequest, found: Appointment, reason: str) -> None:
    by = actions.actor_by_link(found.patient, _("by the link in the e-mail"))
    try:
        actions.cancel(appointment=found, reason=reason, by=by)
    except actions.BookingError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("Your appointment is cancelled."))


def _ask(request: HttpRequest, token: str, found: Appointment) -> HttpResponse:
    """The second factor. Until it is right nothing of the visit is told."""
    form = BirthDateForm(request.POST if request.method == "POST" else None)
    if actions.is_locked(found):
        return _locked(request, found)
    if request.method == "POST":
        if not consume(request, action="visit_link", key=str(found.uid)):
            return too_many_requests(request)
        try:
            if form.is_valid() and form.is_right_for(found):
                return _proven(request, token, found)
        except actions.LinkLocked:
            return _locked(request, found)
    return render(request, "appointments/link_ask.html", {"form": form})


def _locked(request: HttpRequest, found: Appointment) -> HttpResponse:
    context = {"clinic": found.clinic}
    return render(request, "appointments/link_locked.html", context, status=403)


def _proven(request: HttpRequest, token: str, found: Appointment) -> HttpResponse:
    by = actions.actor_by_link(found.patient, _("by the link in the e-mail"))
    actions.note_link_opened(appointment=found, by=by)
    url = reverse("appointments:visit", args=[token])
    response = redirect(url)
    response.set_signed_cookie(
        COOKIE,
        str(found.uid),
        salt=SALT + token,
        max_age=MINUTES * 60,
        path=url,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def _is_proven(request: HttpRequest, token: str, found: Appointment) -> bool:
    """For this link alone, and for ten minutes."""
    cookie = request.get_signed_cookie(
        COOKIE, default=None, salt=SALT + token, max_age=MINUTES * 60
    )
    return cookie == str(found.uid)
