from datetime import time

import factory
from factory.django import DjangoModelFactory

from appointments.models import Asset, Service, WeeklyRule
from clinics.factories import ClinicFactory, MembershipFactory
from clinics.models import Role


class WeeklyRuleFactory(DjangoModelFactory[WeeklyRule]):
    class Meta:
        model = WeeklyRule

    doctor = factory.SubFactory(MembershipFactory, role=Role.DOCTOR)
    clinic = factory.SelfAttribute("doctor.clinic")
    weekday = 0
    starts = time(9)
    ends = time(12)


class AssetFactory(DjangoModelFactory[Asset]):
    class Meta:
        model = Asset

    clinic = factory.SubFactory(ClinicFactory)
    kind = "room"
    name = factory.Sequence(lambda n: f"Room {n}")


class ServiceFactory(DjangoModelFactory[Service]):
    class Meta:
        model = Service
        skip_postgeneration_save = True

    doctor = factory.SubFactory(MembershipFactory, role=Role.DOCTOR)
    clinic = factory.SelfAttribute("doctor.clinic")
    kind = "consultation"
    name = factory.Sequence(lambda n: f"Visit {n}")
    minutes = 30

    @factory.post_generation
    def needs(self, create: bool, extracted: list[Asset] | None, **_: object) -> None:
        if create and extracted:
            self.needs.set(extracted)
