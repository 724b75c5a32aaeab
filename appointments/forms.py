from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from appointments import when
from appointments.finder import Part
from appointments.models import OVERBOOKED, Status
from clinics.models import Membership, Role
from clinics.models.clinic import Weekday

TIME_WANTED = _("Enter a time such as 09:30.")
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


class TimeForm(forms.Form):
    """One of the radios of the week or month."""

    time = forms.CharField(
        label=_("Time"), error_messages={"required": _("Choose a time.")}
    )

    def clean_time(self) -> datetime:
        moment = when.parse_instant(self.cleaned_data["time"])
        if moment is None:
            raise forms.ValidationError(_("Choose one of the times below."))
        return moment


class VisitForm(TimeForm):
    """When and why; what kind of visit it is, the address says."""

    reason = forms.CharField(
        label=_("What is it about?"),
        help_text=_("A few words for your doctor. Nobody else reads them."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def details(self) -> dict[str, Any]:
        """What a person has typed, to be kept while they look for a time."""
        return {"reason": self["reason"].value()}


class BookForm(VisitForm):
    """The answers, checked: `submission` makes a second click harmless."""

    submission = forms.UUIDField(widget=forms.HiddenInput)


class FinderForm(forms.Form):
    """What a free time must be like; every choice can be left open."""

    department = forms.ChoiceField(label=_("Department"), required=False)
    doctor = forms.ChoiceField(label=_("Doctor"), required=False)
    specialization = forms.ChoiceField(label=_("Specialization"), required=False)
    kind = forms.ChoiceField(label=_("Visit type"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    weekday = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    part = forms.MultipleChoiceField(
        label=_("Part of the day"),
        choices=Part.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, options: Mapping[str, Sequence[Any]]) -> None:
        super().__init__(data)
        for name, choices in options.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("Any")), *choices]

    def value(self, name: str) -> Any:
        """What was asked for, or nothing where that makes no sense."""
        self.is_valid()
        return self.cleaned_data.get(name)


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you cancel?"),
        help_text=_("The clinic reads it. Leave it empty if you would rather not say."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ClinicCancelForm(CancelForm):
    reason = forms.CharField(
        label=_("Why is it cancelled?"),
        help_text=_("The patient can read it on their page."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PastFilter(forms.Form):
    show = forms.CharField(widget=forms.HiddenInput, required=False, initial="past")
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All")), *Status.choices],
    )

    def chosen(self) -> str:
        """The status asked for, or "" for all and for what is none."""
        return self.cleaned_data.get("status", "") if self.is_valid() else ""


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def date_field(label: Any) -> forms.DateField:
    """Years that a calendar can hold; the widget of the browser."""
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=DateInput(),
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
        error_messages={"invalid": _("Enter a date such as 2026-09-24.")},
    )


def time_field(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        input_formats=["%H:%M"],
        widget=TimeInput(),
        error_messages={"invalid": TIME_WANTED, "required": TIME_WANTED},
    )


class DoctorField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Membership) -> str:
        return obj.label


class VisitFilter(forms.Form):
    """What the desk and the list share; doctors only of the member's clinic."""

    q = forms.CharField(
        label=_("Patient or reference"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    doctor = DoctorField(
        label=_("Doctor"),
        queryset=Membership.objects.none(),
        required=False,
        empty_label=_("All doctors"),
        to_field_name="uid",
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("Every status")),
            *Status.choices,
            (OVERBOOKED, _("Overbooked")),
        ],
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        doctors = self.fields["doctor"]
        assert isinstance(doctors, DoctorField)
        everyone = Membership.objects.visible_to(member)
        doctors.queryset = everyone.filter(role=Role.DOCTOR)

    def value(self, name: str) -> Any:
        """What was asked for, or nothing where that makes no sense."""
        self.is_valid()
        return self.cleaned_data.get(name)


class DeskFilter(VisitFilter):
    date = date_field(_("Date"))
    field_order = ("date", "q", "doctor", "status")


class ListFilter(VisitFilter):
    since = date_field(_("From"))
    until = date_field(_("To"))
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("Newest first")),
            ("oldest", _("Oldest first")),
            ("patient", _("By patient")),
            ("doctor", _("By doctor")),
            ("status", _("By status")),
        ],
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("Choose an end on or after the start."))
        return cleaned
