"""Many rows at once, past the ORM's one at a time, with every guard in place."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, TypeVar

from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.db.models import Field, Model

BATCH = 50_000
PLAIN = frozenset({str, int, bool, type(None)})

T = TypeVar("T", bound=Model)


class Shelf:
    """Holds rows back and writes them table by table, in the order of `models`.

    A row gets its id here, so that others can point to it before it is written.
    """

    def __init__(self, models: Sequence[type[Model]]) -> None:
        self.models = models
        self.rows: dict[type[Model], list[Model]] = defaultdict(list)
        self.ids = {model: count(1) for model in models}
        self.held = 0

    def put(self, row: T) -> T:
        row.pk = next(self.ids[type(row)])
        self.rows[type(row)].append(row)
        self.held += 1
        if self.held >= BATCH:
            self.write()
        return row

    def write(self) -> None:
        with transaction.atomic():
            for model in self.models:
                if rows := self.rows.pop(model, []):
                    _write(model, rows)
        self.held = 0

    def finish(self) -> None:
        """Write the rest; ids go on after ours, and the planner knows the tables."""
        self.write()
        reset = connection.ops.sequence_reset_sql(no_style(), list(self.models))
        with connection.cursor() as cursor:
            for statement in reset:
                cursor.execute(statement)
            cursor.execute("ANALYZE")


def _write(model: type[Model], rows: Sequence[Model]) -> None:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    table = f'"{model._meta.db_table}"'
    values = _values(fields, rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # nosec B608
                list(values),
            )


def _values(
    fields: Sequence["Field[Any, Any]"], rows: Sequence[Model]
) -> Iterator[list[Any]]:
    """As the database wants them; what needs no change is not asked about."""
    own = connections["default"]
    for row in rows:
        given = row.__dict__
        yield [
            value
            if type(value := given[field.attname]) in PLAIN
            else field.get_db_prep_save(value, own)
            for field in fields
        ]
