"""Guards: rules the database itself keeps, the same on both engines.

A guard is a migration operation. SQLite drops triggers when Django remakes a table,
so `guards.py` installs them again after every migrate and refuses to start without.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from healthcare.db import postgresql, sqlite

ENGINES = {"postgresql": postgresql, "sqlite": sqlite}


class Guard(Operation):
    reversible = True
    reduces_to_sql = True
    model_name: str

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        return None

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        self.install(schema_editor, model._meta.db_table)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        self.uninstall(schema_editor, model._meta.db_table)

    def install(self, schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
        """Idempotent: what is there of this guard is replaced."""
        self.uninstall(schema_editor, table)
        for statement in self.statements(schema_editor.connection.vendor, table)[0]:
            schema_editor.execute(statement, params=None)

    def uninstall(self, schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
        for statement in self.statements(schema_editor.connection.vendor, table)[1]:
            schema_editor.execute(statement, params=None)

    def statements(self, vendor: str, table: str) -> tuple[list[str], list[str]]:
        """The SQL that installs the guard, and the SQL that removes it."""
        raise NotImplementedError

    def names(self, vendor: str, table: str) -> set[str]:
        """What must be in the database's catalogue while the guard stands."""
        raise NotImplementedError


class NoOverlap(Guard):
    """Never two rows with the same `resource` whose [start, end) overlap while active.

    A row counts while the boolean column `active` is true. Periods may be 24 h long
    at the most (a CheckConstraint of the model's), which bounds the search.
    """

    def __init__(
        self, model_name: str, *, resource: str, start: str, end: str, active: str
    ) -> None:
        self.model_name = model_name
        self.columns = (resource, start, end, active)

    def statements(self, vendor: str, table: str) -> tuple[list[str], list[str]]:
        return ENGINES[vendor].no_overlap(table, *self.columns)

    def names(self, vendor: str, table: str) -> set[str]:
        return ENGINES[vendor].no_overlap_names(table)

    def describe(self) -> str:
        return f"Refuse overlapping active rows of {self.model_name}"


class AppendOnly(Guard):
    """Rows can be added, never changed or removed.

    With `once`, a row may be changed until that column is set, and never after.
    """

    def __init__(self, model_name: str, *, once: str = "") -> None:
        self.model_name = model_name
        self.once = once

    def statements(self, vendor: str, table: str) -> tuple[list[str], list[str]]:
        return ENGINES[vendor].append_only(table, self.once)

    def names(self, vendor: str, table: str) -> set[str]:
        return ENGINES[vendor].append_only_names(table)

    def describe(self) -> str:
        return f"Refuse to change or remove rows of {self.model_name}"
