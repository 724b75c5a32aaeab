"""A year of visits, made by the actions people use, each at its own time."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from accounts.models import Person
from appointments.actions import (
    BookingError,
    SlotTaken,
    arrive,
    book,
    cancel,
    mark_no_show,
    set_day_block,
)
from appointments.models import Appointment, Block, Status
from clinics.models import Membership, Role
from healthcare import clock
from records.charting.actions import open_encounter, save_draft, sign
from records.demo.founding import Settled
from records.demo.visits import STORIES, Story

PAST_DAYS = 365
BUSY_DAYS = 45
ADULT = 18
FUTURE_DAYS = 21


class Year:
    """Repeatable: the same seed tells the same year."""

    def __init__(self, settled: Settled, today: date) -> None:
        self.settled = settled
        self.zone = settled.clinic.zone
        self.today = today
        self.dice = random.Random(settled.house.slug)  # noqa: S311 - not a secret
        self.regulars = [
            person
            for person in settled.patients
            if not person.user.email.startswith(f"{settled.house.blocked}@")
        ]

    def tell(self) -> None:
        for day in list(self._working_days(-PAST_DAYS, -BUSY_DAYS - 1))[::2]:
            self._past_visit(day)
        for day in self._working_days(-BUSY_DAYS, -1):
            for _visit in range(self.settled.house.visits_a_day):
                self._past_visit(day)
        self._today()
        for day in self._working_days(1, FUTURE_DAYS):
            patient = self.dice.choice(self.regulars)
            self._booked(day, patient, self._doctor_for(patient))
        self._next_for_the_first_patients()

    def _working_days(self, first: int, last: int) -> Iterator[date]:
        for offset in range(first, last + 1):
            day = self.today + timedelta(days=offset)
            if day.weekday() < 5:
                yield day

    def _doctor_for(self, patient: Person) -> Membership:
        """Children see the paediatricians, adults the others."""
        is_child = (patient.age_on(self.today) or 0) < ADULT
        for_children = "Paediatrics"
        return self.dice.choice(
            [
                doctor
                for doctor in self.settled.doctors.values()
                if (doctor.department.name == for_children) == is_child
            ]
        )

    def _at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), self.zone)

    def _story(self, doctor: Membership) -> Story:
        return self.dice.choice(STORIES[doctor.department.name])

    def _time(self, day: date, doctor: Membership) -> datetime:
        step = doctor.visit_minutes
        block = self.dice.choice((9, 15))
        minutes = self.dice.randrange(0, 4 * 60 - step + 1, step)
        return self._at(day, block) + timedelta(minutes=minutes)

    def _booked(
        self,
        day: date,
        patient: Person,
        doctor: Membership,
        starts_at: datetime | None = None,
    ) -> Appointment | None:
        """Booked some days before; None when the dice met a taken time."""
        starts_at = starts_at or self._time(day, doctor)
        asked = min(clock.now(), starts_at - timedelta(days=self.dice.randint(1, 20)))
        story = self._story(doctor)
        try:
            with clock.at(asked):
                return book(
                    clinic=self.settled.clinic,
                    patient=patient,
                    doctor=doctor,
                    starts_at=starts_at,
                    visit_type=self.dice.choice(("consultation", "follow-up")),
                    reason=story.reason,
                    by=patient.user.as_actor(role="patient"),
                )
        except SlotTaken:
            return None

    def _past_visit(self, day: date) -> None:
        patient = self.dice.choice(self.regulars)
        appointment = self._booked(day, patient, self._doctor_for(patient))
        if appointment is None:
            return
        fate = self.dice.random()
        if fate < 0.06:
            self._cancelled(appointment)
        elif fate < 0.09:
            with clock.at(appointment.ends_at):
                mark_no_show(appointment=appointment, by=self._desk())
        else:
            self._arrived(appointment)
            self._seen(appointment)

    def _desk(self) -> Any:
        return self.settled.staff.user.as_actor(role=Role.STAFF)

    def _cancelled(self, appointment: Appointment) -> None:
        person = appointment.patient
        with clock.at(appointment.starts_at - timedelta(hours=20)):
            cancel(
                appointment=appointment,
                reason="I cannot come on that day",
                by=person.user.as_actor(role="patient"),
            )

    def _arrived(self, appointment: Appointment, minutes_early: int = 6) -> None:
        with clock.at(appointment.starts_at - timedelta(minutes=minutes_early)):
            arrive(appointment=appointment, by=self._desk())

    def _seen(self, appointment: Appointment) -> None:
        doctor = appointment.doctor
        by = doctor.user.as_actor(role=Role.DOCTOR)
        with clock.at(appointment.starts_at + timedelta(minutes=2)):
            encounter = open_encounter(appointment=appointment, member=doctor, by=by)
        with clock.at(appointment.ends_at - timedelta(minutes=1)):
            sign(encounter=encounter, body=self._body(doctor), signer=doctor, by=by)

    def _body(self, doctor: Membership) -> dict[str, Any]:
        story = self._story(doctor)
        return {
            "visit_type": "consultation",
            "notes": story.notes,
            "plan": story.plan,
            "diagnoses": [{"code": story.code, "text": story.diagnosis}],
            "lines": [
                {
                    "medicine": medicine,
                    "strength": strength,
                    "dose": dose,
                    "frequency": frequency,
                    "duration_days": str(days),
                    "instructions": "",
                }
                for medicine, strength, dose, frequency, days in story.medicines
            ],
        }

    def _today(self) -> None:
        """A full day for the first two doctors, as far as it has come by now."""
        for doctor in list(self.settled.doctors.values())[:2]:
            if self.today.weekday() >= 5:
                self._open_on_a_day_off(doctor)
            times = [(9, 0), (9, 40), (10, 20), (11, 0), (11, 40), (12, 20)]
            times += [(15, 0), (15, 40), (16, 20), (17, 0), (18, 0)]
            adults = [p for p in self.regulars if (p.age_on(self.today) or 0) >= ADULT]
            people = self.dice.sample(adults, k=min(len(times), len(adults)))
            for (hour, minute), patient in zip(times, people, strict=False):
                start = self._step(doctor, self._at(self.today, hour, minute))
                try:
                    self._part_of_today(patient, doctor, start)
                except BookingError:
                    continue

    def _step(self, doctor: Membership, moment: datetime) -> datetime:
        """The doctor's step at or before that time of day."""
        opening = moment.replace(hour=9 if moment.hour < 13 else 15, minute=0)
        steps = (moment - opening) // timedelta(minutes=doctor.visit_minutes)
        return opening + steps * timedelta(minutes=doctor.visit_minutes)

    def _open_on_a_day_off(self, doctor: Membership) -> None:
        by = doctor.user.as_actor(role=Role.DOCTOR)
        with clock.at(self._at(self.today - timedelta(days=3), 12)):
            for block in Block:
                set_day_block(
                    doctor=doctor, date=self.today, block=block, is_on=True, by=by
                )

    def _part_of_today(
        self, patient: Person, doctor: Membership, start: datetime
    ) -> None:
        appointment = self._booked(self.today, patient, doctor, start)
        now = clock.now()
        if appointment is None or start - timedelta(minutes=20) > now:
            return
        if appointment.ends_at <= now - timedelta(minutes=10):
            if self.dice.random() < 0.1:
                mark_no_show(appointment=appointment, by=self._desk())
                return
            self._arrived(appointment)
            self._seen(appointment)
        elif start <= now:
            self._arrived(appointment)
            self._begun(appointment)
        else:
            self._arrived(appointment, minutes_early=15)

    def _begun(self, appointment: Appointment) -> None:
        doctor = appointment.doctor
        by = doctor.user.as_actor(role=Role.DOCTOR)
        with clock.at(appointment.starts_at):
            encounter = open_encounter(appointment=appointment, member=doctor, by=by)
            save_draft(
                encounter=encounter,
                body={**self._body(doctor), "plan": ""},
                revision=0,
                by_user=doctor.user,
                by=by,
            )

    def _next_for_the_first_patients(self) -> None:
        """Whoever signs in as patient or patient2 has something ahead of them."""
        doctors = list(self.settled.doctors.values())
        for index, patient in enumerate(self.settled.patients[:2]):
            for offset in (7, 16):
                day = self.today + timedelta(days=offset)
                day += timedelta(
                    days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0
                )
                hour = 10 + index + (5 if offset == 16 else 0)
                self._booked(day, patient, doctors[index % 2], self._at(day, hour))


def statuses(settled: Settled) -> dict[str, int]:
    found = Appointment.objects.filter(clinic=settled.clinic)
    return {status: found.filter(status=status).count() for status in Status.values}
