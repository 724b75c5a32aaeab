"""Sixty seeded attacks by somebody who owns the database but not the key."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import Random
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction

from healthcare.audit import head, sealing
from healthcare.audit.actions import Ref, record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action, AuditEvent, Seal
from healthcare.audit.verification import verify
from healthcare.db.guards import guards_lifted

EVENTS, SEEDS = 40, 60
OTHER_VALUES = {
    "uid": uuid4,
    "clinic_uid": uuid4,
    "patient_uid": uuid4,
    "outcome": lambda: "refused",
    "channel": lambda: "job",
}


def fill() -> None:
    clinic = Ref(uuid4(), "Riverside")
    for n in range(EVENTS):
        actor = Actor(kind="user", id=str(uuid4()), label=f"Person {n}", role="doctor")
        patient = Ref(uuid4(), f"PATIENT, Number {n}")
        why = f"Reason {n}"
        record(
            Action.CHART_OPENED, by=actor, clinic=clinic, patient=patient, reason=why
        )
    assert sealing.seal() == EVENTS


def some(random: Random) -> AuditEvent:
    return random.choice(list(AuditEvent.objects.order_by("id")))


def edit(random: Random) -> None:
    edit_field(some(random), random.choice([*AuditEvent.SEALED, "hmac"]))


def edit_field(event: AuditEvent, name: str) -> None:
    value = getattr(event, name)
    other = OTHER_VALUES.get(name, lambda: other_than(value))()
    AuditEvent.objects.filter(pk=event.pk).update(**{name: other})


def other_than(value: object) -> object:
    if isinstance(value, int):
        return value + 1000
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    return f"{value}x"[-36:]


def delete(random: Random) -> None:
    some(random).delete()


def delete_several(random: Random) -> None:
    first = random.randrange(EVENTS - 5)
    ids = list(AuditEvent.objects.order_by("id").values_list("id", flat=True))
    AuditEvent.objects.filter(id__in=ids[first : first + 5]).delete()


def insert_a_copy(random: Random) -> None:
    """An event between two others, with the seal of a third."""
    event = some(random)
    make_room_before(event)
    event.uid = uuid4()
    event.save(force_insert=True)


def make_room_before(event: AuditEvent) -> None:
    rows = AuditEvent.objects.filter(id__gte=event.id).order_by("-id")
    for pk in list(rows.values_list("id", flat=True)):
        AuditEvent.objects.filter(pk=pk).update(id=pk + 1)


def swap_ids(random: Random) -> None:
    one, two = random.sample(list(AuditEvent.objects.order_by("id")), 2)
    for before, after in ((one.pk, 0), (two.pk, one.pk), (0, two.pk)):
        AuditEvent.objects.filter(pk=before).update(id=after)


def swap_what_they_tell(random: Random) -> None:
    one, two = random.sample(list(AuditEvent.objects.order_by("id")), 2)
    AuditEvent.objects.filter(pk=one.pk).update(reason=two.reason)
    AuditEvent.objects.filter(pk=two.pk).update(reason=one.reason)


def cut_the_tail(random: Random) -> None:
    """With the seals over it, so that only the published head can tell."""
    seals = list(Seal.objects.order_by("number"))
    keep = seals[random.randrange(len(seals) - 1)]
    AuditEvent.objects.filter(id__gt=keep.last_id).delete()
    Seal.objects.filter(number__gt=keep.number).delete()


def cut_the_tail_and_go_on(random: Random) -> None:
    cut_the_tail(random)
    for _ in range(random.choice([1, EVENTS * 2])):
        record(Action.LOG_OPENED, by=Actor.system("later"))
    sealing.seal()


def empty_everything(random: Random) -> None:
    AuditEvent.objects.all().delete()
    Seal.objects.all().delete()


def change_a_seal(random: Random) -> None:
    names = ["number", "last_id", "count", "sealed_at", "previous", "hmac"]
    edit_seal(random.randint(1, Seal.objects.count()), random.choice(names))


def edit_seal(number: int, name: str) -> None:
    rows = Seal.objects.filter(number=number)
    rows.update(**{name: other_than(getattr(rows.get(), name))})


def drop_a_seal(random: Random) -> None:
    random.choice(list(Seal.objects.order_by("number"))).delete()


ATTACKS: list[Callable[[Random], None]] = [
    edit,
    delete,
    delete_several,
    insert_a_copy,
    swap_ids,
    swap_what_they_tell,
    cut_the_tail,
    cut_the_tail_and_go_on,
    empty_everything,
    change_a_seal,
    drop_a_seal,
]


@pytest.fixture
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BLOCK", 7)


def is_found(attack: Callable[[], None]) -> bool:
    """The log is intact before the attack, which is taken back afterwards."""
    assert verify(head.read(settings.AUDIT_HEAD)).intact
    with transaction.atomic():
        attack()
        intact = verify(head.read(settings.AUDIT_HEAD)).intact
        transaction.set_rollback(True)
    return not intact


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_small_blocks")
def test_every_one_of_sixty_manipulations_is_found():
    fill()
    with guards_lifted():
        missed = [
            (seed, ATTACKS[seed % len(ATTACKS)].__name__)
            for seed in range(SEEDS)
            if not is_found(partial(ATTACKS[seed % len(ATTACKS)], Random(seed)))
        ]
    assert missed == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_small_blocks")
def test_an_edit_of_any_field_is_found():
    fill()
    event = some(Random(0))
    with guards_lifted():
        missed = [
            name
            for name in (*AuditEvent.SEALED, "hmac", "id")
            if not is_found(partial(edit_field, event, name))
        ]
        missed += [
            (number, name)
            for number in range(1, Seal.objects.count() + 1)
            for name in ("number", "last_id", "count", "sealed_at", "previous", "hmac")
            if not is_found(partial(edit_seal, number, name))
        ]
    assert missed == []
