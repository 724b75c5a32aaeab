from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from healthcare import clock
from healthcare.cursor import cursor_page
from healthcare.policy import own_record
from records import home as homes
from records.looked import clinics_of, look, looks_at
from records.looked_filter import LookedForm
from records.own import own_zone

PAGE = 25


@own_record
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    shown = homes.home(request.person, now=clock.now(), zone=own_zone(request.person))
    return render(request, "records/home.html", {"home": shown})


@own_record
@require_safe
def who_looked(request: HttpRequest) -> HttpResponse:
    every = looks_at(request.person)
    form = LookedForm(request.GET, events=every)
    page = cursor_page(form.narrowed(every), request.GET, by="at", size=PAGE)
    clinics = clinics_of(page.rows)
    zone = own_zone(request.person)
    context = {
        "filter_form": form,
        "looks": [look(event, clinics, zone) for event in page.rows],
        "newer": page.newer,
        "older": page.older,
        "is_filtered": form.is_filtered,
    }
    return render(request, "records/who_looked.html", context)
