from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines


@cache
def _nothing() -> Any:
    return engines["django"].from_string('{% extends "layouts/app.html" %}')


def base(request: HttpRequest) -> HttpResponse:
    """The layout of every signed-in page, with nothing in it."""
    return HttpResponse(_nothing().render({}, request))
