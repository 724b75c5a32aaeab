"""What the accounts floor tells the page's shell."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from healthcare.nav import Face, NavItem, NavSection


def navigation(request: HttpRequest) -> list[NavSection]:
    account = NavItem(
        _("Account"),
        "person-gear",
        "accounts:profile",
        match_prefixes=("/accounts/",),
        order=90,
    )
    return [NavSection(items=[account], end=True)]


def face(request: HttpRequest) -> Face | None:
    if not request.user.is_authenticated:
        return None
    person = request.user.own_person()
    return Face(
        person_name=person.formal_name if person else request.user.email,
        photo_url=person.photo_url if person else "",
        account_url=reverse("accounts:profile"),
    )
