"""Free times: the search in Python against one statement that asks it all."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import reverse

from appointments.search import first_free, free_days
from appointments.slots import HORIZON_DAYS
from clinics.models import Membership
from healthcare import clock
from healthcare.policy import View
from records.bench import one_sql
from records.bench.rows import Row
from records.bench.scale import MAIN
from records.bench.switch import counted
from records.bench.timing import seconds_of, take_turns, throughput_ratio, told
from records.bench.town import today
from records.bench.visitors import Visitor

GOAL = "≥ 0.80"
PART_OF_SQL = 0.8
DAYS_AHEAD = 5


def _asked(statements: Mapping[str, str], **values: Any) -> list[tuple[int, datetime]]:
    values |= {"clinic": MAIN, "now": clock.now()}
    if connection.vendor == "sqlite":
        values["now"] = values["now"].replace(tzinfo=None)
        values = {
            name: value if isinstance(value, int) else str(value)
            for name, value in values.items()
        }
    with connection.cursor() as cursor:
        cursor.execute(statements[connection.vendor], values)
        return [(doctor, _moment(starts)) for doctor, starts in cursor.fetchall()]


def _moment(value: datetime | str) -> datetime:
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value.astimezone(UTC)


Free = dict[int, datetime | None]


def first_by_sql() -> tuple[list[Membership], Free]:
    last = today() + timedelta(days=HORIZON_DAYS)
    return _doctors(), dict(_asked(one_sql.FIRST_OF_EACH, first=today(), last=last))


def first_by_search() -> tuple[list[Membership], Free]:
    doctors = _doctors()
    return doctors, first_free(doctors, now=clock.now())


def _doctors() -> list[Membership]:
    """As a page needs them, wherever their free times come from."""
    return list(Membership.objects.doctors().filter(clinic__slug=MAIN).order_by("pk"))


def day_by_sql(pk: int) -> tuple[Membership, list[datetime]]:
    doctor, day = _doctor(pk), _day()
    found = _asked(one_sql.OF_ONE_DAY, first=day, last=day, doctor=pk)
    return doctor, [starts for _pk, starts in found]


def day_by_search(pk: int) -> tuple[Membership, list[datetime]]:
    doctor = _doctor(pk)
    found = free_days(doctor, first=_day(), days=1, now=clock.now())
    return doctor, list(found[0].starts)


def _doctor(pk: int) -> Membership:
    return Membership.objects.doctors().get(pk=pk)


def _day() -> date:
    return today() + timedelta(days=DAYS_AHEAD)


def first_page(by: Callable[[], tuple[list[Membership], Free]]) -> View:
    def view(request: HttpRequest) -> JsonResponse:
        doctors, free = by()
        return JsonResponse({doctor.label: free[doctor.pk] for doctor in doctors})

    return view


def day_page(by: Callable[[int], tuple[Membership, list[datetime]]]) -> View:
    def view(request: HttpRequest) -> JsonResponse:
        doctor, starts = by(int(request.GET["doctor"]))
        return JsonResponse({doctor.label: starts})

    return view


def rows(rounds: int) -> Iterator[Row]:
    doctors = _doctors()
    yield _row(
        f"first free slot, {len(doctors)} doctors × {HORIZON_DAYS} days",
        (first_by_sql, first_by_search),
        (reverse("bench-free-sql"), reverse("bench-free")),
        rounds,
    )
    pk = doctors[0].pk
    yield _row(
        "free slots, one doctor, one day",
        (partial(day_by_sql, pk), partial(day_by_search, pk)),
        (
            f"{reverse('bench-day-sql')}?doctor={pk}",
            f"{reverse('bench-day')}?doctor={pk}",
        ),
        rounds,
    )


def _row(what: str, bare: Any, paths: tuple[str, str], rounds: int) -> Row:
    by_sql, by_search = bare
    if by_sql() != by_search():
        raise AssertionError(f"{what}: the two do not agree")
    visitor = Visitor()
    floor, candidate = (partial(visitor.get, path) for path in paths)
    measured = take_turns({"sql": floor, "search": candidate}, rounds=rounds)
    ratio = throughput_ratio(measured["sql"], measured["search"])
    with counted() as queries:
        by_search()
    alone = [f"{seconds_of(act, 20) * 1000:.2f} ms" for act in bare]
    return Row(
        what=what,
        floor=f"one-SQL view {told(measured['sql'])}",
        figure=told(measured["search"]),
        ratio=ratio,
        goal=GOAL,
        met=ratio >= PART_OF_SQL,
        queries=len(queries),
        note=f"without the view around it: {alone[0]} in SQL, {alone[1]} searched",
    )
