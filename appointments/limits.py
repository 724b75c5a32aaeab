"""What a patient has booked, missed and cancelled late, against a clinic's limits."""

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import Person
from appointments.models import Appointment, BookingPolicy, Status

HALF_A_YEAR = timedelta(days=182)


def limits_reached(policy: BookingPolicy, patient: Person, now: datetime) -> list[str]:
    """What is reached, in words for the patient; one query, none without limits."""
    limits = (policy.most_open, policy.most_missed, policy.most_late)
    if not any(limits):
        return []
    recent = Q(starts_at__gte=now - HALF_A_YEAR)
    counts = Appointment.objects.filter(
        clinic_id=policy.clinic_id, patient=patient
    ).aggregate(
        open=Count(
            "pk",
            filter=Q(status__in=(Status.REQUESTED, Status.BOOKED), starts_at__gt=now),
        ),
        missed=Count("pk", filter=recent & Q(status=Status.NO_SHOW)),
        late=Count("pk", filter=recent & Q(cancelled_late=True)),
    )
    told = {
        "open": _(
            "You have %(count)d visits booked ahead, as many as this clinic takes."
        ),
        "missed": _("You missed %(count)d visits in the last six months."),
        "late": _("You cancelled %(count)d visits late in the last six months."),
    }
    reached = dict(zip(("open", "missed", "late"), limits, strict=True))
    found = [
        told[name] % {"count": counts[name]}
        for name, most in reached.items()
        if most and counts[name] >= most
    ]
    return [*found, _("Please call the clinic.")] if found else []
