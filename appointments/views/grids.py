"""The clinic's day by doctor, and a doctor's week."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments import when
from appointments.models import Appointment
from appointments.planner import clinic_day, doctors_week, month_of, week_of_day
from clinics.access import Permission, access
from clinics.crumbs import crumbs
from healthcare import clock


@access(Permission.APPOINTMENT_MANAGE)
@require_safe
def schedule(request: HttpRequest) -> HttpResponse:
    now, member = clock.now(), request.membership
    day = when.parse_day(request.GET.get("date", ""))
    if day is None and "date" in request.GET:
        messages.warning(request, _("We could not read that date. This is today."))
    day = day or now.astimezone(request.clinic.zone).date()
    rows = Appointment.objects.visible_to(member).on_day(day, request.clinic.zone)
    visits = rows.standing().with_people().in_order()
    context = {
        "page": clinic_day(member, day, list(visits), now=now),
        "clinic": request.clinic,
        "trail": crumbs(
            request.clinic, (_("Desk"), "appointments:desk"), (_("Day by doctor"), "")
        ),
    }
    return render(request, "appointments/schedule_day.html", context)


@access(Permission.SCHEDULE_OWN)
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    now, doctor, zone = clock.now(), request.membership, request.clinic.zone
    asked = when.parse_day(request.GET.get("week", ""))
    if asked is None and "week" in request.GET:
        messages.warning(request, _("We could not read that date. This is today."))
    days = week_of_day(asked or now.astimezone(zone).date())
    own = Appointment.objects.visible_to(doctor).of_doctor(doctor)
    visits = own.between(days[0], days[-1], zone).with_people().in_order()
    month = own.between(*month_of(days[0]), zone).counts()
    context = {
        "page": doctors_week(doctor, days, list(visits), month, now=now),
        "clinic": request.clinic,
        "trail": crumbs(
            request.clinic, (_("Today"), "appointments:day"), (_("Week"), "")
        ),
    }
    return render(request, "appointments/week.html", context)
