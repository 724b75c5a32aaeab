from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from appointments.forms import FinderForm
from appointments.found import looser, search_at
from appointments.path import steps, trail
from appointments.views.booking import at_clinic
from appointments.ways import PATIENT
from healthcare.policy import own_record


@own_record
@at_clinic
def search(request: HttpRequest) -> HttpResponse:
    """The first free times of all doctors that are as asked for."""
    found = search_at(request.clinic)
    form = FinderForm(request.GET, options=found.options)
    rows = found.rows(form, request.person)
    context = {
        "clinic": request.clinic,
        "form": form,
        "rows": rows,
        "looser": "" if rows else looser(form),
        "limits": request.limits,
        "clinic_url": PATIENT.clinic_url(request.clinic),
        "trail": trail(),
        "steps": steps(1),
    }
    return render(request, "appointments/book_search.html", context)
