"""Coming in by an invitation, by a code, or by the site's admin secret."""

from typing import Any

from allauth.core.ratelimit import consume
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actions import create_doctor_profile
from accounts.forms import DoctorProfileForm
from accounts.models import DoctorProfile, User
from clinics.access import public, signed_in
from clinics.actions import (
    AlreadyMember,
    ClinicError,
    InvitationError,
    accept_invitation,
    claim_clinic_with_secret,
    find_invitation,
    must_be_for,
    token_for_code,
)
from clinics.forms.joining import CodeForm, SecretForm
from clinics.joining import next_page, problem_of, profile_page
from clinics.models import Clinic, Membership, Role
from healthcare.pages import too_many_requests

WAITING = "invitation"


@public
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        if not consume(request, action="join_code"):
            return too_many_requests(request)
        if form.is_valid():
            try:
                token = token_for_code(code=form.cleaned_data["code"])
            except InvitationError as refusal:
                form.add_error("code", problem_of(refusal).advice_for_code)
            else:
                return redirect("clinics:join_with", token=token)
    return render(request, "clinics/join.html", {"form": form})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def join_with(request: HttpRequest, token: str) -> HttpResponse:
    """What the link offers; a signed-in person accepts it by POST."""
    try:
        invitation = find_invitation(token=token)
        if request.user.is_authenticated:
            must_be_for(invitation, request.user)
    except InvitationError as refusal:
        request.session.pop(WAITING, None)
        return _refused(request, refusal)
    request.clinic = invitation.clinic
    if not request.user.is_authenticated:
        request.session[WAITING] = token
    elif request.method == "POST":
        return _accept(request, request.user, token)
    context = {"clinic": invitation.clinic, "role": invitation.get_role_display()}
    return render(request, "clinics/join_with.html", context)


def _accept(request: HttpRequest, user: User, token: str) -> HttpResponse:
    request.session.pop(WAITING, None)
    try:
        membership = accept_invitation(token=token, user=user, by=request.actor)
    except InvitationError as refusal:
        return _refused(request, refusal)
    except AlreadyMember:
        messages.info(request, _("You have this role at the clinic already."))
        return redirect("clinics:overview", clinic=request.clinic.slug)
    messages.success(
        request, _("Welcome to %(clinic)s.") % {"clinic": membership.clinic.name}
    )
    return redirect(next_page(membership))


def _refused(request: HttpRequest, refusal: InvitationError) -> HttpResponse:
    problem = problem_of(refusal)
    context = {"problem": problem, "refusal": str(refusal)}
    return render(request, "clinics/join_problem.html", context, status=problem.status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def join_doctor(request: HttpRequest) -> HttpResponse:
    """What patients may know of a new doctor; asked once, after joining."""
    assert request.user.is_authenticated
    if not Membership.objects.of_user(request.user).with_role(Role.DOCTOR).exists():
        raise Http404
    person = request.user.own_person()
    if person is None:
        return redirect(profile_page(reverse("clinics:join_doctor")))
    if hasattr(person, "doctor_profile"):
        return redirect("home")
    form = DoctorProfileForm(request.POST or None, profile=DoctorProfile(person=person))
    if request.method == "POST" and form.is_valid():
        create_doctor_profile(person=person, by=request.actor, values=form.cleaned_data)
        messages.success(request, _("Your profile as a doctor is saved."))
        return redirect("home")
    return render(request, "clinics/join_doctor.html", {"form": form})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def join_admin(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    form = SecretForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "is_enabled": bool(settings.ADMIN_SECRET)}
    if request.method == "POST" and settings.ADMIN_SECRET:
        if not consume(request, action="admin_secret", user=request.user):
            return too_many_requests(request)
        if form.is_valid():
            slug = form.cleaned_data["clinic"].strip().lower()
            try:
                membership = claim_clinic_with_secret(
                    clinic=Clinic.objects.in_use().named(slug).first(),
                    secret=form.cleaned_data["secret"],
                    user=request.user,
                    by=request.actor,
                )
            except ClinicError as refusal:
                form.add_error(None, str(refusal))
            else:
                return redirect(next_page(membership))
    status = 200 if context["is_enabled"] else 403
    return render(request, "clinics/join_admin.html", context, status=status)
