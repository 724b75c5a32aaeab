"""Hours and their changes. Daylight saving by a table: test_time_table.py."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from appointments import when
from appointments.slots import Change, Timetable, WallHours, first_instant


def wall(day: date, text: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(text))


def hours(*blocks: str) -> list[WallHours]:
    ends = (block.split("-") for block in blocks)
    return [WallHours(time.fromisoformat(a), time.fromisoformat(b)) for a, b in ends]


def change(adds: bool, day: date, block: WallHours) -> Change:
    begins, ends = (datetime.combine(day, each) for each in block[:2])
    return Change(adds, begins, ends if ends > begins else ends + timedelta(days=1))


def starts(zone: str, day: date, block: str, minutes: int = 30) -> list[str]:
    """The steps of one block, as the clinic's clock shows them."""
    place = ZoneInfo(zone)
    table = Timetable(place, weekly={day.weekday(): hours(block)})
    return [when.wall_time(each, place) for each in table.starts_on(day, minutes)]


class TestDaylightSaving:
    def test_hours_that_begin_in_the_gap_begin_after_it(self):
        found = starts("Europe/Berlin", date(2027, 3, 28), "02:30-05:00", 60)
        assert found == ["03:00", "04:00"]

    def test_the_end_of_a_gap_is_exact(self):
        found = first_instant(
            wall(date(2026, 10, 4), "02:10"), ZoneInfo("Australia/Lord_Howe")
        )
        assert found == datetime(2026, 10, 3, 15, 30, tzinfo=UTC)

    def test_hours_inside_the_gap_are_none(self):
        assert starts("Europe/Berlin", date(2027, 3, 28), "02:10-02:50", 10) == []

    def test_hours_that_the_gap_joins_are_one_period(self):
        day, zone = date(2026, 3, 8), ZoneInfo("America/New_York")
        blocks = hours("01:00-02:00", "03:00-04:00")
        table = Timetable(zone, weekly={day.weekday(): blocks})
        found = [when.wall_time(each, zone) for each in table.starts_on(day, 45)]
        assert found == ["01:00", "01:45"]


class TestBlocks:
    DAY = date(2026, 9, 24)
    MORNING, EVENING = hours("09:00-13:00", "15:00-19:00")

    def periods(self, weekly=(), on=(), off=(), **more):
        table = Timetable(
            ZoneInfo("UTC"),
            weekly={self.DAY.weekday(): weekly},
            changes=[
                *(change(True, self.DAY, each) for each in on),
                *(change(False, self.DAY, each) for each in off),
            ],
            **more,
        )
        return [f"{a:%H:%M}-{b:%H:%M}" for a, b in table.periods_on(self.DAY)]

    def test_on_adds_hours(self):
        assert self.periods(on=[self.EVENING]) == ["15:00-19:00"]

    def test_on_and_the_rule_are_one(self):
        assert self.periods(hours("08:00-12:00"), on=[self.MORNING]) == ["08:00-13:00"]

    def test_off_removes_hours_of_the_rule(self):
        found = self.periods(hours("08:00-17:00"), off=[self.MORNING])
        assert found == ["08:00-09:00", "13:00-17:00"]

    def test_off_without_a_rule_is_nothing(self):
        assert self.periods(off=[self.MORNING]) == []

    def test_another_weekday_is_closed(self):
        table = Timetable(ZoneInfo("UTC"), weekly={0: hours("09:00-10:00")})
        assert table.periods_on(date(2026, 9, 22)) == []

    def test_rules_hold_within_their_dates(self):
        day = timedelta(days=1)
        nine, ten = time(9), time(10)
        for since, until, held in [
            (self.DAY, self.DAY, 1),
            (None, self.DAY - day, 0),
            (self.DAY + day, None, 0),
        ]:
            rule = WallHours(nine, ten, since, until)
            assert len(self.periods([rule])) == held

    def test_a_holiday_closes_all_but_an_extra_session(self):
        morning = hours("08:00-12:00")
        assert self.periods(morning, holidays=[self.DAY]) == []
        found = self.periods(morning, on=[self.EVENING], holidays=[self.DAY])
        assert found == ["15:00-19:00"]

    def test_the_last_word_counts(self):
        away, extra = (change(adds, self.DAY, self.MORNING) for adds in (False, True))
        for said, is_open in [((away, extra), True), ((extra, away), False)]:
            table = Timetable(ZoneInfo("UTC"), changes=said)
            assert bool(table.periods_on(self.DAY)) is is_open


class TestNights:
    """A shift on Thursday, 22:00 to 06:00."""

    THURSDAY, FRIDAY = date(2026, 9, 24), date(2026, 9, 25)
    NIGHT = hours("22:00-06:00")

    def starts(self, day, minutes=60, friday=(), **more):
        weekly = {3: self.NIGHT, 4: friday}
        table = Timetable(ZoneInfo("UTC"), weekly=weekly, **more)
        return [f"{each:%H:%M}" for each in table.starts_on(day, minutes)]

    def test_each_date_has_its_part(self):
        assert self.starts(self.THURSDAY) == ["22:00", "23:00"]
        assert self.starts(self.FRIDAY)[:2] == ["00:00", "01:00"]
        assert self.starts(self.FRIDAY)[-1] == "05:00"

    def test_steps_go_on_over_midnight(self):
        assert self.starts(self.FRIDAY, 50)[0] == "00:30"

    def test_the_mornings_hours_begin_when_the_night_ends(self):
        found = self.starts(self.FRIDAY, friday=hours("05:00-08:00"))
        assert found[-3:] == ["05:00", "06:00", "07:00"]

    def test_leave_on_the_second_date_ends_the_night_at_midnight(self):
        leave = change(False, self.FRIDAY, WallHours(time(0), time(0)))
        assert self.starts(self.FRIDAY, changes=[leave]) == []
        assert self.starts(self.THURSDAY, changes=[leave]) == ["22:00", "23:00"]

    def test_a_holiday_on_the_second_date_does_too(self):
        assert self.starts(self.FRIDAY, holidays=[self.FRIDAY]) == []

    def test_an_extra_session_within_the_night_has_its_own_times(self):
        extra = change(True, self.FRIDAY, WallHours(time(0, 30), time(2, 30)))
        found = self.starts(self.FRIDAY, changes=[extra])
        assert found == ["00:30", "01:30", "02:30", "03:30", "04:30"]
