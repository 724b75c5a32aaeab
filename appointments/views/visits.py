"""One visit as the clinic sees it, and what is done with it."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from appointments import actions
from appointments.board import cancel_question, detail_url
from appointments.detail import detail_page, restore_question
from appointments.forms import ClinicCancelForm
from appointments.models import Appointment, Status
from clinics.access import Permission, access
from clinics.crumbs import crumbs
from clinics.models import Role
from healthcare import clock


@access(Permission.APPOINTMENT_VIEW)
@require_safe
def detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    appointment = visible(request, uid)
    actions.note_opened(appointment=appointment, by=request.actor)
    context = {
        "page": detail_page(request.membership, appointment, now=clock.now()),
        "here": request.get_full_path(),
        "clinic": request.clinic,
        "trail": crumbs(request.clinic, *above(request), (appointment.reference, "")),
    }
    return render(request, "appointments/detail.html", context)


@access(Permission.APPOINTMENT_MANAGE)
@require_POST
def arrive(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _act(request, uid, actions.arrive, _("Checked in: %(name)s."))


@access(Permission.APPOINTMENT_MANAGE)
@require_POST
def approve(request: HttpRequest, uid: UUID) -> HttpResponse:
    told = _("Confirmed: %(name)s. The patient gets an e-mail.")
    return _act(request, uid, actions.approve, told)


@access(Permission.APPOINTMENT_MANAGE)
@require_POST
def revert(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Undo the check-in or the no-show, whichever it was."""
    missed = visible(request, uid).status == Status.NO_SHOW
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


@access(Permission.APPOINTMENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _restore(request, uid)


@access(Permission.SCHEDULE_OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def own_restore(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _restore(request, uid)


def _cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    appointment = visible(request, uid)
    was_asked = appointment.status == Status.REQUESTED
    form = ClinicCancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        verb = partial(actions.cancel, reason=form.cleaned_data["reason"])
        told = _("Declined: %(name)s.") if was_asked else _("Cancelled: %(name)s.")
        told = f"{told} " + _("The patient gets an e-mail.")
        return _act(request, uid, verb, told, undo=_undo_url(request, uid))
    context = {
        "form": form,
        "question": cancel_question(appointment),
        "back_url": back_url(request, appointment),
        "can_cancel": appointment.can_become(Status.CANCELLED),
        "was_asked": was_asked,
        "clinic": request.clinic,
        "trail": crumbs(request.clinic, *above(request), (appointment.reference, "")),
    }
    return render(request, "appointments/cancel.html", context)


def _undo_url(request: HttpRequest, uid: UUID) -> str:
    own = "own_" if request.membership.role == Role.DOCTOR else ""
    return reverse(f"appointments:{own}restore", args=[request.clinic.slug, uid])


def _restore(request: HttpRequest, uid: UUID) -> HttpResponse:
    appointment = visible(request, uid)
    if request.method == "POST":
        told = _("Taken back: %(name)s is booked again.")
        return _act(request, uid, actions.restore, told)
    context = {
        "question": restore_question(appointment),
        "back_url": back_url(request, appointment),
        "clinic": request.clinic,
        "trail": crumbs(request.clinic, *above(request), (appointment.reference, "")),
    }
    return render(request, "appointments/restore.html", context)


def visible(request: HttpRequest, uid: UUID) -> Appointment:
    rows = Appointment.objects.visible_to(request.membership).with_people()
    return get_object_or_404(rows, uid=uid)


def _act(
    request: HttpRequest,
    uid: UUID,
    verb: Callable[..., Appointment],
    done: str,
    *,
    undo: str = "",
) -> HttpResponse:
    appointment = visible(request, uid)
    try:
        verb(appointment=appointment, by=request.actor)
    except actions.BookingError as problem:
        messages.error(request, problem.message)
    else:
        words = {"name": appointment.patient.clinical_name}
        messages.success(request, done % words, extra_tags=undo)
    return redirect(back_url(request, appointment))


def back_url(request: HttpRequest, appointment: Appointment) -> str:
    """The page the button was on, if it is one of ours; else the visit's own."""
    address = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if ours else detail_url(appointment)


def above(request: HttpRequest) -> list[tuple[str, str]]:
    if request.membership.role == Role.DOCTOR:
        return [(_("Today"), "appointments:day")]
    return [(_("Appointments"), "appointments:list")]
