"""Where people arrive: their home by role, and the owner's overview."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinics.access import Permission, access, signed_in
from clinics.actions import NotReady, close_for_booking, open_for_booking
from clinics.crumbs import crumbs
from clinics.notices import notices
from clinics.overview import choices, stats
from clinics.setup import checklist
from clinics.standing import role_page, standing
from clinics.views.joining import WAITING
from healthcare import clock


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if token := request.session.pop(WAITING, ""):
        return redirect("clinics:join_with", token=token)
    own = standing(request)
    if not own.clinics:
        return redirect("records:home")
    if len(own.clinics) == 1:
        return redirect("clinics:overview", clinic=own.clinics[0].slug)
    return render(request, "clinics/home.html", {"choices": choices(own)})


@access(Permission.CLINIC_VIEW)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The owner's page; everybody else goes to the page their role works from."""
    if page := role_page(standing(request).roles):
        return redirect(page, clinic=request.clinic.slug)
    context = {
        "checklist": checklist(request.clinic),
        "stats": stats(request.clinic),
        "notices": notices(request.clinic, clock.now()),
        "trail": crumbs(request.clinic, (_("Overview"), "")),
    }
    return render(request, "clinics/overview.html", context)


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def open_clinic(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        try:
            open_for_booking(clinic=request.clinic, by=request.actor)
        except NotReady as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, _("Patients can book now."))
        return redirect("clinics:overview", clinic=request.clinic.slug)
    context = {
        "checklist": checklist(request.clinic),
        "trail": crumbs(request.clinic, (_("Open for booking"), "")),
    }
    return render(request, "clinics/open.html", context)


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def close_clinic(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        close_for_booking(clinic=request.clinic, by=request.actor)
        messages.success(request, _("Patients no longer find the clinic."))
        return redirect("clinics:overview", clinic=request.clinic.slug)
    trail = crumbs(request.clinic, (_("Close for booking"), ""))
    return render(request, "clinics/close.html", {"trail": trail})
