"""Finding the guards that migrations declare, keeping them, and refusing to run
without them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from healthcare.db.operations import ENGINES, Guard

HINT = "Run: manage.py migrate --skip-checks (it installs missing guards again)."


def declared(connection: BaseDatabaseWrapper) -> Iterator[tuple[Guard, str]]:
    """Every guard of an applied migration, with its table."""
    loader = MigrationLoader(connection)
    for key in sorted(loader.applied_migrations):
        migration = loader.disk_migrations.get(key)
        for operation in migration.operations if migration else ():
            if isinstance(operation, Guard):
                model = apps.get_model(key[0], operation.model_name)
                yield operation, model._meta.db_table


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    expected: set[str] = set()
    for guard, table in declared(connection):
        expected |= guard.names(connection.vendor, table)
    with connection.cursor() as cursor:
        cursor.execute(ENGINES[connection.vendor].INSTALLED)
        return expected - {name for (name,) in cursor.fetchall()}


def install_guards(using: str = "default") -> None:
    connection = connections[using]
    with connection.schema_editor() as editor:
        for guard, table in declared(connection):
            guard.install(editor, table)


def reinstall_missing(using: str, **kwargs: Any) -> None:
    """post_migrate: a remade table has lost its triggers."""
    if missing(connections[using]):
        install_guards(using)


@contextmanager
def guards_lifted(using: str = "default") -> Iterator[None]:
    """For emptying a test database; nothing else may take the guards away."""
    connection = connections[using]
    with connection.schema_editor() as editor:
        for guard, table in declared(connection):
            guard.uninstall(editor, table)
    try:
        yield
    finally:
        install_guards(using)


def check_guards(
    databases: list[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    return [
        Error(f"The database has lost the guard {name}.", hint=HINT, id="healix.E001")
        for alias in databases or ()
        for name in sorted(missing(connections[alias]))
    ]


def require_guards(using: str = "default") -> None:
    """Raises ImproperlyConfigured: nothing may be served without the guards."""
    if lost := missing(connections[using]):
        names = ", ".join(sorted(lost))
        raise ImproperlyConfigured(f"The database has lost its guards: {names}. {HINT}")
