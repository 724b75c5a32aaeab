"""Opening, writing and signing a visit's note."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appointments.actions import BookingError
from appointments.models import Appointment
from clinics.access import Permission, access
from records.charting.actions import note_read, open_encounter, sign
from records.charting.errors import ChartingError
from records.charting.models import Encounter
from records.charting.views import writing
from records.charting.views.pages import confirm_page, read_page, write_page

METHODS = ["GET", "HEAD", "POST"]


@access(Permission.CHART_WRITE)
@require_POST
def open_visit(request: HttpRequest, uid: UUID) -> HttpResponse:
    mine = Appointment.objects.visible_to(request.membership).with_people()
    appointment = get_object_or_404(mine, uid=uid)
    try:
        encounter = open_encounter(
            appointment=appointment, member=request.membership, by=request.actor
        )
    except (BookingError, ChartingError) as refusal:
        messages.error(request, refusal.message)
        return redirect("appointments:day", clinic=request.clinic.slug)
    return redirect("charting:encounter", clinic=request.clinic.slug, uid=encounter.uid)


@access(Permission.CHART_VIEW)
@require_http_methods(METHODS)
def encounter(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The note: to write for the visit's doctor, to read once it is signed."""
    found = _encounter(request, uid)
    if request.method == "POST":
        return writing.answer(request, found)
    note_read(encounter=found, by=request.actor)
    if found.is_signed or found.doctor != request.membership:
        return render(request, "charting/note.html", read_page(request, found))
    return render(request, "charting/write.html", write_page(request, found))


@access(Permission.CHART_WRITE)
@require_http_methods(METHODS)
def sign_note(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Asks first: what happens, and what exactly is signed."""
    found = _encounter(request, uid)
    own = redirect("charting:encounter", clinic=request.clinic.slug, uid=uid)
    if found.is_signed or found.doctor != request.membership:
        return own
    if request.method != "POST":
        return render(request, "charting/sign.html", confirm_page(request, found))
    try:
        sign(
            encounter=found,
            body=found.draft.body,
            signer=request.membership,
            by=request.actor,
            revision=writing.revision_of(request.POST),
        )
    except (BookingError, ChartingError) as refusal:
        messages.error(request, refusal.message)
        return own
    messages.success(request, _("Signed. The patient can read it now."))
    return own


def _encounter(request: HttpRequest, uid: UUID) -> Encounter:
    visible = Encounter.objects.visible_to(request.membership).with_people().with_note()
    return get_object_or_404(visible, uid=uid)
