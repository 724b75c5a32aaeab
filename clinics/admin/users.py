from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.actions import deactivate_user, reactivate_user
from accounts.models import User
from clinics.access import Permission
from clinics.admin_base import Refusal, StaffModelAdmin
from clinics.models import Membership, Registration


@admin.register(User)
class UserAdmin(StaffModelAdmin):
    """The accounts of one's members. Neither passwords nor rights are here."""

    view = Permission.MEMBER_MANAGE

    list_display = ("email", "person", "is_active", "second_factor", "last_login")
    list_filter = ("is_active",)
    list_select_related = ("person",)
    search_fields = ("email", "person__family_name", "person__given_name")
    ordering = ("email",)
    actions = ("deactivate", "reactivate")
    fields = readonly_fields = (
        "email",
        "person",
        "roles",
        "is_active",
        "second_factor",
        "date_joined",
        "last_login",
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[User]":
        ours = self._ours(request, Membership.objects.all())
        factors = Authenticator.objects.filter(user=OuterRef("pk"))
        return User.objects.filter(pk__in=ours.values("user")).annotate(
            has_factor=Exists(factors.exclude(type=Authenticator.Type.RECOVERY_CODES))
        )

    def clinic_id_of(self, obj: Any) -> int | None:
        return None

    @admin.display(description=_("Person"), ordering="person__family_name")
    def person(self, row: User) -> str:
        person = row.own_person()
        return str(person) if person else ""

    @admin.display(description=_("Second factor"), boolean=True)
    def second_factor(self, row: User) -> bool:
        return bool(getattr(row, "has_factor", False))

    @admin.display(description=_("Roles here"))
    def roles(self, row: User) -> str:
        return ", ".join(row.roles_here)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found:
            own = self._ours(request, found.memberships.select_related("clinic"))
            found.roles_here = [
                f"{membership.get_role_display()}, {membership.clinic}"
                for membership in own
                if membership.is_active
            ]
        return found

    @admin.action(description=_("Deactivate the chosen accounts…"))
    def deactivate(
        self, request: HttpRequest, queryset: "QuerySet[User]"
    ) -> HttpResponse | None:
        def verb(row: User, reason: str) -> None:
            self._must_be_ours_alone(request, row)
            deactivate_user(user=row, reason=reason, by=self.scope(request).actor())

        return self.do_each_with_reason(
            request,
            queryset,
            verb,
            title=_t("Why are these accounts deactivated?"),
            word=_t("Deactivate"),
        )

    @admin.action(description=_("Reactivate the chosen accounts"))
    def reactivate(self, request: HttpRequest, queryset: "QuerySet[User]") -> None:
        def verb(row: User) -> None:
            self._must_be_ours_alone(request, row)
            reactivate_user(user=row, by=self.scope(request).actor())

        self.do_each(request, queryset, verb)

    def _ours(self, request: HttpRequest, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        return self.scope(request).limit(rows, Permission.MEMBER_MANAGE)

    def _must_be_ours_alone(self, request: HttpRequest, user: User) -> None:
        """An account that is used elsewhere is not one clinic's to switch."""
        if user == request.user:
            raise Refusal(_t("You cannot switch off your own account here."))
        if user.is_superuser and not request.user.is_superuser:
            raise Refusal(_t("This account belongs to the installation."))
        for rows in (
            Membership.objects.filter(user=user, is_active=True),
            Registration.objects.filter(patient__user=user),
        ):
            if rows.exclude(pk__in=self._ours(request, rows).values("pk")).exists():
                raise Refusal(
                    _t("They use it at another clinic too. End the membership instead.")
                )
