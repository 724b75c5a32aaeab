"""The form of a visit's note. It reads whatever was typed; only signing is strict."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.models import VisitType
from records.charting.models import Diagnosis, EncounterVersion
from records.charting.note import MOST_ROWS, ROWS, Note, Row, normal_code, shaped
from records.prescribing.models import PrescriptionLine

BLANK_INDEX = "__n__"


class NoteForm(forms.ModelForm):
    use_required_attribute = False
    visit_type = forms.ChoiceField(
        label=_("Kind of visit"),
        choices=VisitType.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the kind of visit.")},
    )

    class Meta:
        model = EncounterVersion
        fields = ["visit_type", "notes", "plan"]
        widgets = {
            "notes": forms.Textarea(attrs={"rows": 10}),
            "plan": forms.Textarea(attrs={"rows": 5}),
        }
        help_texts = {
            "notes": _("What you heard, found and think. The patient can read it too."),
            "plan": _("What the patient should do next, in plain words."),
        }
        error_messages = {"notes": {"required": _("Write a note before you sign.")}}


class DiagnosisForm(forms.ModelForm):
    class Meta:
        model = Diagnosis
        fields = ["text", "code"]
        error_messages = {
            "text": {"required": _("Write the diagnosis in words, or clear its code.")}
        }

    def clean_code(self) -> str:
        return normal_code(self.cleaned_data["code"])


class LineForm(forms.ModelForm):
    class Meta:
        model = PrescriptionLine
        fields = [
            "medicine",
            "strength",
            "dose",
            "frequency",
            "duration_days",
            "instructions",
        ]
        labels = {"duration_days": _("Days")}
        widgets = {"duration_days": forms.TextInput(attrs={"inputmode": "numeric"})}
        error_messages = {
            "medicine": {"required": _("Name the medicine, or clear its line.")},
            "dose": {"required": _("Say how much to take, such as 1 tablet.")},
            "frequency": {"required": _("Say how often to take it.")},
            "duration_days": {"invalid": _("Give the days as a number, such as 14.")},
        }


ROW_FORMS: dict[str, type[forms.ModelForm]] = {
    "diagnoses": DiagnosisForm,
    "lines": LineForm,
}


class NoteForms:
    """The note and its rows as one form. A blank row is no row."""

    def __init__(self, note: NoteForm, rows: dict[str, list[forms.ModelForm]]):
        self.note = note
        self.rows = rows

    @classmethod
    def posted(cls, data: Mapping[str, Any]) -> "NoteForms":
        rows = {name: _posted_rows(name, data) for name in ROWS}
        return cls(NoteForm(data), rows)

    @classmethod
    def showing(cls, body: Note) -> "NoteForms":
        values: dict[str, Any] = {**body}
        rows = {name: _shown_rows(name, values[name]) for name in ROWS}
        return cls(NoteForm(initial=values), rows)

    @property
    def body(self) -> Note:
        """What was typed, right or wrong."""
        texts = {name: self.note[name].data for name in self.note.fields}
        rows = {
            name: [{field: row[field].data for field in row.fields} for row in rows]
            for name, rows in self.rows.items()
        }
        return shaped(texts | rows)

    @property
    def all(self) -> list[forms.BaseForm]:
        return [self.note, *self.rows["diagnoses"], *self.rows["lines"]]

    def is_signable(self) -> bool:
        found = [form.is_valid() for form in self.all]
        return all(found)

    def add_problems(self, problems: list[str]) -> None:
        for problem in problems:
            self.note.add_error(None, problem)

    def forget(self, name: str, index: int) -> None:
        gone = f"{name}-{index}"
        self.rows[name] = [row for row in self.rows[name] if row.prefix != gone]

    def blanks(self) -> dict[str, forms.ModelForm]:
        """What a script copies for a new row."""
        return {
            name: form(prefix=f"{name}-{BLANK_INDEX}")
            for name, form in ROW_FORMS.items()
        }


def _posted_rows(name: str, data: Mapping[str, Any]) -> list[forms.ModelForm]:
    pattern = re.compile(rf"{name}-(\d{{1,4}})-[a-z_]+")
    found = (pattern.fullmatch(key) for key in data)
    indexes = sorted({int(match[1]) for match in found if match})
    return [_row(name, index, data=data) for index in indexes[:MOST_ROWS]]


def _shown_rows(name: str, rows: list[Row]) -> list[forms.ModelForm]:
    blank = dict.fromkeys(ROWS[name], "")
    shown = rows or [blank]
    return [_row(name, index, initial=row) for index, row in enumerate(shown)]


def _row(name: str, index: int, **filled: Any) -> forms.ModelForm:
    return ROW_FORMS[name](
        prefix=f"{name}-{index}",
        empty_permitted=True,
        use_required_attribute=False,
        **filled,
    )
