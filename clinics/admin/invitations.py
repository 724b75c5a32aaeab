from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from clinics import actions
from clinics.access import Permission
from clinics.admin_base import StaffModelAdmin
from clinics.models import Invitation, Role
from healthcare import clock


class InvitationForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ("clinic", "role", "email", "department")

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        department = asked.get("department")
        if department and department.clinic != asked.get("clinic"):
            self.add_error("department", actions.WrongDepartment.message)
        if not asked.get("email") and asked.get("role") not in (None, Role.DOCTOR):
            self.add_error("email", actions.CodeNotAllowed.message)
        return asked


@admin.register(Invitation)
class InvitationAdmin(StaffModelAdmin):
    view = add = Permission.MEMBER_MANAGE
    refusals = (actions.ClinicError, ValidationError)
    form = InvitationForm

    list_display = ("addressee", "role", "department", "clinic", "state", "expires_at")
    list_filter = ("role", ("clinic", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("clinic", "department")
    search_fields = ("email",)
    ordering = ("-created_at",)
    actions = ("resend", "revoke")
    asked = ("clinic", "role", "email", "department")
    told = ("state", "created_at", "created_by", "expires_at", "used_at", "used_by")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.asked, *self.told, "revoked_at") if obj else self.asked

    def get_readonly_fields(
        self, request: HttpRequest, obj: Any = None
    ) -> tuple[str, ...]:
        return self.get_fields(request, obj) if obj else ()

    @admin.display(description=_("For"), ordering="email")
    def addressee(self, row: Invitation) -> str:
        return row.email or _t("Whoever has the code")

    @admin.display(description=_("State"))
    def state(self, row: Invitation) -> str:
        if row.used_at:
            return _t("Used")
        if row.revoked_at:
            return _t("Taken back")
        return _t("Expired") if row.expires_at <= clock.now() else _t("Open")

    def save_model(
        self, request: HttpRequest, obj: Invitation, form: Any, change: bool
    ) -> None:
        by = self.scope(request).actor(obj)
        invitation, told = actions.invite(
            by_user=request.user, by=by, **form.cleaned_data
        )
        obj.pk, obj.expires_at = invitation.pk, invitation.expires_at
        self._show_once(request, invitation, told)

    def _show_once(self, request: HttpRequest, row: Invitation, secret: str) -> None:
        if row.email:
            path = reverse("clinics:join_with", args=[secret])
            text = _t("The link was mailed. It is shown this once: %(link)s")
            told = text % {"link": request.build_absolute_uri(path)}
        else:
            text = _t("Hand over this code. It is shown this once: %(code)s")
            told = text % {"code": secret}
        self.message_user(request, told, messages.WARNING)

    @admin.action(description=_("Send the chosen invitations again"))
    def resend(self, request: HttpRequest, queryset: "QuerySet[Invitation]") -> None:
        def verb(row: Invitation) -> None:
            by = self.scope(request).actor(row)
            secret = actions.resend_invitation(invitation=row, by=by)
            self._show_once(request, row, secret)

        self.do_each(request, queryset, verb)

    @admin.action(description=_("Take the chosen invitations back"))
    def revoke(self, request: HttpRequest, queryset: "QuerySet[Invitation]") -> None:
        self.do_each(
            request,
            queryset,
            lambda row: actions.revoke_invitation(
                invitation=row, by=self.scope(request).actor(row)
            ),
        )
