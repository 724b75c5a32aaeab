"""The addresses of all pages that each demo account may open, as JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from clinics.access import ROLES as PERMISSIONS
from clinics.access import Permission
from clinics.models import Membership, Role
from healthcare.policy import OWN_RECORD, PUBLIC
from records.tour import View, World, views

GUARDED_BY_OTHERS = {
    "anonymous": [
        ("login", "/accounts/login/"),
        ("signup", "/accounts/signup/"),
        ("password-reset", "/accounts/password/reset/"),
        ("parts", "/_parts/"),
        ("mail", "/_mail/"),
        ("not-found", "/nowhere/"),
    ],
    "patient": [
        ("mfa", "/accounts/2fa/"),
        ("sessions", "/accounts/sessions/"),
        ("email", "/accounts/email/"),
        ("password-change", "/accounts/password/change/"),
        ("logout", "/accounts/logout/"),
    ],
    "staff": [
        ("admin", "/admin/"),
        ("admin-appointments", "/admin/appointments/appointment/"),
        ("admin-registrations", "/admin/clinics/registration/"),
    ],
    "owner": [
        ("admin", "/admin/"),
        ("admin-memberships", "/admin/clinics/membership/"),
        ("admin-users", "/admin/accounts/user/"),
    ],
}


class Command(BaseCommand):
    help = "Print every page of the demo, by role, as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        doctor = Membership.objects.filter(user__email="doctor@healix.test").first()
        patient = User.objects.filter(email="patient@healix.test").first()
        if doctor is None or patient is None:
            raise CommandError("Load the demo data first: manage.py demo")
        world = World.around(doctor, patient.person)
        pages = {role: self.pages(world, role) for role in ["anonymous", "patient"]}
        pages |= {role: self.pages(world, role) for role in Role.values}
        self.stdout.write(json.dumps(pages))

    def pages(self, world: World, role: str) -> list[tuple[str, str]]:
        ours = [
            (view.name, view.url_in(world)) for view in views() if is_for(view, role)
        ]
        return ours + GUARDED_BY_OTHERS.get(role, [])


def is_for(view: View, role: str) -> bool:
    if view.access == PUBLIC:
        return role == "anonymous"
    if role == "anonymous":
        return False
    if isinstance(view.access, Permission):
        return role != "patient" and view.access in PERMISSIONS[role]
    return role == "patient" or (view.access != OWN_RECORD and role == "doctor")
