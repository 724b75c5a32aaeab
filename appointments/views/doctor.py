from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from appointments import when
from appointments.actions import HoursOverlap, add_weekly_rule, remove_weekly_rule
from appointments.availability import switch, week_ahead
from appointments.day import day_page, panels
from appointments.forms import RuleForm
from appointments.models import Appointment, WeeklyRule
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


@access(Permission.SCHEDULE_OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def availability(request: HttpRequest) -> HttpResponse:
    """The weekly hours; POST adds to them."""
    doctor = request.membership
    form = RuleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            add_weekly_rule(doctor=doctor, by=request.actor, **form.cleaned_data)
        except HoursOverlap as problem:
            form.add_error("starts", problem.message)
        else:
            messages.success(request, _("Hours added."))
            return redirect("appointments:availability", clinic=request.clinic.slug)
    context = {
        "form": form,
        "rules": WeeklyRule.objects.visible_to(doctor),
        "days": week_ahead(doctor, now=clock.now()),
        "clinic": request.clinic,
        "trail": crumbs(request.clinic, (_("Availability"), "")),
    }
    return render(request, "appointments/availability.html", context)


@access(Permission.SCHEDULE_OWN)
@require_POST
def remove_rule(request: HttpRequest, uid: object) -> HttpResponse:
    rule = get_object_or_404(WeeklyRule.objects.visible_to(request.membership), uid=uid)
    remove_weekly_rule(rule=rule, by=request.actor)
    messages.success(request, _("Hours removed. Booked visits stay booked."))
    return redirect("appointments:availability", clinic=request.clinic.slug)


@access(Permission.SCHEDULE_OWN)
@require_POST
def switch_blocks(request: HttpRequest) -> HttpResponse:
    doctor = request.membership
    kept = switch(
        doctor, set(request.POST.getlist("on")), by=request.actor, now=clock.now()
    )
    messages.success(request, _("Your next seven days are saved."))
    if kept:
        words = {"visits": "; ".join(kept)}
        messages.warning(
            request,
            _("These visits stay booked although you are off: %(visits)s.") % words,
        )
    return redirect("appointments:availability", clinic=request.clinic.slug)
