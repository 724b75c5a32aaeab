"""A list by years: which one was chosen, and the links to the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class YearLink:
    label: str
    url: str
    current: bool


def chosen_year(query: QueryDict, years: Sequence[int]) -> int | None:
    """The query's year if there is something in it; None means all."""
    return next((year for year in years if str(year) == query.get("year")), None)


def year_links(years: Sequence[int], chosen: int | None) -> list[YearLink]:
    """Nothing to choose from while there is one year only."""
    if len(years) < 2:
        return []
    every = YearLink(_("All"), "?", chosen is None)
    return [every, *(YearLink(str(y), f"?year={y}", y == chosen) for y in years)]
