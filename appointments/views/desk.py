from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments.board import desk_page, lines, local_today
from appointments.forms import DeskFilter, ListFilter
from appointments.listing import listed
from clinics.access import Permission, access, holds
from clinics.crumbs import crumbs
from clinics.notices import notices
from healthcare import clock

PER_PAGE = 25


@access(Permission.APPOINTMENT_MANAGE)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    member, now = request.membership, clock.now()
    today = local_today(request.clinic, now).isoformat()
    form = DeskFilter({"date": today, **request.GET.dict()}, member=member)
    context = {
        "form": form,
        "page": desk_page(member, form, now=now),
        "notices": notices(request.clinic, now),
        "here": request.get_full_path(),
        "clinic": request.clinic,
        "trail": crumbs(request.clinic, (_("Desk"), "")),
    }
    return render(request, "appointments/desk.html", context)


@access(Permission.APPOINTMENT_VIEW)
@require_safe
def appointment_list(request: HttpRequest) -> HttpResponse:
    member, now = request.membership, clock.now()
    form = ListFilter(request.GET, member=member)
    page = listed(member, form, request.GET, size=PER_PAGE, now=now)
    context = {
        "form": form,
        "page": page,
        "lines": lines(request.clinic, page.rows, now),
        "clinic": request.clinic,
        "book_url": _book_url(request),
        "trail": crumbs(request.clinic, (_("Appointments"), "")),
    }
    return render(request, "appointments/list.html", context)


def _book_url(request: HttpRequest) -> str:
    """For those who may book for others."""
    if not holds(request.membership, Permission.APPOINTMENT_MANAGE):
        return ""
    return reverse("appointments:desk_book", args=[request.clinic.slug])
