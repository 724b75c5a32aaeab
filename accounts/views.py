from uuid import UUID

from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth import logout
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    QueryDict,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import actions, staying
from accounts.forms import (
    CloseAccountForm,
    DoctorProfileForm,
    PhotoForm,
    ProfileForm,
)
from accounts.models import Person
from accounts.photos import photo_response
from accounts.requests import SignedInRequest
from accounts.security import safeguards
from healthcare.policy import public, signed_in


@signed_in
@never_cache
def profile(request: SignedInRequest) -> HttpResponse:
    """Who the signed-in person is; leads back to the page that asked for it."""
    person = request.user.own_person()
    form = ProfileForm(_posted(request), person=person)
    address = _next_address(request)
    if form.is_valid():
        actions.create_person(
            user=request.user, values=form.cleaned_data, by=request.actor
        )
        messages.success(request, _("Your profile is saved."))
        return redirect(address or "accounts:profile")
    context = {"form": form, "person": person, "next": address}
    return render(request, "accounts/profile.html", context)


@signed_in
@never_cache
def doctor_profile(request: SignedInRequest) -> HttpResponse:
    profile = getattr(request.user.own_person(), "doctor_profile", None)
    if profile is None:
        raise Http404
    form = DoctorProfileForm(_posted(request), profile=profile)
    if form.is_valid():
        actions.save_doctor_profile(
            profile=profile, values=form.cleaned_data, by=request.actor
        )
        messages.success(request, _("Your profile as a doctor is saved."))
        return redirect("accounts:doctor_profile")
    context = {"form": form, "person": profile.person}
    return render(request, "accounts/doctor_profile.html", context)


@signed_in
@never_cache
@rate_limit(action="change_photo")
def change_photo(request: SignedInRequest) -> HttpResponse:
    person = request.user.own_person()
    if person is None:
        return redirect("accounts:profile")
    form = PhotoForm(_posted(request), request.FILES or None)
    if form.is_valid():
        actions.set_photo(
            person=person, jpeg=form.cleaned_data["photo"], by=request.actor
        )
        messages.success(request, _("Your photo is saved."))
        return redirect("accounts:profile")
    context = {"form": form, "person": person}
    return render(request, "accounts/change_photo.html", context)


@signed_in
@require_POST
def remove_photo(request: SignedInRequest) -> HttpResponse:
    if person := request.user.own_person():
        actions.remove_photo(person=person, by=request.actor)
        messages.success(request, _("Your photo is removed."))
    return redirect("accounts:profile")


@signed_in
def photo(request: SignedInRequest, uid: UUID) -> FileResponse:
    people = Person.objects.visible_to(request.user).with_photo()
    return photo_response(get_object_or_404(people, uid=uid))


@signed_in
@never_cache
def security(request: SignedInRequest) -> HttpResponse:
    context = {"safeguards": safeguards(request.user)}
    return render(request, "accounts/security.html", context)


@signed_in
@never_cache
def close(request: SignedInRequest) -> HttpResponse:
    """Ask for the password, then put the account to sleep, unless it is needed."""
    form = CloseAccountForm(_posted(request), user=request.user)
    reasons = staying.reasons(request.user)
    if not reasons and form.is_valid():
        try:
            actions.deactivate_account(user=request.user, by=request.actor)
        except actions.StillNeeded as refusal:
            reasons = refusal.reasons
        else:
            logout(request)
            return redirect("accounts:closed")
    context = {"form": form, "reasons": reasons}
    return render(request, "accounts/close.html", context)


@public
def closed(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/closed.html")


@public
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/terms.html")


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _next_address(request: HttpRequest) -> str:
    """Where to go back to, if it is on this site."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if ours and address != reverse("accounts:profile") else ""
