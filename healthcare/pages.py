"""Pages that belong to no floor: landing, theme, more, gallery and the error pages.

Plain functions; `healthcare/urls.py` gives each its policy.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseServerError,
)
from django.shortcuts import redirect, render
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from healthcare import clock, dates
from healthcare import gallery as samples
from healthcare.context import THEME_COOKIE, THEMES

YEAR = 365 * 24 * 60 * 60
LAST_RESORT = "Something went wrong on our side. Please try again in a few minutes."

FREE_TIMES = (2, 0, 5, 4, 1, 0, 0)

Clinics = Callable[[], Sequence[object]]


def landing(request: HttpRequest, clinics: Clinics = tuple) -> HttpResponse:
    today = clock.now().date()
    context = {"clinics": clinics(), "preview": _preview(today)}
    return render(request, "landing.html", context)


def _preview(today: date) -> dict[str, object]:
    """The made-up week on the landing page, dated so that it never looks old."""
    monday = today + timedelta(days=7 - today.weekday())
    thursday = monday + timedelta(days=3)
    week = [(monday + timedelta(days=n), free) for n, free in enumerate(FREE_TIMES)]
    days = [
        {
            "weekday": f"{day:%a}",
            "day": day.day,
            "free_label": _("%(count)d free") % {"count": count}
            if count
            else _("None"),
            "full": not count,
            "chosen": day == thursday,
        }
        for day, count in week
    ]
    return {
        "weekday": f"{thursday:%a}",
        "day": thursday.day,
        "month": f"{thursday:%b %Y}",
        "looked": [dates.day(today - timedelta(days=n)) for n in (1, 2)],
        "days": days,
    }


def more(request: HttpRequest) -> HttpResponse:
    return render(request, "more.html")


def gallery(request: HttpRequest) -> HttpResponse:
    """Every part in every state, for the people who build pages."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "gallery.html", samples.context())


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        return HttpResponseBadRequest()
    if request.headers.get("X-Requested-With") == "fetch":
        response = HttpResponse(status=204)
    else:
        response = redirect(_own_address(request, request.POST.get("next", "")))
    response.set_cookie(
        THEME_COOKIE,
        chosen,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _own_address(request: HttpRequest, address: str) -> str:
    """The address if it is on this site, else the front page."""
    ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if ours else "/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _plain("400.html", request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def too_many_requests(
    request: HttpRequest, exception: Exception | None = None
) -> HttpResponse:
    return render(request, "429.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    try:
        return _plain("500.html", request, 500)
    except (TemplateDoesNotExist, ValueError):
        return HttpResponseServerError(LAST_RESORT, content_type="text/plain")


def unavailable(
    request: HttpRequest, exception: Exception | None = None
) -> HttpResponse:
    response = _plain("503.html", request, 503)
    response.headers["Retry-After"] = "30"
    return response


def _plain(template: str, request: HttpRequest, status: int) -> HttpResponse:
    """A page that asks nothing of sessions, database or context processors."""
    facts = {"request_id": getattr(request, "request_id", "")}
    return HttpResponse(render_to_string(template, facts), status=status)
