"""Rows written by the database's own driver, with nothing of ours in between."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.sqlite3._functions import (  # type: ignore[import-untyped]
    register,
)
from django.db.models import Model

PARENT = "appointment_id"


@dataclass(frozen=True)
class Insert:
    """`parent` is the place of the appointment's id, which the first insert gives."""

    table: str
    statement: str
    values: tuple[Any, ...]
    parent: int | None


def insert_of(row: Model) -> Insert:
    """The row as it would be written; its own id is left to the database."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    columns = [field.column for field in fields]
    table = row._meta.db_table
    mark = "%s" if connection.vendor == "postgresql" else "?"
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join([mark] * len(columns))
    return Insert(
        table=table,
        statement=f'INSERT INTO "{table}" ({names}) VALUES ({marks}) RETURNING id',
        values=tuple(
            field.get_db_prep_save(getattr(row, field.attname), connection)
            for field in fields
        ),
        parent=columns.index(PARENT) if PARENT in columns else None,
    )


class Bare:
    """A connection that Django knows nothing of, to the database of `connection`.

    SQLite's has Django's functions, because the tables' checks call them.
    """

    def __init__(self) -> None:
        here = connection.settings_dict
        self.raw: Any
        if connection.vendor == "sqlite":
            self.raw = sqlite3.connect(here["NAME"], timeout=20, isolation_level=None)
            for pragma in here["OPTIONS"]["init_command"].split(";"):
                self.raw.execute(pragma)
            register(self.raw)
            self.begin = "BEGIN IMMEDIATE"
        else:
            known = {"host": "HOST", "port": "PORT", "user": "USER", "dbname": "NAME"}
            told = {name: here[key] for name, key in known.items() if here[key]}
            self.raw = psycopg.connect(
                password=here["PASSWORD"] or None, autocommit=True, **told
            )
            self.begin = "BEGIN"

    def write(self, inserts: Sequence[Insert]) -> None:
        """All of them in one transaction, the appointment first."""
        cursor = self.raw.cursor()
        cursor.execute(self.begin)
        appointment: int | None = None
        for insert in inserts:
            values = insert.values
            if insert.parent is not None:
                place = insert.parent
                values = (*values[:place], appointment, *values[place + 1 :])
            cursor.execute(insert.statement, values)
            (given,) = cursor.fetchone()
            appointment = appointment or given
        cursor.execute("COMMIT")

    def close(self) -> None:
        self.raw.close()
