"""Forms of the waitlist: when a time would suit, and the desk's list."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.fields import LineField
from appointments.actions import Wishes
from appointments.forms import FIRST_DAY, LAST_DAY, DateInput, DoctorField
from appointments.models import PartOfDay, VisitType, WaitingState
from clinics.models import Department, Membership, Registration, Role
from clinics.models.clinic import Weekday

DAY_WANTED = _("Enter a date such as 2026-09-24.")


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=["%Y-%m-%d"],
        widget=DateInput(),
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
        error_messages={"invalid": DAY_WANTED, "required": DAY_WANTED},
    )


class WishForm(forms.Form):
    earliest = _day(_("Not before"))
    latest = _day(_("Not after"))
    weekdays = forms.MultipleChoiceField(
        label=_("Which days suit?"),
        choices=[(str(day.value), day.label) for day in Weekday],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day.")},
    )
    parts = forms.MultipleChoiceField(
        label=_("Which times suit?"),
        choices=PartOfDay.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one part of the day.")},
    )

    def __init__(self, *args: Any, today: date, last: date, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "earliest": today,
            "latest": last,
            "weekdays": [str(day.value) for day in Weekday],
            "parts": PartOfDay.values,
        }
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        earliest, latest = cleaned.get("earliest"), cleaned.get("latest")
        if earliest and latest and latest < earliest:
            self.add_error("latest", _("Choose a last day on or after the first."))
        return cleaned

    def wishes(self) -> Wishes:
        values = self.cleaned_data
        return Wishes(
            earliest=values["earliest"],
            latest=values["latest"],
            weekdays="".join(values["weekdays"]),
            parts="".join(values["parts"]),
        )


class JoinForm(WishForm):
    kind = forms.ChoiceField(
        label=_("What kind of visit is it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what kind of visit you need.")},
    )
    reason = forms.CharField(
        label=_("What is it about?"),
        help_text=_("A few words for your doctor. Nobody else reads them."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ("kind", "earliest", "latest", "weekdays", "parts", "reason")

    def __init__(
        self, *args: Any, kinds: list[tuple[str, str]], moves: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = kinds
        self.initial["kind"] = kinds[0][0] if kinds else ""
        if moves:
            del self.fields["kind"], self.fields["reason"]


class AddForm(WishForm):
    """By the desk, for a patient who asked at the counter or on the phone."""

    record_number = LineField(
        label=_("Record number"),
        max_length=20,
        help_text=_("As on the patient's page."),
    )
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        empty_label=None,
        to_field_name="uid",
    )
    doctor = DoctorField(
        label=_("Doctor"),
        queryset=Membership.objects.none(),
        required=False,
        empty_label=_("Anyone of the department"),
        to_field_name="uid",
    )
    kind = forms.ChoiceField(label=_("Kind of visit"), choices=VisitType.choices)
    field_order = ("record_number", "department", "doctor", "kind")

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        _offer(self, "department", Department.objects.visible_to(member).active())
        everyone = Membership.objects.visible_to(member)
        _offer(self, "doctor", everyone.filter(role=Role.DOCTOR, is_active=True))

    def clean_record_number(self) -> Registration:
        asked = self.cleaned_data["record_number"]
        known = Registration.objects.visible_to(self.member)
        found = known.filter(record_number__iexact=asked.strip()).first()
        if found is None:
            raise forms.ValidationError(_("Nobody here has that record number."))
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        doctor, department = cleaned.get("doctor"), cleaned.get("department")
        if doctor and department and doctor.department_id != department.pk:
            told = _("This doctor works in another department.")
            self.add_error("doctor", told)
        return cleaned


class RemoveForm(forms.Form):
    reason = LineField(
        label=_("Reason"),
        max_length=300,
        help_text=_("The patient reads it on their waitlist. No health details."),
    )


class WaitlistFilter(forms.Form):
    q = forms.CharField(
        label=_("Name or record number"),
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
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("open", _("Waiting or offered")),
            *WaitingState.choices,
            ("all", _("Every state")),
        ],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("Longest waiting first")),
            ("newest", _("Newest first")),
            ("patient", _("Patient's name")),
        ],
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everyone = Membership.objects.visible_to(member)
        _offer(self, "doctor", everyone.filter(role=Role.DOCTOR))

    def value(self, name: str) -> Any:
        """What was asked for, or nothing where that makes no sense."""
        self.is_valid()
        return self.cleaned_data.get(name)

    def state_asked(self) -> str:
        asked = self.value("state") or "open"
        return "" if asked == "all" else str(asked)


def _offer(form: forms.Form, name: str, rows: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
