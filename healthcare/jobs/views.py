"""The pages of one's own jobs. Plain functions; healthcare/urls.py gives the policy."""

from uuid import UUID

from django.contrib import messages
from django.core.files import File
from django.core.paginator import Paginator
from django.db import transaction
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from healthcare.jobs import actions
from healthcare.jobs.models import Job
from healthcare.jobs.pages import card_of
from healthcare.policy import no_store

PER_PAGE = 20
SANDBOX = "sandbox; default-src 'none'"


@require_GET
def job_list(request: HttpRequest) -> HttpResponseBase:
    jobs = Job.objects.visible_to(request.user).newest_first()
    page = Paginator(jobs, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "cards": [card_of(job) for job in page]}
    return no_store(render(request, "jobs/list.html", context))


@require_GET
def detail(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The page, or for a poll only the card on it."""
    job = _own_job(request, uid)
    is_poll = "X-Healix-Poll" in request.headers
    template = "jobs/_card.html" if is_poll else "jobs/detail.html"
    trail = [(_("Your files and reports"), reverse("jobs:list")), (_("Progress"), "")]
    context = {"job": job, "card": card_of(job), "trail": trail}
    return no_store(render(request, template, context))


@require_GET
def download(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    job = _own_job(request, uid)
    if job.status != Job.Status.DONE:
        raise Http404
    with transaction.atomic():
        actions.note_download(job=job, by=request.actor)
        content = _opened(job)
    response = FileResponse(content, as_attachment=True, filename=job.file_name)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    return no_store(response)


@require_POST
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    job = _own_job(request, uid)
    try:
        actions.cancel(job=job, by=request.actor)
    except actions.NotOpen:
        messages.info(request, _("It had ended already."))
    return redirect("jobs:detail", uid)


@require_POST
def retry(request: HttpRequest, uid: UUID) -> HttpResponse:
    job = _own_job(request, uid)
    try:
        actions.retry(job=job, by=request.actor)
    except actions.StillOpen:
        messages.info(request, _("There was nothing to try again."))
    return redirect("jobs:detail", uid)


def _opened(job: Job) -> File:
    try:
        return job.file.open("rb")
    except (ValueError, FileNotFoundError) as error:
        raise Http404 from error


def _own_job(request: HttpRequest, uid: UUID) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.user), uid=uid)
