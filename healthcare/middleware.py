"""Who is asking, from where, for how long, and whether the page has a policy."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from healthcare import clock
from healthcare.audit.actors import coming_from

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Other people's views, by module, and who they are for: allauth and the admin guard
# their own pages.
GUARDED_ELSEWHERE = (
    "allauth.",
    "django.contrib.admin.",
    "django.contrib.staticfiles.",
    "whitenoise.",
)


def request_context(get_response: GetResponse) -> GetResponse:
    """Give the request an id, and the log and the audit their origin."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.request_id = str(uuid4())
        channel = "admin" if request.path.startswith("/admin/") else "page"
        if request.path.startswith("/api/"):
            channel = "api"
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(
            request_id=request.request_id, channel=channel
        )
        ip = get_client_ip(request) or ""
        with coming_from(channel=channel, ip=ip, request_id=request.request_id):
            response = get_response(request)
        response.headers["X-Request-ID"] = request.request_id
        return response

    return middleware


def session_limits(get_response: GetResponse) -> GetResponse:
    """End a session that was idle too long, or is older than its absolute limit.

    `at_work` is set when someone enters a clinic's pages: their limit is shorter.
    A page that polls (`X-Healix-Poll`) does not count as activity.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and _is_over(request):
            logout(request)
            messages.info(
                request,
                _("You were signed out because the page was not used for a while."),
            )
        return get_response(request)

    return middleware


def _is_over(request: HttpRequest) -> bool:
    session, now = request.session, clock.now().timestamp()
    limits = settings.SESSION_IDLE_SECONDS
    idle = limits["staff" if session.get("at_work") else "patient"]
    started = session.setdefault("started_at", now)
    seen = session.setdefault("seen_at", now)
    if now - started > settings.SESSION_COOKIE_AGE or now - seen > idle:
        return True
    if "X-Healix-Poll" not in request.headers and now - seen > 30:
        session["seen_at"] = now
    return False


class DefaultDeny:
    """A view of ours without a declared policy answers 403 to everybody."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: Any,
        kwargs: Any,
    ) -> None:
        if hasattr(view, "access") or is_guarded_elsewhere(view):
            return
        structlog.get_logger(__name__).error("view_without_policy", view=str(view))
        raise PermissionDenied


def is_guarded_elsewhere(view: Callable[..., Any]) -> bool:
    if hasattr(view, "model_admin") or hasattr(view, "admin_site"):
        return True
    owner = getattr(view, "view_class", view)
    return owner.__module__.startswith(GUARDED_ELSEWHERE)
