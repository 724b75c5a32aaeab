"""The site's own addresses, and the floors that its pages are measured against."""

from typing import Any

from django.urls import path

from healthcare.policy import View, public, signed_in
from healthcare.urls import urlpatterns as site
from records.bench import floors, slots

handler404 = "healthcare.pages.not_found"
handler500 = "healthcare.faults.server_error"


def _first(by: Any) -> View:
    return public(slots.first_page(by))


def _day(by: Any) -> View:
    return public(slots.day_page(by))


urlpatterns = [
    *site,
    path("bench/base/", signed_in(floors.base), name="bench-base"),
    path("bench/free/sql/", _first(slots.first_by_sql), name="bench-free-sql"),
    path("bench/free/", _first(slots.first_by_search), name="bench-free"),
    path("bench/day/sql/", _day(slots.day_by_sql), name="bench-day-sql"),
    path("bench/day/", _day(slots.day_by_search), name="bench-day"),
]
