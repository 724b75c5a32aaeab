"""Pages for everybody: the list of clinics, one clinic, its colour and its logo."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe

from clinics.access import public
from clinics.faces import ClinicPage, card
from clinics.forms.people import ClinicFilter
from clinics.logos import logo_response
from clinics.models import Clinic
from healthcare import clock

PER_PAGE = 24
YEAR = 365 * 24 * 60 * 60


@public
@require_safe
def clinics(request: HttpRequest) -> HttpResponse:
    form = ClinicFilter(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    found = Clinic.objects.listed().matching(text).with_hours()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "clinics": [card(clinic, clock.now()) for clinic in page],
        "is_filtered": bool(text),
    }
    return render(request, "clinics/list.html", context)


@public
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    clinic = get_object_or_404(Clinic.objects.listed().with_hours(), slug=slug)
    request.clinic = clinic
    shown = ClinicPage.of(clinic, clock.now())
    trail = [(_("Clinics"), reverse("clinics:list")), (clinic.name, "")]
    return render(request, "clinics/page.html", {"page": shown, "trail": trail})


def _colour(request: HttpRequest, slug: str) -> str | None:
    clinic = Clinic.objects.in_use().named(slug).first()
    return f'"{clinic.slug}-{clinic.colour}"' if clinic else None


@public
@require_safe
@condition(etag_func=_colour)
def brand(request: HttpRequest, slug: str) -> HttpResponse:
    """The one thing a clinic's colour is: the value of a custom property."""
    clinic = get_object_or_404(Clinic.objects.in_use(), slug=slug)
    rule = f'[data-clinic="{clinic.slug}"] {{ --hx-brand: {clinic.css_colour}; }}\n'
    response = HttpResponse(rule, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = _keep(request)
    return response


@public
@require_safe
def logo(request: HttpRequest, slug: str) -> HttpResponseBase:
    clinic = get_object_or_404(Clinic.objects.in_use().with_logo(), slug=slug)
    response = logo_response(clinic)
    response.headers["Cache-Control"] = _keep(request)
    return response


def _keep(request: HttpRequest) -> str:
    """An address with a version is never changed, one without is asked again."""
    if request.GET.get("v"):
        return f"public, max-age={YEAR}, immutable"
    return "public, max-age=300"
