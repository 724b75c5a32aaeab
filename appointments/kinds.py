"""What a doctor offers patients: kinds of visits, and the one that is meant."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.models import (
    USUAL_KINDS,
    Audience,
    Service,
    VisitType,
    usual_service,
)
from appointments.when import parse_uid
from clinics.models import Clinic, Membership


def services_of(doctors: Sequence[Membership]) -> Mapping[int, Sequence[Service]]:
    """What patients may book, by membership id, in the clinic's order. Two queries.

    A doctor who has described no visits offers the usual kinds.
    """
    described: dict[int, list[Service]] = defaultdict(list)
    rows = Service.objects.in_use().filter(doctor__in=doctors)
    for service in rows.with_needs().in_order():
        described[service.doctor_id].append(service)
    return {
        doctor.pk: _for_patients(described[doctor.pk]) or _usual(doctor, described)
        for doctor in doctors
    }


def _for_patients(services: Sequence[Service]) -> list[Service]:
    return [each for each in services if each.audience != Audience.STAFF]


def _usual(
    doctor: Membership, described: Mapping[int, Sequence[Service]]
) -> list[Service]:
    """Nothing, when the clinic alone books what the doctor offers."""
    if described[doctor.pk]:
        return []
    return [usual_service(doctor, kind) for kind in USUAL_KINDS]


def query_of(service: Service) -> dict[str, str]:
    """How an address names a kind of visit; what is usual needs no name."""
    if service.pk:
        return {"service": str(service.uid)}
    return {} if service.kind == VisitType.CONSULTATION else {"kind": service.kind}


def chosen_among(services: Sequence[Service], asked: Mapping[str, str]) -> Service:
    """The service that an address means; the first when it names none.

    Raises Http404 for one that is not there.
    """
    uid, kind = asked.get("service", ""), asked.get("kind", "")
    found = [
        each
        for each in services
        if (not uid or (each.pk is not None and each.uid == parse_uid(uid)))
        and (not kind or each.kind == kind)
    ]
    if not found:
        raise Http404
    return found[0]


def length(service: Service) -> str:
    return _("%(minutes)d minutes") % {"minutes": service.minutes}


def money(amount: Decimal, clinic: Clinic) -> str:
    return f"{amount:,.2f} {clinic.currency}"


def price(service: Service, clinic: Clinic) -> str:
    return money(service.price, clinic) if service.price is not None else ""


def described(service: Service, clinic: Clinic) -> str:
    """'30 minutes, 80.00 EUR'."""
    return ", ".join(part for part in (length(service), price(service, clinic)) if part)


@dataclass(frozen=True)
class KindLink:
    """One kind to choose; `notes` are icons and words."""

    url: str
    title: str
    sub: str
    notes: Sequence[tuple[str, str]]
    current: bool


def kind_link(service: Service, clinic: Clinic, url: str, *, current: bool) -> KindLink:
    notes = []
    if service.is_on_approval:
        notes.append(("question-circle", _("The clinic confirms it")))
    if service.is_group:
        words = ngettext("%(count)d place", "%(count)d places", service.capacity)
        notes.append(("people", words % {"count": service.capacity}))
    if service.kind == VisitType.TELE:
        notes.append(("camera-video", _("By video")))
    return KindLink(url, service.name, described(service, clinic), notes, current)
