from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from healthcare.db.models import PublicModel


class WordField(models.CharField):
    """Its choices are words for people and no part of the schema."""

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, options = super().deconstruct()
        options.pop("choices", None)
        return name, "django.db.models.CharField", args, options


class Action(models.TextChoices):
    """What happened, as `noun.verb`."""

    LOGGED_IN = "session.login", _("Signed in")
    LOGIN_FAILED = "session.failed", _("Sign-in failed")
    LOGGED_OUT = "session.logout", _("Signed out")
    ACCOUNT_CREATED = "account.created", _("Account created")
    ACCOUNT_CHANGED = "account.changed", _("Account changed")
    PROFILE_CHANGED = "profile.changed", _("Profile changed")
    FACTOR_CHANGED = "account.factor", _("Second factor changed")
    ACCESS_REFUSED = "access.refused", _("Refused")
    CLINIC_CREATED = "clinic.created", _("Clinic created")
    CLINIC_CHANGED = "clinic.changed", _("Clinic changed")
    MEMBER_ADDED = "member.added", _("Member added")
    MEMBER_CHANGED = "member.changed", _("Member changed")
    INVITED = "invitation.sent", _("Invited")
    INVITATION_ACCEPTED = "invitation.accepted", _("Invitation accepted")
    INVITATION_REVOKED = "invitation.revoked", _("Invitation revoked")
    PATIENT_REGISTERED = "patient.registered", _("Patient registered")
    PATIENT_OPENED = "patient.opened", _("Patient details opened")
    PATIENT_BLOCKED = "patient.blocked", _("Patient blocked")
    PATIENT_UNBLOCKED = "patient.unblocked", _("Patient unblocked")
    CARE_TEAM_CHANGED = "careteam.changed", _("Care team changed")
    AVAILABILITY_CHANGED = "availability.changed", _("Availability changed")
    HELD = "appointment.held", _("Time held")
    REQUESTED = "appointment.asked", _("Visit asked for")
    APPROVED = "appointment.approved", _("Visit confirmed")
    BOOKED = "appointment.booked", _("Booked")
    MOVED = "appointment.moved", _("Moved")
    SERVICES_CHANGED = "services.changed", _("Visit types changed")
    WAITING_JOINED = "waitlist.joined", _("Joined the waitlist")
    WAITING_LEFT = "waitlist.left", _("Left the waitlist")
    TIME_OFFERED = "waitlist.offered", _("Time offered")
    OFFER_ACCEPTED = "waitlist.accepted", _("Offer accepted")
    OFFER_DECLINED = "waitlist.declined", _("Offer declined")
    OFFER_EXPIRED = "waitlist.expired", _("Offer expired")
    ARRIVED = "appointment.arrived", _("Arrived")
    STARTED = "appointment.started", _("Visit started")
    COMPLETED = "appointment.completed", _("Visit completed")
    CANCELLED = "appointment.cancelled", _("Cancelled")
    NO_SHOW = "appointment.noshow", _("No-show")
    REVERTED = "appointment.reverted", _("Taken back")
    APPOINTMENT_OPENED = "appointment.opened", _("Appointment opened")
    LINK_OPENED = "link.opened", _("Visit link opened")
    FEED_CREATED = "feed.created", _("Calendar feed created")
    FEED_READ = "feed.read", _("Calendar feed read")
    FEED_REVOKED = "feed.revoked", _("Calendar feed stopped")
    POSTER_REPLACED = "poster.replaced", _("Check-in poster replaced")
    CHART_OPENED = "chart.opened", _("Chart opened")
    ENCOUNTER_OPENED = "encounter.opened", _("Visit note opened")
    ENCOUNTER_SAVED = "encounter.saved", _("Visit note saved")
    ENCOUNTER_SIGNED = "encounter.signed", _("Visit note signed")
    PRESCRIBED = "prescription.written", _("Prescribed")
    LOG_OPENED = "audit.opened", _("Log opened")
    LOG_VERIFIED = "audit.verified", _("Log verified")
    REPORT_REQUESTED = "report.requested", _("Report requested")
    REPORT_MADE = "report.made", _("Report made")
    REPORT_DOWNLOADED = "report.downloaded", _("Report downloaded")
    JOB_CANCELLED = "job.cancelled", _("Job cancelled")
    MESSAGE_RETRIED = "message.retried", _("Message tried again")
    DEMO_LOADED = "demo.loaded", _("Demo data loaded")


