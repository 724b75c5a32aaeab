"""What the clinics floor tells the page's shell: navigation, and whose page it is."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic, Role
from clinics.places import emergency_number
from clinics.standing import Standing, home_clinic, standing
from healthcare.nav import ClinicFace, Face, NavItem, NavSection

Entry = tuple[str | Promise, str, str]

# In the order of the rail: the first four are a phone's tabs.
ROLE_ITEMS: dict[str, list[Entry]] = {
    Role.DOCTOR: [
        (_("Today"), "calendar2-week", "appointments:day"),
        (_("Patients"), "people", "charting:patients"),
        (_("Availability"), "clock-history", "appointments:availability"),
    ],
    Role.OWNER: [
        (_("Overview"), "speedometer2", "clinics:overview"),
        (_("Appointments"), "calendar2-week", "appointments:list"),
        (_("Patients"), "people", "clinics:patients"),
        (_("Members"), "person-badge", "clinics:members"),
        (_("Departments"), "hospital", "clinics:departments"),
        (_("Doctors"), "calendar2-x", "appointments:doctors"),
        (_("Invitations"), "envelope-paper", "clinics:invitations"),
        (_("Deliveries"), "send-check", "appointments:deliveries"),
        (_("Waitlist"), "hourglass-split", "appointments:waiting_list"),
        (_("Settings"), "gear", "clinics:settings"),
    ],
    Role.STAFF: [
        (_("Desk"), "door-open", "appointments:desk"),
        (_("Queue"), "hourglass-split", "appointments:queue"),
        (_("Appointments"), "calendar2-week", "appointments:list"),
        (_("Patients"), "people", "clinics:patients"),
        (_("Waitlist"), "hourglass-split", "appointments:waiting_list"),
        (_("Doctors"), "calendar2-x", "appointments:doctors"),
        (_("Deliveries"), "send-check", "appointments:deliveries"),
    ],
    Role.AUDITOR: [
        (_("Log"), "journal-check", "audit:log"),
        (_("Reports"), "file-earmark-pdf", "audit:reports"),
    ],
}
PATIENT_ITEMS: list[Entry] = [
    (_("Home"), "house", "records:home"),
    (_("Appointments"), "calendar2-week", "appointments:mine"),
    (_("Visits"), "clipboard2-pulse", "charting:my_visits"),
    (_("Prescriptions"), "capsule", "prescribing:mine"),
    (_("Who looked"), "eye", "records:who_looked"),
]
# Pages that belong to an item but lie elsewhere.
ALSO = {
    "appointments:desk": ("/c/{clinic}/schedule/", "/c/{clinic}/book/"),
    "appointments:day": ("/c/{clinic}/week/",),
    "appointments:mine": ("/me/book/", "/me/calendar/", "/me/waitlist/", "/me/offers/"),
    "appointments:queue": ("/c/{clinic}/poster/",),
    "appointments:availability": ("/c/{clinic}/calendar/", "/c/{clinic}/services/"),
    "clinics:settings": ("/c/{clinic}/rooms/",),
    "charting:patients": ("/c/{clinic}/patients/", "/c/{clinic}/visits/"),
}


def navigation(request: HttpRequest) -> list[NavSection]:
    own = standing(request)
    if own.clinic is None:
        items = [_item(entry, {}) for entry in PATIENT_ITEMS]
        return [NavSection(items), NavSection(_work(own), end=True)]
    items = _items_of(own.clinic, own.roles)
    ends = [*_other_clinics(own), *_own_record(own)]
    return [NavSection(items), NavSection(ends, end=True)]


def _items_of(clinic: Clinic, roles: set[str]) -> list[NavItem]:
    """The items of all the roles, each page once."""
    found: dict[str, NavItem] = {}
    for role, entries in ROLE_ITEMS.items():
        for entry in entries if role in roles else ():
            found.setdefault(entry[2], _item(entry, {"clinic": clinic.slug}))
    return list(found.values())


def _item(entry: Entry, kwargs: dict[str, object]) -> NavItem:
    label, icon, url_name = entry
    also = [prefix.format(**kwargs) for prefix in ALSO.get(url_name, ())]
    return NavItem(str(label), icon, url_name, kwargs, also)


def _work(own: Standing) -> list[NavItem]:
    """The way from the own record to the clinic, or to the choice between them."""
    return _other_clinics(own) or [
        NavItem(clinic.name, "building", "clinics:overview", {"clinic": clinic.slug})
        for clinic in own.clinics
    ]


def _other_clinics(own: Standing) -> list[NavItem]:
    if len(own.clinics) < 2:
        return []
    return [NavItem(_t("My clinics"), "buildings", "home", order=70)]


def _own_record(own: Standing) -> list[NavItem]:
    if not own.is_patient:
        return []
    return [NavItem(_t("My own record"), "person-heart", "records:home", order=80)]


def face(request: HttpRequest) -> Face | None:
    shown = getattr(request, "clinic", None)
    if not request.user.is_authenticated:
        return Face(clinic=_public_face(shown))
    own = standing(request)
    if own.clinic is None:
        clinic = _public_face(shown) or _patients_face(home_clinic(request.user))
        return Face(role_label=_t("Patient"), clinic=clinic)
    labels = [str(role.label) for role in Role if role in own.roles]
    home = reverse("clinics:overview", args=[own.clinic.slug])
    at_work = shown is None or own.clinic == shown
    return Face(
        role_label=", ".join(labels),
        home_url=home,
        narrow=True,
        clinic=_face_of(own.clinic, home) if at_work else _public_face(shown),
    )


def _public_face(clinic: Clinic | None) -> ClinicFace | None:
    return _face_of(clinic, clinic.page_url) if clinic else None


def _patients_face(clinic: Clinic | None) -> ClinicFace | None:
    return _face_of(clinic, reverse("records:home")) if clinic else None


def _face_of(clinic: Clinic, home: str) -> ClinicFace:
    return ClinicFace(
        slug=clinic.slug,
        name=clinic.name,
        tagline=clinic.tagline,
        logo_url=clinic.logo_url,
        brand_url=clinic.brand_url,
        home_url=home,
        phone=clinic.phone.as_international if clinic.phone else "",
        emergency_number=emergency_number(clinic.country),
    )
