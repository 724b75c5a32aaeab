from datetime import date

import factory
from factory.django import DjangoModelFactory

from accounts.models import DoctorProfile, Person, User

PASSWORD = "healix-demo-1"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user{n}@healix.test")

    @factory.post_generation
    def verified(self, create: bool, extracted: bool | None, **kwargs: object) -> None:
        """A verified address, so that allauth lets the account in."""
        if create and extracted is not False:
            self.emailaddress_set.create(email=self.email, verified=True, primary=True)


class PersonFactory(DjangoModelFactory[Person]):
    class Meta:
        model = Person

    user = factory.SubFactory(UserFactory)
    given_name = factory.Sequence(lambda n: f"Given{n}")
    family_name = factory.Sequence(lambda n: f"Family{n}")
    date_of_birth = date(1980, 5, 17)
    sex = Person.Sex.FEMALE


class DoctorProfileFactory(DjangoModelFactory[DoctorProfile]):
    class Meta:
        model = DoctorProfile

    person = factory.SubFactory(PersonFactory)
    specialization = "Cardiology"
    qualifications = "MD, FESC"
    practising_since = 2010
