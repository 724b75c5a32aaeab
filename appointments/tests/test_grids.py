"""The clinic's day by doctor, and a doctor's week."""

from datetime import UTC, datetime, time, timedelta
from html.parser import HTMLParser

import pytest

from appointments.factories import WeeklyRuleFactory
from appointments.tests.conftest import NINE
from appointments.tests.test_desk import shown, text_of, uids, url
from appointments.when import format_instant
from clinics.factories import MembershipFactory, RegistrationFactory
from healthcare import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]

DAY = "2026-09-22"
HALF = timedelta(minutes=30)


class Table(HTMLParser):
    """How wide each row of the page's grid is, with what spans into it."""

    def __init__(self, page):
        super().__init__()
        self.rows, self.inside = [], False
        self.feed(page)

    def handle_starttag(self, tag, pairs):
        given = dict(pairs)
        if tag == "table":
            self.inside = "hx-sched--grid" in given.get("class", "")
        elif self.inside and tag == "tr":
            self.rows.append([])
        elif self.inside and tag in ("td", "th"):
            self.rows[-1].append(int(given.get("rowspan", 1)))

    def handle_endtag(self, tag):
        if tag == "table":
            self.inside = False

    def widths(self):
        open_spans, widths = [], []
        for row in self.rows:
            widths.append(len(row) + len(open_spans))
            open_spans = [n - 1 for n in [*open_spans, *row] if n > 1]
        return widths


@pytest.fixture
def staff(as_user, riverside):
    return as_user(riverside.staff)


def another_doctor(cast, **hours):
    doctor = MembershipFactory(
        clinic=cast.clinic, role="doctor", department=cast.department
    )
    for weekday in range(7):
        WeeklyRuleFactory(doctor=doctor, weekday=weekday, **hours)
    return doctor


def long_and_short(cast, booked):
    """One visit of two hours, one beside it of half an hour."""
    cast.doctor.visit_minutes = 120
    cast.doctor.save()
    other = another_doctor(cast, starts=time(10), ends=time(14))
    one = booked(cast)
    two = booked(
        cast,
        doctor=other,
        patient=cast.patient2.patient,
        starts_at=NINE + timedelta(hours=3),
    )
    return one, two


class TestClinicsDay:
    def test_a_column_for_each_doctor(self, staff, riverside, booked):
        visits = long_and_short(riverside, booked)
        page = staff.get(url("schedule", riverside, date=DAY))
        assert sorted(shown(page)) == sorted(uids(*visits))
        grid = page.context["page"].grid
        assert len(grid.heads) == 2
        assert (grid.rows[0].time, grid.rows[-1].time) == ("09:00", "13:30")

    def test_it_is_one_table_whose_rows_are_equally_wide(
        self, staff, riverside, booked
    ):
        long_and_short(riverside, booked)
        page = staff.get(url("schedule", riverside, date=DAY)).content.decode()
        assert set(Table(page).widths()) == {3}
        assert 'rowspan="4"' in page

    def test_free_cells_lead_to_booking(self, staff, riverside, booked):
        booked(riverside)
        page = staff.get(url("schedule", riverside, date=DAY)).content.decode()
        assert f"time={format_instant(NINE + HALF).replace(':', '%3A')}" in page
        assert f"time={format_instant(NINE).replace(':', '%3A')}" not in page

    def test_now(self, staff, riverside):
        with clock.at(NINE + timedelta(minutes=40)):
            page = staff.get(url("schedule", riverside))
        assert [row.time for row in page.context["page"].grid.rows if row.is_now] == [
            "09:30"
        ]

    def test_a_visit_outside_of_all_hours_is_shown(self, staff, riverside, booked):
        by = riverside.staff.user.as_actor(role="staff")
        late = NINE + timedelta(hours=10)
        visit = booked(riverside, starts_at=late, over="Urgent", by=by)
        page = staff.get(url("schedule", riverside, date=DAY))
        assert shown(page) == uids(visit)
        assert set(Table(page.content.decode()).widths()) == {2}

    def test_dragging_ends_on_the_page_that_asks(self, staff, riverside, booked):
        visit = booked(riverside)
        page = staff.get(url("schedule", riverside, date=DAY)).content.decode()
        drag = url("move_confirm", riverside, visit.uid)
        assert f'data-drag="{drag}"' in page
        drop = f"doctor={riverside.doctor.uid}&amp;time=2026-09-22T07%3A30Z"
        assert f'data-drop="{drop}"' in page
        answer = staff.get(f"{drag}?{drop.replace('&amp;', '&')}")
        assert "Move this visit?" in text_of(answer)

    def test_what_a_visit_is_about_is_not_here(self, staff, riverside, booked):
        booked(riverside)
        page = text_of(staff.get(url("schedule", riverside, date=DAY)))
        assert "Palpitations" not in page

    @pytest.mark.parametrize("text", ["x", "9999-99-99", "1900-01-01", "2199-12-31"])
    def test_any_date(self, staff, riverside, text):
        assert staff.get(url("schedule", riverside, date=text)).status_code == 200

    def test_other_clinics_are_not_here(self, staff, riverside, hillcrest, booked):
        booked(hillcrest, starts_at=NINE + timedelta(hours=6))
        assert shown(staff.get(url("schedule", riverside, date=DAY))) == []

    def test_the_number_of_queries_stays(self, staff, riverside, booked, queries):
        address = url("schedule", riverside, date=DAY)
        booked(riverside)
        staff.get(address)
        one = queries(lambda: staff.get(address))
        for row in RegistrationFactory.create_batch(2, clinic=riverside.clinic):
            booked(riverside, patient=row.patient, doctor=another_doctor(riverside))
        assert queries(lambda: staff.get(address)) == one


