from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from healthcare import clock
from healthcare.policy import own_record
from records.own import own_zone
from records.prescribing.medicines import own_medicine
from records.prescribing.models import PrescriptionLine

PAGE = 20
MOST = 200


@own_record
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    today = clock.now().astimezone(own_zone(request.person)).date()
    lines = PrescriptionLine.objects.of_person(request.person)
    lines = lines.with_people().newest_first()
    page = Paginator(lines.past(today), PAGE).get_page(request.GET.get("page"))
    context = {
        "current": [own_medicine(line, today) for line in lines.current(today)[:MOST]],
        "past": [own_medicine(line, today) for line in page],
        "page": page,
    }
    return render(request, "prescribing/mine.html", context)
