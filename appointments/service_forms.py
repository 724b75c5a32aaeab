"""What a clinic tells about its visits: services, rooms, and the rules of booking."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.fields import LineField
from appointments.models import Asset, AssetKind, Audience, OnLimit, Service, VisitType
from appointments.models.service import LARGEST_GROUP, LONGEST_LEAD
from clinics.models import Membership

HOUR, DAY = 60, 24 * 60
KEPT = (
    *("name", "kind", "audience", "minutes", "before_minutes", "after_minutes"),
    *("window_days", "price", "capacity"),
)
LEAD_UNITS = [(1, _("minutes")), (HOUR, _("hours")), (DAY, _("days"))]


def number(label: Any, least: int, most: int, help_text: Any = "") -> Any:
    told = format_lazy(
        _("Enter a whole number from {least} to {most}."), least=least, most=most
    )
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        help_text=help_text,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), told),
    )


class AssetsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Asset) -> str:
        return f"{obj.name} ({obj.get_kind_display()})"


class ServiceForm(forms.Form):
    """A kind of visit of one doctor's. Visits that are booked keep what they have."""

    name = LineField(
        label=_("Name"), max_length=60, help_text=_("As patients read it.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=VisitType.choices)
    audience = forms.ChoiceField(
        label=_("Who may book it?"),
        choices=Audience.choices,
        widget=forms.RadioSelect,
        initial=Audience.PATIENTS,
    )
    minutes = number(_("Length"), 5, 480, _("How long the patient is with you."))
    before_minutes = number(
        _("To prepare"), 0, 120, _("Kept free before the visit, with its room.")
    )
    after_minutes = number(
        _("To finish"), 0, 120, _("Kept free after the visit, with its room.")
    )
    lead = number(
        _("Notice"), 0, LONGEST_LEAD, _("How long before the visit it can be booked.")
    )
    lead_unit = forms.TypedChoiceField(
        label=_("Notice is in"), choices=LEAD_UNITS, coerce=int, initial=HOUR
    )
    window_days = number(
        _("How far ahead"), 1, 365, _("Patients see free times for so many days.")
    )
    price = forms.DecimalField(
        label=_("Price"),
        required=False,
        min_value=Decimal(0),
        max_digits=8,
        decimal_places=2,
        help_text=_("Patients see it before they book. Empty: nothing is shown."),
    )
    capacity = number(
        _("Places"), 1, LARGEST_GROUP, _("More than one makes it a group.")
    )
    needs = AssetsField(
        label=_("Rooms and equipment"),
        queryset=Asset.objects.none(),
        required=False,
        to_field_name="uid",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One free room and one free device of those you choose is taken."),
    )

    def __init__(
        self,
        *args: Any,
        member: Membership,
        doctor: Membership,
        service: Service | None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = _values(doctor, service)
        super().__init__(*args, **kwargs)
        needs = self.fields["needs"]
        assert isinstance(needs, forms.ModelMultipleChoiceField)
        needs.queryset = Asset.objects.visible_to(member).in_use().in_order()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        lead, unit = cleaned.get("lead"), cleaned.get("lead_unit")
        if lead is not None and unit and lead * unit > LONGEST_LEAD:
            self.add_error("lead", _("Ask for 90 days of notice at the most."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """What save_service() takes."""
        values = dict(self.cleaned_data)
        values["lead_minutes"] = values.pop("lead") * values.pop("lead_unit")
        values["needs"] = list(values["needs"])
        return values


def _values(doctor: Membership, service: Service | None) -> dict[str, Any]:
    if service is None:
        service = Service(minutes=doctor.visit_minutes, price=doctor.fee)
    lead = service.lead_minutes
    unit = next((n for n in (DAY, HOUR) if lead and lead % n == 0), 1 if lead else HOUR)
    needs = [each.uid for each in service.assets_needed()] if service.pk else []
    return {
        **{name: getattr(service, name) for name in KEPT},
        "lead": lead // unit,
        "lead_unit": unit,
        "needs": needs,
    }


class AssetForm(forms.Form):
    name = LineField(
        label=_("Name"), max_length=60, help_text=_("As on the door or the device.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=AssetKind.choices)


class AssetFilter(forms.Form):
    q = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            ("in", _("In use")),
            ("out", _("Out of use")),
        ],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("Kind and name")),
            ("name", _("Name")),
            ("newest", _("Newest first")),
        ],
    )

    def value(self, name: str) -> str:
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")


class PolicyForm(forms.Form):
    """Every rule of BookingPolicy, in the order a clinic thinks of them."""

    hold_minutes = number(
        _("Hold a time while the form is filled"),
        1,
        60,
        _("Nobody else can take the time meanwhile."),
    )
    offer_minutes = number(
        _("Hold a time that the waitlist offers"),
        5,
        1440,
        _("Then it goes to the next one who waits."),
    )
    free_until_hours = number(
        _("Cancelling is free until"),
        0,
        336,
        _("Before the visit. Later counts as late. 0: never late."),
    )
    most_open = number(
        _("Visits ahead"),
        0,
        100,
        _("So many can one patient have booked. 0: no limit."),
    )
    most_late = number(
        _("Late cancellations"), 0, 50, _("Of the last six months. 0: no limit.")
    )
    most_missed = number(
        _("Missed visits"), 0, 50, _("Of the last six months. 0: no limit.")
    )
    on_limit = forms.ChoiceField(
        label=_("When a limit is reached"),
        choices=OnLimit.choices,
        widget=forms.RadioSelect,
    )
    missing_after_minutes = number(
        _("A patient counts as missing after"),
        5,
        240,
        _("After the visit's start. The desk is asked whether it is a no-show."),
    )
    undo_minutes = number(
        _("A step can be taken back for"),
        1,
        240,
        _("A check-in, a no-show or a cancellation made by mistake."),
    )
