"""Moving one visit, and all of a doctor's who is away. Nothing moves unconfirmed."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appointments import actions, moving
from appointments.actions import BookingError
from appointments.board import detail_url
from appointments.bulk import away_page, chosen_moves, told_done
from appointments.desk_forms import AnyTimeForm, AwayForm, MoveForm
from appointments.models import Appointment
from appointments.picker import doctors_for
from appointments.reception import told
from appointments.views.visits import above, visible
from clinics.access import Permission, access
from clinics.crumbs import crumbs
from healthcare import clock


@access(Permission.APPOINTMENT_MANAGE)
@require_safe
def move(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _move(request, uid)


@access(Permission.SCHEDULE_OWN)
@require_safe
def own_move(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _move(request, uid)


@access(Permission.APPOINTMENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def move_confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _confirm(request, uid)


@access(Permission.SCHEDULE_OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def own_move_confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _confirm(request, uid)


def _move(request: HttpRequest, uid: UUID) -> HttpResponse:
    visit = visible(request, uid)
    doctors = doctors_for(request.membership)
    page = moving.move_page(
        request.membership, visit, doctors, request.GET, now=clock.now()
    )
    context = {"page": page, "form": AnyTimeForm(), **_around(request, visit)}
    return render(request, "appointments/move.html", context)


def _confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """From and to; POST moves. A time that is not free asks for a reason first."""
    visit, posted = visible(request, uid), request.method == "POST"
    choice = moving.target(visit, doctors_for(request.membership), request.GET)
    if choice.doctor is None or choice.starts_at is None:
        messages.warning(request, choice.problem or _("Choose a time first."))
        url = moving.move_url(request.membership, visit)
        return redirect(f"{url}?{urlencode(choice.query)}")
    problem = moving.problem_of(visit, choice, clock.now())
    needs_over = bool(problem) or "over" in request.POST
    form = MoveForm(request.POST if posted else None, needs_over=needs_over)
    if posted and form.is_valid():
        try:
            actions.reschedule(
                appointment=visit,
                starts_at=choice.starts_at,
                doctor=choice.doctor,
                over=form.cleaned_data.get("over", ""),
                by=request.actor,
            )
        except BookingError as refusal:
            visit, problem = visible(request, uid), told(refusal)
            form = MoveForm(needs_over=True)
        else:
            return _moved(request, visit)
    page = moving.confirm_page(request.membership, visit, choice, problem)
    context = {"page": page, "form": form, **_around(request, visit)}
    return render(request, "appointments/move_confirm.html", context)


def _moved(request: HttpRequest, visit: Appointment) -> HttpResponse:
    words = {"name": visit.patient.clinical_name}
    done = _("Moved: %(name)s. The patient gets an e-mail.") % words
    messages.success(request, done)
    return redirect(detail_url(visit))


@access(Permission.APPOINTMENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_move(request: HttpRequest) -> HttpResponse:
    """A doctor is ill: where each visit could go; POST moves those that are ticked."""
    member, now = request.membership, clock.now()
    form = AwayForm(request.GET or None, member=member)
    page = None
    if form.is_valid():
        if request.method == "POST":
            return _move_away(request, form)
        rows = _of_absence(request, form)
        page = away_page(member.clinic, form.cleaned_data, rows, now=now)
    context = {
        "form": form,
        "page": page,
        "clinic": request.clinic,
        "trail": crumbs(
            request.clinic, (_("Desk"), "appointments:desk"), (_("Doctor away"), "")
        ),
    }
    return render(request, "appointments/bulk_move.html", context)


def _move_away(request: HttpRequest, form: AwayForm) -> HttpResponse:
    """Back to the same list: what did not fit is still on it, with new proposals."""
    moves = chosen_moves(
        _of_absence(request, form), doctors_for(request.membership), request.POST
    )
    reason = _("The doctor is away.")
    done = actions.move_each(moves=moves, reason=reason, by=request.actor)
    for level, text in told_done(done):
        messages.add_message(request, level, text)
    return redirect(request.get_full_path())


def _of_absence(request: HttpRequest, form: AwayForm) -> list[Appointment]:
    asked, zone = form.cleaned_data, request.clinic.zone
    rows = Appointment.objects.visible_to(request.membership).of_doctor(asked["doctor"])
    rows = rows.between(asked["since"], asked["until"], zone).movable(clock.now())
    return list(rows.with_people().in_order()[: moving.MOST])


def _around(request: HttpRequest, visit: Appointment) -> dict[str, Any]:
    steps = (visit.reference, "")
    return {
        "clinic": request.clinic,
        "trail": crumbs(request.clinic, *above(request), steps),
    }
