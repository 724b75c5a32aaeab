"""Addresses and answers of the booking path, for the tests of its pages."""

from uuid import uuid4

from django.urls import reverse

INSTANT = "2026-09-22T07:00Z"


def url(name, cast, **query):
    parts = {
        "book_departments": [cast.clinic.slug],
        "book_doctor": [cast.clinic.slug, cast.department.uid],
    }
    args = parts.get(name, [cast.clinic.slug, cast.department.uid, cast.doctor.uid])
    return reverse(f"appointments:{name}", args=args, query=query)


def answers(**changes):
    return {
        "time": INSTANT,
        "reason": "Palpitations",
        **changes,
    }


def sure(**changes):
    return answers(submission=str(uuid4()), **changes)
