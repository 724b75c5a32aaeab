import pytest

from clinics.actions import ClinicError, join_care_team, leave_care_team
from clinics.models import CareTeamMember
from clinics.tests.conftest import BY
from clinics.tests.racing import at_once
from healthcare import clock
from healthcare.audit.models import Action, AuditEvent
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db


def join(cast: Cast, **changes: object) -> CareTeamMember:
    values = {
        "clinic": cast.clinic,
        "patient": cast.patient.patient,
        "member": cast.doctor,
        "source": CareTeamMember.Source.APPOINTMENT,
        "by": BY,
    }
    return join_care_team(**(values | changes))


def current(cast: Cast) -> int:
    return CareTeamMember.objects.visible_to(cast.doctor).current(clock.now()).count()


def test_joining_twice_is_once(riverside: Cast) -> None:
    assert join(riverside) == join(riverside)
    assert current(riverside) == 1
    changed = AuditEvent.objects.get(action=Action.CARE_TEAM_CHANGED)
    assert changed.patient_uid == riverside.patient.patient.uid
    assert changed.target_uid == str(riverside.doctor.uid)


def test_leaving_ends_it_and_joining_again_is_new(riverside: Cast) -> None:
    first = join(riverside)
    leave_care_team(patient=first.patient, member=first.member, by=BY)
    assert current(riverside) == 0
    assert join(riverside) != first
    assert current(riverside) == 1


def test_leaving_without_having_joined_is_nothing(riverside: Cast) -> None:
    leave_care_team(patient=riverside.patient.patient, member=riverside.doctor, by=BY)
    assert not AuditEvent.objects.exists()


def test_only_doctors_of_the_clinic_join(riverside: Cast, hillcrest: Cast) -> None:
    for member in (riverside.staff, hillcrest.doctor):
        with pytest.raises(ClinicError):
            join(riverside, member=member)


@pytest.mark.django_db(transaction=True)
def test_joining_at_once_is_once(riverside: Cast) -> None:
    results = at_once([lambda: join(riverside)] * 6)
    assert len({each.pk for each in results}) == 1, results
    assert CareTeamMember.objects.count() == 1
