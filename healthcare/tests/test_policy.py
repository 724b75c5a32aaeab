"""The nets: no view without a policy, no unscoped query in a view, no floor climbed."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, get_resolver, path

from clinics.access import Permission, access, public
from healthcare.middleware import is_guarded_elsewhere
from healthcare.policy import OWN_RECORD, PUBLIC, SIGNED_IN

ROOT = Path(settings.BASE_DIR)
FLOORS = ["healthcare", "accounts", "clinics", "appointments", "records"]
COMPOSITION = {"healthcare/urls.py", "healthcare/settings.py"}
# Named queryset methods that are scoped by themselves.
SCOPED = {
    "visible_to",
    "of_user",
    "of_person",
    "of_clinic",
    "about_patient",
    "listed",
    "bookable",
    "none",
    # Whether a clinic's public address or a shared word is taken.
    "named",
    "slugs_like",
    "in_use",
}


def walk(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for item in patterns:
        route = prefix + str(item.pattern)
        if isinstance(item, URLPattern):
            yield route, item
        else:
            yield from walk(item.url_patterns, route)


def without_policy(patterns: list[Any]) -> list[str]:
    known = {PUBLIC, SIGNED_IN, OWN_RECORD, *Permission}
    return [
        route
        for route, item in walk(patterns)
        if not is_guarded_elsewhere(item.callback)
        and getattr(item.callback, "access", None) not in known
    ]


def test_every_view_declares_who_it_is_for() -> None:
    assert without_policy(get_resolver().url_patterns) == []


def test_a_forgotten_policy_is_found() -> None:
    def forgotten(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    patterns = [path("a/", public(forgotten)), path("b/", forgotten)]
    assert without_policy(patterns) == ["b/"]


def test_a_clinic_page_has_its_clinic_in_the_address() -> None:
    for route, item in walk(get_resolver().url_patterns):
        if isinstance(getattr(item.callback, "access", None), Permission):
            assert "<slug:clinic>" in route, route


def test_permission_survives_other_decorators() -> None:
    from django.views.decorators.http import require_POST

    @require_POST
    @access(Permission.CLINIC_VIEW)
    def inside(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert inside.access == Permission.CLINIC_VIEW


def unscoped(source: str) -> list[str]:
    """`Model.objects.x` where x is not a scoped method."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Attribute)
            and node.value.attr in {"objects", "_default_manager"}
            and node.attr not in SCOPED
        ):
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


def sources(match: Callable[[Path], bool]) -> Iterator[tuple[str, str]]:
    for floor in FLOORS:
        for file in sorted((ROOT / floor).rglob("*.py")):
            if match(file) and "tests" not in file.parts:
                yield str(file.relative_to(ROOT)), file.read_text()


def is_view_or_form(file: Path) -> bool:
    names = {file.stem, file.parent.name}
    return bool(names & {"views", "forms"})


def test_views_and_forms_read_scoped_rows_only() -> None:
    found = {
        name: lines
        for name, text in sources(is_view_or_form)
        if (lines := unscoped(text))
    }
    assert found == {}


def test_an_unscoped_query_is_found() -> None:
    assert unscoped("x = Appointment.objects.filter(pk=1)")
    assert not unscoped("x = Appointment.objects.visible_to(m).filter(pk=1)")


def climbs(name: str, source: str) -> list[str]:
    floor = FLOORS.index(name.split("/")[0])
    modules = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            modules.append(node.module or "")
        elif isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
    return [module for module in modules if module.split(".")[0] in FLOORS[floor + 1 :]]


def test_no_floor_imports_from_one_above() -> None:
    exempt = COMPOSITION | {"healthcare/testing.py"}
    found = {
        name: above
        for name, text in sources(lambda file: True)
        if name not in exempt and (above := climbs(name, text))
    }
    assert found == {}


def test_a_climbing_import_is_found() -> None:
    assert climbs(
        "accounts/views.py", "def f():\n    from clinics.models import Clinic"
    )
    assert not climbs("clinics/views.py", "from accounts.models import User")


@pytest.mark.django_db
def test_every_row_of_a_clinic_has_a_clinic() -> None:
    from django.apps import apps

    floors = {"clinics", "appointments", "charting", "prescribing"}
    without = {
        model.__name__
        for model in apps.get_models()
        if model._meta.app_label in floors
        and not any(
            field.name == "clinic" and not field.null
            for field in model._meta.get_fields()
            if hasattr(field, "null")
        )
    }
    # A clinic is its own; resources and choices belong to people; claims to an
    # appointment; a calendar feed to a person, over all their clinics, or to a
    # membership.
    people = {"Resource", "ReminderChoice", "CalendarFeed"}
    assert without == {"Clinic", "Claim"} | people
