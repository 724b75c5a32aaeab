"""Tags for templates/_parts/: controls with their classes, icons, sparklines."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django import forms, template
from django.core.serializers.json import DjangoJSONEncoder
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from healthcare.context import initials as initials_of
from healthcare.devices import device_name

register = template.Library()
register.filter("device_name", device_name)

WIDTH, HEIGHT, INSET = 120.0, 32.0, 4.8
CHECKS = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html('<i class="bi bi-{}" aria-hidden="true"></i>', name)


@register.filter
def initials(name: str) -> str:
    return initials_of(str(name))


@register.filter
def json_attribute(value: object) -> str:
    """JSON for a data-* attribute; the template escapes it."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.simple_tag(takes_context=True)
def page_query(context: template.Context, number: int, param: str = "") -> str:
    """The address of another page of this list, with its filters."""
    return _query(context, **{param or "page": str(number)})


@register.simple_tag(takes_context=True)
def cursor_query(context: template.Context, value: str, param: str) -> str:
    """The address beyond a cursor; the other direction's cursor is dropped."""
    others = {"before": None, "after": None}
    return _query(context, **{**others, param: value})


def _query(context: template.Context, **changes: str | None) -> str:
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return "?" + query.urlencode()


@register.filter
def field_kind(field: BoundField) -> str:
    """How a field is laid out: hidden, check, choices, several or control."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "choices"
    return "several" if isinstance(widget, forms.MultiWidget) else "control"


@register.filter
def error_anchor(field: BoundField) -> str:
    """The id of the first input of a field, where its error link leads."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.simple_tag
def worded(field: BoundField, error: str) -> str:
    """Says what to do where Django only says that a field is required."""
    if str(error) != str(forms.Field.default_error_messages["required"]):
        return error
    if field_kind(field) == "choices":
        return _("Choose an answer to “%(label)s”.") % {"label": field.label}
    return _("Fill in “%(label)s”.") % {"label": field.label}


@register.simple_tag
def control(field: BoundField, width: str = "") -> SafeString:
    """The input with its classes; a placeholder never stands in for a label."""
    widget = field.field.widget
    own = widget.attrs.get("class", "")
    size = f"hx-w-{width}" if width else ""
    names = " ".join(filter(None, (_css_class(widget), size, own)))
    attrs: dict[str, str | bool] = {"class": names}
    if not isinstance(widget, forms.TextInput) or widget.input_type != "search":
        attrs["placeholder"] = False
    return field.as_widget(attrs=attrs)


@dataclass(frozen=True)
class Piece:
    id: str
    label: str
    html: SafeString


@register.simple_tag
def pieces(field: BoundField) -> list[Piece]:
    """The labelled inputs of a MultiWidget such as day, month, year."""
    widget = field.field.widget
    labels = getattr(widget, "labels", ())
    widths = getattr(widget, "widths", ())
    values = field.value()
    if not isinstance(values, (list, tuple)):
        values = widget.decompress(values)
    found = []
    for n, (suffix, inner) in enumerate(
        zip(widget.widgets_names, widget.widgets, strict=True)
    ):
        identifier = f"{field.auto_id}_{n}"
        width = f" hx-w-{widths[n]}" if n < len(widths) else ""
        attrs = {"id": identifier, "class": _css_class(inner) + width}
        if field.errors:
            attrs |= {"aria-invalid": "true"}
        value = values[n] if values and n < len(values) else None
        html = inner.render(field.html_name + suffix, value, attrs)
        label = labels[n] if n < len(labels) else ""
        found.append(Piece(id=identifier, label=label, html=html))
    return found


def _css_class(widget: forms.Widget) -> str:
    if isinstance(widget, CHECKS):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


@dataclass(frozen=True)
class Spark:
    points: str
    x: str
    y: str
    band_y: str
    band_height: str
    out: bool
    label: str
    css: str


@register.inclusion_tag("_parts/sparkline.html")
def sparkline(
    values: Sequence[float],
    label: str,
    low: float | None = None,
    high: float | None = None,
    css: str = "",
) -> dict[str, Spark | None]:
    """A trend of values; the band is the usual range, open where a limit is None."""
    return {"spark": _spark(values, label, low, high, css) if values else None}


def _spark(
    values: Sequence[float], label: str, low: float | None, high: float | None, css: str
) -> Spark:
    known = [*values, *(limit for limit in (low, high) if limit is not None)]
    least, span = min(known), (max(known) - min(known)) or 1

    def y(value: float) -> float:
        return HEIGHT - INSET - (value - least) / span * (HEIGHT - 2 * INSET)

    step = (WIDTH - 8) / max(len(values) - 1, 1)
    points = [(3 + n * step, y(value)) for n, value in enumerate(values)]
    top = y(high) if high is not None else INSET
    bottom = y(low) if low is not None else HEIGHT - INSET
    banded = low is not None or high is not None
    last = values[-1]
    below = low is not None and last < low
    above = high is not None and last > high
    return Spark(
        points=" ".join(f"{a:.1f},{b:.1f}" for a, b in points),
        x=f"{points[-1][0]:.1f}",
        y=f"{points[-1][1]:.1f}",
        band_y=f"{top:.1f}" if banded else "",
        band_height=f"{max(bottom - top, 1):.1f}",
        out=below or above,
        label=label,
        css=css,
    )
