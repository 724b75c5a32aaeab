"""The patient's own visits: what was signed, never a draft."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from healthcare.policy import own_record
from records.charting.actions import note_read
from records.charting.models import Encounter
from records.charting.visits import signed_note, visit
from records.charting.years import chosen_year, year_links
from records.own import own_zone

PAGE = 20


@own_record
@require_safe
def my_visits(request: HttpRequest) -> HttpResponse:
    zone = own_zone(request.person)
    signed = Encounter.objects.of_person(request.person)
    years = signed.years(zone)
    year = chosen_year(request.GET, years)
    found = signed.in_year(year, zone) if year else signed
    rows = found.with_people().with_diagnoses().newest_first()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "visits": [visit(row) for row in page],
        "years": year_links(years, year),
    }
    return render(request, "charting/my_visits.html", context)


@own_record
@require_safe
def my_visit(request: HttpRequest, uid: UUID) -> HttpResponse:
    own = Encounter.objects.of_person(request.person).with_people().with_note()
    encounter = get_object_or_404(own, uid=uid)
    note_read(encounter=encounter, by=request.actor)
    signed = signed_note(encounter)
    trail = [(_("Visits"), ".."), (signed.visit.when, "")]
    context = {"signed": signed, "visit": signed.visit, "trail": trail}
    return render(request, "charting/my_visit.html", context)
