"""Visits that repeat: what fitted, what did not, and cancelling the rest."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from appointments import actions, repeated
from appointments.actions.series import Report
from appointments.forms import ClinicCancelForm
from appointments.models import Appointment
from appointments.views.visits import above, visible
from clinics.access import Permission, access
from clinics.crumbs import crumbs
from healthcare import clock

MISSED = "series_missed"


def remember(request: HttpRequest, report: Report) -> str:
    """Keep what did not fit for the next page, and say where that is."""
    first = report.booked[0]
    request.session[MISSED] = {
        "series": str(report.series.uid),
        "missed": [repeated.packed(each) for each in report.missed],
    }
    count = len(report.booked)
    told = ngettext("%(count)d visit booked.", "%(count)d visits booked.", count)
    messages.success(request, told % {"count": count})
    return reverse("appointments:series", args=[first.clinic.slug, first.uid])


@access(Permission.APPOINTMENT_MANAGE)
@require_safe
def series(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Addressed by any one of its visits."""
    visit = visible(request, uid)
    context = {
        "page": repeated.series_page(
            visit, _siblings(request, visit), _missed(request, visit), now=clock.now()
        ),
        "clinic": request.clinic,
        "trail": crumbs(request.clinic, *above(request), (_("Series"), "")),
    }
    return render(request, "appointments/series.html", context)


@access(Permission.APPOINTMENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_series(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Every visit of the series that is still ahead."""
    visit = visible(request, uid)
    rest = [each for each in _siblings(request, visit) if repeated.is_ahead(each)]
    form = ClinicCancelForm(request.POST if request.method == "POST" else None)
    back = reverse("appointments:series", args=[request.clinic.slug, uid])
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        done = actions.cancel_each(visits=rest, reason=reason, by=request.actor)
        count = {"count": len(done.cancelled)}
        messages.success(request, _("Cancelled: %(count)d visits.") % count)
        for each in done.failed:
            messages.error(request, f"{each.appointment.reference}: {each.why}")
        return redirect(back)
    context = {
        "form": form,
        "question": repeated.cancel_question(rest),
        "back_url": back,
        "can_cancel": bool(rest),
        "clinic": request.clinic,
        "trail": crumbs(request.clinic, *above(request), (_("Series"), "")),
    }
    return render(request, "appointments/cancel_series.html", context)


def _siblings(request: HttpRequest, visit: Appointment) -> list[Appointment]:
    rows = Appointment.objects.visible_to(request.membership)
    return list(rows.of_series(visit.series).with_people().in_order())


def _missed(request: HttpRequest, visit: Appointment) -> list[list[str]]:
    """Of the report this session has had last, if it was about these visits."""
    kept = request.session.get(MISSED) or {}
    series = str(visit.series.uid) if visit.series else ""
    return kept["missed"] if kept.get("series") == series else []
