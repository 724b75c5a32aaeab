"""The trail at the top of a clinic's pages."""

from django.urls import reverse

from clinics.models import Clinic

Trail = list[tuple[str, str]]


def crumbs(clinic: Clinic, *steps: tuple[str, str]) -> Trail:
    """From the clinic on; each step is a label and a URL name, the last one's is ''."""
    trail = [(clinic.name, "clinics:overview"), *steps]
    return [
        (str(label), reverse(name, args=[clinic.slug]) if name else "")
        for label, name in trail
    ]
