from datetime import timedelta

from clinics.factories import MembershipFactory
from healthcare import clock
from records.charting.panel import unsigned_panel


def test_it_lists_what_the_doctor_has_to_sign(riverside, open_visit, sign_visit):
    now = clock.now()
    sign_visit(riverside)
    for days in (0, 3):
        open_visit(riverside, starts_at=now - timedelta(days=days))
    rows = unsigned_panel(riverside.doctor, now).rows
    assert [row.pill for row in rows] == ["Waits 3 days", ""]
    assert rows[0].title == riverside.patient.patient.clinical_name


def test_it_shows_nothing_of_other_doctors(riverside, open_visit):
    open_visit(riverside)
    other = MembershipFactory.create(clinic=riverside.clinic, role="doctor")
    panel = unsigned_panel(other, clock.now())
    assert (list(panel.rows), panel.empty_text) == ([], "Every visit is signed.")


def test_the_day_shows_it(client, riverside, open_visit):
    encounter = open_visit(riverside)
    client.force_login(riverside.doctor.user)
    page = client.get("/c/riverside/day/").content.decode()
    assert "Unsigned visits" in page
    assert str(encounter.uid) in page
