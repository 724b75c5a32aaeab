from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from healthcare import dates
from healthcare.audit.actors import Actor
from healthcare.db.models import PublicModel


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str, password: str | None = None, **extra: Any
    ) -> "User":
        user = self.model(email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **extra: Any) -> "User":
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, **extra
        )

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Lower case throughout: an address names one account, however it is typed."""
        return (email or "").strip().lower()


class User(PublicModel, AbstractBaseUser, PermissionsMixin):
    """An account. The e-mail address is the name; who it is is in Person."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("can enter the admin"), default=False)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)
    terms_accepted_at = models.DateTimeField(
        _("accepted the terms"), null=True, blank=True, editable=False
    )
    session_generation = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_ci")
        ]

    def __str__(self) -> str:
        return self.email

    def own_person(self) -> "Person | None":
        return getattr(self, "person", None)

    def get_session_auth_hash(self) -> str:
        """Sessions of an earlier generation are over, wherever they are stored."""
        return f"{super().get_session_auth_hash()}.{self.session_generation}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for value in super().get_session_auth_fallback_hash():
            yield f"{value}.{self.session_generation}"

    def as_actor(self, *, role: str) -> Actor:
        person = self.own_person()
        return Actor(
            kind="user",
            id=str(self.uid),
            label=person.full_name if person else self.email,
            role=role or "user",
            user_id=self.pk,
        )


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: User) -> "PersonQuerySet":
        """Whom anybody signed in may see: oneself, and the doctors."""
        return self.filter(Q(user=user) | Q(doctor_profile__isnull=False))

    def with_photo(self) -> "PersonQuerySet":
        return self.exclude(photo="")


class Person(PublicModel):
    """A human being, with or without an account: patient, doctor, staff or auditor."""

    class Sex(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")
        OTHER = "other", _("Other")
        UNKNOWN = "unknown", _("Unknown")

    class Gender(models.TextChoices):
        FEMALE = "female", _("Woman")
        MALE = "male", _("Man")
        NON_BINARY = "non-binary", _("Non-binary")
        OTHER = "other", _("Other")
        UNDISCLOSED = "non-disclose", _("Prefer not to say")

    user = models.OneToOneField(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="person"
    )
    title = models.CharField(_("title"), max_length=20, blank=True)
    given_name = models.CharField(_("given names"), max_length=100)
    family_name = models.CharField(_("family name"), max_length=100)
    date_of_birth = models.DateField(_("date of birth"), null=True, blank=True)
    sex = models.CharField(
        _("sex"), max_length=10, choices=Sex.choices, default=Sex.UNKNOWN
    )
    gender = models.CharField(
        _("gender"), max_length=15, choices=Gender.choices, blank=True
    )
    phone = PhoneNumberField(_("phone"), blank=True)
    contact_email = models.EmailField(
        _("e-mail of a person without an account"), max_length=254, blank=True
    )
    address_line = models.CharField(_("street and number"), max_length=200, blank=True)
    city = models.CharField(_("town or city"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    photo = models.ImageField(_("photo"), upload_to="photos/", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        indexes = [
            models.Index(
                Lower("family_name"), Lower("given_name"), name="accounts_person_name"
            ),
            models.Index(fields=["date_of_birth"], name="accounts_person_born"),
        ]

    def __str__(self) -> str:
        return self.clinical_name

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def formal_name(self) -> str:
        """'Dr Amara Osei'."""
        return f"{self.title} {self.full_name}".strip()

    @property
    def clinical_name(self) -> str:
        """'VASSILAKIS, Eleni (Mrs)', the order a clinician scans."""
        name = f"{self.family_name.upper()}, {self.given_name}"
        return f"{name} ({self.title})" if self.title else name

    @property
    def initials(self) -> str:
        return (self.given_name[:1] + self.family_name[:1]).upper()

    @property
    def mail_address(self) -> str:
        """The account's, else what the clinic wrote down; it never signs anybody in."""
        return self.user.email if self.user else self.contact_email

    @property
    def photo_url(self) -> str:
        """Its address changes with the photo, so that a browser may keep it."""
        if not self.photo.name:
            return ""
        version = self.photo.name.rpartition("/")[2][:8]
        return f"{reverse('accounts:photo', args=[self.uid])}?v={version}"

    @property
    def is_complete(self) -> bool:
        """Enough to be told apart from other patients."""
        return bool(self.given_name and self.family_name and self.date_of_birth)

    def age_on(self, day: date) -> int | None:
        return dates.age(self.date_of_birth, day) if self.date_of_birth else None


class DoctorProfile(models.Model):
    """What patients may know of a doctor before they book."""

    person = models.OneToOneField(
        Person, on_delete=models.PROTECT, related_name="doctor_profile"
    )
    specialization = models.CharField(_("specialization"), max_length=100)
    qualifications = models.CharField(_("qualifications"), max_length=200, blank=True)
    practising_since = models.PositiveSmallIntegerField(
        _("practising since (year)"), null=True, blank=True
    )
    registration_number = models.CharField(
        _("registration number"), max_length=50, blank=True
    )
    biography = models.TextField(_("biography"), max_length=2000, blank=True)

    def __str__(self) -> str:
        return self.person.formal_name

    def years_of_experience(self, today: date) -> int | None:
        if self.practising_since is None:
            return None
        return max(0, today.year - self.practising_since)
