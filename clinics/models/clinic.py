import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.countries import NAMES
from clinics.places import is_country
from healthcare import clock
from healthcare.db.models import PublicModel

if TYPE_CHECKING:
    from clinics.models.membership import Membership


LANDING = 6
DEFAULT_COLOUR = "#d4a017"
COLOUR = r"\A#[0-9a-fA-F]{6}\Z"


def is_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("Choose a time zone from the list."))


class ClinicQuerySet(models.QuerySet["Clinic"]):
    def listed(self) -> "ClinicQuerySet":
        """Clinics that anyone may find and book at."""
        return self.filter(is_active=True, is_listed=True).order_by("name", "pk")

    def in_use(self) -> "ClinicQuerySet":
        """Also those that are not open for booking yet."""
        return self.filter(is_active=True)

    def matching(self, text: str) -> "ClinicQuerySet":
        """Every word in the name, the town or what the clinic does."""
        found = self
        for word in text.split()[:6]:
            found = found.filter(
                Q(name__icontains=word)
                | Q(city__icontains=word)
                | Q(tagline__icontains=word)
            )
        return found

    def named(self, slug: str) -> "ClinicQuerySet":
        return self.filter(slug=slug)

    def slugs_like(self, base: str) -> list[str]:
        return list(self.filter(slug__startswith=base).values_list("slug", flat=True))

    def for_landing(self) -> "ClinicQuerySet":
        return self.listed()[:LANDING]

    def with_logo(self) -> "ClinicQuerySet":
        return self.exclude(logo="")

    def with_hours(self) -> "ClinicQuerySet":
        return self.prefetch_related("opening_hours")

    def visible_to(self, membership: "Membership") -> "ClinicQuerySet":
        return self.filter(pk=membership.clinic_id)


class Clinic(PublicModel):
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address name"), max_length=60, unique=True)
    tagline = models.CharField(_("what it does"), max_length=120, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[is_time_zone]
    )
    country = models.CharField(_("country"), max_length=2, validators=[is_country])
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default="EUR",
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Three letters, such as EUR."))],
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    address_line = models.CharField(_("street and number"), max_length=200, blank=True)
    city = models.CharField(_("town or city"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)
    colour = models.CharField(
        _("colour"),
        max_length=7,
        default=DEFAULT_COLOUR,
        validators=[RegexValidator(COLOUR, _("A colour such as #d4a017."))],
    )
    is_listed = models.BooleanField(_("open for booking"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_record = models.PositiveIntegerField(default=0, editable=False)

    objects = ClinicQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("clinics:page", args=[self.slug])

    @property
    def page_url(self) -> str:
        return self.get_absolute_url()

    @property
    def css_colour(self) -> str:
        """The colour, which goes into a stylesheet as it is, or the default one."""
        return self.colour if re.fullmatch(COLOUR, self.colour) else DEFAULT_COLOUR

    @property
    def brand_url(self) -> str:
        """Its address changes with the colour, so that a browser may keep it."""
        address = reverse("clinics:brand", args=[self.slug])
        return f"{address}?v={self.colour.removeprefix('#').lower()}"

    @property
    def logo_url(self) -> str:
        """Its address changes with the logo, so that a browser may keep it."""
        if not self.logo.name:
            return ""
        version = self.logo.name.rpartition("/")[2][:8]
        return f"{reverse('clinics:logo', args=[self.slug])}?v={version}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def country_name(self) -> str:
        return NAMES.get(self.country, self.country)

    @property
    def address(self) -> str:
        town = f"{self.postal_code} {self.city}".strip()
        return ", ".join(part for part in (self.address_line, town) if part)


class Weekday(models.IntegerChoices):
    """As `date.weekday()` counts."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class OpeningHours(PublicModel):
    """When the clinic's door is open, in its own wall time."""

    clinic = models.ForeignKey(
        Clinic, on_delete=models.CASCADE, related_name="opening_hours"
    )
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        ordering = ["weekday", "opens"]
        verbose_name_plural = "opening hours"
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")), name="clinics_hours_order"
            )
        ]

    def __str__(self) -> str:
        hours = f"{self.opens:%H:%M} to {self.closes:%H:%M}"
        return f"{self.get_weekday_display()} {hours}"


class DepartmentQuerySet(models.QuerySet["Department"]):
    def visible_to(self, membership: "Membership") -> "DepartmentQuerySet":
        return self.filter(clinic=membership.clinic_id)

    def at(self, clinic: Clinic) -> "DepartmentQuerySet":
        return self.filter(clinic=clinic)

    def active(self) -> "DepartmentQuerySet":
        return self.filter(is_active=True)

    def offered(self, chosen: int | None) -> "DepartmentQuerySet":
        """Those in use, and the one that is chosen."""
        return self.filter(Q(is_active=True) | Q(pk=chosen))

    def with_doctors(self) -> "DepartmentQuerySet":
        """Each with `doctors`, the number of its active doctors."""
        doctors = Q(
            memberships__role="doctor",
            memberships__is_active=True,
            memberships__user__is_active=True,
        )
        return self.annotate(doctors=Count("memberships", filter=doctors))

    def bookable(self, clinic: Clinic) -> "DepartmentQuerySet":
        """Active, with at least one active doctor."""
        return self.filter(
            clinic=clinic,
            is_active=True,
            memberships__role="doctor",
            memberships__is_active=True,
            memberships__user__is_active=True,
        ).distinct()


class Department(PublicModel):
    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, related_name="departments"
    )
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=200, blank=True)
    icon = models.CharField(_("icon"), max_length=40, default="hospital")
    is_active = models.BooleanField(_("active"), default=True)

    doctors: int  # by with_doctors()

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "name"], name="clinics_department_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
