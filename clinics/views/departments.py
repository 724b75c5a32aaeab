from copy import copy
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from clinics.access import Permission, access
from clinics.actions import DepartmentExists, add_department, change_department
from clinics.crumbs import crumbs
from clinics.forms.clinic import DepartmentForm
from clinics.models import Department


@access(Permission.CLINIC_MANAGE)
@require_safe
def departments(request: HttpRequest) -> HttpResponse:
    found = Department.objects.visible_to(request.membership).with_doctors()
    context = {
        "departments": found.order_by("-is_active", "name"),
        "trail": crumbs(request.clinic, (_("Departments"), "")),
    }
    return render(request, "clinics/departments.html", context)


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_department(request: HttpRequest) -> HttpResponse:
    form = DepartmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_department(clinic=request.clinic, by=request.actor, **form.cleaned_data)
        except DepartmentExists as refusal:
            form.add_error("name", str(refusal))
        else:
            return _done(request, _("Department added."))
    context = {"form": form, "trail": _trail(request, _("New"))}
    return render(request, "clinics/new_department.html", context)


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def department(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = _department(request, uid)
    form = DepartmentForm(request.POST or None, instance=copy(found))
    if request.method == "POST" and form.is_valid():
        try:
            change_department(department=found, by=request.actor, **form.cleaned_data)
        except DepartmentExists as refusal:
            form.add_error("name", str(refusal))
        else:
            return _done(request, _("Saved."))
    context = {"form": form, "department": found, "trail": _trail(request, found.name)}
    return render(request, "clinics/department.html", context)


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def close_department(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = _department(request, uid)
    if request.method == "POST":
        change_department(department=found, by=request.actor, is_active=False)
        return _done(request, _("Department closed."))
    context = {"department": found, "trail": _trail(request, found.name)}
    return render(request, "clinics/close_department.html", context)


@access(Permission.CLINIC_MANAGE)
@require_POST
def reopen_department(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = _department(request, uid)
    change_department(department=found, by=request.actor, is_active=True)
    return _done(request, _("Department reopened."))


def _department(request: HttpRequest, uid: UUID) -> Department:
    return get_object_or_404(Department.objects.visible_to(request.membership), uid=uid)


def _trail(request: HttpRequest, here: str) -> list[tuple[str, str]]:
    return crumbs(request.clinic, (_("Departments"), "clinics:departments"), (here, ""))


def _done(request: HttpRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("clinics:departments", clinic=request.clinic.slug)
