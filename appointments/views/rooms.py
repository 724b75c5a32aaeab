"""A clinic's rooms and equipment, and its rules for booking."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appointments import actions
from appointments.models import Asset, BookingPolicy
from appointments.service_forms import AssetFilter, AssetForm, PolicyForm
from appointments.services import asset_columns, asset_row, uses_of
from clinics.access import Permission, access
from clinics.crumbs import Trail, crumbs
from clinics.paging import PER_PAGE
from clinics.tabs import settings_tabs
from healthcare import clock

POLICY = "appointments:booking_policy"


@access(Permission.CLINIC_MANAGE)
@require_safe
def rooms(request: HttpRequest) -> HttpResponse:
    form = AssetFilter(request.GET)
    found = (
        Asset.objects.visible_to(request.membership)
        .matching(form.value("q"))
        .in_state(form.value("state"))
        .sorted_by(form.value("sort"))
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": form,
        "page": page,
        "columns": asset_columns(),
        "rows": [asset_row(each, request.clinic) for each in page],
        "tabs": settings_tabs(request.clinic, "appointments:rooms"),
        "trail": crumbs(request.clinic, (_("Settings"), "")),
    }
    return render(request, "appointments/rooms.html", context)


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_room(request: HttpRequest) -> HttpResponse:
    return _form_page(request, None)


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def room(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _form_page(request, _asset(request, uid))


def _form_page(request: HttpRequest, asset: Asset | None) -> HttpResponse:
    values = {"name": asset.name, "kind": asset.kind} if asset else None
    posted = request.POST if request.method == "POST" else None
    form = AssetForm(posted, initial=values)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_asset(
                clinic=request.clinic,
                asset=asset,
                by=request.actor,
                **form.cleaned_data,
            )
        except actions.NameUsed as refusal:
            form.add_error("name", refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("appointments:rooms", clinic=request.clinic.slug)
    name = asset.name if asset else _("New")
    context = {"form": form, "asset": asset, "trail": _trail(request, name)}
    return render(request, "appointments/rooms_form.html", context)


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def switch_room(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take it out of use, or back."""
    asset = _asset(request, uid)
    if request.method == "POST":
        wanted = request.POST.get("use") == "on"
        actions.set_asset_use(asset=asset, is_active=wanted, by=request.actor)
        messages.success(request, _("Saved."))
        return redirect("appointments:rooms", clinic=request.clinic.slug)
    context = {
        "asset": asset,
        "uses": uses_of(asset, clock.now()),
        "trail": _trail(request, asset.name),
    }
    return render(request, "appointments/rooms_switch.html", context)


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def booking_policy(request: HttpRequest) -> HttpResponse:
    policy = BookingPolicy.objects.visible_to(request.membership).first()
    form = PolicyForm(
        request.POST if request.method == "POST" else None,
        initial=(policy or BookingPolicy()).values(),
    )
    if request.method == "POST" and form.is_valid():
        actions.set_policy(clinic=request.clinic, by=request.actor, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(POLICY, clinic=request.clinic.slug)
    context = {
        "form": form,
        "tabs": settings_tabs(request.clinic, POLICY),
        "trail": crumbs(request.clinic, (_("Settings"), "")),
    }
    return render(request, "appointments/booking_policy.html", context)


def _asset(request: HttpRequest, uid: UUID) -> Asset:
    return get_object_or_404(Asset.objects.visible_to(request.membership), uid=uid)


def _trail(request: HttpRequest, here: str) -> Trail:
    above = (_("Rooms and equipment"), "appointments:rooms")
    return crumbs(request.clinic, above, (here, ""))
