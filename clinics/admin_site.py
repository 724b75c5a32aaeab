"""The staff admin: who enters, and by which door.

Signing in and out is allauth's, so that rate limits and second factors hold here too.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account import views as account
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from clinics.admin_scope import scope_of
from healthcare.audit.actions import record
from healthcare.audit.models import Action, Outcome
from healthcare.policy import (
    PUBLIC,
    needs_second_factor,
    no_store,
    refusals_noted,
    to_second_factor,
)

View = Callable[..., HttpResponseBase]
LEFT_OUT = {
    "autocomplete",
    "view_on_site",
    "password_change",
    "password_change_done",
}


class StaffSite(admin.AdminSite):
    site_header = site_title = _("Healix administration")
    index_title = _("What you may change")
    site_url = "/home/"

    def register(
        self, model_or_iterable: Any, admin_class: Any = None, **options: Any
    ) -> None:
        """Only admins of our own kind: what other apps bring along stays out."""
        if hasattr(admin_class, "clinic_path"):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        if not request.user.is_active or request.user.is_anonymous:
            return False
        if not hasattr(request, "may_enter_admin"):
            may = scope_of(request).may_enter and not needs_second_factor(request)
            request.may_enter_admin = may
        return bool(request.may_enter_admin)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not self.has_permission(request):
                return guarded(request, *args, **kwargs)
            scope = scope_of(request)
            request.actor = scope.actor()
            if scope.memberships and not request.session.get("at_work"):
                request.session["at_work"] = scope.memberships[0].clinic.slug
            try:
                with (
                    refusals_noted(request, by=request.actor, clinic=_place(request)),
                    timezone.override(_zone(request)),
                ):
                    return no_store(_rendered(guarded(request, *args, **kwargs)))
            except PermissionDenied:
                self._note_refusal(request)
                raise

        return inner

    def get_urls(self) -> list[Any]:
        """Without the ways to rows that no changelist guards."""
        urls = super().get_urls()
        return [url for url in urls if getattr(url, "name", "") not in LEFT_OUT]

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        target = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(target, {request.get_host()}):
            target = "/admin/"
        if not request.user.is_authenticated:
            return redirect_to_login(target)
        if self.has_permission(request):
            return redirect(target)
        if scope_of(request).may_enter:
            return to_second_factor(request)
        self._note_refusal(request)
        raise PermissionDenied

    login.access = PUBLIC

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return account.logout(request)

    def get_log_entries(self, request: HttpRequest) -> Any:
        """None of Django's own: the audit log has them."""
        return super().get_log_entries(request).none()

    def _note_refusal(self, request: HttpRequest) -> None:
        place = request.resolver_match.view_name if request.resolver_match else ""
        record(
            Action.ACCESS_REFUSED,
            by=scope_of(request).actor(),
            clinic=_place(request),
            reason=f"May not use this in the staff admin: {place}",
            outcome=Outcome.REFUSED,
        )


def _rendered(response: HttpResponseBase) -> HttpResponseBase:
    """At once, while the clinic's own time is set."""
    return response.render() if isinstance(response, TemplateResponse) else response


def _zone(request: HttpRequest) -> ZoneInfo | None:
    place = _place(request)
    return place.zone if place else None


def _place(request: HttpRequest) -> Any:
    memberships = scope_of(request).memberships
    return memberships[0].clinic if memberships else None
