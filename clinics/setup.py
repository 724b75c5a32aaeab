"""What a new clinic has to do before patients can book, computed from its data."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic, Role
from clinics.models.clinic import DEFAULT_COLOUR


@dataclass(frozen=True)
class Task:
    key: str
    label: Promise
    hint: Promise
    icon: str
    url_name: str
    query: str = ""
    is_needed: bool = True


TASKS = (
    Task(
        "contact",
        _("Contact data"),
        _("Address, town, and an e-mail address or phone number."),
        "geo-alt",
        "clinics:settings",
    ),
    Task(
        "hours",
        _("Opening hours"),
        _("When your door is open."),
        "clock",
        "clinics:hours",
    ),
    Task(
        "brand",
        _("Logo and colour"),
        _("So that patients recognise you."),
        "palette",
        "clinics:looks",
        is_needed=False,
    ),
    Task(
        "departments",
        _("Departments"),
        _("Patients choose one first when they book."),
        "hospital",
        "clinics:departments",
    ),
    Task(
        "doctors",
        _("Doctors"),
        _("Invite doctors. Done when one has joined and has a department."),
        "person-badge",
        "clinics:invite",
        "?role=doctor",
    ),
    Task(
        "staff",
        _("Staff"),
        _("Invite the people at reception."),
        "people",
        "clinics:invite",
        "?role=staff",
        is_needed=False,
    ),
    Task(
        "open",
        _("Open for booking"),
        _("Patients find the clinic and can book."),
        "door-open",
        "clinics:open",
        is_needed=False,
    ),
)


@dataclass(frozen=True)
class Step:
    key: str
    label: str
    hint: str
    icon: str
    url: str
    is_needed: bool
    is_done: bool


@dataclass(frozen=True)
class Checklist:
    steps: list[Step]

    @cached_property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def total(self) -> int:
        return len(self.steps)

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total

    @property
    def is_ready(self) -> bool:
        """Nothing that booking needs is missing."""
        return all(step.is_done for step in self.steps if step.is_needed)

    @property
    def is_complete(self) -> bool:
        return self.done == self.total


def checklist(clinic: Clinic) -> Checklist:
    done = _done(clinic)
    return Checklist([_step(task, clinic, is_done=done[task.key]) for task in TASKS])


def _done(clinic: Clinic) -> dict[str, bool]:
    members = clinic.memberships.active()
    doctors = members.filter(role=Role.DOCTOR, department__is_active=True)
    reachable = clinic.email or clinic.phone
    return {
        "contact": bool(clinic.address_line and clinic.city and reachable),
        "hours": clinic.opening_hours.exists(),
        "brand": bool(clinic.logo) or clinic.colour.lower() != DEFAULT_COLOUR,
        "departments": clinic.departments.filter(is_active=True).exists(),
        "doctors": doctors.exists(),
        "staff": members.filter(role=Role.STAFF).exists(),
        "open": clinic.is_listed,
    }


def _step(task: Task, clinic: Clinic, *, is_done: bool) -> Step:
    return Step(
        key=task.key,
        label=str(task.label),
        hint=str(task.hint),
        icon=task.icon,
        url=reverse(task.url_name, args=[clinic.slug]) + task.query,
        is_needed=task.is_needed,
        is_done=is_done,
    )
