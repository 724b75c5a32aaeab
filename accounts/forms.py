from collections.abc import Mapping
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.conf.locale import LANG_INFO
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField
from phonenumbers import SUPPORTED_REGIONS

from accounts.countries import COUNTRIES
from accounts.fields import BirthDateField, LineField, LongSelect, NameField
from accounts.models import DoctorProfile, Person, User
from accounts.photos import ACCEPT, PhotoRefused, read_photo
from healthcare import clock

NOT_SPOKEN = {"eo", "ia", "io"}
CHINESE = [("zh-hans", "Chinese (simplified)"), ("zh-hant", "Chinese (traditional)")]
LANGUAGES = sorted(
    [
        *CHINESE,
        *(
            (code, info["name"])
            for code, info in LANG_INFO.items()
            if "name" in info and code not in NOT_SPOKEN and "-" not in code
        ),
    ],
    key=lambda language: language[1],
)


class AddEmailForm(allauth_forms.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")


class SignupForm(allauth_forms.SignupForm):
    """E-mail, password and the terms; who the person is, is asked afterwards."""

    terms = forms.BooleanField(
        label=_("I accept the terms of use and the privacy notice"),
        error_messages={"required": _("Accept the terms to create an account.")},
        help_text=format_lazy(
            '<a href="{}">{}</a>',
            reverse_lazy("accounts:terms"),
            _("Read the terms and the privacy notice"),
        ),
    )
    field_order = ["email", "password1", "terms"]
    account_already_exists: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["email"].label = _("E-mail address")
        self.fields["password1"].help_text = _(
            "At least 12 characters. A short sentence is easy to remember and hard "
            "to guess."
        )

    def try_save(
        self, request: HttpRequest
    ) -> tuple[User | None, HttpResponseBase | None]:
        """A known address is answered as a new one is, and takes as long."""
        if not self.account_already_exists:
            try:
                return super().try_save(request)
            except IntegrityError:
                self.account_already_exists = True
        else:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class ProfileForm(forms.Form):
    """Who a person is. Its cleaned data are the `values` of the person actions."""

    title = LineField(
        label=_("Title"),
        max_length=20,
        required=False,
        autocomplete="honorific-prefix",
        help_text=_("For example Mrs, Mr or Dr"),
    )
    given_name = NameField(
        label=_("Given names"),
        max_length=100,
        autocomplete="given-name",
        error_messages={"required": _("Type the given names.")},
    )
    family_name = NameField(
        label=_("Family name"),
        max_length=100,
        autocomplete="family-name",
        error_messages={"required": _("Type the family name.")},
    )
    date_of_birth = BirthDateField()
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=Person.Sex.choices,
        widget=forms.RadioSelect,
        help_text=_("As your care needs it, for example for usual ranges"),
        error_messages={"required": _("Choose a sex, or that it is unknown.")},
    )
    gender = forms.ChoiceField(
        label=_("Gender"),
        choices=[("", _("Not said")), *Person.Gender.choices],
        required=False,
    )
    phone = PhoneNumberField(label=_("Phone"), required=False)
    address_line = LineField(
        label=_("Street and number"),
        max_length=200,
        required=False,
        autocomplete="street-address",
    )
    postal_code = LineField(
        label=_("Postal code"),
        max_length=20,
        required=False,
        autocomplete="postal-code",
    )
    city = LineField(
        label=_("Town or city"),
        max_length=100,
        required=False,
        autocomplete="address-level2",
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=[("", _("Choose a country")), *COUNTRIES],
        required=False,
        widget=LongSelect(attrs={"autocomplete": "country"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=LANGUAGES,
        initial="en",
        widget=LongSelect,
        help_text=_("The language you like to speak with your doctor"),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, person: Person | None = None
    ) -> None:
        known = (
            {name: getattr(person, name) for name in self.base_fields} if person else {}
        )
        super().__init__(data, initial=known)
        country = (data or known).get("country") or ""
        self.fields["phone"] = phone_field(country)


def _known(form: forms.Form, row: object) -> dict[str, Any]:
    return {name: getattr(row, name) for name in form.base_fields}


def phone_field(country: str) -> PhoneNumberField:
    """A number without +… is read as one of that country."""
    field = PhoneNumberField(
        label=_("Phone"),
        required=False,
        region=country if country in SUPPORTED_REGIONS else None,
        help_text=_("From another country: with its prefix, such as +49"),
        error_messages={
            "invalid": _(
                "Type the whole number. Choose your country, or begin with + and "
                "its prefix."
            )
        },
    )
    field.widget.attrs["autocomplete"] = "tel"
    return field


class DoctorProfileForm(forms.Form):
    """What patients may know of a doctor before they book."""

    specialization = LineField(
        label=_("Specialization"),
        max_length=100,
        error_messages={"required": _("Type your specialization.")},
    )
    qualifications = LineField(
        label=_("Qualifications"),
        max_length=200,
        required=False,
        help_text=_("For example MD, FESC"),
    )
    practising_since = forms.IntegerField(
        label=_("Practising since"),
        required=False,
        min_value=1940,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("The year, for example 2009"),
        error_messages={"invalid": _("Type the year with four digits.")},
    )
    registration_number = LineField(
        label=_("Registration number"),
        max_length=50,
        required=False,
        help_text=_("With your medical council or chamber"),
    )
    biography = forms.CharField(
        label=_("About you"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What patients should know, in a few sentences"),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, profile: DoctorProfile
    ) -> None:
        super().__init__(data, initial=_known(self, profile))

    def clean_practising_since(self) -> int | None:
        year = self.cleaned_data["practising_since"]
        if year is not None and year > clock.now().year:
            raise forms.ValidationError(_("This year is in the future."))
        return year


class PhotoForm(forms.Form):
    """Cleans to the bytes of a small JPEG."""

    photo = forms.FileField(
        label=_("Photo"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_("JPEG, PNG or WebP, at most 5 MB"),
        error_messages={
            "required": _("Choose a picture first."),
            "empty": _("This file is empty. Choose another."),
        },
    )

    def clean_photo(self) -> bytes:
        upload = self.cleaned_data["photo"]
        try:
            return read_photo(upload, upload.size)
        except PhotoRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class CloseAccountForm(forms.Form):
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type your password.")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, user: User) -> None:
        super().__init__(data)
        self.user = user

    def clean_password(self) -> str:
        """Counts towards the limit of failed sign-ins."""
        password = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise forms.ValidationError(_("This is not your password. Try again."))
        return password
