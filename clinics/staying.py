"""An owner may leave once a clinic has another."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import staying
from accounts.models import User
from clinics.models import Clinic, Membership


def register() -> None:
    staying.register(last_owner)
    staying.register_lock(lock_clinics)


def last_owner(user: User) -> list[staying.Reason]:
    return [
        staying.Reason(
            text=_("%(clinic)s has no other owner.") % {"clinic": each.clinic},
            way_out=_("Invite another owner"),
            url=reverse("clinics:invite", args=[each.clinic.slug]),
        )
        for each in Membership.objects.of_user(user).last_owners().order_by("pk")
    ]


def lock_clinics(user: User) -> None:
    """As ending a membership does: two owners who leave at once take turns."""
    owned = Membership.objects.of_user(user).owners().values("clinic")
    list(
        Clinic.objects.select_for_update(no_key=True)
        .filter(pk__in=owned)
        .order_by("pk")
    )
