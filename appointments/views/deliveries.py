"""What was sent to whom, and what to do about what did not arrive."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appointments.actions.deliveries import NotRepeatable, try_again
from appointments.models import Delivery
from appointments.reminders.forms import DeliveryFilter
from appointments.reminders.log import found, lines
from clinics.access import Permission, access
from clinics.crumbs import crumbs
from healthcare import clock
from healthcare.cursor import cursor_page

PER_PAGE = 25


@access(Permission.APPOINTMENT_MANAGE)
@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    clinic, form = request.clinic, DeliveryFilter(request.GET)
    page = cursor_page(
        found(Delivery.objects.visible_to(request.membership), form, clinic),
        request.GET,
        by="created_at",
        size=PER_PAGE,
        newest_first=form.value("sort") != "oldest",
    )
    context = {
        "form": form,
        "page": page,
        "lines": lines(page.rows, clinic, clock.now()),
        "address": reverse("appointments:deliveries", args=[clinic.slug]),
        "is_filtered": any(request.GET.dict().values()),
        "trail": crumbs(clinic, (_("Message deliveries"), "")),
    }
    return render(request, "appointments/deliveries.html", context)


@access(Permission.APPOINTMENT_MANAGE)
@require_POST
def retry(request: HttpRequest, uid: UUID) -> HttpResponse:
    visible = Delivery.objects.visible_to(request.membership).with_rows()
    delivery = get_object_or_404(visible, uid=uid)
    try:
        try_again(delivery=delivery, by=request.actor)
    except NotRepeatable as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("The message is on its way again."))
    return redirect("appointments:deliveries", clinic=request.clinic.slug)
