"""Clinics and people to measure with."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from allauth.account.models import EmailAddress

from accounts.models import DoctorProfile, Person, User
from appointments.models import Resource, WeeklyRule
from clinics.models import (
    CareTeamMember,
    Clinic,
    Department,
    Membership,
    Registration,
    Role,
)
from clinics.slugs import prefix_of
from healthcare import clock
from records.bench.loading import Shelf

DEPARTMENTS = 5
WALK_INS = 60
BLOCKS = ((time(9), time(13)), (time(15), time(19)))
MEMBERS = (Role.OWNER, Role.STAFF, Role.AUDITOR)


@dataclass
class House:
    """A clinic and its people; each doctor cares for patients of their own.

    `me` is the patient whose own pages are measured.
    """

    clinic: Clinic
    me: Person
    doctors: list[Membership] = field(default_factory=list)
    patients: list[list[Person]] = field(default_factory=list)
    resources: dict[int, Resource] = field(default_factory=dict)


def today() -> date:
    return clock.now().astimezone(UTC).date()


def at(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time.min, UTC) + timedelta(minutes=minutes)


class Builder:
    """Puts a clinic's rows on the shelf. `long_ago` is when everybody joined."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.long_ago = clock.now() - timedelta(days=4000)

    def house(self, slug: str, *, doctors: int, patients: int, walk_ins: int) -> House:
        clinic = self.shelf.put(
            Clinic(
                name=f"{slug.title()} Clinic",
                slug=slug,
                time_zone="UTC",
                country="DE",
                email=f"desk@{slug}.test",
                city="Potsdam",
                is_listed=True,
                created_at=self.long_ago,
                last_record=patients + walk_ins + 1,
            )
        )
        house = House(clinic, me=self._person(f"me@{slug}.test", "Mira", 0))
        for role in MEMBERS:
            self._member(clinic, role, f"{role}@{slug}.test")
        self._doctors(house, doctors)
        house.patients = [[] for _ in house.doctors]
        for number in range(patients):
            person = self._person(f"patient{number}@{slug}.test", "Pat", number)
            house.patients[number % doctors].append(person)
            self._register(house, person, number)
        for number in range(walk_ins):
            person = self._person(f"walkin{number}@{slug}.test", "Walter", number)
            self._register(house, person, patients + number)
        self._register(house, house.me, patients + walk_ins)
        return house

    def _doctors(self, house: House, doctors: int) -> None:
        clinic = house.clinic
        departments = [
            self.shelf.put(Department(clinic=clinic, name=f"Department {n}"))
            for n in range(DEPARTMENTS)
        ]
        for number in range(doctors):
            email = f"doctor{number or ''}@{clinic.slug}.test"
            department = departments[number % DEPARTMENTS]
            doctor = self._member(clinic, Role.DOCTOR, email, department)
            self.shelf.put(
                DoctorProfile(
                    person=doctor.user.person,
                    specialization="Cardiology",
                    qualifications="MD, FESC",
                    practising_since=2010,
                )
            )
            for weekday, (starts, ends) in self._week():
                self.shelf.put(
                    WeeklyRule(
                        clinic=clinic,
                        doctor=doctor,
                        weekday=weekday,
                        starts=starts,
                        ends=ends,
                    )
                )
            house.doctors.append(doctor)
            self._resource(house, doctor.user.person)

    def _week(self) -> Iterator[tuple[int, tuple[time, time]]]:
        return ((weekday, block) for weekday in range(7) for block in BLOCKS)

    def _member(
        self,
        clinic: Clinic,
        role: Role,
        email: str,
        department: Department | None = None,
    ) -> Membership:
        person = self._person(email, role.title(), 0)
        return self.shelf.put(
            Membership(
                user=person.user,
                clinic=clinic,
                role=role,
                department=department,
                fee="80.00" if role == Role.DOCTOR else None,
                created_at=self.long_ago,
            )
        )

    def _person(self, email: str, given_name: str, number: int) -> Person:
        user = self.shelf.put(
            User(email=email, password="!", date_joined=self.long_ago)  # noqa: S106
        )
        self.shelf.put(
            EmailAddress(user=user, email=email, verified=True, primary=True)
        )
        return self.shelf.put(
            Person(
                user=user,
                given_name=given_name,
                family_name=f"Family{number % 997} {email.partition('@')[0]}",
                date_of_birth=date(1940 + number % 60, 1 + number % 12, 15),
                sex=Person.Sex.FEMALE,
                created_at=self.long_ago,
                updated_at=self.long_ago,
            )
        )

    def _register(self, house: House, person: Person, number: int) -> None:
        clinic = house.clinic
        doctor = house.doctors[number % len(house.doctors)]
        self.shelf.put(
            Registration(
                patient=person,
                clinic=clinic,
                record_number=f"{prefix_of(clinic.slug)}-{number + 1:07d}",
                registered_at=self.long_ago + timedelta(minutes=number),
            )
        )
        self.shelf.put(
            CareTeamMember(
                clinic=clinic,
                patient=person,
                member=doctor,
                source=CareTeamMember.Source.APPOINTMENT,
                since=self.long_ago,
            )
        )
        self._resource(house, person)

    def _resource(self, house: House, person: Person) -> None:
        house.resources[person.pk] = self.shelf.put(Resource(person=person))
