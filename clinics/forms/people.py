"""Members, invitations and patients of a clinic."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import LineField
from clinics.models import Department, Membership, Role

SEARCH = forms.TextInput(attrs={"type": "search", "autocomplete": "off"})


class InviteForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Role"), choices=Role.choices, widget=forms.RadioSelect
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_(
            "We send the link there, and only that address can use it. For a doctor "
            "you may leave it empty: you get a code to hand over."
        ),
    )
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("None yet"),
        to_field_name="uid",
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_departments(self, member)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        role = cleaned.get("role")
        is_code = not cleaned.get("email") and "email" not in self.errors
        if is_code and role and role != Role.DOCTOR:
            self.add_error("email", _("Give the e-mail address for this role."))
        return cleaned


class MemberForm(forms.ModelForm):
    """What a membership says beside its role; a doctor's also says how they book."""

    DOCTOR_ONLY = ("fee", "visit_minutes")

    class Meta:
        model = Membership
        fields = ("department", "fee", "visit_minutes", "room")

    fee = forms.DecimalField(
        label=_("Consultation fee"),
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=2,
        help_text=_("Patients see it before they book."),
    )
    visit_minutes = forms.IntegerField(
        label=_("Minutes per visit"), min_value=5, max_value=240
    )

    room = LineField(label=_("Room"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"] = forms.ModelChoiceField(
            label=_("Department"),
            queryset=Department.objects.none(),
            required=False,
            empty_label=_("None"),
            to_field_name="uid",
        )
        member = self.instance
        _offer_departments(self, member, chosen=member.department_id)
        if member.department:
            self.initial["department"] = member.department.uid
        if member.role != Role.DOCTOR:
            for name in self.DOCTOR_ONLY:
                del self.fields[name]


def _offer_departments(
    form: forms.Form | forms.ModelForm, member: Membership, chosen: int | None = None
) -> None:
    """The clinic's own departments: those in use, and the one that is chosen."""
    offered = Department.objects.visible_to(member).offered(chosen)
    field = form.fields["department"]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = offered


class MemberFilter(forms.Form):
    q = forms.CharField(
        label=_("Name or e-mail"), required=False, max_length=100, widget=SEARCH
    )
    role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        choices=[("", _("Every role")), *Role.choices],
    )
    state = forms.ChoiceField(
        label=_("Membership"),
        required=False,
        choices=[
            ("active", _("Active")),
            ("ended", _("Ended")),
            ("all", _("Active and ended")),
        ],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("name", _("Name")),
            ("role", _("Role")),
            ("newest", _("Newest first")),
        ],
    )


class PatientFilter(forms.Form):
    q = forms.CharField(
        label=_("Name, number, phone or date of birth"),
        required=False,
        max_length=100,
        widget=SEARCH,
    )
    state = forms.ChoiceField(
        label=_("Booking"),
        required=False,
        choices=[("", _("Everyone")), ("blocked", _("Blocked from booking"))],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("newest", _("Newest first")),
            ("name", _("Name")),
            ("number", _("Record number")),
        ],
    )


class ClinicFilter(forms.Form):
    q = forms.CharField(
        label=_("Name, town or what you need"),
        required=False,
        max_length=100,
        widget=SEARCH,
    )


class BlockForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("For your colleagues. No health details."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
