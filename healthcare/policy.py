"""Who a view is for. Every view carries a policy in `.access`; one without is refused.

Roles and permissions are in clinics/access.py, the page that has the whole picture.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from healthcare.audit.actions import Named, record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action, Outcome

View = Callable[..., HttpResponseBase]
PUBLIC, SIGNED_IN, OWN_RECORD = "public", "signed in", "own record"


def public(view: View) -> View:
    """Anyone may open this page."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.actor = actor_of(request)
        return view(request, *args, **kwargs)

    inner.access = PUBLIC
    inner.login_required = False
    return inner


def signed_in(view: View) -> View:
    """Anyone with an account may open this page."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        request.actor = actor_of(request)
        return view(request, *args, **kwargs)

    inner.access = SIGNED_IN
    return inner


def own_record(view: View) -> View:
    """The signed-in person's own pages; `request.person` is that person."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        person = request.user.own_person()
        if person is None or not person.is_complete:
            query = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse('accounts:profile')}?{query}")
        request.person = person
        request.actor = actor_of(request, role="patient")
        with refusals_noted(request, by=request.actor):
            return no_store(view(request, *args, **kwargs))

    inner.access = OWN_RECORD
    return inner


def actor_of(request: HttpRequest, *, role: str = "") -> Actor:
    if not request.user.is_authenticated:
        return Actor.anonymous()
    return request.user.as_actor(role=role)


@contextmanager
def refusals_noted(
    request: HttpRequest, *, by: Actor, clinic: Named | None = None
) -> Iterator[None]:
    """What is not there for somebody looks the same as what is not there; the log
    says that they asked."""
    try:
        yield
    except Http404:
        place = request.resolver_match.view_name if request.resolver_match else ""
        record(
            Action.ACCESS_REFUSED,
            by=by,
            clinic=clinic,
            reason=f"Not theirs, or not there: {place}",
            outcome=Outcome.REFUSED,
        )
        raise


def no_store(response: HttpResponseBase) -> HttpResponseBase:
    """Health data stays out of every cache, also the browser's own."""
    response.headers["Cache-Control"] = "no-store"
    return response


def needs_second_factor(request: HttpRequest) -> bool:
    """Members work with a second factor; only the demo may do without."""
    return not settings.DEMO and not is_mfa_enabled(request.user)


def to_second_factor(request: HttpRequest) -> HttpResponse:
    messages.warning(
        request, _("Set up a second factor first. Your work at the clinic needs it.")
    )
    return redirect("mfa_index")
