"""What the last reading of the whole chain found, in words."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from healthcare import dates
from healthcare.audit.models import Verification
from healthcare.audit.words import finding_word


@dataclass(frozen=True)
class ChainState:
    """`known` is False before the first verification."""

    text: str
    known: bool = True
    broken: bool = False


def last_reading() -> Verification | None:
    return Verification.objects.order_by("-id").first()


def state(clinic_uid: UUID, zone: ZoneInfo) -> ChainState:
    last = last_reading()
    if last is None:
        return ChainState(_("Not verified yet"), known=False)
    when = dates.moment(last.at, zone)
    if not last.intact:
        return ChainState(
            _("Chain broken, found %(when)s") % {"when": when}, broken=True
        )
    count = number_format(last.clinics.get(str(clinic_uid), 0), force_grouping=True)
    told = _("Chain verified, %(count)s entries, %(when)s")
    return ChainState(told % {"count": count, "when": when})


def facts(last: Verification, zone: ZoneInfo) -> list[tuple[str, str]]:
    return [
        (_("Read on"), dates.second(last.at, zone)),
        (_("By"), last.by_label),
        (_("Result"), _("As it was written") if last.intact else _("Changed")),
        (_("Entries read"), number_format(last.events, force_grouping=True)),
        (_("Sealed"), number_format(last.sealed, force_grouping=True)),
        (_("Took"), _("%(seconds).1f seconds") % {"seconds": last.seconds}),
    ]


def findings(last: Verification) -> list[str]:
    told = []
    for found in last.findings:
        first, last_id = found["first_id"], found["last_id"]
        place = str(last_id) if first in (None, last_id) else f"{first} to {last_id}"
        values = {"what": finding_word(found["kind"]), "place": place}
        told.append(_("%(what)s Entry %(place)s.") % values)
    return told