class TestDoctorsWeek:
    def test_a_column_a_day(self, as_user, riverside, booked):
        visit = booked(riverside)
        page = as_user(riverside.doctor).get(url("week", riverside))
        assert shown(page) == uids(visit)
        assert set(Table(page.content.decode()).widths()) == {8}
        assert next(head.current for head in page.context["page"].grid.heads)

    def test_only_ones_own(self, as_user, riverside, booked):
        other = another_doctor(riverside)
        booked(riverside, doctor=other)
        assert shown(as_user(riverside.doctor).get(url("week", riverside))) == []

    def test_the_months_figures(self, as_user, riverside, booked):
        booked(riverside)
        page = as_user(riverside.doctor).get(url("week", riverside))
        assert "Seen in September" in text_of(page)
        assert "1 booked" in text_of(page)

    @pytest.mark.parametrize("who", ["staff", "owner", "auditor"])
    def test_for_doctors_only(self, as_user, riverside, who):
        member = getattr(riverside, who)
        assert as_user(member).get(url("week", riverside)).status_code == 403

    def test_the_night_when_the_clocks_go_back(self, as_user, hillcrest, booked):
        """01:00 and 01:30 come twice; the row is one, the visits say their zone."""
        for weekday in range(7):
            WeeklyRuleFactory(
                doctor=hillcrest.doctor, weekday=weekday, starts=time(0), ends=time(3)
            )
        with clock.at(datetime(2026, 10, 26, 12, tzinfo=UTC)):
            second = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)
            booked(hillcrest, starts_at=second)
            page = as_user(hillcrest.doctor).get(url("week", hillcrest))
        assert "01:00 EST" in text_of(page)
        assert "01:30 EDT" in text_of(page)
        assert set(Table(page.content.decode()).widths()) == {8}

    def test_the_number_of_queries_stays(self, as_user, riverside, booked, queries):
        doctor, address = as_user(riverside.doctor), url("week", riverside)
        booked(riverside)
        doctor.get(address)
        one = queries(lambda: doctor.get(address))
        rows = RegistrationFactory.create_batch(2, clinic=riverside.clinic)
        for n, row in enumerate(rows, start=1):
            booked(riverside, patient=row.patient, starts_at=NINE + n * HALF)
        assert queries(lambda: doctor.get(address)) == one


class TestSorted:
    def test_by_patient_from_today_on(self, staff, riverside, booked):
        names = ["Zeta", "Alpha", "Mid"]
        visits = [
            booked(
                riverside,
                patient=RegistrationFactory(
                    clinic=riverside.clinic, patient__family_name=name
                ).patient,
                starts_at=NINE + n * HALF,
            )
            for n, name in enumerate(names)
        ]
        page = staff.get(url("list", riverside, sort="patient"))
        assert shown(page) == uids(visits[1], visits[2], visits[0])
        assert 'aria-sort="ascending"' in page.content.decode()

    def test_earlier_ones_are_asked_for(self, staff, riverside, booked):
        with clock.at(NINE - timedelta(days=9)):
            past = booked(riverside, starts_at=NINE - timedelta(days=7))
        page = staff.get(url("list", riverside, sort="patient"))
        assert shown(page) == []
        assert "From today on." in text_of(page)
        address = url("list", riverside, sort="patient", since="2026-09-01")
        assert shown(staff.get(address)) == uids(past)

    @pytest.mark.parametrize("sort", ["doctor", "status"])
    def test_other_orders(self, staff, riverside, booked, sort):
        visit = booked(riverside)
        assert shown(staff.get(url("list", riverside, sort=sort))) == uids(visit)
