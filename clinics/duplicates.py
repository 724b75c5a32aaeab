"""People who may be the one at the desk: before somebody is written down twice."""

import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

from accounts.models import Person
from clinics.models import Clinic, Registration

MOST = 10
BORN_THAT_DAY = 50
ALIKE = 0.75


def alike(clinic: Clinic, values: Mapping[str, Any]) -> list[Registration]:
    """The clinic's own patients with the same phone or e-mail, or born on the same
    day under a similar name. Nobody learns here who is a patient elsewhere."""
    here = Registration.objects.at(clinic).select_related("patient__user", "clinic")
    phone, email = str(values.get("phone") or ""), values.get("contact_email") or ""
    found = list(here.reached_by(phone, email).order_by("pk")[:MOST])
    if born := values.get("date_of_birth"):
        name = f"{values.get('given_name', '')} {values.get('family_name', '')}"
        found += [
            each
            for each in here.born_on(born).order_by("pk")[:BORN_THAT_DAY]
            if each not in found and is_similar(name, each.patient)
        ]
    return found[:MOST]


def is_similar(name: str, person: Person) -> bool:
    """'Anna Muller' and 'MÜLLER Ana': accents, order and a slip do not count."""
    wanted, known = _plain(name), _plain(person.full_name)
    return SequenceMatcher(None, wanted, known).ratio() >= ALIKE


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(each for each in letters if each.isalpha() or each.isspace())
    return " ".join(sorted(kept.split()))
