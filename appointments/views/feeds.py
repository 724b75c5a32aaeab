"""Calendar feeds: the file that calendars read, and their owners' pages."""

from allauth.core.internal.ratelimit import consume as consume_any
from allauth.core.ratelimit import consume
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.models import Person
from appointments import feeds
from appointments.actions import note_feed_read, open_feed, revoke_feed
from appointments.mine import trail
from appointments.models import CalendarFeed
from clinics.access import Permission, access, own_record, public
from clinics.crumbs import crumbs
from clinics.models import Membership
from healthcare import clock
from healthcare.pages import too_many_requests


@public
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """For programs: the token in the address is all they have."""
    if not _in_time(request):
        return too_many_requests(request)
    found = feeds.served(token)
    if found is None:
        return HttpResponseNotFound("Not found", content_type="text/plain")
    note_feed_read(feed=found)
    body = feeds.content(found, clock.now())
    tag = feeds.etag(body)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["ETag"] = tag
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=tag, response=response) or response


def _in_time(request: HttpRequest) -> bool:
    """The public consume() lets every GET pass."""
    app, action = "allauth.account", "calendar_feed"
    return bool(consume_any(request, app=app, action=action, limit_get=True))


@own_record
@require_safe
def my_feed(request: HttpRequest) -> HttpResponse:
    live = CalendarFeed.objects.of_person(request.person).live().first()
    return _page(request, feeds.person_page(live))


@own_record
@require_POST
def my_feed_new(request: HttpRequest) -> HttpResponse:
    return _made(request, request.person, feeds.person_page(None))


@own_record
@require_http_methods(["GET", "HEAD", "POST"])
def my_feed_stop(request: HttpRequest) -> HttpResponse:
    live = CalendarFeed.objects.of_person(request.person).live().first()
    return _stop(request, live, feeds.person_page(live))


@access(Permission.SCHEDULE_OWN)
@require_safe
def own_feed(request: HttpRequest) -> HttpResponse:
    live = CalendarFeed.objects.visible_to(request.membership).live().first()
    return _page(request, feeds.member_page(live, request.clinic.slug))


@access(Permission.SCHEDULE_OWN)
@require_POST
def own_feed_new(request: HttpRequest) -> HttpResponse:
    page = feeds.member_page(None, request.clinic.slug)
    return _made(request, request.membership, page)


@access(Permission.SCHEDULE_OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def own_feed_stop(request: HttpRequest) -> HttpResponse:
    live = CalendarFeed.objects.visible_to(request.membership).live().first()
    return _stop(request, live, feeds.member_page(live, request.clinic.slug))


def _page(request: HttpRequest, page: feeds.FeedPage) -> HttpResponse:
    context = {"page": page, "trail": _trail(request)}
    return render(request, "appointments/feed.html", context)


def _made(
    request: HttpRequest, owner: Person | Membership, page: feeds.FeedPage
) -> HttpResponse:
    """Answers the address at once: a redirect would have to keep it somewhere."""
    if not consume(request, action="open_feed", user=request.user):
        return too_many_requests(request)
    token = open_feed(owner=owner, by=request.actor)
    context = {
        "page": page,
        "address": feeds.address(token),
        "trail": _trail(request),
    }
    return render(request, "appointments/feed_made.html", context)


def _stop(
    request: HttpRequest, live: CalendarFeed | None, page: feeds.FeedPage
) -> HttpResponse:
    if live is None:
        return redirect(page.page_url)
    if request.method == "POST":
        revoke_feed(feed=live, by=request.actor)
        messages.success(request, _("The link is stopped. It shows nothing any more."))
        return redirect(page.page_url)
    context = {"page": page, "trail": _trail(request)}
    return render(request, "appointments/feed_stop.html", context)


def _trail(request: HttpRequest) -> list[tuple[str, str]]:
    here = (_("Calendar"), "")
    if hasattr(request, "membership"):
        return [*crumbs(request.clinic), here]
    return trail(here)
