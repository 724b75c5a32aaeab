"""The card on the doctor's day that says which notes still wait for a signature."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.day import Panel, PanelRow
from clinics.models import Membership
from healthcare import dates
from records.charting.models import Encounter

MOST = 20
LATE = timedelta(days=1)


def unsigned_panel(doctor: Membership, now: datetime) -> Panel:
    unsigned = Encounter.objects.unsigned_by(doctor).select_related(
        "patient", "clinic", "appointment"
    )
    return Panel(
        id="unsigned",
        title=_("Unsigned visits"),
        rows=[_row(each, now) for each in unsigned[:MOST]],
        empty_text=_("Every visit is signed."),
    )


def _row(encounter: Encounter, now: datetime) -> PanelRow:
    url = reverse("charting:encounter", args=[encounter.clinic.slug, encounter.uid])
    when = dates.moment(encounter.started_at, encounter.clinic.zone)
    reason = encounter.appointment.reason
    late = now - encounter.started_at >= LATE
    return PanelRow(
        title=encounter.patient.clinical_name,
        url=url,
        sub=f"{when} · {reason}" if reason else when,
        icon="pen",
        kind="warn" if late else "",
        pill=_waits(now - encounter.started_at) if late else "",
        pill_kind="warn" if late else "",
        pill_icon="clock" if late else "",
        verb=_("Open"),
        verb_url=url,
    )


def _waits(age: timedelta) -> str:
    told = ngettext("Waits %(count)d day", "Waits %(count)d days", age.days)
    return told % {"count": age.days}
