"""The pages under the bell. Plain functions; healthcare/urls.py gives the policy."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from healthcare import clock
from healthcare.cursor import cursor_page
from healthcare.outbox.actions import mark_read
from healthcare.outbox.models import Message, MessageQuerySet
from healthcare.policy import no_store

PER_PAGE = 20
JUST_NOW = timedelta(minutes=1)


@require_safe
def notifications(request: HttpRequest) -> HttpResponseBase:
    page = cursor_page(_mine(request), request.GET, by="created_at", size=PER_PAGE)
    context = {"page": page, "lines": [_line(each) for each in page.rows]}
    return no_store(render(request, "outbox/inbox.html", context))


@dataclass(frozen=True)
class Line:
    uid: UUID
    subject: str
    text: str
    created_at: datetime
    age: str
    is_read: bool


def _line(message: Message) -> Line:
    now = clock.now()
    ago = _("%(age)s ago") % {"age": timesince(message.created_at, now)}
    is_new = now - message.created_at < JUST_NOW
    return Line(
        uid=message.uid,
        subject=message.subject,
        text=message.text,
        created_at=message.created_at,
        age=_("Just now") if is_new else ago,
        is_read=message.read_at is not None,
    )


@require_safe
def follow(request: HttpRequest, uid: UUID) -> HttpResponse:
    """To the page that a notification tells of; who went there has read it."""
    message = get_object_or_404(_mine(request), uid=uid)
    mark_read(_mine(request).filter(pk=message.pk))
    is_ours = url_has_allowed_host_and_scheme(message.path, set())
    return redirect(message.path if is_ours else "notifications:list")


@require_POST
def read(request: HttpRequest, uid: UUID) -> HttpResponse:
    message = get_object_or_404(_mine(request), uid=uid)
    mark_read(_mine(request).filter(pk=message.pk))
    return redirect("notifications:list")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    if mark_read(_mine(request)):
        messages.success(request, _("Marked as read."))
    return redirect("notifications:list")


def _mine(request: HttpRequest) -> MessageQuerySet:
    return Message.objects.inbox_of(request.user.uid)  # type: ignore[union-attr]
