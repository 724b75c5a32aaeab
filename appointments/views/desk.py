from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from appointments import actions
from appointments.board import (
    cancel_question,
    desk_page,
    detail_url,
    lines,
    local_today,
)
from appointments.detail import detail_page
from appointments.forms import ClinicCancelForm, DeskFilter, ListFilter
from appointments.models import Appointment, Status
from clinics.access import Permission, access
from clinics.crumbs import crumbs
from clinics.models import Role
from clinics.notices import notices
from healthcare import clock
from healthcare.cursor import cursor_page

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
    member, zone = request.membership, request.clinic.zone
    form = ListFilter(request.GET, member=member)
    rows = (
        Appointment.objects.visible_to(member)
        .between(form.value("since"), form.value("until"), zone)
        .of_doctor(form.value("doctor"))
        .of_status(form.value("status") or "")
        .matching(form.value("q") or "", request.clinic)
        .with_people()
    )
    newest_first = form.value("sort") != "oldest"
    page = cursor_page(
        rows,
        request.GET,
        by="starts_at",
        newest_first=newest_first,
        size=PER_PAGE,
    )
    context = {
        "form": form,
        "page": page,
        "lines": lines(request.clinic, page.rows, clock.now()),
        "clinic": request.clinic,
        "trail": crumbs(request.clinic, (_("Appointments"), "")),
    }
    return render(request, "appointments/list.html", context)


@access(Permission.APPOINTMENT_VIEW)
@require_safe
def detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    appointment = _visible(request, uid)
    actions.note_opened(appointment=appointment, by=request.actor)
    context = {
        "page": detail_page(request.membership, appointment, now=clock.now()),
        "here": request.get_full_path(),
        "clinic": request.clinic,
        "trail": crumbs(request.clinic, *_above(request), (appointment.reference, "")),
    }
    return render(request, "appointments/detail.html", context)


@access(Permission.APPOINTMENT_MANAGE)
@require_POST
def arrive(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _act(request, uid, actions.arrive, _("Checked in: %(name)s."))


@access(Permission.APPOINTMENT_MANAGE)
@require_POST
def revert(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Undo the check-in or the no-show, whichever it was."""
    missed = _visible(request, uid).status == Status.NO_SHOW
    verb = actions.revert_no_show if missed else actions.revert_arrival
    return _act(request, uid, verb, _("Taken back: %(name)s is booked again."))


@access(Permission.APPOINTMENT_MANAGE)
@require_POST
def no_show(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _act(request, uid, actions.mark_no_show, _("No-show: %(name)s."))


@access(Permission.SCHEDULE_OWN)
@require_POST
def own_no_show(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _act(request, uid, actions.mark_no_show, _("No-show: %(name)s."))


@access(Permission.APPOINTMENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _cancel(request, uid)


@access(Permission.SCHEDULE_OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def own_cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _cancel(request, uid)


def _cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    appointment = _visible(request, uid)
    form = ClinicCancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _act(
            request,
            uid,
            partial(actions.cancel, reason=form.cleaned_data["reason"]),
            _("Cancelled: %(name)s. The patient gets an e-mail."),
        )
    context = {
        "form": form,
        "question": cancel_question(appointment),
        "back_url": _back(request, appointment),
        "can_cancel": appointment.can_become(Status.CANCELLED),
        "clinic": request.clinic,
        "trail": crumbs(request.clinic, *_above(request), (appointment.reference, "")),
    }
    return render(request, "appointments/cancel.html", context)


def _visible(request: HttpRequest, uid: UUID) -> Appointment:
    visible = Appointment.objects.visible_to(request.membership).with_people()
    return get_object_or_404(visible, uid=uid)


def _act(
    request: HttpRequest, uid: UUID, verb: Callable[..., Appointment], done: str
) -> HttpResponse:
    appointment = _visible(request, uid)
    try:
        verb(appointment=appointment, by=request.actor)
    except actions.BookingError as problem:
        messages.error(request, problem.message)
    else:
        words = {"name": appointment.patient.clinical_name}
        messages.success(request, done % words)
    return redirect(_back(request, appointment))


def _back(request: HttpRequest, appointment: Appointment) -> str:
    """The page the button was on, if it is one of ours; else the visit's own."""
    address = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if ours else detail_url(appointment)


def _above(request: HttpRequest) -> list[tuple[str, str]]:
    if request.membership.role == Role.DOCTOR:
        return [(_("Today"), "appointments:day")]
    return [(_("Appointments"), "appointments:list")]
