"""Where the caller stands: their memberships, and which of their clinics is meant."""

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.models import User
from clinics.models import Clinic, Membership, Registration, Role

OWN_PAGES = "/me/"
# Pages under it that everybody has, at work too.
EVERYBODYS = ("/me/notifications/", "/me/settings/")


@dataclass(frozen=True)
class Standing:
    """`clinic` is the one whose pages are shown; None on a patient's own pages."""

    memberships: list[Membership]
    clinic: Clinic | None

    @property
    def is_patient(self) -> bool:
        return any(each.is_patient for each in self.memberships)

    @property
    def roles(self) -> set[str]:
        """Every role the caller has at the clinic that is shown."""
        if self.clinic is None:
            return set()
        return {m.role for m in self.memberships if m.clinic_id == self.clinic.pk}

    @property
    def clinics(self) -> list[Clinic]:
        return list({each.clinic_id: each.clinic for each in self.memberships}.values())


def standing(request: HttpRequest) -> Standing:
    """One query in a request, however often it is asked."""
    known = getattr(request, "standing", None)
    if known is None:
        known = request.standing = _look_up(request)
    return known


def _look_up(request: HttpRequest) -> Standing:
    if not request.user.is_authenticated:
        return Standing([], None)
    found = Membership.objects.of_user(request.user).knowing_patients()
    memberships = list(found.order_by("clinic__name", "pk"))
    return Standing(memberships, _clinic_meant(request, memberships))


def _clinic_meant(request: HttpRequest, memberships: list[Membership]) -> Clinic | None:
    """That of the address; on pages without one, that where the caller was last."""
    at_everybodys = request.path.startswith(EVERYBODYS)
    if request.path.startswith(OWN_PAGES) and not at_everybodys:
        return None
    if getattr(request, "membership", None):
        return request.clinic
    last = request.session.get("at_work")
    for membership in memberships:
        if membership.clinic.slug == last:
            return membership.clinic
    return memberships[0].clinic if memberships else None


def home_clinic(user: User) -> Clinic | None:
    """The clinic whose colours a patient's own pages take: the latest they joined."""
    person = user.own_person()
    if person is None:
        return None
    latest = Registration.objects.of_person(person).order_by("-registered_at").first()
    return latest.clinic if latest else None


# Which page a clinic's address opens, for somebody with several roles the first.
ROLE_PAGES = {
    Role.OWNER: "",
    Role.DOCTOR: "appointments:day",
    Role.STAFF: "appointments:desk",
    Role.AUDITOR: "audit:log",
}


def role_page(roles: set[str]) -> str:
    """The URL name of the page that the roles work from; none for an owner's own."""
    return next((page for role, page in ROLE_PAGES.items() if role in roles), "")
