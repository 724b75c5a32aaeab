from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from clinics.models import Clinic


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    current: bool


def settings_tabs(clinic: Clinic, here: str) -> list[Tab]:
    pages = [
        (_("Details"), "clinics:settings"),
        (_("Opening hours"), "clinics:hours"),
        (_("Holidays"), "appointments:holidays"),
        (_("Logo and colour"), "clinics:looks"),
        (_("Visit types"), "appointments:clinic_services"),
        (_("Rooms and equipment"), "appointments:rooms"),
        (_("Booking rules"), "appointments:booking_policy"),
        (_("Reminders"), "appointments:reminders"),
    ]
    return [
        Tab(label, reverse(name, args=[clinic.slug]), name == here)
        for label, name in pages
    ]
