"""Services, rooms and doctors in words ready for their pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.kinds import money
from appointments.models import Asset, Audience, Claim, Service
from appointments.pills import Pill
from clinics.models import Clinic, Membership
from clinics.rows import Cell, Column

DAY, HOUR = 24 * 60, 60


@dataclass(frozen=True)
class Place:
    """Where services are managed: a doctor's own pages, or the owner's of a doctor."""

    doctor: Membership
    is_own: bool

    def url(self, name: str, uid: UUID | None = None) -> str:
        prefix = "" if self.is_own else "doctor_"
        kwargs: dict[str, object] = {"clinic": self.doctor.clinic.slug}
        if not self.is_own:
            kwargs["doctor"] = self.doctor.uid
        if uid is not None:
            kwargs["uid"] = uid
        return reverse(f"appointments:{prefix}{name}", kwargs=kwargs)

    @property
    def list_url(self) -> str:
        return self.url("services")

    @property
    def new_url(self) -> str:
        return self.url("new_service")

    @property
    def usual_url(self) -> str:
        return self.url("usual_services")

    @property
    def trail(self) -> list[tuple[str, str]]:
        """Steps with ready addresses, after the clinic's own."""
        if self.is_own:
            return [(_("Visit types"), self.list_url)]
        every = reverse("appointments:clinic_services", args=[self.doctor.clinic.slug])
        return [(_("Visit types"), every), (self.doctor.label, self.list_url)]


@dataclass(frozen=True)
class Line:
    name: str
    facts: str
    pills: Sequence[Pill]
    is_active: bool
    edit_url: str
    stop_url: str
    offer_url: str
    move_url: str
    is_first: bool
    is_last: bool


def lines(place: Place, services: Sequence[Service]) -> list[Line]:
    """In the order patients see; after them, those no longer offered."""
    offered = [each for each in services if each.is_active]
    return [
        Line(
            name=each.name,
            facts=facts(each),
            pills=_pills(each),
            is_active=each.is_active,
            edit_url=place.url("service", each.uid),
            stop_url=place.url("stop_service", each.uid),
            offer_url=place.url("offer_service", each.uid),
            move_url=place.url("move_service", each.uid),
            is_first=each in offered[:1],
            is_last=each in offered[-1:],
        )
        for each in services
    ]


def facts(service: Service) -> str:
    """'30 minutes, 10 after; 2 hours of notice; 30 days ahead; 80.00 EUR; Room 1'."""
    length = [amount(service.minutes)]
    if service.before_minutes:
        length.append(_("%(n)d before") % {"n": service.before_minutes})
    if service.after_minutes:
        length.append(_("%(n)d after") % {"n": service.after_minutes})
    told = [", ".join(length)]
    if service.lead_minutes:
        told.append(_("%(time)s of notice") % {"time": amount(service.lead_minutes)})
    told.append(_("%(days)d days ahead") % {"days": service.window_days})
    if service.price is not None:
        told.append(money(service.price, service.clinic))
    told += [each.name for each in service.assets_needed()]
    return "; ".join(told)


def amount(minutes: int) -> str:
    if minutes >= DAY and minutes % DAY == 0:
        days = minutes // DAY
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if minutes > HOUR and minutes % HOUR == 0:
        hours = minutes // HOUR
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def _pills(service: Service) -> list[Pill]:
    if not service.is_active:
        return [Pill(_("Not offered"), "", "slash-circle")]
    found = {
        Audience.PATIENTS: Pill(_("Patients book it"), "ok", "check-circle"),
        Audience.APPROVAL: Pill(_("You confirm it"), "warn", "question-circle"),
        Audience.STAFF: Pill(_("Only the clinic books it"), "info", "building"),
    }[Audience(service.audience)]
    if not service.is_group:
        return [found]
    places = _("Group of %(n)d") % {"n": service.capacity}
    return [found, Pill(places, "info", "people")]


def doctor_columns() -> list[Column]:
    return [(_("Doctor"), ""), (_("Department"), ""), (_("Visit types"), "")]


def doctor_rows(clinic: Clinic, doctors: Sequence[Membership]) -> list[list[Cell]]:
    counted = Service.objects.in_use().filter(doctor__in=doctors).order_by()
    per_doctor = counted.values_list("doctor").annotate(n=Count("pk"))
    counts: Mapping[int, int] = dict(per_doctor)
    return [
        [
            Cell(
                doctor.label,
                url=Place(doctor, is_own=False).list_url,
                head=True,
            ),
            Cell(doctor.department_name or "–"),
            Cell(_described(counts.get(doctor.pk, 0))),
        ]
        for doctor in doctors
    ]


def _described(count: int) -> str:
    if not count:
        return _("The usual ones")
    return ngettext("%(n)d visit type", "%(n)d visit types", count) % {"n": count}


def asset_columns() -> list[Column]:
    return [(_("Name"), ""), (_("Kind"), ""), (_("State"), ""), (_("Action"), "")]


def asset_row(asset: Asset, clinic: Clinic) -> list[Cell]:
    at = [clinic.slug, asset.uid]
    switch = reverse("appointments:switch_room", args=at)
    state = (
        Pill(_("In use"), "ok", "check-circle")
        if asset.is_active
        else Pill(_("Out of use"), "", "slash-circle")
    )
    verb = _("Take out of use") if asset.is_active else _("Put back in use")
    return [
        Cell(asset.name, url=reverse("appointments:room", args=at), head=True),
        Cell(str(asset.get_kind_display())),
        Cell(state.label, icon=state.icon, kind=state.kind),
        Cell(verb, url=switch, hidden=asset.name),
    ]


def uses_of(asset: Asset, now: datetime) -> list[str]:
    """What hangs on it: visits ahead that have it, visit types that need it."""
    ahead = Q(appointment__isnull=False) | Q(session__isnull=False)
    booked = Claim.objects.filter(ahead, resource__asset=asset, active=True)
    visits = booked.filter(busy_end__gt=now).count()
    needed = [
        f"{each.name} ({each.doctor.label})"
        for each in Service.objects.in_use()
        .filter(needs=asset)
        .select_related("doctor__user__person")
        .order_by("pk")[:10]
    ]
    told = []
    if visits:
        words = ngettext(
            "%(n)d visit ahead is booked there and keeps it. Move it if need be.",
            "%(n)d visits ahead are booked there and keep it. Move them if need be.",
            visits,
        )
        told.append(words % {"n": visits})
    if needed:
        named = {"names": ", ".join(needed)}
        told.append(_("These visit types ask for it: %(names)s.") % named)
    return told or [_("No visit ahead is booked there, and no visit type asks for it.")]
