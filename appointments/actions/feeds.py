"""Secret addresses at which a calendar program reads one's visits."""

import secrets
from datetime import UTC, datetime, time

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from accounts.models import Person
from appointments.models import CalendarFeed
from clinics.models import Membership
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action

SALT = "appointments.feed"


@transaction.atomic
def open_feed(*, owner: Person | Membership, by: Actor) -> str:
    """Make the owner's feed, and end the one before. Answers its token, which is kept
    nowhere."""
    type(owner).objects.select_for_update().get(pk=owner.pk)
    for old in _live_of(owner):
        revoke_feed(feed=old, by=by)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(
        person=owner if isinstance(owner, Person) else None,
        membership=owner if isinstance(owner, Membership) else None,
        token_hash=hashed(token),
        created_at=clock.now(),
    )
    _note(Action.FEED_CREATED, feed, by)
    return token


@transaction.atomic
def revoke_feed(*, feed: CalendarFeed, by: Actor) -> None:
    """At once: the next request finds nothing. A second time changes nothing."""
    live = CalendarFeed.objects.live().filter(pk=feed.pk)
    if live.update(revoked_at=clock.now()):
        _note(Action.FEED_REVOKED, feed, by)


@transaction.atomic
def note_feed_read(*, feed: CalendarFeed) -> None:
    """Once a day: calendars come every few minutes."""
    now = clock.now()
    today = datetime.combine(now.astimezone(UTC), time(), UTC)
    before_today = Q(last_used_at__isnull=True) | Q(last_used_at__lt=today)
    first = CalendarFeed.objects.filter(before_today, pk=feed.pk)
    if first.update(last_used_at=now):
        _note(Action.FEED_READ, feed, _reader(feed))


def hashed(token: str) -> str:
    return salted_hmac(SALT, token, algorithm="sha256").hexdigest()


def _live_of(owner: Person | Membership) -> QuerySet[CalendarFeed]:
    live = CalendarFeed.objects.live()
    if isinstance(owner, Person):
        return live.of_person(owner)
    return live.visible_to(owner)


def _reader(feed: CalendarFeed) -> Actor:
    if feed.membership:
        user, role = feed.membership.user, feed.membership.role
    else:
        assert feed.person is not None
        assert feed.person.user is not None
        user, role = feed.person.user, "patient"
    return user.as_actor(role=role).through("by calendar feed")


def _note(action: Action, feed: CalendarFeed, by: Actor) -> None:
    clinic = feed.membership.clinic if feed.membership else None
    record(action, by=by, clinic=clinic, patient=feed.person, target=feed)
