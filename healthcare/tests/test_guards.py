"""The guards hold in the database itself, survive a table remake, and are missed."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, models, transaction

from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action, AuditEvent
from healthcare.db.guards import (
    check_guards,
    declared,
    install_guards,
    missing,
    reinstall_missing,
    require_guards,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> AuditEvent:
    return record(Action.LOGGED_IN, by=Actor.system("test"))


def test_an_event_cannot_be_changed(event: AuditEvent) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(actor_label="Somebody else")


def test_an_event_cannot_be_removed(event: AuditEvent) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).delete()


def test_events_can_be_added(event: AuditEvent) -> None:
    record(Action.LOGGED_OUT, by=Actor.system("test"), reason="another")
    assert AuditEvent.objects.count() == 2


def remove_one() -> str:
    """Drop the first guard's protection behind Django's back."""
    guard, table = next(declared(connection))
    with connection.schema_editor() as editor:
        guard.uninstall(editor, table)
    return table


@pytest.mark.django_db(transaction=True)
class TestLostGuards:
    def test_are_found_by_the_check_and_stop_the_server(self) -> None:
        table = remove_one()
        try:
            found = check_guards(databases=["default"])
            assert all(table in message.msg for message in found)
            assert found
            with pytest.raises(ImproperlyConfigured, match=table):
                require_guards()
        finally:
            install_guards()
        assert check_guards(databases=["default"]) == []

    def test_come_back_after_migrate(self) -> None:
        remove_one()
        reinstall_missing("default")
        assert missing(connection) == set()

    def test_a_table_remake_is_survived(self) -> None:
        """AddField with a default remakes the table on SQLite, without triggers."""
        field = models.IntegerField(default=7)
        field.set_attributes_from_name("extra")
        field.model = AuditEvent
        with connection.schema_editor() as editor:
            editor.add_field(AuditEvent, field)
        reinstall_missing("default")
        assert missing(connection) == set()
        with connection.schema_editor() as editor:
            editor.remove_field(AuditEvent, field)
        reinstall_missing("default")
        event = record(Action.LOGGED_IN, by=Actor.system("test"))
        with pytest.raises(IntegrityError):
            AuditEvent.objects.filter(pk=event.pk).update(actor_label="x")


def test_a_clock_can_be_set_for_a_block() -> None:
    moment = clock.now() - timedelta(days=400)
    with clock.at(moment):
        assert clock.now() == moment
    assert clock.now() > moment
