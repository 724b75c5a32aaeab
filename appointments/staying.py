"""Visits ahead keep an account open, the patient's and the doctor's."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import staying
from accounts.models import User
from appointments.models import Appointment
from appointments.models.appointment import AppointmentQuerySet
from clinics.models import Membership, Role
from healthcare import clock, dates


def register() -> None:
    staying.register(own_visits)
    staying.register(visits_of_others)


def own_visits(user: User) -> list[staying.Reason]:
    person = user.own_person()
    if person is None:
        return []
    ahead = _ahead(Appointment.objects.of_person(person))
    if not ahead:
        return []
    text = ngettext(
        "You have a booked visit, on %(next)s.",
        "You have %(count)d booked visits, the next on %(next)s.",
        len(ahead),
    )
    return [
        staying.Reason(
            text=text % _facts(ahead),
            way_out=_("See your appointments"),
            url=reverse("appointments:mine"),
        )
    ]


def visits_of_others(user: User) -> list[staying.Reason]:
    """Of a doctor, for each clinic."""
    found = []
    for membership in Membership.objects.of_user(user).with_role(Role.DOCTOR):
        ahead = _ahead(Appointment.objects.visible_to(membership))
        if not ahead:
            continue
        text = ngettext(
            "A patient at %(clinic)s has a visit with you, on %(next)s.",
            "At %(clinic)s %(count)d visits with you are booked, the next on %(next)s.",
            len(ahead),
        )
        slug = membership.clinic.slug
        reason = staying.Reason(
            text=text % {"clinic": membership.clinic, **_facts(ahead)},
            way_out=_("See these appointments"),
            url=reverse("appointments:list", args=[slug], query={"sort": "oldest"}),
        )
        found.append(reason)
    return found


def _ahead(visits: AppointmentQuerySet) -> list[Appointment]:
    return list(visits.upcoming(clock.now()).select_related("clinic"))


def _facts(ahead: list[Appointment]) -> dict[str, object]:
    first = ahead[0]
    return {"count": len(ahead), "next": dates.moment(first.starts_at, first.zone)}
