"""Loaded by pytest before Django: the environment of tests, and the cast.

Two clinics with the same cast, so that every test of access has somebody on the
other side. Explicit environment variables win.
"""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
_data = Path(os.environ.get("DATA_DIR") or tempfile.mkdtemp(prefix="healix-test-"))
for _key, _value in {
    "ENV_FILE": "",
    "DEBUG": "off",
    "DEMO": "off",
    "SECRET_KEY": "test-secret-key-that-is-long-enough-for-every-check-0123456789",
    "AUDIT_KEY": "test-audit-key",
    "ADMIN_SECRET": "test-admin-secret",
    "SITE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "EMAIL_URL": "memorymail://",
    "DATA_DIR": str(_data),
    "LOG_LEVEL": "CRITICAL",
    "TEST_SQLITE_FILE": str(_data / f"test-{_worker}.db"),
    # Playwright runs a loop of its own; the database is still used by one thread.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
}.items():
    os.environ.setdefault(_key, _value)

import pytest  # noqa: E402


@dataclass(frozen=True)
class Cast:
    """One clinic and its people. `other` tests use the second cast."""

    clinic: Any
    department: Any
    owner: Any
    staff: Any
    doctor: Any
    auditor: Any
    patient: Any
    patient2: Any

    @property
    def users(self) -> dict[str, Any]:
        return {
            "owner": self.owner.user,
            "staff": self.staff.user,
            "doctor": self.doctor.user,
            "auditor": self.auditor.user,
            "patient": self.patient.patient.user,
        }


def make_cast(slug: str, zone: str) -> Cast:
    """owner, staff, doctor and auditor are memberships; patients are registrations."""
    from clinics.factories import (
        ClinicFactory,
        DepartmentFactory,
        MembershipFactory,
        RegistrationFactory,
    )

    clinic = ClinicFactory(slug=slug, name=slug.title(), time_zone=zone)
    department = DepartmentFactory(clinic=clinic, name="Cardiology")

    def member(role: str, **extra: Any) -> Any:
        email = f"{role}@{slug}.test"
        return MembershipFactory(clinic=clinic, role=role, user__email=email, **extra)

    return Cast(
        clinic=clinic,
        department=department,
        owner=member("owner"),
        staff=member("staff"),
        doctor=member("doctor", department=department, fee="80.00"),
        auditor=member("auditor"),
        patient=RegistrationFactory(
            clinic=clinic, patient__user__email=f"patient@{slug}.test"
        ),
        patient2=RegistrationFactory(
            clinic=clinic, patient__user__email=f"patient2@{slug}.test"
        ),
    )


@pytest.fixture
def riverside(db: None) -> Cast:
    return make_cast("riverside", "Europe/Berlin")


@pytest.fixture
def hillcrest(db: None) -> Cast:
    return make_cast("hillcrest", "America/New_York")


@pytest.fixture(autouse=True)
def _demo_without_second_factor(settings: Any) -> None:
    """Members work without a second factor unless a test turns it on."""
    settings.DEMO = True


@pytest.fixture(autouse=True)
def _private_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.AUDIT_HEAD = tmp_path / "audit-head.json"
    settings.SIGNING_KEY = tmp_path / "report-signing.pem"


@pytest.fixture(scope="session", autouse=True)
def _flush_lifts_the_guards() -> Iterator[None]:
    """Emptying the tables after a transactional test would be refused by the guards.

    The cache's table is none of Django's models: rate limits start afresh too.
    """
    from django.core.cache import cache
    from django.test import TransactionTestCase

    from healthcare.db.guards import guards_lifted

    original = TransactionTestCase._fixture_teardown

    def teardown(self: Any) -> None:
        with guards_lifted():
            original(self)
        cache.clear()

    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = original
