"""Chaining what was written since the last seal, in blocks."""

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from healthcare import clock
from healthcare.audit import head
from healthcare.audit.hmacs import BlockDigest, seal_hmac
from healthcare.audit.models import AuditEvent, Seal
from healthcare.db.commit_order import Unsettled, settled
from healthcare.db.joined import joined

BLOCK = 1000

log = structlog.get_logger(__name__)


def seal() -> int:
    """Seal every committed event and publish the head; answers how many were sealed.

    Leaves them to the next round when a writer is at work for long. Two sealers at
    once do no harm: the seals' numbers are unique.
    """
    try:
        with settled(AuditEvent._meta.db_table):
            upto = AuditEvent.objects.aggregate(last=Max("id"))["last"] or 0
    except Unsettled:
        return 0
    sealed = 0
    try:
        while count := _seal_block(upto):
            sealed += count
    except IntegrityError:
        return sealed
    _publish()
    return sealed


def _publish() -> None:
    """Never over a head that the chain does not go on from: it is the proof."""
    known = head.read(settings.AUDIT_HEAD)
    if known and not is_in_chain(known):
        log.error("audit_head_not_in_chain", number=known.number)
        return
    last = Seal.objects.order_by("-number").first()
    if last and (known is None or last.number > known.number):
        head.publish(
            head.Head(
                number=last.number,
                hmac=last.hmac,
                last_id=last.last_id,
                sealed_at=joined([last.sealed_at]),
            )
        )


def is_in_chain(known: head.Head) -> bool:
    return Seal.objects.filter(number=known.number, hmac=known.hmac).exists()


@transaction.atomic
def _seal_block(upto: int) -> int:
    last = Seal.objects.order_by("-number").first()
    after = last.last_id if last else 0
    waiting = AuditEvent.objects.filter(id__gt=after, id__lte=upto).order_by("id")
    block = waiting.values_list("id", "hmac")[:BLOCK]
    if not block:
        return 0
    digest = BlockDigest()
    for event_id, event_hmac in block:
        digest.add(event_id, event_hmac)
    next_seal = Seal(
        number=last.number + 1 if last else 1,
        last_id=block[len(block) - 1][0],
        count=digest.count,
        sealed_at=clock.now(),
        previous=last.hmac if last else "",
    )
    next_seal.hmac = seal_hmac(next_seal, digest)
    next_seal.save(force_insert=True)
    return digest.count
