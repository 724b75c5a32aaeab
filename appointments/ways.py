"""Whose pages the links of the booking path lead to: a patient's own, or those that
a visitor sees before signing in."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from clinics.models import Clinic, Department, Membership


@dataclass(frozen=True)
class Way:
    name: str
    layout: str
    is_public: bool = False

    def clinic_url(self, clinic: Clinic) -> str:
        return self._url("departments", clinic.slug)

    def department_url(self, clinic: Clinic, department: Department) -> str:
        return self._url("doctor", clinic.slug, department.uid)

    def time_url(self, doctor: Membership, **query: str) -> str:
        return _with(self._of("time", doctor), query)

    def check_url(self, doctor: Membership, **query: str) -> str:
        """Where the chosen time is sent: a visitor's is kept by the same page."""
        name = "time" if self.is_public else "check"
        return _with(self._of(name, doctor), query)

    def _of(self, name: str, doctor: Membership) -> str:
        department = doctor.department
        assert department is not None
        return self._url(name, doctor.clinic.slug, department.uid, doctor.uid)

    def _url(self, name: str, *args: object) -> str:
        return reverse(f"appointments:{self.name}_{name}", args=args)


PATIENT = Way("book", "layouts/app.html")
VISITOR = Way("visit", "layouts/public.html", is_public=True)


def _with(url: str, query: dict[str, str]) -> str:
    given = {name: value for name, value in query.items() if value}
    return f"{url}?{urlencode(given)}" if given else url
