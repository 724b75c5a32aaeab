from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.forms import TimeInput, date_field, time_field
from appointments.models import Delivery, ReminderChoice, ReminderPolicy, ReminderRule
from healthcare.outbox.models import Message

MINUTE, HOUR, DAY = 1, 60, 24 * 60
UNITS = [(MINUTE, _("minutes")), (HOUR, _("hours")), (DAY, _("days"))]
SHORTEST, LONGEST = 10, 30 * DAY
SPAN, WALL = "span", "wall"
TIME_WANTED = _("Enter a time such as 18:00.")


def _time(label: Any, **options: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        input_formats=["%H:%M"],
        widget=TimeInput(),
        error_messages={"invalid": TIME_WANTED, "required": TIME_WANTED},
        **options,
    )


class PolicyForm(forms.Form):
    """A clinic's quiet hours, and the mails of the day and the month."""

    quiet_starts = _time(_("Quiet from"))
    quiet_ends = _time(_("Quiet until"))
    daily_at = time_field(_("Daily mails at"))
    mails_patients = forms.BooleanField(
        label=_("“Your visits today” to patients"), required=False
    )
    mails_doctors = forms.BooleanField(
        label=_("“Your day” to doctors who have visits"), required=False
    )
    mails_months = forms.BooleanField(
        label=_("“Your month in numbers” to every doctor, on the first"),
        required=False,
    )

    def __init__(self, posted: Any | None, *, policy: ReminderPolicy) -> None:
        initial = {name: getattr(policy, name) for name in self.base_fields}
        super().__init__(posted, initial=initial)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        starts, ends = cleaned["quiet_starts"], cleaned["quiet_ends"]
        if (starts is None) != (ends is None):
            missing = "quiet_ends" if ends is None else "quiet_starts"
            self.add_error(missing, _("Give both times, or leave both empty."))
        elif starts is not None and starts == ends:
            self.add_error("quiet_ends", _("Choose another end than the start."))
        return cleaned


class ReminderForm(forms.Form):
    """When to remind, and over which channels."""

    way = forms.ChoiceField(
        label=_("When"),
        choices=[
            (SPAN, _("A while before the visit starts")),
            (WALL, _("Some days before, at a time of day")),
        ],
        widget=forms.RadioSelect,
        initial=SPAN,
    )
    amount = forms.IntegerField(
        label=_("How long before"),
        initial=2,
        min_value=1,
        max_value=LONGEST,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("For “a while before”: a number, such as 2"),
        error_messages={
            "required": _("Say how long before."),
            "invalid": _("Enter a number such as 2."),
        },
    )
    unit = forms.TypedChoiceField(label=_("Unit"), choices=UNITS, coerce=int)
    days_before = forms.IntegerField(
        label=_("Days before"),
        initial=1,
        min_value=0,
        max_value=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("For “some days before”: 1 is the day before, 0 the same day"),
        error_messages={
            "required": _("Say how many days before."),
            "invalid": _("Enter a number such as 1."),
        },
    )
    at_time = _time(
        _("At"), initial=time(18), help_text=_("In the clinic's time, such as 18:00")
    )
    channels = forms.MultipleChoiceField(
        label=_("How"),
        choices=Message.Channel.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one way.")},
    )
    is_on = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, posted: Any | None, *, rule: ReminderRule | None = None) -> None:
        super().__init__(posted, initial=_initial(rule) if rule else {"unit": HOUR})
        way = posted.get("way") if posted else None
        self.fields["amount"].required = way != WALL
        for name in ("days_before", "at_time"):
            self.fields[name].required = way != SPAN

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        minutes = (cleaned.get("amount") or 0) * (cleaned.get("unit") or 0)
        is_span = cleaned.get("way") == SPAN and minutes
        if is_span and not SHORTEST <= minutes <= LONGEST:
            self.add_error("amount", _("Choose 10 minutes to 30 days."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """What a rule takes."""
        told, chosen = self.cleaned_data, self.cleaned_data["channels"]
        span = told["way"] == SPAN
        return {
            "minutes_before": told["amount"] * told["unit"] if span else None,
            "days_before": None if span else told["days_before"],
            "at_time": None if span else told["at_time"],
            "by_email": Message.Channel.EMAIL in chosen,
            "by_sms": Message.Channel.SMS in chosen,
            "in_app": Message.Channel.IN_APP in chosen,
            "is_on": told["is_on"],
        }


def _initial(rule: ReminderRule) -> dict[str, Any]:
    known: dict[str, Any] = {"channels": rule.channels, "is_on": rule.is_on}
    if rule.minutes_before is None:
        wall = {"days_before": rule.days_before, "at_time": rule.at_time}
        return known | {"way": WALL, "unit": HOUR} | wall
    unit = next(u for u in (DAY, HOUR, MINUTE) if rule.minutes_before % u == 0)
    return known | {"way": SPAN, "amount": rule.minutes_before // unit, "unit": unit}


class ChoiceForm(forms.Form):
    """Over which channels a person hears from clinics. What they cannot have is not
    asked."""

    by_email = forms.BooleanField(label=_("By e-mail"), required=False)
    by_sms = forms.BooleanField(label=_("By SMS"), required=False)
    in_app = forms.BooleanField(
        label=_("In Healix, under the bell"),
        required=False,
    )
    daily = forms.BooleanField(
        label=_("An e-mail in the morning of a day with visits"), required=False
    )
    own_day = forms.BooleanField(
        label=_("“Your day”, in the morning of a day with patients"), required=False
    )
    own_month = forms.BooleanField(
        label=_("“Your month in numbers”, on the first"), required=False
    )

    def __init__(
        self,
        posted: Any | None,
        *,
        choice: ReminderChoice,
        has_sms: bool,
        is_doctor: bool,
    ) -> None:
        initial = {name: getattr(choice, name) for name in self.base_fields}
        super().__init__(posted, initial=initial)
        hidden = [] if has_sms else ["by_sms"]
        for name in [*hidden, *([] if is_doctor else ["own_day", "own_month"])]:
            del self.fields[name]


class DeliveryFilter(forms.Form):
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Every state")), *Message.Status.choices],
    )
    channel = forms.ChoiceField(
        label=_("Way"),
        required=False,
        choices=[("", _("Every way")), *Message.Channel.choices],
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("Every kind")), *Delivery.Kind.choices],
    )
    since = date_field(_("From"))
    until = date_field(_("To"))
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("Newest first")), ("oldest", _("Oldest first"))],
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("Choose an end on or after the start."))
        return cleaned

    def value(self, name: str) -> Any:
        """What was asked for, or nothing where that makes no sense."""
        self.is_valid()
        return self.cleaned_data.get(name)
