"""Template context of every page: the shell, the navigation and the theme.

Shell and navigation are built on first use, so a fragment pays for neither. They are
functions, which a template calls: a lazy object would cost at every lookup.
"""

from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from healthcare.nav import ClinicFace, Face, Nav, NavItem, build, face
from healthcare.outbox.models import Message

THEMES = ("dark", "light", "system")
THEME_COOKIE = "theme"
EMERGENCY_NUMBER = "112"
MOST_UNREAD = 99


@dataclass(frozen=True)
class Shell:
    person_name: str
    role_label: str
    photo_url: str
    initials: str
    home_url: str
    account_url: str
    narrow: bool
    notice: str
    clinic: ClinicFace | None
    clinic_initials: str
    emergency_number: str


def shell(request: HttpRequest) -> dict[str, object]:
    return {
        "shell": cache(lambda: _shell(request)),
        "nav": cache(lambda: _nav(request)),
        "unread": cache(lambda: unread(request)),
        "theme": theme_of(request),
    }


def theme_of(request: HttpRequest) -> str:
    """The person's choice, or "system" when there is none."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "system"


def unread(request: HttpRequest) -> str:
    """How many notifications wait: '', '3' or '99+'; counting stops there."""
    if not _signed_in(request):
        return ""
    waiting = Message.objects.inbox_of(request.user.uid).unread()  # type: ignore[union-attr]
    count = len(waiting.order_by().values_list("pk")[: MOST_UNREAD + 1])
    if count > MOST_UNREAD:
        return f"{MOST_UNREAD}+"
    return str(count) if count else ""


def initials(name: str) -> str:
    """'Dr Amara Osei' gives AO."""
    words = [w for w in name.split() if w[0].isalpha() and w.rstrip(".") not in TITLES]
    ends = words if len(words) < 3 else [words[0], words[-1]]
    return "".join(word[0] for word in ends).upper()


TITLES = {"Dr", "Prof", "Mr", "Mrs", "Ms", "Mx", "Miss"}


def _shell(request: HttpRequest) -> Shell:
    seen: Face = (
        face(request) if _signed_in(request) or _has_clinic(request) else Face()
    )
    clinic = seen.clinic
    return Shell(
        person_name=seen.person_name,
        role_label=seen.role_label,
        photo_url=seen.photo_url,
        initials=initials(seen.person_name),
        home_url=seen.home_url or reverse("home" if _signed_in(request) else "landing"),
        account_url=seen.account_url,
        narrow=seen.narrow,
        notice=seen.notice,
        clinic=clinic,
        clinic_initials=initials(clinic.name) if clinic else "",
        emergency_number=clinic.emergency_number if clinic else EMERGENCY_NUMBER,
    )


def _nav(request: HttpRequest) -> Nav:
    if not _signed_in(request):
        return Nav()
    return build(request, NavItem(label=_("More"), icon="list", url_name="more"))


def _signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated)


def _has_clinic(request: HttpRequest) -> bool:
    return getattr(request, "clinic", None) is not None
