from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments import when
from appointments.day import day_page, panels
from appointments.models import Appointment
from clinics.access import Permission, access
from clinics.crumbs import crumbs
from healthcare import clock


@access(Permission.SCHEDULE_OWN)
@require_safe
def day(request: HttpRequest) -> HttpResponse:
    now, doctor = clock.now(), request.membership
    today = now.astimezone(request.clinic.zone).date()
    asked = when.parse_day(request.GET.get("date", ""))
    if asked is None and "date" in request.GET:
        messages.warning(request, _("We could not read that date. This is today."))
    own = Appointment.objects.visible_to(doctor).of_doctor(doctor)
    date = asked or today
    visits = own.on_day(date, request.clinic.zone).with_people().in_order()
    context = {
        "page": day_page(doctor, date, list(visits), now=now),
        "panels": panels(doctor, now),
        "clinic": request.clinic,
        "trail": crumbs(request.clinic, (_("Today"), "")),
    }
    return render(request, "appointments/day.html", context)
