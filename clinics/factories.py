import factory
from factory.django import DjangoModelFactory

from accounts.factories import DoctorProfileFactory, PersonFactory, UserFactory
from clinics.models import Clinic, Department, Membership, Registration, Role
from healthcare import clock


class ClinicFactory(DjangoModelFactory[Clinic]):
    class Meta:
        model = Clinic

    name = factory.Sequence(lambda n: f"Clinic {n}")
    slug = factory.Sequence(lambda n: f"clinic-{n}")
    time_zone = "Europe/Berlin"
    country = "DE"
    is_listed = True


class DepartmentFactory(DjangoModelFactory[Department]):
    class Meta:
        model = Department

    clinic = factory.SubFactory(ClinicFactory)
    name = factory.Sequence(lambda n: f"Department {n}")


class MembershipFactory(DjangoModelFactory[Membership]):
    """A membership whose user is a person, and a doctor with a profile."""

    class Meta:
        model = Membership
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    clinic = factory.SubFactory(ClinicFactory)
    role = Role.STAFF

    @factory.post_generation
    def person(self, create: bool, extracted: object, **kwargs: object) -> None:
        if not create or self.user.own_person():
            return
        name = self.user.email.split("@")[0]
        person = PersonFactory(
            user=self.user, given_name="Ada", family_name=name.title()
        )
        if self.role == Role.DOCTOR:
            person.title = "Dr"
            person.save(update_fields=["title"])
            DoctorProfileFactory(person=person)


class RegistrationFactory(DjangoModelFactory[Registration]):
    class Meta:
        model = Registration

    patient = factory.SubFactory(PersonFactory)
    clinic = factory.SubFactory(ClinicFactory)
    record_number = factory.Sequence(lambda n: f"R{n:07d}")
    registered_at = factory.LazyFunction(clock.now)
