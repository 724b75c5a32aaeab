"""Every dashboard and list page against a page that shows nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.urls import NoReverseMatch, reverse

from records.bench.rows import Row, not_built
from records.bench.scale import MAIN, ONE, THREE
from records.bench.switch import FULL, SMALL, Switch, counted
from records.bench.timing import Seconds, take_turns, throughput_ratio, told
from records.bench.visitors import Visitor

PART_OF_BASE, MOST_QUERIES, PART_OF_SMALL = 0.8, 8, 0.95
PAGE_GOAL = "≥ 0.80, ≤ 8 queries, as many at 1 and 3 rows"
GROWTH_GOAL = "≥ 0.95"


@dataclass(frozen=True)
class Page:
    label: str
    url_name: str
    who: str
    at_clinic: bool = True

    def path(self, clinic: str) -> str:
        return reverse(
            self.url_name, kwargs={"clinic": clinic} if self.at_clinic else {}
        )


def _own(label: str, url_name: str) -> Page:
    return Page(label, url_name, "me", at_clinic=False)


PAGES = (
    _own("patient's home", "records:home"),
    _own("my appointments", "appointments:mine"),
    _own("my visits", "charting:my_visits"),
    _own("my prescriptions", "prescribing:mine"),
    _own("who looked", "records:who_looked"),
    Page("clinic's overview", "clinics:overview", "owner"),
    Page("doctor's day", "appointments:day", "doctor"),
    Page("doctor's patients", "clinics:my_patients", "doctor"),
    Page("desk", "appointments:desk", "staff"),
    Page("clinic's appointments", "appointments:list", "staff"),
    Page("clinic's patients", "clinics:patients", "staff"),
    Page("clinic's members", "clinics:members", "owner"),
    Page("audit log", "audit:log", "auditor"),
)


class Regulars:
    """Who is signed in where: the people of all clinics, in both databases."""

    def __init__(self, switch: Switch) -> None:
        self.switch = switch
        self.known: dict[tuple[str, str], Visitor] = {}

    def get(self, path: str, *, database: str, email: str) -> bytes:
        self.switch.to(database)
        key = database, email
        if key not in self.known:
            self.known[key] = Visitor(email)
        return self.known[key].get(path)

    def queries(self, page: Page, clinic: str, *, database: str) -> int:
        """Of a page that was opened before, as people's second look at it is."""
        ask = partial(
            self.get, page.path(clinic), database=database, email=_email(page, clinic)
        )
        ask()
        with counted() as queries:
            ask()
        return len(queries)


def _email(page: Page, clinic: str) -> str:
    return f"{page.who}@{clinic}.test"


def rows(switch: Switch, rounds: int, *, small: int) -> Iterator[Row]:
    """`small` is how many appointments the second database has."""
    regulars = Regulars(switch)
    growth = []
    for page in PAGES:
        if not _is_built(page):
            yield not_built(page.label, floor="base page", goal=PAGE_GOAL)
            continue
        try:
            measured = _measured(page, regulars, rounds)
            yield _page_row(page, measured, regulars)
            growth.append(_growth_row(page, measured, small))
        except Exception as wrong:  # noqa: BLE001 - a finding, like any other
            failed = f"{type(wrong).__name__}: {wrong}"
            yield Row(what=page.label, goal=PAGE_GOAL, met=False, note=failed)
    switch.to(FULL)
    switch.close()
    yield from growth


def _is_built(page: Page) -> bool:
    try:
        page.path(MAIN)
    except NoReverseMatch:
        return False
    return True


def _measured(page: Page, regulars: Regulars, rounds: int) -> Seconds:
    email = _email(page, MAIN)
    ask = partial(regulars.get, email=email)
    acts = {
        "base": partial(ask, reverse("bench-base"), database=FULL),
        "page": partial(ask, page.path(MAIN), database=FULL),
        "small": partial(ask, page.path(MAIN), database=SMALL),
    }
    return take_turns(acts, rounds=rounds)


def _page_row(page: Page, measured: Seconds, regulars: Regulars) -> Row:
    counts = {
        clinic: regulars.queries(page, clinic, database=FULL)
        for clinic in (MAIN, ONE, THREE)
    }
    ratio = throughput_ratio(measured["base"], measured["page"])
    same = counts[ONE] == counts[THREE]
    met = ratio >= PART_OF_BASE and max(counts.values()) <= MOST_QUERIES and same
    note = f"{counts[ONE]} queries at 1 row, {counts[THREE]} at 3"
    return Row(
        what=page.label,
        floor=f"base page {told(measured['base'])}",
        figure=told(measured["page"]),
        ratio=ratio,
        goal=PAGE_GOAL,
        met=met,
        queries=counts[MAIN],
        note="" if same else note,
    )


def _growth_row(page: Page, measured: Seconds, small: int) -> Row:
    ratio = throughput_ratio(measured["small"], measured["page"])
    return Row(
        what=f"growth: {page.label}",
        floor=f"at {small:,} appointments {told(measured['small'])}",
        figure=told(measured["page"]),
        ratio=ratio,
        goal=GROWTH_GOAL,
        met=ratio >= PART_OF_SMALL,
    )
