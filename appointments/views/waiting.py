"""The waiting room as the front desk sees it: the queue board and the poster."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appointments.actions import replace_poster
from appointments.checkin import poster_page, square
from appointments.models import Poster
from appointments.waiting import queue_page
from clinics.access import Permission, access
from clinics.crumbs import crumbs
from healthcare import clock


@access(Permission.APPOINTMENT_MANAGE)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The page, or for a poll only the board on it."""
    page = queue_page(request.membership, now=clock.now())
    context = {
        "page": page,
        "clinic": request.clinic,
        "trail": crumbs(request.clinic, (_("Queue"), "")),
    }
    is_poll = "X-Healix-Poll" in request.headers
    template = "appointments/queue_board.html" if is_poll else "appointments/queue.html"
    return render(request, template, context)


@access(Permission.APPOINTMENT_MANAGE)
@require_safe
def poster(request: HttpRequest) -> HttpResponse:
    hanging = Poster.objects.visible_to(request.membership).hanging().first()
    steps = (_("Queue"), "appointments:queue"), (_("Poster"), "")
    context = {
        "poster": poster_page(hanging) if hanging else None,
        "clinic": request.clinic,
        "trail": crumbs(request.clinic, *steps),
    }
    return render(request, "appointments/poster.html", context)


@access(Permission.APPOINTMENT_MANAGE)
@require_safe
def code(request: HttpRequest) -> HttpResponse:
    posters = Poster.objects.visible_to(request.membership).hanging()
    image = square(get_object_or_404(posters))
    return HttpResponse(image, content_type="image/svg+xml")


@access(Permission.APPOINTMENT_MANAGE)
@require_POST
def replace(request: HttpRequest) -> HttpResponse:
    replace_poster(clinic=request.clinic, by=request.actor)
    messages.success(
        request, _("Here is the new poster. Take down the old ones: they lead nowhere.")
    )
    return redirect("appointments:poster", clinic=request.clinic.slug)
