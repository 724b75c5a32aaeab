"""Form fields for facts about people, used wherever a person is written down."""

import unicodedata
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from healthcare import clock

OLDEST_YEARS = 130
# They turn the direction of what follows, and so what a reader believes to see.
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_plain_line(text: str) -> None:
    if any(unicodedata.category(c) == "Cc" or c in TURNING for c in text):
        raise ValidationError(_("Type it again: it has characters nobody can see."))


def has_a_letter(text: str) -> None:
    if not any(c.isalpha() for c in text):
        raise ValidationError(_("Type the name with letters."))


class LineField(forms.CharField):
    default_validators = [one_plain_line]

    def __init__(self, *, autocomplete: str = "", **kwargs: Any) -> None:
        attrs = {"autocomplete": autocomplete} if autocomplete else {}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)


class NameField(LineField):
    default_validators = [one_plain_line, has_a_letter]


class LongSelect(forms.Select):
    """A select of hundreds of options, which costs a template for none of them."""

    def render(
        self, name: str, value: Any, attrs: Any = None, renderer: Any = None
    ) -> SafeString:
        chosen = set(self.format_value(value))
        options = format_html_join(
            "",
            "<option{}>{}</option>",
            (
                (flatatt({"value": key, "selected": str(key) in chosen}), label)
                for key, label in self.choices
            ),
        )
        own = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        return format_html("<select{}>{}</select>", own, options)


class BirthDateWidget(forms.MultiWidget):
    """Day, month and year as three small text inputs: quicker and surer than a
    calendar for a date that everybody knows by heart."""

    labels = (_("Day"), _("Month"), _("Year"))
    widths = ("date", "date", "num")

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            part: forms.TextInput(
                attrs={"inputmode": "numeric", "autocomplete": f"bday-{part}"}
            )
            for part in ("day", "month", "year")
        }
        super().__init__(widgets, attrs)

    def decompress(self, value: date | None) -> list[str]:
        if value is None:
            return ["", "", ""]
        return [str(value.day), str(value.month), str(value.year)]


class BirthDateField(forms.MultiValueField):
    widget = BirthDateWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.CharField(max_length=20, required=False) for _part in range(3)]
        kwargs.setdefault("label", _("Date of birth"))
        kwargs.setdefault("help_text", _("For example 31 3 1980"))
        kwargs.setdefault("error_messages", {"required": _("Type the date of birth.")})
        super().__init__(fields=fields, require_all_fields=False, **kwargs)

    def compress(self, parts: list[str]) -> date | None:
        if not any(parts):
            return None
        day, month, year = (_number(part) for part in parts)
        if len(parts[2]) != 4:
            raise ValidationError(_("Type the year with four digits, such as 1980."))
        try:
            born = date(year, month, day)
        except (ValueError, OverflowError) as error:
            raise ValidationError(
                _("This day is not in the calendar. Check day, month and year.")
            ) from error
        return _in_a_lifetime(born)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValidationError(
            _("Type day, month and year as numbers, for example 31 3 1980.")
        )
    return int(text)


def _in_a_lifetime(born: date) -> date:
    # Somewhere it is tomorrow already, and a child was born there.
    latest = (clock.now() + timedelta(hours=14)).date()
    if born > latest:
        raise ValidationError(_("This date is in the future. Check the year."))
    if born.year < latest.year - OLDEST_YEARS:
        raise ValidationError(_("This date is too long ago. Check the year."))
    return born
