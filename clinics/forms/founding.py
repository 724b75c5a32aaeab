"""Founding a clinic, with a new account or with one's own."""

from itertools import chain, count
from typing import Any

from django import forms
from django.core.validators import validate_slug
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.countries import COUNTRIES
from accounts.fields import NameField
from accounts.forms import SignupForm
from accounts.models import User
from clinics.actions import SlugTaken, create_clinic
from clinics.models import Clinic
from clinics.places import zone_of, zones_by_region
from clinics.slugs import is_reserved, suggested

Choice = tuple[str, str]


def country_choices() -> list[Choice]:
    return [("", _t("Choose a country")), *COUNTRIES]


def zone_choices() -> list[tuple[str, list[Choice]]]:
    """Grouped by region; the region is not said again in each name."""
    return [
        (region, [(zone, zone_label(zone)) for zone in zones])
        for region, zones in zones_by_region().items()
    ]


def zone_label(zone: str) -> str:
    """'America/Argentina/Buenos_Aires' gives 'Buenos Aires, Argentina'."""
    parts = zone.replace("_", " ").split("/")[1:]
    return ", ".join(reversed(parts)) or zone


def usual_zone_choices() -> list[Any]:
    return [("", _t("The usual one of the country")), *zone_choices()]


class ClinicFields(forms.Form):
    clinic_name = NameField(
        label=_("Name of the clinic"), max_length=120, autocomplete="organization"
    )
    slug = forms.CharField(
        label=_("Address name"),
        required=False,
        max_length=60,
        validators=[validate_slug],
        help_text=_(
            "The last part of your page's address, such as riverside. Leave it empty "
            "and we make it from the name. It cannot be changed later."
        ),
        error_messages={
            "invalid": _("Use only letters a to z, digits, hyphens and underscores.")
        },
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=country_choices,
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=usual_zone_choices, required=False
    )

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"].lower()
        if is_reserved(slug):
            raise forms.ValidationError(
                _("This address name is kept for the site. Choose a different one.")
            )
        if slug and Clinic.objects.named(slug).exists():
            raise forms.ValidationError(SlugTaken.message)
        return slug

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        name, country = cleaned.get("clinic_name"), cleaned.get("country")
        if name and not cleaned.get("slug") and "slug" not in self.errors:
            cleaned["slug"] = free_slug(name)
        if country and not cleaned.get("time_zone"):
            cleaned["time_zone"] = zone_of(country)
        return cleaned

    def clinic_values(self) -> dict[str, Any]:
        values = self.cleaned_data
        return {
            "name": values["clinic_name"],
            "slug": values["slug"],
            "country": values["country"],
            "time_zone": values["time_zone"],
        }


def free_slug(name: str) -> str:
    """An address name from the clinic's name that nobody has yet."""
    base = suggested(name)[:55] or "practice"
    taken = set(Clinic.objects.slugs_like(base))
    candidates = chain([base], (f"{base}-{number}" for number in count(2)))
    return next(
        slug for slug in candidates if slug not in taken and not is_reserved(slug)
    )


class FoundingForm(ClinicFields):
    """For somebody who has an account."""


class FoundingWithAccountForm(ClinicFields, SignupForm):
    """For somebody who has none: allauth makes the account, we the clinic."""

    field_order = [
        "clinic_name",
        "slug",
        "country",
        "time_zone",
        "email",
        "password1",
        "terms",
    ]

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        user: User = super().save(request)
        by = user.as_actor(role="")
        try:
            create_clinic(**self.clinic_values(), owner=user, by=by)
        except SlugTaken:
            self.cleaned_data["slug"] = free_slug(self.cleaned_data["clinic_name"])
            create_clinic(**self.clinic_values(), owner=user, by=by)
        return user
