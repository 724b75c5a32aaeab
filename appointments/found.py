"""The search for a free time as its page shows it: what is asked, what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.forms import LANGUAGES
from accounts.models import Person
from appointments import when
from appointments.finder import Found, Pairs, Wanted, first_times
from appointments.forms import FinderForm
from appointments.kinds import described, query_of, services_of
from appointments.models import Service, VisitType
from appointments.offers import specialization
from appointments.ways import PATIENT
from clinics.models import Clinic, Membership
from healthcare import clock


@dataclass(frozen=True)
class Row:
    """One free time to book; `leaf` is its day."""

    weekday: str
    day: str
    month: str
    title: str
    sub: str
    url: str


@dataclass(frozen=True)
class Search:
    """A clinic's doctors who can be booked, with what patients may book."""

    clinic: Clinic
    doctors: Sequence[Membership]
    services: Mapping[int, Sequence[Service]]

    @property
    def options(self) -> dict[str, list[tuple[str, str]]]:
        """The choices of the form: only what there is at the clinic."""
        departments = {
            str(each.department.uid): each.department.name
            for each in self.doctors
            if each.department
        }
        names = {str(each.uid): each.person.formal_name for each in self.doctors}
        special = {
            name: name for each in self.doctors if (name := specialization(each))
        }
        every = {
            service.kind for each in self.doctors for service in self.services[each.pk]
        }
        spoken = {each.person.language for each in self.doctors}
        return {
            "department": _by_name(departments),
            "doctor": _by_name(names),
            "specialization": _by_name(special),
            "kind": [
                (kind, str(label)) for kind, label in VisitType.choices if kind in every
            ],
            "language": [(code, name) for code, name in LANGUAGES if code in spoken],
        }

    def pairs(self, form: FinderForm) -> Pairs:
        """What the form asks for: a doctor's kinds of that type, or the first."""
        asked = {name: form.value(name) for name in self.options}
        found = []
        for doctor in self.doctors:
            if _fits(doctor, asked):
                offered = self.services[doctor.pk]
                kind = asked["kind"]
                chosen = [each for each in offered if each.kind == kind]
                found += [(doctor, each) for each in (chosen if kind else offered[:1])]
        return found

    def rows(self, form: FinderForm, patient: Person) -> list[Row]:
        if not form.is_valid():
            return []
        wanted = Wanted(
            weekdays=frozenset(form.value("weekday") or ()),
            parts=frozenset(form.value("part") or ()),
        )
        found = first_times(
            self.pairs(form), now=clock.now(), patient=patient, wanted=wanted
        )
        return [_row(each) for each in found]


def search_at(clinic: Clinic) -> Search:
    """Three queries."""
    every = [
        each
        for each in Membership.objects.doctors().filter(clinic=clinic)
        if each.department and each.department.is_active
    ]
    services = services_of(every)
    return Search(clinic, [each for each in every if services[each.pk]], services)


def looser(form: FinderForm) -> str:
    """What to leave open when nothing was found."""
    narrow = [
        str(form.fields[name].label).lower()
        for name in ("part", "weekday", "language", "doctor", "specialization")
        if form.value(name)
    ]
    if not narrow:
        return _("No doctor of this clinic has a free time that you can book.")
    return _("No free time fits. Leave this open: %(names)s.") % {
        "names": ", ".join(narrow)
    }


def _fits(doctor: Membership, asked: Mapping[str, Any]) -> bool:
    department = str(doctor.department.uid) if doctor.department else ""
    has = {
        "department": department,
        "doctor": str(doctor.uid),
        "specialization": specialization(doctor),
        "language": doctor.person.language,
    }
    return all(not asked[name] or asked[name] == value for name, value in has.items())


def _by_name(choices: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(choices.items(), key=lambda choice: choice[1])


def _row(found: Found) -> Row:
    doctor, service = found.doctor, found.service
    zone = doctor.clinic.zone
    day = found.starts_at.astimezone(zone).date()
    words = {
        "time": when.wall_time(found.starts_at, zone),
        "doctor": doctor.person.formal_name,
    }
    about = [specialization(doctor), service.name, described(service, doctor.clinic)]
    time = when.format_instant(found.starts_at)
    return Row(
        weekday=f"{day:%a}",
        day=f"{day.day}",
        month=f"{day:%b} {day.year}",
        title=_("%(time)s, with %(doctor)s") % words,
        sub=", ".join(part for part in about if part),
        url=PATIENT.time_url(doctor, time=time, **query_of(service)),
    )
