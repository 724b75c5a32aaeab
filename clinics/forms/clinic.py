"""A clinic's own pages: details, opening hours, looks, departments."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.countries import COUNTRIES
from accounts.fields import LineField, NameField, one_plain_line
from clinics.actions.clinics import Period
from clinics.forms.founding import zone_choices
from clinics.models import Clinic, Department, OpeningHours
from clinics.models.clinic import Weekday

DEPARTMENT_ICONS = [
    ("hospital", _("Hospital")),
    ("heart-pulse", _("Heart")),
    ("lungs", _("Lungs")),
    ("bandaid", _("Plaster")),
    ("capsule", _("Capsule")),
    ("prescription2", _("Prescription")),
    ("clipboard2-pulse", _("Chart")),
    ("droplet", _("Drop")),
    ("eye", _("Eye")),
    ("ear", _("Ear")),
    ("emoji-smile", _("Smile")),
    ("person-arms-up", _("Child")),
    ("people", _("Family")),
    ("gender-female", _("Women's health")),
    ("gender-male", _("Men's health")),
    ("virus", _("Virus")),
    ("radioactive", _("Imaging")),
    ("activity", _("Pulse line")),
    ("brightness-high", _("Skin and sun")),
    ("universal-access", _("Movement")),
]


class DetailsForm(forms.ModelForm):
    class Meta:
        model = Clinic
        fields = (
            "name",
            "tagline",
            "email",
            "phone",
            "address_line",
            "postal_code",
            "city",
            "country",
            "time_zone",
            "currency",
        )
        help_texts = {
            "tagline": _("One line under the name, such as Family and heart care."),
            "phone": _("With the country's number, such as +49 30 901820."),
            "currency": _("Of consultation fees: three letters, such as EUR."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"] = forms.ChoiceField(
            label=_("Country"), choices=COUNTRIES
        )
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            choices=zone_choices,
            help_text=_("Booked visits keep the time that was agreed."),
        )

        for name in ("name", "tagline", "address_line", "postal_code", "city"):
            self.fields[name].validators.append(one_plain_line)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class ColourInput(forms.TextInput):
    input_type = "color"


class LooksForm(forms.Form):
    colour = forms.RegexField(
        regex=r"^#[0-9a-fA-F]{6}$",
        label=_("Colour"),
        help_text=_("Buttons and marks take it, made light enough to be readable."),
        widget=ColourInput,
        error_messages={"invalid": _("Choose a colour such as #d4a017.")},
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("A square PNG, JPEG or WebP picture looks best."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    remove_logo = forms.BooleanField(label=_("Remove the logo"), required=False)

    def __init__(self, *args: Any, has_logo: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_logo:
            del self.fields["remove_logo"]

    def clean_colour(self) -> str:
        return str(self.cleaned_data["colour"]).lower()


def _time_field(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        input_formats=("%H:%M", "%H.%M", "%H%M", "%H"),
        widget=forms.TimeInput(attrs={"inputmode": "numeric"}, format="%H:%M"),
        error_messages={"invalid": _("Give a time such as 08:30.")},
    )


class DayForm(forms.Form):
    """One weekday: open once, or twice with a break between."""

    opens = _time_field(_("Opens"))
    closes = _time_field(_("Closes"))
    opens_again = _time_field(_("Opens again"))
    closes_again = _time_field(_("Closes again"))

    def __init__(
        self, posted: Any | None, *, weekday: Weekday, initial: dict[str, time]
    ) -> None:
        super().__init__(posted, prefix=str(weekday.value), initial=initial)
        self.weekday = weekday
        self.name = str(weekday.label)
        for field in self.fields.values():
            field.error_messages["invalid"] = self._said(
                field.error_messages["invalid"]
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            self._check(cleaned)
        return cleaned

    def _check(self, cleaned: dict[str, Any]) -> None:
        before: time | None = None
        for opens, closes in (("opens", "closes"), ("opens_again", "closes_again")):
            start, end = cleaned[opens], cleaned[closes]
            if start and not end:
                self._refuse(closes, _("Say when it closes, or leave both empty."))
            elif end and not start:
                self._refuse(opens, _("Say when it opens, or leave both empty."))
            elif start and end and end <= start:
                self._refuse(closes, _("Closing comes after opening."))
            elif start and before and start <= before:
                self._refuse(opens, _("It opens again after it has closed."))
            before = end or before

    def _refuse(self, field: str, reason: str | Promise) -> None:
        self.add_error(field, self._said(reason))

    def _said(self, reason: str | Promise) -> str:
        """With the day's name, because the error summary stands apart from the days."""
        return f"{self.name}: {reason}"

    def periods(self) -> list[Period]:
        times = self.cleaned_data
        pairs = [
            (times["opens"], times["closes"]),
            (times["opens_again"], times["closes_again"]),
        ]
        return [
            (self.weekday.value, start, end) for start, end in pairs if start and end
        ]


def day_forms(
    hours: Iterable[OpeningHours], posted: Any | None = None
) -> list[DayForm]:
    """The week's seven forms, filled with the hours there are."""
    return [
        DayForm(posted, weekday=day, initial=_initial(hours, day)) for day in Weekday
    ]


def _initial(hours: Iterable[OpeningHours], day: Weekday) -> dict[str, time]:
    names = iter(("opens", "closes", "opens_again", "closes_again"))
    own = [each for each in hours if each.weekday == day]
    times = [moment for each in own for moment in (each.opens, each.closes)]
    return dict(zip(names, times, strict=False))


class DepartmentForm(forms.ModelForm):
    name = NameField(label=_("Name"), max_length=80)
    description = LineField(
        label=_("Description"),
        max_length=200,
        required=False,
        help_text=_("One sentence for patients."),
    )
    icon = forms.ChoiceField(label=_("Picture"), choices=DEPARTMENT_ICONS)

    class Meta:
        model = Department
        fields = ("name", "description", "icon")
