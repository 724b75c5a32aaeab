"""What a doctor offers: their own pages, and the owner's pages of any doctor."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from appointments import actions
from appointments.models import Service
from appointments.service_forms import ServiceForm
from appointments.services import Place, doctor_columns, doctor_rows, lines
from clinics.access import Permission, access
from clinics.crumbs import Trail, crumbs
from clinics.models import Membership, Role
from clinics.paging import PER_PAGE
from clinics.tabs import settings_tabs

View = Callable[..., HttpResponse]


def both(view: View, *, guard: Callable[[View], View]) -> tuple[View, View]:
    """The same page for the doctor, and for the owner about any doctor.

    `guard` says which methods it has, before any row is looked for.
    """

    @access(Permission.SCHEDULE_OWN)
    @guard
    def own(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return view(request, Place(request.membership, is_own=True), **kwargs)

    @access(Permission.CLINIC_MANAGE)
    @guard
    def managed(request: HttpRequest, doctor: UUID, **kwargs: Any) -> HttpResponse:
        members = Membership.objects.visible_to(request.membership)
        found = get_object_or_404(members, uid=doctor, role=Role.DOCTOR)
        return view(request, Place(found, is_own=False), **kwargs)

    return own, managed


@access(Permission.CLINIC_MANAGE)
@require_safe
def clinic_services(request: HttpRequest) -> HttpResponse:
    """Every doctor of the clinic, and how many visit types each describes."""
    members = Membership.objects.visible_to(request.membership)
    doctors = members.filter(role=Role.DOCTOR, is_active=True).sorted_by("name")
    page = Paginator(doctors, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "columns": doctor_columns(),
        "rows": doctor_rows(request.clinic, list(page)),
        "tabs": settings_tabs(request.clinic, "appointments:clinic_services"),
        "trail": crumbs(request.clinic, (_("Settings"), "")),
    }
    return render(request, "appointments/services_clinic.html", context)


def _services(request: HttpRequest, place: Place) -> HttpResponse:
    found = _visible(request, place).with_needs().select_related("clinic").in_order()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "place": place,
        "page": page,
        "lines": lines(place, list(page)),
        "trail": _trail(request, place),
    }
    return render(request, "appointments/services.html", context)


def _new_service(request: HttpRequest, place: Place) -> HttpResponse:
    return _form_page(request, place, None)


def _service(request: HttpRequest, place: Place, uid: UUID) -> HttpResponse:
    return _form_page(request, place, _found(request, place, uid))


def _form_page(
    request: HttpRequest, place: Place, service: Service | None
) -> HttpResponse:
    form = ServiceForm(
        request.POST if request.method == "POST" else None,
        member=request.membership,
        doctor=place.doctor,
        service=service,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_service(
                doctor=place.doctor,
                service=service,
                by=request.actor,
                **form.values(),
            )
        except actions.NameUsed as refusal:
            form.add_error("name", refusal.message)
        else:
            messages.success(request, _("Saved. Booked visits stay as they are."))
            return redirect(place.list_url)
    context = {
        "form": form,
        "service": service,
        "place": place,
        "currency": request.clinic.currency,
        "trail": _trail(request, place, service.name if service else _("New")),
    }
    return render(request, "appointments/services_form.html", context)


def _stop_service(request: HttpRequest, place: Place, uid: UUID) -> HttpResponse:
    service = _found(request, place, uid)
    if request.method == "POST":
        actions.stop_service(service=service, by=request.actor)
        messages.success(request, _("Nobody can book it any more."))
        return redirect(place.list_url)
    context = {
        "service": service,
        "place": place,
        "trail": _trail(request, place, service.name),
    }
    return render(request, "appointments/services_stop.html", context)


@require_POST
def _offer_service(request: HttpRequest, place: Place, uid: UUID) -> HttpResponse:
    service = _found(request, place, uid)
    try:
        actions.offer_service(service=service, by=request.actor)
    except actions.NameUsed as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("It can be booked again."))
    return redirect(place.list_url)


@require_POST
def _move_service(request: HttpRequest, place: Place, uid: UUID) -> HttpResponse:
    is_up = request.POST.get("to") == "up"
    service = _found(request, place, uid)
    actions.move_service(service=service, up=is_up, by=request.actor)
    return redirect(place.list_url)


@require_POST
def _usual_services(request: HttpRequest, place: Place) -> HttpResponse:
    if actions.describe_usual_visits(doctor=place.doctor, by=request.actor):
        messages.success(request, _("These are the usual visits. Change what differs."))
    return redirect(place.list_url)


def _visible(request: HttpRequest, place: Place) -> Any:
    return Service.objects.visible_to(request.membership).of_doctor(place.doctor)


def _found(request: HttpRequest, place: Place, uid: UUID) -> Service:
    rows = _visible(request, place).select_related("clinic", "doctor__clinic")
    service: Service = get_object_or_404(rows, uid=uid)
    return service


def _trail(request: HttpRequest, place: Place, here: str = "") -> Trail:
    steps = [*crumbs(request.clinic), *place.trail]
    return [*steps, (here, "")] if here else steps


SHOWS, ASKS = require_safe, require_http_methods(["GET", "HEAD", "POST"])

services, doctor_services = both(_services, guard=SHOWS)
new_service, doctor_new_service = both(_new_service, guard=ASKS)
service, doctor_service = both(_service, guard=ASKS)
stop_service, doctor_stop_service = both(_stop_service, guard=ASKS)
offer_service, doctor_offer_service = both(_offer_service, guard=require_POST)
move_service, doctor_move_service = both(_move_service, guard=require_POST)
usual_services, doctor_usual_services = both(_usual_services, guard=require_POST)
