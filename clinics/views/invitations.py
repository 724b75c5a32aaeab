from uuid import UUID

from allauth.core.ratelimit import consume
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinics.access import Permission, access
from clinics.actions import (
    ClinicError,
    InvitationError,
    invite,
    resend_invitation,
    revoke_invitation,
)
from clinics.crumbs import Trail, crumbs
from clinics.forms.people import InviteForm
from clinics.models import Invitation
from clinics.paging import PER_PAGE
from clinics.rows import invitation_row
from healthcare import clock, dates
from healthcare.pages import too_many_requests


@access(Permission.MEMBER_MANAGE)
@require_safe
def invitations(request: HttpRequest) -> HttpResponse:
    found = Invitation.objects.visible_to(request.membership).newest_first()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    now = clock.now()
    context = {
        "page": page,
        "rows": [invitation_row(each, request.clinic, now) for each in page],
        "trail": crumbs(request.clinic, (_("Invitations"), "")),
    }
    return render(request, "clinics/invitations.html", context)


@access(Permission.MEMBER_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def invite_one(request: HttpRequest) -> HttpResponse:
    form = InviteForm(
        request.POST or None,
        member=request.membership,
        initial={"role": request.GET.get("role", "")},
    )
    if request.method == "POST" and form.is_valid():
        if not consume(request, action="invite", user=request.user):
            return too_many_requests(request)
        try:
            invitation, told = invite(
                clinic=request.clinic,
                by_user=request.membership.user,
                by=request.actor,
                **form.cleaned_data,
            )
        except ClinicError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _told(request, invitation, told)
    context = {"form": form, "trail": _trail(request, _("Invite somebody"))}
    return render(request, "clinics/invite.html", context)


@access(Permission.MEMBER_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def resend(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = _invitation(request, uid)
    if request.method == "POST":
        if not consume(request, action="invite", user=request.user):
            return too_many_requests(request)
        try:
            told = resend_invitation(invitation=found, by=request.actor)
        except InvitationError as refusal:
            return _too_late(request, refusal)
        found.refresh_from_db()
        return _told(request, found, told)
    context = {"invitation": found, "trail": _trail(request, _("Send again"))}
    return render(request, "clinics/resend.html", context)


@access(Permission.MEMBER_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = _invitation(request, uid)
    if request.method == "POST":
        try:
            revoke_invitation(invitation=found, by=request.actor)
        except InvitationError as refusal:
            return _too_late(request, refusal)
        messages.success(request, _("The invitation was taken back."))
        return redirect("clinics:invitations", clinic=request.clinic.slug)
    context = {"invitation": found, "trail": _trail(request, _("Take back"))}
    return render(request, "clinics/revoke.html", context)


def _told(request: HttpRequest, invitation: Invitation, told: str) -> HttpResponse:
    """The code or link, shown on this answer only: it is kept nowhere."""
    link = settings.SITE_URL + reverse("clinics:join_with", args=[told])
    context = {
        "invitation": invitation,
        "code": "" if invitation.email else told,
        "link": link if invitation.email else "",
        "join_url": settings.SITE_URL + reverse("clinics:join"),
        "until": dates.moment(invitation.expires_at, request.clinic.zone),
        "trail": _trail(request, _("Invited")),
    }
    return render(request, "clinics/invited.html", context)


def _too_late(request: HttpRequest, refusal: InvitationError) -> HttpResponse:
    messages.warning(request, str(refusal))
    return redirect("clinics:invitations", clinic=request.clinic.slug)


def _invitation(request: HttpRequest, uid: UUID) -> Invitation:
    return get_object_or_404(Invitation.objects.visible_to(request.membership), uid=uid)


def _trail(request: HttpRequest, here: str) -> Trail:
    return crumbs(request.clinic, (_("Invitations"), "clinics:invitations"), (here, ""))
