"""Checking in from the waiting room: the poster, and what a patient sees behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import qrcode
from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode.image.svg import SvgPathFillImage

from accounts.fields import BirthDateField, LineField
from accounts.models import Person
from appointments import when
from appointments.actions import BookingError, check_birth_date
from appointments.board import local_today
from appointments.models import Appointment, Poster, Status
from appointments.models.appointment import AppointmentQuerySet
from appointments.pills import Pill, for_patient
from appointments.waiting import place_in_queue
from clinics.models import Clinic
from healthcare import dates

PREFIX = "HX-"


class ReferenceForm(forms.Form):
    """For those who did not sign in."""

    reference = LineField(
        label=gettext_lazy("Reference"),
        help_text=gettext_lazy("It is in your e-mail, for example HX-7K3M9Q."),
        max_length=20,
    )
    born = BirthDateField()

    def visit_today(self, clinic: Clinic, now: datetime) -> Appointment | None:
        """The visit of that reference and date of birth; every wrong date counts."""
        found = _todays(clinic, now).filter(reference=self._reference()).first()
        if found is None:
            return None
        try:
            check_birth_date(appointment=found, born=self.cleaned_data["born"])
        except BookingError:
            return None
        return found

    def _reference(self) -> str:
        typed = self.cleaned_data["reference"].upper().replace(" ", "")
        return typed if typed.startswith(PREFIX) else f"{PREFIX}{typed}"


@dataclass(frozen=True)
class TodayVisit:
    uid: object
    title: str
    pill: Pill
    told: str
    can_check_in: bool


def todays_visits(clinic: Clinic, person: Person, now: datetime) -> list[TodayVisit]:
    found = _todays(clinic, now).of_person(person).in_order()
    return [_today_visit(each) for each in found]


def todays_visit(
    clinic: Clinic, person: Person, uid: str, now: datetime
) -> Appointment | None:
    name = when.parse_uid(uid)
    own = _todays(clinic, now).of_person(person)
    return own.filter(uid=name).first() if name else None


def _todays(clinic: Clinic, now: datetime) -> AppointmentQuerySet:
    here = Appointment.objects.filter(clinic=clinic)
    return here.on_day(local_today(clinic, now), clinic.zone).with_people()


def _today_visit(appointment: Appointment) -> TodayVisit:
    words = {
        "time": when.wall_time(appointment.starts_at, appointment.zone),
        "doctor": appointment.doctor.label,
    }
    return TodayVisit(
        uid=appointment.uid,
        title=_("%(time)s, with %(doctor)s") % words,
        pill=for_patient(appointment),
        told=place_in_queue(appointment),
        can_check_in=appointment.status == Status.BOOKED,
    )


@dataclass(frozen=True)
class PosterPage:
    address: str
    made: str
    steps: Sequence[str]


def poster_page(poster: Poster) -> PosterPage:
    return PosterPage(
        address=address(poster),
        made=dates.day(poster.created_at.astimezone(poster.clinic.zone).date()),
        steps=[
            _("Point your phone's camera at the square."),
            _("Open the page that it finds."),
            _("Sign in, or type your reference and date of birth."),
            _("Take a seat. We call you."),
        ],
    )


def address(poster: Poster) -> str:
    args = [poster.clinic.slug, poster.code]
    return settings.SITE_URL + reverse("appointments:check_in", args=args)


def square(poster: Poster) -> bytes:
    """The QR code, black on white in either theme: cameras want it so."""
    code = qrcode.QRCode(border=4, image_factory=SvgPathFillImage)
    code.add_data(address(poster))
    return code.make_image().to_string(encoding="utf-8")
