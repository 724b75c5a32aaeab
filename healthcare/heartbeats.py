"""Signs of life of the background work, kept where every process sees them."""

from datetime import datetime

from healthcare import clock
from healthcare.outbox.models import Heartbeat


def touch(name: str) -> None:
    now = clock.now()
    if not Heartbeat.objects.filter(name=name).update(beat_at=now):
        Heartbeat.objects.get_or_create(name=name, defaults={"beat_at": now})


def last(name: str) -> datetime | None:
    beats = Heartbeat.objects.filter(name=name)
    return beats.values_list("beat_at", flat=True).first()
