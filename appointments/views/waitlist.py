"""A patient's waitlist: joining and leaving it, and answering an offer."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from appointments import actions
from appointments import waitlist as waiting
from appointments.models import Status, WaitingEntry, WaitingOffer
from appointments.waitlist_forms import JoinForm
from healthcare import clock
from healthcare.policy import own_record

PER_PAGE = 10
Trail = list[tuple[str, str]]


@own_record
@require_safe
def waitlist(request: HttpRequest) -> HttpResponse:
    own = WaitingEntry.objects.of_person(request.person).with_people()
    page = Paginator(own.open_first(), PER_PAGE).get_page(request.GET.get("page"))
    offers, now = waiting.open_offers(list(page)), clock.now()
    context = {
        "waits": [waiting.wait(each, offers.get(each.pk), now) for each in page],
        "page": page,
        "tabs": waiting.tabs(),
        "trail": _trail((_("Waitlist"), "")),
    }
    return render(request, "appointments/waitlist.html", context)


@own_record
@require_http_methods(["GET", "HEAD", "POST"])
def join_waitlist(request: HttpRequest) -> HttpResponse:
    wanted = waiting.wanted_by(request.person, request.GET)
    if wanted is None:
        return redirect("appointments:book")
    today = clock.now().astimezone(wanted.clinic.zone).date()
    form = JoinForm(
        request.POST if request.method == "POST" else None,
        kinds=wanted.kinds,
        moves=wanted.appointment is not None,
        today=today,
        last=wanted.last_day(today),
    )
    if request.method == "POST" and form.is_valid() and _joined(request, wanted, form):
        messages.success(request, _("You are on the waitlist. We write to you."))
        return redirect("appointments:waitlist")
    context = {"form": form, "wanted": wanted, "trail": _trail((_("Wait"), ""))}
    return render(request, "appointments/waitlist_join.html", context)


def _joined(request: HttpRequest, wanted: waiting.Wanted, form: JoinForm) -> bool:
    kind, service = wanted.kind_and_service(form.cleaned_data.get("kind", ""))
    try:
        actions.join_waitlist(
            clinic=wanted.clinic,
            patient=request.person,
            department=wanted.department,
            doctor=wanted.doctor,
            visit_type=kind,
            service=service,
            appointment=wanted.appointment,
            reason=form.cleaned_data.get("reason", ""),
            wishes=form.wishes(),
            by=request.actor,
        )
    except actions.BookingError as problem:
        form.add_error(None, problem.message)
        return False
    return True


@own_record
@require_http_methods(["GET", "HEAD", "POST"])
def leave_waitlist(request: HttpRequest, uid: UUID) -> HttpResponse:
    own = WaitingEntry.objects.of_person(request.person).with_people()
    entry = get_object_or_404(own, uid=uid)
    if request.method == "POST":
        try:
            actions.leave_waitlist(entry=entry, by=request.actor)
        except actions.BookingError as problem:
            messages.error(request, problem.message)
        else:
            messages.success(request, _("You are no longer on the waitlist."))
        return redirect("appointments:waitlist")
    context = {"what": waiting.title(entry), "trail": _trail((_("Leave"), ""))}
    return render(request, "appointments/waitlist_leave.html", context)


@own_record
@require_safe
def offer(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = _own_offer(request, uid)
    context = {
        "offer": found,
        "page": waiting.offer_page(found, clock.now()),
        "trail": _trail((_("Free time"), "")),
    }
    return render(request, "appointments/waitlist_offer.html", context)


@own_record
@require_POST
def accept_offer(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = _own_offer(request, uid)
    try:
        visit = actions.accept_offer(offer=found, by=request.actor)
    except actions.BookingError as problem:
        messages.error(request, problem.message)
        return redirect(found)
    if visit.status == Status.REQUESTED:
        messages.success(request, _("You asked for this time. The clinic confirms it."))
    else:
        messages.success(request, _("This time is yours."))
    return redirect(visit)


@own_record
@require_POST
def decline_offer(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _answer(
        request,
        uid,
        actions.decline_offer,
        _("This time goes to the next one. You keep your place on the list."),
    )


def _answer(
    request: HttpRequest, uid: UUID, verb: Callable[..., None], done: str
) -> HttpResponse:
    try:
        verb(offer=_own_offer(request, uid), by=request.actor)
    except actions.BookingError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, done)
    return redirect("appointments:waitlist")


def _own_offer(request: HttpRequest, uid: UUID) -> WaitingOffer:
    own = WaitingOffer.objects.of_person(request.person).with_people()
    return get_object_or_404(own, uid=uid)


def _trail(*more: tuple[str, str]) -> Trail:
    return [
        (_("Home"), reverse("home")),
        (_("Appointments"), reverse("appointments:mine")),
        *more,
    ]
