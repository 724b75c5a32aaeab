"""Ids in the order of commits, for readers who go on from the last id they saw.

PostgreSQL gives out ids before the commit, so a lower one may appear after a higher.
Writers of a guarded table share a lock until they commit; `settled` waits for them.
SQLite has one writer at a time and needs nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connections, transaction

from healthcare.db.operations import Guard

SHARE = """
CREATE OR REPLACE FUNCTION healix_commit_order() RETURNS trigger AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(
    hashtext('healix_commit_order'), hashtext(TG_TABLE_NAME::text));
  RETURN NULL;
END $$ LANGUAGE plpgsql
"""
LIMIT = "SELECT set_config('lock_timeout', %s, true)"
WAIT = "SELECT pg_advisory_xact_lock(hashtext('healix_commit_order'), hashtext(%s))"


class Unsettled(Exception):
    """A writer takes longer than a reader may hold the others up."""


class CommitOrder(Guard):
    """Rows of the table are only ever added, and `settled` can wait for them."""

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def statements(self, vendor: str, table: str) -> tuple[list[str], list[str]]:
        if vendor != "postgresql":
            return [], []
        (name,) = self.names(vendor, table)
        install = [
            SHARE,
            f'CREATE TRIGGER "{name}" BEFORE INSERT ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION healix_commit_order()",
        ]
        return install, [f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"']

    def names(self, vendor: str, table: str) -> set[str]:
        return {f"{table}_commit_order"} if vendor == "postgresql" else set()

    def describe(self) -> str:
        return f"Let readers of {self.model_name} wait for its writers"


@contextmanager
def settled(
    table: str, *, patience: str = "200ms", using: str = "default"
) -> Iterator[None]:
    """Inside, every id given out so far is visible or never will be.

    Keep it short: writers wait meanwhile. Raises Unsettled after `patience`.
    """
    connection = connections[using]
    with transaction.atomic(using=using):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(LIMIT, [patience])
                try:
                    cursor.execute(WAIT, [table])
                except OperationalError as error:
                    raise Unsettled(table) from error
                cursor.execute(LIMIT, ["0"])
        yield
