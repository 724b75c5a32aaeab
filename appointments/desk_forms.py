"""What the desk types when it books for somebody."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.fields import BirthDateField, LineField, NameField
from accounts.forms import phone_field
from accounts.models import Person
from appointments.forms import DateInput, DoctorField, TimeInput, date_field
from clinics.models import Membership

MOST_WEEKS, MOST_VISITS = 12, 26


class FindForm(forms.Form):
    q = forms.CharField(
        label=_("Name, record number, phone or date of birth"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def wanted(self) -> str:
        return self.cleaned_data["q"].strip() if self.is_valid() else ""


class PatientForm(forms.Form):
    """A person who has no account. Its cleaned data are `values` of the verb."""

    given_name = NameField(
        label=_("Given names"),
        max_length=100,
        error_messages={"required": _("Type the given names.")},
    )
    family_name = NameField(
        label=_("Family name"),
        max_length=100,
        error_messages={"required": _("Type the family name.")},
    )
    date_of_birth = BirthDateField()
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=Person.Sex.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a sex, or that it is unknown.")},
    )
    phone = LineField(label=_("Phone"), required=False)
    contact_email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        help_text=_("Day and time of visits are sent there."),
    )

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = phone_field(country)
        self.fields["phone"].help_text = _("From another country: with its prefix")
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"


class AnyTimeForm(forms.Form):
    """A time that is not offered."""

    on = forms.DateField(label=_("Date"), widget=DateInput())
    at = forms.TimeField(label=_("Time"), widget=TimeInput())


class MoveForm(forms.Form):
    """`over` says why staff use a time that is not free."""

    over = LineField(
        label=_("Why at this time anyway?"),
        required=False,
        max_length=300,
        help_text=_("It is kept in the visit's history and in the log."),
    )

    def __init__(self, *args: Any, needs_over: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_over:
            over = self.fields["over"]
            over.required = True
            over.error_messages["required"] = _("Say why you use this time anyway.")
        else:
            del self.fields["over"]


class DeskBookForm(MoveForm):
    """The last page before a visit is booked for somebody."""

    field_order = ("over", "reason", "every_weeks", "count", "submission")

    reason = forms.CharField(
        label=_("What is it about?"),
        help_text=_("A few words. Only the doctor reads them afterwards."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    every_weeks = forms.TypedChoiceField(
        label=_("Repeat"),
        required=False,
        coerce=int,
        choices=[
            ("", _("Once")),
            *(
                (n, ngettext_lazy("Every %d week", "Every %d weeks") % n)
                for n in range(1, MOST_WEEKS + 1)
            ),
        ],
    )
    count = forms.IntegerField(
        label=_("How many visits"),
        required=False,
        min_value=2,
        max_value=MOST_VISITS,
        help_text=_("2 to 26, the first one counted"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": _("Type a number from 2 to 26.")},
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, needs_over: bool, **kwargs: Any) -> None:
        super().__init__(*args, needs_over=needs_over, **kwargs)
        if needs_over:
            del self.fields["every_weeks"], self.fields["count"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        unsaid = cleaned.get("count") is None and "count" not in self.errors
        if cleaned.get("every_weeks") and unsaid:
            self.add_error("count", _("Type how many visits, 2 to 26."))
        return cleaned


class AwayForm(forms.Form):
    """Whose visits move, and of which dates."""

    doctor = DoctorField(
        label=_("Doctor"),
        queryset=Membership.objects.none(),
        to_field_name="uid",
        empty_label=_("Choose a doctor"),
        error_messages={"required": _("Choose a doctor.")},
    )
    since = date_field(_("From"))
    until = date_field(_("To"))

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        doctors = self.fields["doctor"]
        assert isinstance(doctors, DoctorField)
        doctors.queryset = Membership.objects.doctors().filter(clinic=member.clinic_id)
        for name in ("since", "until"):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = _("Choose a date.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("Choose an end on or after the start."))
        elif since and until and (until - since).days > 31:
            self.add_error("until", _("Choose a month at the most."))
        return cleaned
