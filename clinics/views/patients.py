from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinics.access import Permission, access
from clinics.actions import AlreadyBlocked, NotBlocked, block_patient, unblock_patient
from clinics.crumbs import Trail, crumbs
from clinics.demographics import PatientPage
from clinics.forms.people import BlockForm, PatientFilter
from clinics.models import Registration
from clinics.paging import slice_of
from clinics.rows import (
    patient_columns,
    patient_row,
)
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.models import Action


@access(Permission.PATIENT_LIST)
@require_safe
def patients(request: HttpRequest) -> HttpResponse:
    form = PatientFilter({"sort": "newest", **request.GET.dict()})
    asked = form.cleaned_data if form.is_valid() else {}
    found = Registration.objects.visible_to(request.membership)
    found = found.matching(asked.get("q", "")).in_state(asked.get("state", ""))
    page = slice_of(found.sorted_by(asked.get("sort", "")), request.GET.get("page"))
    now = clock.now()
    context = {
        "filter": form,
        "is_filtered": bool(asked.get("q") or asked.get("state")),
        "page": page,
        "columns": patient_columns(),
        "rows": [patient_row(each, request.clinic, now) for each in page.rows],
        "trail": crumbs(request.clinic, (_("Patients"), "")),
    }
    return render(request, "clinics/patients.html", context)


@access(Permission.PATIENT_LIST)
@require_safe
def patient(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = _registration(request, uid)
    record(
        Action.PATIENT_OPENED,
        by=request.actor,
        clinic=request.clinic,
        patient=found.patient,
        target=found,
    )
    context = {
        "page": PatientPage.of(found, clock.now()),
        "trail": _trail(request, found.patient.clinical_name),
    }
    return render(request, "clinics/patient.html", context)


@access(Permission.PATIENT_BLOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def block(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = _registration(request, uid)
    form = BlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            block_patient(
                registration=found,
                reason=reason,
                by_user=request.membership.user,
                by=request.actor,
            )
        except AlreadyBlocked as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, _("The patient can no longer book here."))
        return redirect("clinics:patient", clinic=request.clinic.slug, uid=uid)
    context = {
        "form": form,
        "registration": found,
        "trail": _trail(request, _("Block")),
    }
    return render(request, "clinics/block.html", context)


@access(Permission.PATIENT_BLOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def unblock(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = _registration(request, uid)
    if request.method == "POST":
        try:
            unblock_patient(registration=found, by=request.actor)
        except NotBlocked as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, _("The patient can book again."))
        return redirect("clinics:patient", clinic=request.clinic.slug, uid=uid)
    context = {"registration": found, "trail": _trail(request, _("Lift the block"))}
    return render(request, "clinics/unblock.html", context)


def _registration(request: HttpRequest, uid: UUID) -> Registration:
    visible = Registration.objects.visible_to(request.membership).with_block()
    return get_object_or_404(visible, uid=uid)


def _trail(request: HttpRequest, here: str) -> Trail:
    return crumbs(request.clinic, (_("Patients"), "clinics:patients"), (here, ""))
