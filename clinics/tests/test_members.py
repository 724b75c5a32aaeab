from typing import Any

import pytest
from django.test import Client

from clinics.factories import DepartmentFactory, MembershipFactory
from clinics.models import Membership
from clinics.tests.test_settings import NAUGHTY
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db

LIST = "/c/riverside/members/"
WORK = ("department", "fee", "visit_minutes", "room")


def page(member: Membership, verb: str = "") -> str:
    return f"{LIST}{member.uid}/{verb}"


def names(response: Any) -> list[str]:
    return [row[0].sub.partition("@")[0] for row in response.context["rows"]]


def work(cast: Cast, **changes: str) -> dict[str, str]:
    values = {
        "department": str(cast.department.uid),
        "fee": "95.50",
        "visit_minutes": "20",
        "room": "B12",
    }
    return values | changes


class TestList:
    def test_it_shows_active_members_of_the_clinic_by_name(
        self, owner: Client, riverside: Cast, hillcrest: Cast
    ) -> None:
        MembershipFactory.create(clinic=riverside.clinic, is_active=False)
        assert names(owner.get(LIST)) == ["auditor", "doctor", "owner", "staff"]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"q": "DOC"}, ["doctor"]),
            ({"q": "ada doctor"}, ["doctor"]),
            ({"q": "staff@riverside"}, ["staff"]),
            ({"q": "zzz"}, []),
            ({"role": "owner"}, ["owner"]),
            ({"state": "ended"}, ["gone"]),
            ({"state": "all", "role": "staff"}, ["gone", "staff"]),
            ({"sort": "role"}, ["auditor", "doctor", "owner", "staff"]),
            ({"sort": "newest"}, ["auditor", "doctor", "staff", "owner"]),
            ({"sort": "nonsense"}, ["auditor", "doctor", "owner", "staff"]),
        ],
    )
    def test_search_filters_and_order(
        self, owner: Client, riverside: Cast, query: dict[str, str], found: list[str]
    ) -> None:
        MembershipFactory.create(
            clinic=riverside.clinic, is_active=False, user__email="gone@healix.test"
        )
        assert names(owner.get(LIST, query)) == found

    def test_it_is_cut_into_pages(self, owner: Client, riverside: Cast) -> None:
        for _member in range(23):
            MembershipFactory.create(clinic=riverside.clinic)
        assert len(names(owner.get(LIST))) == 25
        assert len(names(owner.get(LIST, {"page": "2", "role": ""}))) == 2
        assert (
            "role=staff" in owner.get(LIST, {"role": "staff"}).request["QUERY_STRING"]
        )

    def test_the_number_of_queries_does_not_grow(
        self, owner: Client, riverside: Cast, django_assert_num_queries: Any
    ) -> None:
        owner.get(LIST)
        staff = {"role": "staff"}
        with django_assert_num_queries(8):
            owner.get(LIST, staff)
        for _more in range(2):
            MembershipFactory.create(
                clinic=riverside.clinic,
                department=DepartmentFactory.create(clinic=riverside.clinic),
            )
        with django_assert_num_queries(8):
            owner.get(LIST, staff)

    def test_naughty_searches(self, owner: Client, riverside: Cast) -> None:
        for text in [*NAUGHTY, "\x00", "x" * 500]:
            query = {"q": text, "role": text, "state": text, "sort": text, "page": text}
            assert owner.get(LIST, query).status_code == 200, repr(text)


class TestMember:
    def test_a_doctors_work_is_saved(self, owner: Client, riverside: Cast) -> None:
        response = owner.post(page(riverside.doctor), work(riverside))
        assert response.headers["Location"] == LIST
        riverside.doctor.refresh_from_db()
        saved = riverside.doctor
        assert (str(saved.fee), saved.visit_minutes, saved.room) == ("95.50", 20, "B12")

    def test_staff_have_no_fee(self, owner: Client, riverside: Cast) -> None:
        form = owner.get(page(riverside.staff)).context["form"]
        assert list(form.fields) == ["department", "room"]
        owner.post(page(riverside.staff), work(riverside))
        riverside.staff.refresh_from_db()
        assert riverside.staff.fee is None

    def test_only_own_departments_are_offered(
        self, owner: Client, riverside: Cast, hillcrest: Cast
    ) -> None:
        closed = DepartmentFactory.create(clinic=riverside.clinic, is_active=False)
        offered = owner.get(page(riverside.doctor)).context["form"].fields["department"]
        assert list(offered.queryset) == [riverside.department]
        for foreign in (hillcrest.department, closed):
            values = work(riverside, department=str(foreign.uid))
            response = owner.post(page(riverside.doctor), values)
            assert response.context["form"].errors["department"]

    def test_the_chosen_department_stays_though_it_is_closed(
        self, owner: Client, riverside: Cast
    ) -> None:
        riverside.department.is_active = False
        riverside.department.save()
        response = owner.post(page(riverside.doctor), work(riverside))
        assert response.status_code == 302

    def test_nothing_else_can_be_sent_along(
        self, owner: Client, riverside: Cast, hillcrest: Cast
    ) -> None:
        extra = {
            "role": "owner",
            "clinic": str(hillcrest.clinic.pk),
            "user": str(hillcrest.owner.user.pk),
            "is_active": "",
        }
        before = Membership.objects.values(*extra).get(pk=riverside.doctor.pk)
        owner.post(page(riverside.doctor), work(riverside, **extra))
        after = Membership.objects.values(*extra).get(pk=riverside.doctor.pk)
        assert after == before

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("fee", "-1"),
            ("fee", "1e9"),
            ("fee", "NaN"),
            ("visit_minutes", "4"),
            ("visit_minutes", "241"),
            ("visit_minutes", ""),
            ("room", "x" * 41),
        ],
    )
    def test_values_that_do_not_fit(
        self, owner: Client, riverside: Cast, name: str, value: str
    ) -> None:
        values = work(riverside, **{name: value})
        response = owner.post(page(riverside.doctor), values)
        assert response.context["form"].errors[name]

    def test_naughty_strings(self, owner: Client, riverside: Cast) -> None:
        for text in [*NAUGHTY, "\x00"]:
            for values in (work(riverside, room=text), dict.fromkeys(WORK, text)):
                response = owner.post(page(riverside.doctor), values)
                assert response.status_code in (200, 302), repr(text)


class TestEnd:
    def test_it_asks_first(self, owner: Client, riverside: Cast) -> None:
        text = owner.get(page(riverside.staff, "end/")).content.decode()
        assert "End the membership of Ada Staff (Staff)?" in text
        assert Membership.objects.active().filter(pk=riverside.staff.pk).exists()

    def test_it_ends_and_can_be_restored(self, owner: Client, riverside: Cast) -> None:
        owner.post(page(riverside.staff, "end/"))
        assert not Membership.objects.active().filter(pk=riverside.staff.pk).exists()
        owner.post(page(riverside.staff, "restore/"))
        assert Membership.objects.active().filter(pk=riverside.staff.pk).exists()

    def test_the_last_owner_is_told_why_not(
        self, owner: Client, riverside: Cast
    ) -> None:
        response = owner.post(page(riverside.owner, "end/"), follow=True)
        assert "A clinic needs an owner" in response.content.decode()
        assert Membership.objects.active().filter(role="owner").exists()

    def test_one_of_two_owners_leaves_and_is_out(
        self, owner: Client, riverside: Cast
    ) -> None:
        MembershipFactory.create(clinic=riverside.clinic, role="owner")
        response = owner.post(page(riverside.owner, "end/"))
        assert response.headers["Location"] == "/home/"
        assert owner.get(LIST).status_code == 404