class Outcome(models.TextChoices):
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def of_clinic(self, clinic_uid: object) -> "AuditEventQuerySet":
        return self.filter(clinic_uid=clinic_uid)

    def about_patient(self, patient_uid: object) -> "AuditEventQuerySet":
        return self.filter(patient_uid=patient_uid)

    def newest_first(self) -> "AuditEventQuerySet":
        return self.order_by("-at", "-id")

    def oldest_first(self) -> "AuditEventQuerySet":
        return self.order_by("at", "id")

    def older_than(self, event: "AuditEvent") -> "AuditEventQuerySet":
        same_moment_or_later = Q(at=event.at, id__gte=event.pk)
        return self.filter(~same_moment_or_later, at__lte=event.at)

    def newer_than(self, event: "AuditEvent") -> "AuditEventQuerySet":
        same_moment_or_earlier = Q(at=event.at, id__lte=event.pk)
        return self.filter(~same_moment_or_earlier, at__gte=event.at)

    def named(self, uid: str) -> "AuditEvent | None":
        """The event with the uid that somebody typed, if it is one."""
        try:
            return self.filter(uid=UUID(uid)).first()
        except ValueError:
            return None


class AuditEvent(PublicModel):
    """One act of one actor. Ids and labels, so that it outlives what it tells of.

    Never holds a secret or clinical text.
    """

    at = models.DateTimeField()
    action = WordField(max_length=40, choices=Action.choices)
    outcome = WordField(max_length=10, choices=Outcome.choices)
    actor_kind = models.CharField(max_length=10)
    actor_uid = models.CharField(max_length=36, blank=True)
    actor_label = models.CharField(max_length=200)
    actor_role = models.CharField(max_length=20)
    clinic_uid = models.UUIDField(null=True)
    patient_uid = models.UUIDField(null=True)
    patient_label = models.CharField(max_length=200, blank=True)
    target_type = models.CharField(max_length=40, blank=True)
    target_uid = models.CharField(max_length=36, blank=True)
    target_label = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    channel = models.CharField(max_length=10)
    ip = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=36, blank=True)
    hmac = models.CharField(max_length=64)

    objects = AuditEventQuerySet.as_manager()

    SEALED = (
        "uid",
        "at",
        "action",
        "outcome",
        "actor_kind",
        "actor_uid",
        "actor_label",
        "actor_role",
        "clinic_uid",
        "patient_uid",
        "patient_label",
        "target_type",
        "target_uid",
        "target_label",
        "reason",
        "channel",
        "ip",
        "request_id",
    )

    class Meta:
        indexes = [
            models.Index(fields=["clinic_uid", "at"], name="audit_clinic"),
            models.Index(fields=["patient_uid", "at"], name="audit_patient"),
            models.Index(fields=["clinic_uid", "actor_uid", "at"], name="audit_actor"),
            models.Index(fields=["clinic_uid", "action", "at"], name="audit_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor_label}"


class Seal(models.Model):
    """A block of events, chained to the block before it; rows are only ever added."""

    number = models.PositiveBigIntegerField(unique=True)
    last_id = models.BigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    sealed_at = models.DateTimeField()
    previous = models.CharField(max_length=64, blank=True)
    hmac = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"Seal {self.number}"


class Verification(PublicModel):
    """What a reading of the whole chain found; rows are only ever added."""

    at = models.DateTimeField()
    by_label = models.CharField(max_length=200)
    intact = models.BooleanField()
    events = models.PositiveBigIntegerField()
    sealed = models.PositiveBigIntegerField()
    seconds = models.FloatField()
    clinics = models.JSONField(default=dict)
    findings = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"Verification of {self.events} events"
