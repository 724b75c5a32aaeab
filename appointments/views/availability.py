"""A doctor's own availability: weekly hours, the next days, single dates."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appointments import actions, time_away
from appointments.availability import switch, week_ahead
from appointments.availability_forms import AwayForm, ExtraForm, MoveForm, RuleForm
from appointments.models import ScheduleException, WeeklyRule
from appointments.views.absences import away_page, posted, remove
from clinics.access import Permission, access
from clinics.crumbs import Trail, crumbs
from healthcare import clock

PER_PAGE = 10


@access(Permission.SCHEDULE_OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def availability(request: HttpRequest) -> HttpResponse:
    """The weekly hours; POST adds to them."""
    doctor = request.membership
    form = RuleForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_weekly_rule(
                doctor=doctor, by=request.actor, **form.cleaned_data
            )
        except actions.HoursOverlap as problem:
            form.add_error("starts", problem.message)
        else:
            messages.success(request, _("Hours added."))
            return _back(request)
    now = clock.now()
    own = ScheduleException.objects.visible_to(doctor)
    coming = own.coming(now.astimezone(request.clinic.zone).date())
    page = Paginator(coming, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "rules": WeeklyRule.objects.visible_to(doctor),
        "days": week_ahead(doctor, now=now),
        "page": page,
        "exceptions": time_away.rows(page),
        "clinic": request.clinic,
        "trail": crumbs(request.clinic, (_("Availability"), "")),
    }
    return render(request, "appointments/availability.html", context)


@access(Permission.SCHEDULE_OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def change_rule(request: HttpRequest, uid: UUID) -> HttpResponse:
    rule = _rule(request, uid)
    fields = ("weekday", "starts", "ends", "valid_from", "valid_until")
    before = {name: getattr(rule, name) for name in fields}
    form = RuleForm(posted(request), initial=before)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_weekly_rule(rule=rule, by=request.actor, **form.cleaned_data)
        except actions.HoursOverlap as problem:
            form.add_error("starts", problem.message)
        else:
            messages.success(request, _("Hours saved. Booked visits stay booked."))
            return _back(request)
    context = {"form": form, "trail": _trail(request, _("Change hours"))}
    return render(request, "appointments/change_rule.html", context)


@access(Permission.SCHEDULE_OWN)
@require_POST
def remove_rule(request: HttpRequest, uid: UUID) -> HttpResponse:
    actions.remove_weekly_rule(rule=_rule(request, uid), by=request.actor)
    messages.success(request, _("Hours removed. Booked visits stay booked."))
    return _back(request)


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
    return _back(request)


@access(Permission.SCHEDULE_OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def away(request: HttpRequest) -> HttpResponse:
    """Time away; with visits in it, the question what happens to each."""
    form = AwayForm(posted(request), initial=request.GET.dict())
    trail = _trail(request, _("Take time away"))
    return away_page(request, request.membership, form, _home(request), trail)


@access(Permission.SCHEDULE_OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest) -> HttpResponse:
    """A block of one date at another time: time away, and a session instead."""
    form = MoveForm(posted(request))
    trail = _trail(request, _("Move a block"))
    return away_page(request, request.membership, form, _home(request), trail)


@access(Permission.SCHEDULE_OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def extra(request: HttpRequest) -> HttpResponse:
    form = ExtraForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_extra_session(
                doctor=request.membership, session=form.session(), by=request.actor
            )
        except actions.HoursOverlap as problem:
            form.add_error("starts", problem.message)
        else:
            messages.success(request, _("Extra session added. It can be booked now."))
            return _back(request)
    context = {
        "form": form,
        "home": _home(request),
        "trail": _trail(request, _("Add an extra session")),
    }
    return render(request, "appointments/extra.html", context)


@access(Permission.SCHEDULE_OWN)
@require_POST
def remove_exception(request: HttpRequest, uid: UUID) -> HttpResponse:
    return remove(request, uid, away_name="appointments:away", args=[])


def _rule(request: HttpRequest, uid: UUID) -> WeeklyRule:
    own = WeeklyRule.objects.visible_to(request.membership)
    return get_object_or_404(own, uid=uid)


def _back(request: HttpRequest) -> HttpResponse:
    return redirect("appointments:availability", clinic=request.clinic.slug)


def _home(request: HttpRequest) -> str:
    return _back(request)["Location"]


def _trail(request: HttpRequest, here: str) -> Trail:
    above = (_("Availability"), "appointments:availability")
    return crumbs(request.clinic, above, (here, ""))
