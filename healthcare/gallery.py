"""Sample values for the gallery of template parts; shown only in DEBUG."""

from types import SimpleNamespace as Thing
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext as _

KINDS = ("ok", "warn", "danger", "info", "")


class DayMonthYear(forms.MultiWidget):
    labels = ("Day", "Month", "Year")
    widths = ("date", "date", "num")

    def __init__(self) -> None:
        super().__init__([forms.TextInput(attrs={"inputmode": "numeric"})] * 3)

    def decompress(self, value: object) -> list[str]:
        return ["", "", ""]


class SampleForm(forms.Form):
    kind = forms.ChoiceField(
        label="What did you measure?", choices=[("glucose", "Blood glucose")]
    )
    value = forms.DecimalField(
        label="Blood glucose",
        help_text="Read it from your meter, in mmol/L.",
        error_messages={"invalid": "Enter your blood glucose as a number, such as 6.2"},
    )
    taken = forms.MultiValueField(
        label="When did you measure it?",
        help_text="For example 17 9 2026",
        fields=(forms.IntegerField(), forms.IntegerField(), forms.IntegerField()),
        widget=DayMonthYear,
        error_messages={"required": "Enter the day, month and year of the measurement"},
    )
    meal = forms.ChoiceField(
        label="Was it before a meal?",
        choices=[("yes", "Yes, I had not eaten"), ("no", "No, it was after a meal")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it was before a meal"},
    )
    signs = forms.MultipleChoiceField(
        label="Did you notice any of these?",
        required=False,
        choices=[("thirst", "Thirst"), ("faint", "Feeling faint")],
        widget=forms.CheckboxSelectMultiple,
    )
    photo = forms.FileField(label="Photo of the meter", required=False)
    note = forms.CharField(
        label="Note for your doctor",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    agree = forms.BooleanField(
        label="My clinic may use this value",
        help_text="You can change your mind at any time.",
        error_messages={"required": "Tick the box if your clinic may use this value"},
    )


class SampleFilter(forms.Form):
    since = forms.CharField(label="From", required=False)
    role = forms.ChoiceField(
        label="Role", choices=[("", "All roles"), ("doctor", "Doctor")], required=False
    )


def context() -> dict[str, Any]:
    wrong = SampleForm(
        {"wrong-kind": "glucose", "wrong-value": "seven"}, prefix="wrong"
    )
    wrong.is_valid()
    return {
        "sample": SampleForm(),
        "wrong": wrong,
        "filter_form": SampleFilter(prefix="filter"),
        "trail": [("Home", "#"), ("Measurements", "#"), ("Add", "")],
        "pills": [Thing(kind=kind, label=kind or "neutral") for kind in KINDS],
        "page": Paginator(range(214), 9).page(2),
        "tabs": _tabs(),
        "steps": _steps(),
        "days": _days(),
        "groups": _groups(),
        "patient": _patient(),
        "allergies": [
            Thing(state="known", text="Penicillin (severe), Latex", url="#"),
            Thing(state="none", text="", url=""),
            Thing(state="unknown", text="", url="#"),
        ],
        "rows": [("Reason", "Blood pressure review"), ("Time", "09:40 to 10:00")],
        "answers": [Thing(term="Doctor", value="Dr Amara Osei", change_url="#")],
        "vitals": [("Blood pressure", "128/79", "mmHg"), ("Pulse", "72", "/min")],
        "columns": [("Test", ""), ("Latest", "r"), ("Status", "")],
        "cells": _cells(),
        "trend": [6.4, 6.3, 6.6, 6.8, 6.7, 7.0, 7.2, 7.9],
        "steady": [4.2, 4.5, 4.3, 4.6, 4.4, 4.3, 4.5, 4.4],
        "schedule": _schedule(),
    }


def _tabs() -> list[Thing]:
    return [
        Thing(label=_("All"), url="#", current=True, count=9, count_word=_("open")),
        Thing(
            label=_("Results"), url="#", current=False, count=4, count_word=_("open")
        ),
        Thing(label=_("Messages"), url="#", current=False, count=None),
    ]


def _steps() -> list[Thing]:
    return [
        Thing(label="Reason", state="done"),
        Thing(label="Doctor, day and time", state="current"),
        Thing(label="Check your answers", state="next"),
        Thing(label="Confirmation", state="next"),
    ]


def _days() -> list[Thing]:
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    week = zip(names, (2, 0, 5, 8, 1, 0, 0), strict=True)
    return [
        Thing(
            url=f"?day={21 + n}" if free else None,
            weekday=weekday,
            day=21 + n,
            free_label=f"{free} free" if free else "None",
            name=f"{weekday} {21 + n} September, {free or 'no'} free times",
            current=n == 3,
        )
        for n, (weekday, free) in enumerate(week)
    ]


def _groups() -> list[Thing]:
    def slots(*times: str) -> list[Thing]:
        return [Thing(value=t, label=t, checked=t == "09:40") for t in times]

    return [
        Thing(label="Morning", icon="sunrise", slots=slots("08:20", "09:00", "09:40")),
        Thing(label="Evening", icon="sunset", slots=slots("15:20", "16:00", "18:40")),
    ]


def _patient() -> Thing:
    return Thing(
        family="VASSILAKIS",
        given="Eleni",
        title="Mrs",
        born="14-Jul-1945 (81y)",
        gender="Female",
        number="NG 482 109 37",
        phone="210 555 0148",
    )


def _cells() -> list[list[Thing]]:
    return [
        [
            Thing(text="HbA1c", url="#", head=True, sub="10-Sep-2026"),
            Thing(text="7.9 %", css="r"),
            Thing(text="Above", kind="warn", icon="arrow-up"),
        ],
        [
            Thing(text="Potassium", url="#", head=True, sub="10-Sep-2026"),
            Thing(text="4.4 mmol/L", css="r"),
            Thing(text="In range", kind="ok", icon="check2"),
        ],
    ]


def _schedule() -> list[Thing]:
    def block(name: str, **facts: object) -> Thing:
        plain = {"span": 1, "url": "#", "kind": "", "name": name, "meta": "58y M"}
        return Thing(**{**plain, "reason": "Review", **facts})

    seen = {"kind": "done", "pill": "Seen", "pill_kind": "ok", "pill_icon": "check2"}
    here = {
        "kind": "here",
        "pill": "With you since 10:04",
        "pill_kind": "warn",
        "pill_icon": "person-check",
    }
    covered = Thing(covered=True)
    lunch = Thing(span=1, url="", kind="block", reason="Lunch", icon="cup-hot")
    rows = [
        ("09:00", False, block("OKAFOR, Samuel", **{**seen, "span": 2})),
        ("09:30", False, covered),
        ("10:00", True, block("VASSILAKIS, Eleni", **here)),
        (
            "10:30",
            False,
            Thing(span=1, url="#", kind="free", reason="Free", icon="plus-lg"),
        ),
        ("11:00", False, lunch),
        ("11:30", False, None),
    ]
    return [Thing(time=time, now=now, cells=[cell]) for time, now, cell in rows]
