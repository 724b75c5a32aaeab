"""Several columns of half hours side by side: a clinic's doctors, or a doctor's days.

A row is a time on the clinic's clock, so a column per day lines up across a change of
the clocks; what happens twice that night shares a row and says its zone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from appointments import when
from appointments.board import detail_url
from appointments.models import Appointment, Service, usual_service
from appointments.models.kinds import VisitType
from appointments.moving import MOVABLE, confirm_url
from appointments.pills import Pill, for_staff
from appointments.schedule import KINDS, age_and_sex
from appointments.search import busy_times, timetables
from appointments.slots import Period, day_bounds, starts_of
from clinics.models import Membership

ROW_MINUTES = 30
HOUR = 60


@dataclass(frozen=True)
class Block:
    """A visit or a free time in a column, `begin` to `end` minutes after midnight."""

    begin: int
    end: int
    kind: str
    time: str
    name: str = ""
    meta: str = ""
    url: str = ""
    pill: Pill | None = None
    overbooked: bool = False
    drag_url: str = ""
    drop_query: str = ""


@dataclass
class Cell:
    """Some rows of one column. `state` is "", "off" (no hours) or "free"."""

    span: int = 1
    blocks: list[Block] = field(default_factory=list)
    state: str = ""


@dataclass(frozen=True)
class Row:
    time: str
    is_now: bool
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Head:
    label: str
    sub: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class Column:
    """What a column is made of. `free` are times that can be booked."""

    day: date
    doctor: Membership
    periods: Sequence[Period]
    visits: Sequence[Appointment]
    free: Sequence[datetime]
    minutes: int


@dataclass(frozen=True)
class Grid:
    heads: Sequence[Head]
    rows: Sequence[Row]
    caption: str


FreeUrl = Callable[[Membership, datetime], str]


def columns(
    doctors: Sequence[Membership],
    days: Sequence[date],
    visits: Iterable[Appointment],
    *,
    now: datetime,
) -> list[Column]:
    """One for each doctor and day. Four queries, whatever their number."""
    if not doctors:
        return []
    zone = doctors[0].clinic.zone
    hours = timetables(doctors, first=days[0], last=days[-1])
    start, end = day_bounds(days[0], zone)[0], day_bounds(days[-1], zone)[1]
    # A doctor's night may run into the next morning.
    until = end + timedelta(hours=12)
    busy = busy_times([each.person.pk for each in doctors], start=start, end=until)
    services = usual_services(doctors)
    by_column: dict[tuple[int, date], list[Appointment]] = {}
    for visit in visits:
        day = visit.starts_at.astimezone(zone).date()
        by_column.setdefault((visit.doctor_id, day), []).append(visit)
    found = []
    for day in days:
        for doctor in doctors:
            periods, service = hours[doctor.pk].periods_on(day), services[doctor.pk]
            taken = busy.get(doctor.person.pk, ())
            found.append(
                Column(
                    day=day,
                    doctor=doctor,
                    periods=periods,
                    visits=by_column.get((doctor.pk, day), ()),
                    free=list(starts_of(service, periods, taken, after=now)),
                    minutes=service.minutes,
                )
            )
    return found


def usual_services(doctors: Sequence[Membership]) -> dict[int, Service]:
    """What each doctor's free times are measured by: their first service."""
    found: dict[int, Service] = {}
    for each in Service.objects.filter(doctor__in=doctors).in_use().in_order():
        found.setdefault(each.doctor_id, each)
    for doctor in doctors:
        usual = usual_service(doctor, VisitType.CONSULTATION)
        found.setdefault(doctor.pk, usual)
    return found


def grid(
    found: Sequence[Column],
    heads: Sequence[Head],
    *,
    member: Membership,
    now: datetime,
    caption: str,
    free_url: FreeUrl | None = None,
) -> Grid:
    """From the first to the last thing of all columns."""
    zone = member.clinic.zone
    blocks = [_blocks(each, member, now, free_url) for each in found]
    hours = [_hours(each, zone) for each in found]
    first, last = _ends(blocks, hours)
    if last <= first:
        return Grid(heads, (), caption)
    count = (last - first) // ROW_MINUTES
    cells = [
        _cells(own, open_, first, count)
        for own, open_ in zip(blocks, hours, strict=True)
    ]
    today = now.astimezone(zone).date()
    is_shown = any(each.day == today for each in found)
    minute = _minute(now, today, zone) if is_shown else -1
    rows = []
    for n in range(count):
        begins = first + n * ROW_MINUTES
        is_now = begins <= minute < begins + ROW_MINUTES
        own = [cell for column in cells if (cell := column.get(n))]
        rows.append(Row(_clock(begins), is_now, own))
    return Grid(heads, rows, caption)


