"""Ways in from outside: calendar feeds, links in e-mails, posters in waiting rooms."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from appointments.models.appointment import Appointment
from clinics.models import Clinic, Membership, Role
from healthcare.db.models import PublicModel

MOST_WRONG = 5


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def of_person(self, person: Person) -> "CalendarFeedQuerySet":
        return self.filter(person=person)

    def visible_to(self, membership: Membership) -> "CalendarFeedQuerySet":
        """The member's own."""
        return self.filter(membership=membership)

    def live(self) -> "CalendarFeedQuerySet":
        return self.filter(revoked_at__isnull=True)

    def served(self, token_hash: str) -> "CalendarFeed | None":
        """The live feed with that token whose owner is still a patient or a doctor."""
        patient = Q(person__user__is_active=True)
        doctor = Q(
            membership__is_active=True,
            membership__user__is_active=True,
            membership__clinic__is_active=True,
            membership__role=Role.DOCTOR,
        )
        return (
            self.live()
            .filter(patient | doctor, token_hash=token_hash)
            .select_related(
                "person__user__person",
                "membership__user__person",
                "membership__clinic",
            )
            .first()
        )


class CalendarFeed(PublicModel):
    """A secret address at which a calendar program reads somebody's visits.

    Only a hash of its token is kept. `last_used_at` moves once a day.
    """

    person = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="calendar_feeds"
    )
    membership = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="calendar_feeds"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True, membership__isnull=False)
                | Q(person__isnull=False, membership__isnull=True),
                name="appointments_feed_one_owner",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(revoked_at__isnull=True),
                name="appointments_feed_person_once",
            ),
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(revoked_at__isnull=True),
                name="appointments_feed_member_once",
            ),
        ]

    def __str__(self) -> str:
        return "Calendar feed"


class LinkTriesQuerySet(models.QuerySet["LinkTries"]):
    def take(self, appointment: Appointment) -> bool:
        """Count a try before it is made; False when none is left."""
        self.get_or_create(
            appointment=appointment, defaults={"clinic_id": appointment.clinic_id}
        )
        left = self.filter(appointment=appointment, wrong__lt=MOST_WRONG)
        return left.update(wrong=F("wrong") + 1) == 1

    def give_back(self, appointment: Appointment) -> None:
        self.filter(appointment=appointment).update(wrong=F("wrong") - 1)

    def used_up(self, appointment: Appointment) -> bool:
        return self.filter(appointment=appointment, wrong__gte=MOST_WRONG).exists()


class LinkTries(models.Model):
    """How often a wrong date of birth was given for a visit, without signing in."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    appointment = models.OneToOneField(
        Appointment, on_delete=models.PROTECT, related_name="link_tries"
    )
    wrong = models.PositiveSmallIntegerField(default=0)

    objects = LinkTriesQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.wrong} wrong"


class PosterQuerySet(models.QuerySet["Poster"]):
    def visible_to(self, membership: Membership) -> "PosterQuerySet":
        return self.filter(clinic=membership.clinic_id)

    def hanging(self) -> "PosterQuerySet":
        return self.filter(replaced_at__isnull=True).select_related("clinic")

    def named(self, slug: str, code: str) -> "Poster | None":
        """The poster that hangs in that clinic with that code."""
        here = self.hanging().filter(clinic__slug=slug, clinic__is_active=True)
        return here.filter(code=code).first()


class Poster(PublicModel):
    """The code that hangs in a clinic's waiting room, for everybody to see."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    objects = PosterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic"],
                condition=Q(replaced_at__isnull=True),
                name="appointments_poster_once",
            )
        ]

    def __str__(self) -> str:
        return "Check-in poster"
