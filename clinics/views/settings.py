"""The clinic's settings: details, opening hours, looks."""

from copy import copy

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.photos import PhotoRefused
from clinics.access import Permission, access
from clinics.actions import change_clinic, set_logo, set_opening_hours
from clinics.crumbs import crumbs
from clinics.forms.clinic import DetailsForm, LooksForm, day_forms
from clinics.logos import read_logo
from clinics.tabs import settings_tabs


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    form = DetailsForm(request.POST or None, instance=copy(request.clinic))
    if request.method == "POST" and form.is_valid():
        change_clinic(clinic=request.clinic, by=request.actor, **form.cleaned_data)
        return _saved(request, "clinics:settings")
    return _page(request, "clinics/settings.html", "clinics:settings", form=form)


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    days = day_forms(request.clinic.opening_hours.all(), request.POST or None)
    wrong = [day for day in days if request.method == "POST" and not day.is_valid()]
    if request.method == "POST" and not wrong:
        periods = [period for day in days for period in day.periods()]
        set_opening_hours(clinic=request.clinic, periods=periods, by=request.actor)
        return _saved(request, "clinics:hours")
    return _page(
        request,
        "clinics/hours.html",
        "clinics:hours",
        forms=days,
        has_errors=bool(wrong),
    )


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def looks(request: HttpRequest) -> HttpResponse:
    clinic = request.clinic
    form = LooksForm(
        request.POST or None,
        request.FILES or None,
        has_logo=bool(clinic.logo),
        initial={"colour": clinic.colour},
    )
    if request.method == "POST" and form.is_valid():
        try:
            _save_looks(request, form)
        except PhotoRefused as refusal:
            form.add_error("logo", str(refusal))
        else:
            return _saved(request, "clinics:looks")
    return _page(request, "clinics/looks.html", "clinics:looks", form=form)


def _save_looks(request: HttpRequest, form: LooksForm) -> None:
    clinic, by = request.clinic, request.actor
    upload = form.cleaned_data["logo"]
    image = read_logo(upload, upload.size) if upload else None
    change_clinic(clinic=clinic, by=by, colour=form.cleaned_data["colour"])
    if image or form.cleaned_data.get("remove_logo"):
        set_logo(clinic=clinic, image=image, by=by)


def _saved(request: HttpRequest, url_name: str) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect(url_name, clinic=request.clinic.slug)


def _page(
    request: HttpRequest, template: str, here: str, **context: object
) -> HttpResponse:
    context |= {
        "tabs": settings_tabs(request.clinic, here),
        "trail": crumbs(request.clinic, (_("Settings"), "")),
    }
    return render(request, template, context)
