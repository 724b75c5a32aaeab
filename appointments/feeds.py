"""Calendar feeds: what is in them, and the page on which their owner looks after
them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from appointments import calendar
from appointments.actions.feeds import hashed
from appointments.models import Appointment, CalendarFeed, Status
from healthcare import dates

BACK, AHEAD = timedelta(days=30), timedelta(days=400)
MOST = 3000


def served(token: str) -> CalendarFeed | None:
    """Unknown, replaced and stopped ones are all the same: none."""
    return CalendarFeed.objects.served(hashed(token))


def content(feed: CalendarFeed, now: datetime) -> bytes:
    if feed.membership:
        name = _("Visits at %(clinic)s") % {"clinic": feed.membership.clinic.name}
        own = Appointment.objects.filter(doctor=feed.membership)
        return calendar.schedule_file(name, _window(own, now))
    assert feed.person is not None
    own = Appointment.objects.of_person(feed.person)
    return calendar.feed_file(_("My appointments"), _window(own, now))


def etag(body: bytes) -> str:
    return f'"{sha256(body).hexdigest()[:32]}"'


def _window(own: QuerySet[Appointment], now: datetime) -> Sequence[Appointment]:
    """Cancelled ones stay for a while, said to be so: calendars drop them then."""
    kept = ~Q(status=Status.CANCELLED) | Q(cancelled_at__gte=now - BACK)
    inside = own.filter(kept, starts_at__gte=now - BACK, starts_at__lt=now + AHEAD)
    rows = inside.select_related("clinic", "doctor", "patient__user")
    return list(rows.order_by("starts_at", "id")[:MOST])


@dataclass(frozen=True)
class Address:
    """Shown once, when it is made."""

    https: str
    webcal: str


def address(token: str) -> Address:
    url = settings.SITE_URL + reverse("appointments:feed", args=[token])
    return Address(url, urlsplit(url)._replace(scheme="webcal").geturl())


@dataclass(frozen=True)
class FeedPage:
    """`is_live` is about the feed; the addresses are of the page's verbs."""

    lead: str
    holds: Sequence[str]
    is_live: bool
    facts: Sequence[tuple[str, str]]
    make_url: str
    revoke_url: str
    page_url: str


def person_page(feed: CalendarFeed | None) -> FeedPage:
    holds = [
        _("Your visits at all your clinics, from a month ago to a year ahead"),
        _("Clinic, day, time and reference; never what a visit is about"),
        _("Visits that are moved or cancelled change by themselves"),
    ]
    return FeedPage(
        lead=_("See your visits in the calendar of your phone or computer."),
        holds=holds,
        is_live=feed is not None,
        facts=_facts(feed),
        make_url=reverse("appointments:my_feed_new"),
        revoke_url=reverse("appointments:my_feed_stop"),
        page_url=reverse("appointments:my_feed"),
    )


def member_page(feed: CalendarFeed | None, slug: str) -> FeedPage:
    holds = [
        _("Your visits at this clinic, from a month ago to a year ahead"),
        _("Day, time and room; no patient is named"),
        _("It ends when you leave the clinic"),
    ]
    return FeedPage(
        lead=_("See when you have visits in the calendar you use."),
        holds=holds,
        is_live=feed is not None,
        facts=_facts(feed),
        make_url=reverse("appointments:own_feed_new", args=[slug]),
        revoke_url=reverse("appointments:own_feed_stop", args=[slug]),
        page_url=reverse("appointments:own_feed", args=[slug]),
    )


def _facts(feed: CalendarFeed | None) -> list[tuple[str, str]]:
    if feed is None:
        return []
    used = feed.last_used_at
    last = dates.day(used.date()) if used else _("Not yet")
    return [(_("Made"), dates.day(feed.created_at.date())), (_("Last read"), last)]
