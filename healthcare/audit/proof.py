"""Whether one event is as it was written: its own HMAC, and its block in the chain."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from healthcare import dates
from healthcare.audit.filters import ROLES
from healthcare.audit.hmacs import BlockDigest, event_hmac, seal_hmac
from healthcare.audit.models import AuditEvent, Seal
from healthcare.audit.words import CHANNELS, target_word


@dataclass(frozen=True)
class Proof:
    """`seal` is None while the event waits for the next sealing, within a minute."""

    genuine: bool
    seal: Seal | None
    in_chain: bool

    @property
    def holds(self) -> bool:
        return self.genuine and (self.seal is None or self.in_chain)


def prove(event: AuditEvent) -> Proof:
    genuine = event_hmac(event) == event.hmac
    seal = Seal.objects.filter(last_id__gte=event.pk).order_by("last_id").first()
    return Proof(genuine, seal, in_chain=seal is not None and _is_whole(seal))


def _is_whole(seal: Seal) -> bool:
    before = Seal.objects.filter(number=seal.number - 1).first()
    first = before.last_id if before else 0
    block = AuditEvent.objects.filter(id__gt=first, id__lte=seal.last_id)
    digest = BlockDigest()
    for event_id, stored in block.order_by("id").values_list("id", "hmac"):
        digest.add(event_id, stored)
    is_next = seal.previous == (before.hmac if before else "")
    return is_next and seal_hmac(seal, digest) == seal.hmac


def in_words(proof: Proof, zone: ZoneInfo) -> list[tuple[str, str]]:
    told = [
        (_("This entry"), _("As it was written") if proof.genuine else _("Changed"))
    ]
    if proof.seal is None:
        return [*told, (_("Chain"), _("Not sealed yet: within a minute"))]
    values = {
        "number": number_format(proof.seal.number, force_grouping=True),
        "when": dates.second(proof.seal.sealed_at, zone),
    }
    block = _("Seal %(number)s, %(when)s") % values
    whole = _("Whole and linked") if proof.in_chain else _("Changed")
    return [*told, (_("Its block"), block), (_("Chain here"), whole)]


def facts(event: AuditEvent, zone: ZoneInfo) -> list[tuple[str, str]]:
    """Everything an event tells, as terms and values."""
    told = [
        (_("Time"), f"{dates.second(event.at, zone)} ({zone.key})"),
        (_("Person"), event.actor_label),
        (_("Role"), str(ROLES.get(event.actor_role, event.actor_role))),
        (_("Account"), event.actor_uid),
        (_("Action"), event.get_action_display()),
        (_("Outcome"), event.get_outcome_display()),
        (_("Patient"), event.patient_label),
        (_("Patient's id"), str(event.patient_uid or "")),
        (_("What"), target_word(event.target_type)),
        (_("Which"), event.target_label),
        (_("Its id"), event.target_uid),
        (_("Reason"), event.reason),
        (_("Way in"), str(CHANNELS.get(event.channel, event.channel))),
        (_("Network address"), event.ip),
        (_("Request"), event.request_id),
        (_("Entry"), str(event.uid)),
    ]
    return [(term, value) for term, value in told if value]
