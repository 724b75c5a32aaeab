"""Forms about when doctors see patients, and when the clinic is closed."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments import when
from appointments.actions import Decided, Fate, Session
from appointments.actions.time_away import mark_of
from appointments.forms import date_field, time_field
from appointments.models import Appointment
from clinics.models.clinic import Weekday

DAY = timedelta(days=1)
NOTE_HINT = _("For you and the clinic's desk. Patients never see it.")
NIGHT_HINT = _("An end before the start is on the next day.")
MANY = 3


def needed_date(label: Any) -> forms.DateField:
    field = date_field(label)
    field.required = field.widget.is_required = True
    field.error_messages["required"] = _("Choose a date.")
    return field


def optional_time(label: Any) -> forms.TimeField:
    field = time_field(label)
    field.required = field.widget.is_required = False
    return field


def note_field() -> forms.CharField:
    return forms.CharField(
        label=_("Note"), help_text=NOTE_HINT, required=False, max_length=200
    )


def session(day: date, starts: time, ends: time, note: str = "") -> Session:
    """On that date, overnight when it ends at or before its start."""
    begins, stops = datetime.combine(day, starts), datetime.combine(day, ends)
    return Session(begins, stops if stops > begins else stops + DAY, note)


class RuleForm(forms.Form):
    """Hours on one day of every week, always or between two dates."""

    weekday = forms.TypedChoiceField(
        label=_("Day"), choices=Weekday.choices, coerce=int
    )
    starts = time_field(_("From"))
    ends = time_field(_("To"))
    valid_from = date_field(_("First day"))
    valid_until = date_field(_("Last day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends"].help_text = NIGHT_HINT

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("Choose a last day on or after the first."))
        return cleaned


class AwayForm(forms.Form):
    """Whole days, or hours."""

    first = needed_date(_("First day"))
    last = date_field(_("Last day"))
    starts = optional_time(_("From"))
    ends = optional_time(_("To"))
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last"].help_text = _("Leave it empty for a single day.")
        self.fields["starts"].help_text = _("Leave both times empty for whole days.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("Choose a last day on or after the first."))
        if (cleaned.get("starts") is None) != (cleaned.get("ends") is None):
            missing = "ends" if cleaned.get("starts") is not None else "starts"
            if missing not in self.errors:
                self.add_error(missing, _("Give both times, or none for whole days."))
        return cleaned

    def away(self) -> Session:
        values = self.cleaned_data
        first, last = values["first"], values["last"] or values["first"]
        if values["starts"] is None:
            midnight = datetime.combine(last, time.min)
            begins = datetime.combine(first, time.min)
            return Session(begins, midnight + DAY, values["note"])
        if last == first:
            return session(first, values["starts"], values["ends"], values["note"])
        begins = datetime.combine(first, values["starts"])
        return Session(begins, datetime.combine(last, values["ends"]), values["note"])

    def instead(self) -> Session | None:
        return None


class ExtraForm(forms.Form):
    """A session beyond the weekly hours."""

    date = needed_date(_("Date"))
    starts = time_field(_("From"))
    ends = time_field(_("To"))
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends"].help_text = NIGHT_HINT

    def session(self) -> Session:
        values = self.cleaned_data
        return session(values["date"], values["starts"], values["ends"], values["note"])


class MoveForm(forms.Form):
    """A block that takes place at another time, once."""

    date = needed_date(_("Date"))
    starts = time_field(_("From"))
    ends = time_field(_("To"))
    to_date = needed_date(_("New date"))
    to_starts = time_field(_("New time from"))
    to_ends = time_field(_("New time to"))
    note = note_field()

    def away(self) -> Session:
        values = self.cleaned_data
        return session(values["date"], values["starts"], values["ends"], values["note"])

    def instead(self) -> Session:
        values = self.cleaned_data
        return session(
            values["to_date"], values["to_starts"], values["to_ends"], values["note"]
        )


class FatesForm(forms.Form):
    """What happens to each visit that an absence hits. One may answer for the rest."""

    rest = forms.ChoiceField(
        label=_("All visits without an answer of their own"),
        required=False,
        choices=[("", _("I answer for each one")), *Fate.choices],
    )

    def __init__(self, visits: Sequence[Appointment], *args: Any) -> None:
        super().__init__(*args)
        for visit in visits:
            self.fields[f"fate-{mark_of(visit)}"] = _fate_field(visit)
        if len(visits) < MANY:
            del self.fields["rest"]
        self.shown = " ".join(mark_of(each) for each in visits)

    @classmethod
    def decided(cls, data: Any) -> Decided:
        """The answers as they were sent, whatever is booked by now."""
        shown = data.get("shown", "").split()
        known = set(Fate.values)
        answers = {mark: data.get(f"fate-{mark}") or data.get("rest") for mark in shown}
        fates = {mark: Fate(said) for mark, said in answers.items() if said in known}
        return Decided(shown, fates)


def _fate_field(visit: Appointment) -> forms.ChoiceField:
    day = when.weekday_date(visit.starts_at.astimezone(visit.zone).date())
    span = when.span(visit.starts_at, visit.ends_at, visit.zone)
    undecided = _("Choose what happens to the visit of %(name)s.")
    unreachable = _("This patient has no account and gets no e-mail. Please call.")
    return forms.ChoiceField(
        label=f"{day}, {span}: {visit.patient.clinical_name}",
        help_text="" if visit.patient.user_id else unreachable,
        choices=Fate.choices,
        widget=forms.RadioSelect,
        error_messages={"required": undecided % {"name": visit.patient.clinical_name}},
    )


class HolidayForm(forms.Form):
    date = needed_date(_("Date"))
    name = forms.CharField(label=_("Name"), max_length=120)


class HolidayFileForm(forms.Form):
    file = forms.FileField(
        label=_("Calendar file"),
        help_text=_("A file that ends with .ics, of at most 512 KB."),
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
        error_messages={"required": _("Choose a calendar file.")},
    )
