"""The demo's clinics, with their people, hours and invitations."""

from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.actions import create_doctor_profile, create_person
from accounts.models import Person, User
from appointments.actions import add_weekly_rule
from clinics.actions import (
    add_department,
    add_member,
    block_patient,
    change_member,
    create_clinic,
    invite,
    open_for_booking,
    register_patient,
    set_opening_hours,
)
from clinics.models import Clinic, Department, Membership, Registration, Role
from healthcare import clock
from healthcare.audit.actors import Actor
from records.demo.cast import PASSWORD, House, Human, Physician

SYSTEM = Actor.system("Demo data")
DAY_HOURS = ((time(9), time(13)), (time(15), time(19)))
WORKING_DAYS = range(5)


@dataclass
class Settled:
    """A house once it stands."""

    house: House
    clinic: Clinic
    staff: Membership
    auditor: Membership
    doctors: dict[str, Membership] = field(default_factory=dict)
    patients: list[Person] = field(default_factory=list)


class Founder:
    """Makes accounts with one shared password hash: hashing it 50 times is slow."""

    def __init__(self) -> None:
        self.password = make_password(PASSWORD)

    def account(self, human: Human) -> Person:
        user = User.objects.create(email=human.email, password=self.password)
        EmailAddress.objects.create(
            user=user, email=user.email, verified=True, primary=True
        )
        return create_person(
            values={
                "title": human.title,
                "given_name": human.given,
                "family_name": human.family,
                "date_of_birth": human.born,
                "sex": human.sex,
                "phone": human.phone,
                "city": human.city,
            },
            by=user.as_actor(role="user"),
            user=user,
        )

    def found(self, house: House, opened: datetime) -> Settled:
        with clock.at(opened):
            owner = self.account(house.owner)
            by = owner.user.as_actor(role=Role.OWNER)
            clinic = self._clinic(house, owner.user, by)
            departments = {
                name: add_department(
                    clinic=clinic, name=name, description=text, icon=icon, by=by
                )
                for name, text, icon in house.departments
            }
            settled = Settled(
                house=house,
                clinic=clinic,
                staff=self._member(clinic, house.staff, Role.STAFF, by),
                auditor=self._member(clinic, house.auditor, Role.AUDITOR, by),
            )
            for physician in house.physicians:
                department = departments[physician.department]
                settled.doctors[physician.human.name] = self._doctor(
                    clinic, physician, department, by
                )
            open_for_booking(clinic=clinic, by=by)
            settled.patients = [self._patient(clinic, one) for one in house.patients]
        return settled

    def _clinic(self, house: House, owner: User, by: Actor) -> Clinic:
        clinic = create_clinic(
            name=house.name,
            slug=house.slug,
            country=house.country,
            time_zone=house.time_zone,
            owner=owner,
            by=by,
            tagline=house.tagline,
            currency=house.currency,
            email=house.email,
            phone=house.phone,
            address_line=house.address_line,
            postal_code=house.postal_code,
            city=house.city,
            colour=house.colour,
        )
        periods = [(day, time(8), time(19)) for day in WORKING_DAYS]
        set_opening_hours(clinic=clinic, periods=periods, by=by)
        return clinic

    def _member(
        self, clinic: Clinic, human: Human, role: Role, by: Actor
    ) -> Membership:
        user = self.account(human).user
        return add_member(clinic=clinic, user=user, role=role, by=by)

    def _doctor(
        self, clinic: Clinic, physician: Physician, department: Department, by: Actor
    ) -> Membership:
        person = self.account(physician.human)
        me = person.user.as_actor(role=Role.DOCTOR)
        doctor = add_member(
            clinic=clinic,
            user=person.user,
            role=Role.DOCTOR,
            department=department,
            fee=Decimal(physician.fee),
            by=by,
        )
        change_member(
            membership=doctor,
            by=by,
            visit_minutes=physician.minutes,
            room=physician.room,
        )
        create_doctor_profile(
            person=person,
            by=me,
            values={
                "specialization": physician.specialization,
                "qualifications": physician.qualifications,
                "practising_since": physician.since,
                "registration_number": physician.registration,
                "biography": physician.biography,
            },
        )
        for weekday in WORKING_DAYS:
            for starts, ends in DAY_HOURS:
                add_weekly_rule(
                    doctor=doctor, weekday=weekday, starts=starts, ends=ends, by=me
                )
        return doctor

    def _patient(self, clinic: Clinic, human: Human) -> Person:
        person = self.account(human)
        by = person.user.as_actor(role="patient")
        register_patient(clinic=clinic, person=person, by=by)
        return person


def finish(settled: Settled) -> None:
    """What happened lately: a blocked patient and open invitations."""
    house, staff = settled.house, settled.staff
    by = staff.user.as_actor(role=Role.STAFF)
    for person in settled.patients:
        if person.user.email == f"{house.blocked}@healix.test":
            block_patient(
                registration=Registration.objects.get(
                    clinic=settled.clinic, patient=person
                ),
                reason="Missed four visits without a word",
                by_user=staff.user,
                by=by,
            )
    for role, email in house.invited:
        department = settled.clinic.departments.first()
        invite(
            clinic=settled.clinic,
            role=role,
            email=email,
            department=department if role == Role.DOCTOR else None,
            by_user=staff.user,
            by=by,
        )
