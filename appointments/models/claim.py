from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from accounts.models import Person

LONGEST = timedelta(hours=24)


class ResourceQuerySet(models.QuerySet["Resource"]):
    def locked(self, people: Collection[Person]) -> dict[int, "Resource"]:
        """The people's rows, by person id, made if missing and locked in id order.

        Call it inside a transaction: who holds them is the only one to book for
        these people until it ends.
        """
        ids = sorted(person.pk for person in people)
        rows = self.filter(person_id__in=ids).select_for_update().order_by("id")
        found: dict[int, Resource] = {row.person_id: row for row in rows}
        if len(found) == len(ids):
            return found
        missing = [self.model(person_id=pk) for pk in ids if pk not in found]
        self.bulk_create(missing, ignore_conflicts=True)
        return {row.person_id: row for row in rows.all()}


class Resource(models.Model):
    """Something that can be in one place at a time: a person, later a room."""

    person = models.OneToOneField(
        Person, on_delete=models.PROTECT, related_name="resource"
    )

    objects = ResourceQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.person)


class ClaimQuerySet(models.QuerySet["Claim"]):
    def busy(
        self, people: Collection[int], *, start: datetime, end: datetime
    ) -> Iterable[tuple[int, datetime, datetime]]:
        """Active claims of these people (ids) within [start, end), in order."""
        return (
            self.filter(
                active=True,
                resource__person_id__in=people,
                busy_start__gt=start - LONGEST,
                busy_start__lt=end,
                busy_end__gt=start,
            )
            .order_by("busy_start")
            .values_list("resource__person_id", "busy_start", "busy_end")
        )


class Claim(models.Model):
    """An appointment takes a resource's time, [busy_start, busy_end) in UTC.

    The database refuses two active claims of one resource that overlap.
    """

    appointment = models.ForeignKey(
        "appointments.Appointment", on_delete=models.PROTECT, related_name="claims"
    )
    resource = models.ForeignKey(
        Resource, on_delete=models.PROTECT, related_name="claims"
    )
    busy_start = models.DateTimeField()
    busy_end = models.DateTimeField()
    active = models.BooleanField(default=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(busy_end__gt=F("busy_start")), name="claim_order"
            ),
            models.CheckConstraint(
                condition=Q(busy_end__lte=F("busy_start") + LONGEST),
                name="claim_one_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["resource", "busy_start", "busy_end"],
                name="claim_busy",
                condition=Q(active=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.busy_start:%Y-%m-%d %H:%M}"