def _ends(
    blocks: Sequence[Sequence[Block]], hours: Sequence[Sequence[tuple[int, int]]]
) -> tuple[int, int]:
    begins = [each.begin for own in blocks for each in own]
    begins += [begin for own in hours for begin, _end in own]
    ends = [each.end for own in blocks for each in own]
    ends += [end for own in hours for _begin, end in own]
    if not begins:
        return 0, 0
    first = min(begins) // ROW_MINUTES * ROW_MINUTES
    return first, -(-max(ends) // ROW_MINUTES) * ROW_MINUTES


def _cells(
    blocks: Sequence[Block], hours: Sequence[tuple[int, int]], first: int, count: int
) -> dict[int, Cell]:
    """By the row where each begins; rows that another one spans have none."""
    made: dict[int, Cell] = {}
    groups = _grouped(blocks, first)
    covered = {n for begin, end, _own in groups for n in range(begin, end)}
    for begin, end, own in groups:
        state = "free" if all(each.kind == "free" for each in own) else ""
        made[begin] = Cell(end - begin, own, state)
    last_off = None
    for n in range(count):
        if n in covered:
            last_off = None
            continue
        at = first + n * ROW_MINUTES
        is_open = any(begin < at + ROW_MINUTES and at < end for begin, end in hours)
        if is_open:
            made[n], last_off = Cell(), None
        elif last_off is None:
            made[n] = last_off = Cell(state="off")
        else:
            last_off.span += 1
    return made


def _grouped(blocks: Sequence[Block], first: int) -> list[tuple[int, int, list[Block]]]:
    """Blocks that share a row are shown in one cell."""
    groups: list[tuple[int, int, list[Block]]] = []
    for block in sorted(blocks, key=lambda each: (each.begin, each.end)):
        begin = (block.begin - first) // ROW_MINUTES
        end = -((first - block.end) // ROW_MINUTES)
        if groups and begin < groups[-1][1]:
            start, until, own = groups[-1]
            groups[-1] = (start, max(end, until), [*own, block])
        else:
            groups.append((begin, end, [block]))
    return groups


def _blocks(
    column: Column, member: Membership, now: datetime, free_url: FreeUrl | None
) -> list[Block]:
    zone = member.clinic.zone
    own = [_visit(each, column.day, member, now) for each in column.visits]
    for start in column.free:
        begin = _minute(start, column.day, zone)
        query = {
            "doctor": str(column.doctor.uid),
            "time": when.format_instant(start),
        }
        own.append(
            Block(
                begin=begin,
                end=begin + min(column.minutes, ROW_MINUTES),
                kind="free",
                time=when.wall_time(start, zone),
                url=free_url(column.doctor, start) if free_url else "",
                drop_query=urlencode(query),
            )
        )
    return own


def _visit(visit: Appointment, day: date, member: Membership, now: datetime) -> Block:
    zone = member.clinic.zone
    begin = _minute(visit.starts_at, day, zone)
    length = (visit.ends_at - visit.starts_at) // timedelta(minutes=1)
    return Block(
        begin=begin,
        end=begin + max(length, 1),
        kind=KINDS.get(visit.status, ""),  # type: ignore[call-overload]
        time=when.wall_time(visit.starts_at, zone),
        name=visit.patient.clinical_name,
        meta=age_and_sex(visit.patient, day),
        url=detail_url(visit),
        pill=for_staff(visit, now),
        overbooked=visit.overbooked,
        drag_url=confirm_url(member, visit) if visit.status in MOVABLE else "",
    )


def _hours(column: Column, zone: ZoneInfo) -> list[tuple[int, int]]:
    found = []
    for start, end in column.periods:
        begin = _minute(start, column.day, zone)
        until = _minute(end, column.day, zone)
        length = (end - start) // timedelta(minutes=1)
        found.append((begin, until if until > begin else begin + length))
    return found


def _minute(moment: datetime, day: date, zone: ZoneInfo) -> int:
    """Minutes of the clinic's clock after that day's midnight."""
    local = moment.astimezone(zone)
    return (local.date() - day).days * 24 * HOUR + local.hour * HOUR + local.minute


def _clock(minute: int) -> str:
    return f"{minute // HOUR % 24:02d}:{minute % HOUR:02d}"
