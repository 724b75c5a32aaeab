from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from appointments.models.hold import Hold
from appointments.models.service import Asset
from appointments.models.together import GroupSession

LONGEST = timedelta(hours=24)


class ResourceQuerySet(models.QuerySet["Resource"]):
    def locked(
        self, people: Collection[Person], assets: Collection[Asset] = ()
    ) -> "Locked":
        """The rows of people and assets, made if missing and locked in id order.

        Call it inside a transaction: who holds them is the only one to book for
        these until it ends.
        """
        mine = Q(person__in=people) | Q(asset__in=assets)
        rows = self.filter(mine).select_for_update().order_by("id")
        found = Locked(rows)
        if len(found.rows) == len({*people}) + len({*assets}):
            return found
        missing = [self.model(person=each) for each in people]
        missing += [self.model(asset=each) for each in assets]
        known = found.keys
        self.bulk_create(
            [each for each in missing if each.key not in known], ignore_conflicts=True
        )
        return Locked(rows.all())


class Locked:
    """Resources in the caller's hands until the transaction ends."""

    def __init__(self, rows: Iterable["Resource"]) -> None:
        self.rows = list(rows)
        self.by_key = {row.key: row for row in self.rows}

    @property
    def keys(self) -> set[tuple[str, int]]:
        return set(self.by_key)

    def of(self, thing: Person | Asset) -> "Resource":
        kind = "person" if isinstance(thing, Person) else "asset"
        return self.by_key[kind, thing.pk]


class Resource(models.Model):
    """Something that can be in one place at a time: a person, a room, a device.

    A person is the same in every clinic; a room or device belongs to one.
    """

    person = models.OneToOneField(
        Person, null=True, on_delete=models.PROTECT, related_name="resource"
    )
    asset = models.OneToOneField(
        Asset, null=True, on_delete=models.PROTECT, related_name="resource"
    )

    objects = ResourceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True, asset__isnull=False)
                | Q(person__isnull=False, asset__isnull=True),
                name="resource_is_one_thing",
            )
        ]

    def __str__(self) -> str:
        return str(self.person or self.asset)

    @property
    def key(self) -> tuple[str, int]:
        if self.person_id is not None:
            return "person", self.person_id
        return "asset", self.asset_id or 0


class ClaimQuerySet(models.QuerySet["Claim"]):
    def in_force(self, now: datetime) -> "ClaimQuerySet":
        """Active, and not of a hold that is over."""
        lasting = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
        return self.filter(lasting, active=True)

    def besides_form_of(self, patient: Person) -> "ClaimQuerySet":
        """Without what this patient holds while filling a form."""
        return self.exclude(hold__patient=patient, hold__purpose=Hold.Purpose.FORM)

    def within(self, start: datetime, end: datetime) -> "ClaimQuerySet":
        return self.filter(
            busy_start__gt=start - LONGEST, busy_start__lt=end, busy_end__gt=start
        )

    def busy(
        self,
        people: Collection[int],
        *,
        start: datetime,
        end: datetime,
        now: datetime,
    ) -> Iterable[tuple[int, datetime, datetime]]:
        """When these people (ids) are taken within [start, end), in order."""
        mine = self.filter(resource__person_id__in=people)
        return (
            mine.in_force(now)
            .within(start, end)
            .order_by("busy_start")
            .values_list("resource__person_id", "busy_start", "busy_end")
        )

    def busy_assets(
        self,
        assets: Collection[int],
        *,
        start: datetime,
        end: datetime,
        now: datetime,
    ) -> Iterable[tuple[int, datetime, datetime]]:
        mine = self.filter(resource__asset_id__in=assets)
        return (
            mine.in_force(now)
            .within(start, end)
            .order_by("busy_start")
            .values_list("resource__asset_id", "busy_start", "busy_end")
        )

    def release_expired(self, resources: Collection["Resource"], now: datetime) -> int:
        """Give back what holds on these resources have outlived; under their locks."""
        mine = self.filter(resource__in=resources, active=True)
        return mine.filter(expires_at__lte=now).update(active=False)


class Claim(models.Model):
    """An appointment, a group session or a hold takes a resource's time,
    [busy_start, busy_end) in UTC.

    The database refuses two active claims of one resource that overlap.
    """

    appointment = models.ForeignKey(
        "appointments.Appointment",
        null=True,
        on_delete=models.PROTECT,
        related_name="claims",
    )
    session = models.ForeignKey(
        GroupSession, null=True, on_delete=models.PROTECT, related_name="claims"
    )
    hold = models.ForeignKey(
        Hold, null=True, on_delete=models.CASCADE, related_name="claims"
    )
    resource = models.ForeignKey(
        Resource, on_delete=models.PROTECT, related_name="claims"
    )
    busy_start = models.DateTimeField()
    busy_end = models.DateTimeField()
    active = models.BooleanField(default=True)
    expires_at = models.DateTimeField(null=True)

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
            models.CheckConstraint(
                condition=Q(appointment__isnull=False, session=None, hold=None)
                | Q(appointment=None, session__isnull=False, hold=None)
                | Q(appointment=None, session=None, hold__isnull=False),
                name="claim_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(hold=None, expires_at=None)
                | Q(hold__isnull=False, expires_at__isnull=False),
                name="claim_of_a_hold_ends",
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
