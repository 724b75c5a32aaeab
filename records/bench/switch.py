"""One process, two databases: `default` is the one that was switched to last."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

FULL, SMALL = "default", "small"
CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


class Switch:
    """Comparing them in one process leaves nothing but the data to differ."""

    def __init__(self, small: str) -> None:
        connections.settings[SMALL] = connections.settings[FULL] | {"NAME": small}
        self.kept = {
            name: connections.create_connection(name) for name in (FULL, SMALL)
        }
        for each in self.kept.values():
            each.alias = "default"
        self.to(FULL)

    def to(self, name: str) -> None:
        connections["default"] = self.kept[name]

    def close(self) -> None:
        for each in self.kept.values():
            each.close()


@contextmanager
def counted() -> Iterator[list[str]]:
    """The queries inside, without those that only begin and end transactions."""
    queries: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(CONTROL):
            queries.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield queries
