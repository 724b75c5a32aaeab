from datetime import time

import factory
from factory.django import DjangoModelFactory

from appointments.models import WeeklyRule
from clinics.factories import MembershipFactory
from clinics.models import Role


class WeeklyRuleFactory(DjangoModelFactory[WeeklyRule]):
    class Meta:
        model = WeeklyRule

    doctor = factory.SubFactory(MembershipFactory, role=Role.DOCTOR)
    clinic = factory.SelfAttribute("doctor.clinic")
    weekday = 0
    starts = time(9)
    ends = time(12)
