"""One text out of many columns, made by the database: the same on both engines."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateTimeField, Func, TextField, UUIDField
from django.db.models.sql.compiler import SQLCompiler

SEPARATOR = "\x1f"


def joined(values: list[Any]) -> str:
    """What `Joined` gives for a row of these values."""
    return SEPARATOR.join(map(_text, values))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return str(value)


class Joined(Func):
    """Texts, uids and moments, in order. The texts must not hold the separator."""

    output_field = TextField()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        moment = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        return self._concatenated(compiler, moment, "replace({}::text, '-', '')")

    def as_sqlite(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        moment = "substr({} || '.000000', 1, 26)"
        return self._concatenated(compiler, moment, "{}")

    def _concatenated(
        self, compiler: SQLCompiler, moment: str, uid: str
    ) -> tuple[str, list[Any]]:
        forms = {DateTimeField: moment, UUIDField: uid}
        pieces: list[str] = []
        values: list[Any] = []
        for expression in self.get_source_expressions():
            sql, params = compiler.compile(expression)
            form = forms.get(type(expression.output_field), "{}")
            pieces.append(f"coalesce({form.format(sql)}, '')")
            values += params
        return f" || '{SEPARATOR}' || ".join(pieces), values
