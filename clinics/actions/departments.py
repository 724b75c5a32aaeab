from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction

from clinics.actions.changes import change
from clinics.actions.errors import DepartmentExists
from clinics.models import Clinic, Department
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action


class DepartmentDetails(TypedDict, total=False):
    name: str
    description: str
    icon: str
    is_active: bool


@transaction.atomic
def add_department(
    *,
    clinic: Clinic,
    name: str,
    by: Actor,
    description: str = "",
    icon: str = "hospital",
) -> Department:
    """Raises DepartmentExists, and ValidationError when a value is refused."""
    department = Department(
        clinic=clinic, name=name, description=description, icon=icon
    )
    department.clean_fields()
    if clinic.departments.filter(name__iexact=name).exists():
        raise DepartmentExists
    try:
        with transaction.atomic():
            department.save(force_insert=True)
    except IntegrityError as conflict:
        raise DepartmentExists from conflict
    _changed(department, by, "department added")
    return department


@transaction.atomic
def change_department(
    *, department: Department, by: Actor, **details: Unpack[DepartmentDetails]
) -> Department:
    """Raises DepartmentExists, and ValidationError when a value is refused."""
    others = department.clinic.departments.exclude(pk=department.pk)
    if others.filter(name__iexact=details.get("name", "")).exists():
        raise DepartmentExists
    try:
        with transaction.atomic():
            changed = change(department, details)
    except IntegrityError as conflict:
        raise DepartmentExists from conflict
    if changed:
        _changed(department, by, f"department {', '.join(changed)}")
    return department


def _changed(department: Department, by: Actor, what: str) -> None:
    record(
        Action.CLINIC_CHANGED,
        by=by,
        clinic=department.clinic,
        target=department,
        reason=what,
    )
