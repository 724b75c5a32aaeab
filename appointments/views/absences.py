"""Taking time away, for oneself or for a doctor of the clinic."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from appointments import actions, time_away, when
from appointments.actions import Session
from appointments.availability_forms import AwayForm, FatesForm, MoveForm
from appointments.models import Appointment, ScheduleException
from clinics.access import Permission, access
from clinics.crumbs import Trail, crumbs
from clinics.models import Membership, Role
from clinics.paging import PER_PAGE
from healthcare import clock


@access(Permission.APPOINTMENT_MANAGE)
@require_safe
def doctors(request: HttpRequest) -> HttpResponse:
    """Whose time away reception looks after."""
    found = Membership.objects.visible_to(request.membership).in_state("active")
    every = found.with_role(Role.DOCTOR).sorted_by("name")
    page = Paginator(every, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "doctors": time_away.doctor_rows(list(page), clock.now()),
        "clinic": request.clinic,
        "trail": crumbs(request.clinic, (_("Doctors"), "")),
    }
    return render(request, "appointments/doctors.html", context)


@access(Permission.APPOINTMENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def doctor_away(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A doctor's coming exceptions; POST takes time away for the doctor."""
    found = Membership.objects.visible_to(request.membership).in_state("active")
    doctor = get_object_or_404(found.with_role(Role.DOCTOR), uid=uid)
    home = reverse("appointments:doctor_away", args=[request.clinic.slug, uid])
    form = AwayForm(posted(request), initial=request.GET.dict())
    above = (_("Doctors"), "appointments:doctors")
    trail = crumbs(request.clinic, above, (doctor.label, ""))
    return away_page(request, doctor, form, home, trail)


@access(Permission.APPOINTMENT_MANAGE)
@require_POST
def remove_doctors_exception(request: HttpRequest, uid: UUID) -> HttpResponse:
    return remove(request, uid, away_name="appointments:doctor_away", args=["doctor"])


def posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def away_page(
    request: HttpRequest,
    doctor: Membership,
    form: AwayForm | MoveForm,
    home: str,
    trail: Trail,
) -> HttpResponse:
    """The form; then, if visits are hit, the question; then it is done."""
    if request.method == "POST" and "change" not in request.POST and form.is_valid():
        decided = FatesForm.decided(request.POST)
        try:
            done = actions.take_time_away(
                doctor=doctor,
                away=form.away(),
                instead=form.instead(),
                decided=decided,
                by=request.actor,
            )
        except actions.VisitsHit as hit:
            return _question(request, doctor, form, hit.visits, trail)
        except actions.BookingError as problem:
            form.add_error(next(iter(form.fields)), problem.message)
        else:
            messages.success(request, time_away.outcome(done))
            return redirect(home)
    return _form_page(request, doctor, form, home, trail)


def _form_page(
    request: HttpRequest,
    doctor: Membership,
    form: AwayForm | MoveForm,
    home: str,
    trail: Trail,
) -> HttpResponse:
    own = doctor == request.membership
    today = clock.now().astimezone(doctor.clinic.zone).date()
    coming = ScheduleException.objects.visible_to(request.membership)
    of_doctor = coming.of_doctor(doctor).coming(today)
    page = Paginator(of_doctor, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "is_move": isinstance(form, MoveForm),
        "doctor": None if own else doctor,
        "page": page,
        "exceptions": [] if own else time_away.rows(page),
        "home": home,
        "zone": when.zone_label(doctor.clinic.zone),
        "clinic": request.clinic,
        "trail": trail,
    }
    return render(request, "appointments/away.html", context)


def _question(
    request: HttpRequest,
    doctor: Membership,
    form: AwayForm | MoveForm,
    visits: Sequence[Appointment],
    trail: Trail,
) -> HttpResponse:
    answered = "shown" in request.POST
    fates = FatesForm(visits, request.POST if answered else None)
    changed = time_away.what_changed(FatesForm.decided(request.POST), visits)
    context = {
        "form": fates,
        "asked": form,
        "heading": time_away.question(visits),
        "span": time_away.span_of(form.away()),
        "changed": changed if answered else "",
        "zone": when.zone_label(doctor.clinic.zone),
        "doctor": doctor,
        "trail": trail,
    }
    return render(request, "appointments/away_visits.html", context)


def remove(
    request: HttpRequest, uid: UUID, *, away_name: str, args: Sequence[str]
) -> HttpResponse:
    """Back to the weekly hours; a session with visits must be taken away instead."""
    visible = ScheduleException.objects.visible_to(request.membership)
    found = get_object_or_404(visible.select_related("doctor__clinic"), uid=uid)
    slug = request.clinic.slug
    whose = [found.doctor.uid] if args else []
    try:
        actions.remove_exception(exception=found, by=request.actor)
    except actions.VisitsHit as hit:
        told = _("%(visits)s. Take the time away to decide about each.")
        words = {"visits": time_away.question(hit.visits)}
        messages.warning(request, told % words)
        query = _asked(Session(*found.change[1:]))
        return redirect(reverse(away_name, args=[slug, *whose], query=query))
    messages.success(request, _("Removed. The weekly hours count again."))
    if whose:
        return redirect(away_name, slug, *whose)
    return redirect("appointments:availability", clinic=slug)


def _asked(away: Session) -> dict[str, str]:
    """The form's first answers, for its address."""
    return {
        "first": f"{away.starts:%Y-%m-%d}",
        "starts": f"{away.starts:%H:%M}",
        "ends": f"{away.ends:%H:%M}",
    }
