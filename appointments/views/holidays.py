"""The clinic's holidays: a page of its settings."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appointments import actions
from appointments import holidays as shown
from appointments.availability_forms import HolidayFileForm, HolidayForm
from appointments.holiday_files import (
    LARGEST,
    HolidayFile,
    NotACalendar,
    read_holidays,
)
from appointments.models import Holiday
from clinics.access import Permission, access
from clinics.crumbs import crumbs
from clinics.paging import PER_PAGE
from clinics.tabs import settings_tabs
from healthcare import clock


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def holidays(request: HttpRequest) -> HttpResponse:
    """The coming ones, or the past; POST adds one."""
    form = HolidayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add_holiday(
                clinic=request.clinic, by=request.actor, **form.cleaned_data
            )
        except actions.HolidayExists as problem:
            form.add_error("date", problem.message)
        else:
            messages.success(request, _("Holiday added."))
            if count := shown.booked_on(request.clinic, [added.date]):
                messages.warning(request, shown.told_visits(count))
            return redirect("appointments:holidays", clinic=request.clinic.slug)
    return _page(request, form, HolidayFileForm())


@access(Permission.CLINIC_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def import_holidays(request: HttpRequest) -> HttpResponse:
    """Add the all-day events of a calendar file."""
    if request.method != "POST":
        return redirect("appointments:holidays", clinic=request.clinic.slug)
    form = HolidayFileForm(request.POST, request.FILES)
    if form.is_valid():
        today = clock.now().astimezone(request.clinic.zone).date()
        upload = form.cleaned_data["file"]
        try:
            read = read_holidays(upload.read(LARGEST + 1), today=today)
        except NotACalendar as problem:
            form.add_error("file", str(problem))
        else:
            return _imported(request, read)
    return _page(request, HolidayForm(), form)


def _imported(request: HttpRequest, read: HolidayFile) -> HttpResponse:
    done = actions.import_holidays(
        clinic=request.clinic, found=read.found, by=request.actor
    )
    tell = messages.success if done.added else messages.warning
    tell(request, shown.told_import(done))
    if left_out := shown.told_skipped(read):
        messages.info(request, left_out)
    if count := shown.booked_on(request.clinic, list(read.found)):
        messages.warning(request, shown.told_visits(count))
    return redirect("appointments:holidays", clinic=request.clinic.slug)


@access(Permission.CLINIC_MANAGE)
@require_POST
def remove_holiday(request: HttpRequest, uid: UUID) -> HttpResponse:
    holiday = get_object_or_404(Holiday.objects.visible_to(request.membership), uid=uid)
    actions.remove_holiday(holiday=holiday, by=request.actor)
    messages.success(request, _("Holiday removed. The doctors' hours count again."))
    return redirect("appointments:holidays", clinic=request.clinic.slug)


def _page(
    request: HttpRequest, form: HolidayForm, file_form: HolidayFileForm
) -> HttpResponse:
    today = clock.now().astimezone(request.clinic.zone).date()
    own, is_past = Holiday.objects.visible_to(request.membership), "past" in request.GET
    found = own.past(today) if is_past else own.coming(today)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "file_form": file_form,
        "forms": [form, file_form],
        "has_errors": bool(form.errors or file_form.errors),
        "page": page,
        "holidays": shown.rows(request.clinic, list(page)),
        "is_past": is_past,
        "clinic": request.clinic,
        "tabs": settings_tabs(request.clinic, "appointments:holidays"),
        "trail": crumbs(request.clinic, (_("Settings"), "")),
    }
    return render(request, "appointments/holidays.html", context)
