from copy import copy
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

from clinics.access import Permission, access
from clinics.actions import LastOwner, change_member, end_member, restore_member
from clinics.crumbs import Trail, crumbs
from clinics.forms.people import MemberFilter, MemberForm
from clinics.models import Membership
from clinics.paging import PER_PAGE
from clinics.rows import member_columns, member_row, member_state


@access(Permission.MEMBER_MANAGE)
@require_safe
def members(request: HttpRequest) -> HttpResponse:
    form = MemberFilter({"state": "active", "sort": "name", **request.GET.dict()})
    asked = form.cleaned_data if form.is_valid() else {}
    found = (
        Membership.objects.visible_to(request.membership)
        .matching(asked.get("q", ""))
        .with_role(asked.get("role", ""))
        .in_state(asked.get("state", "active"))
        .sorted_by(asked.get("sort", ""))
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": form,
        "page": page,
        "columns": member_columns(),
        "rows": [member_row(each, request.clinic) for each in page],
        "trail": crumbs(request.clinic, (_("Members"), "")),
    }
    return render(request, "clinics/members.html", context)


@access(Permission.MEMBER_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = _member(request, uid)
    form = MemberForm(request.POST or None, instance=copy(found))
    if request.method == "POST" and form.is_valid():
        change_member(membership=found, by=request.actor, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("clinics:members", clinic=request.clinic.slug)
    context = {
        "form": form,
        "member": found,
        "state": member_state(found),
        "trail": _trail(request, found),
    }
    return render(request, "clinics/member.html", context)


@access(Permission.MEMBER_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = _member(request, uid)
    if request.method == "POST":
        try:
            end_member(membership=found, by=request.actor)
        except LastOwner as refusal:
            messages.error(request, str(refusal))
            return redirect("clinics:member", clinic=request.clinic.slug, uid=uid)
        messages.success(request, _("The membership has ended."))
        if found.user == request.user:
            return redirect("home")
        return redirect("clinics:members", clinic=request.clinic.slug)
    context = {"member": found, "trail": _trail(request, found)}
    return render(request, "clinics/end_member.html", context)


@access(Permission.MEMBER_MANAGE)
@require_POST
def restore(request: HttpRequest, uid: UUID) -> HttpResponse:
    restore_member(membership=_member(request, uid), by=request.actor)
    messages.success(request, _("The membership is active again."))
    return redirect("clinics:member", clinic=request.clinic.slug, uid=uid)


def _member(request: HttpRequest, uid: UUID) -> Membership:
    return get_object_or_404(Membership.objects.visible_to(request.membership), uid=uid)


def _trail(request: HttpRequest, found: Membership) -> Trail:
    return crumbs(request.clinic, (_("Members"), "clinics:members"), (found.label, ""))
