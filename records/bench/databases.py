"""Databases that live as long as a bench: the developer's data is never touched."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import psycopg
from django.conf import settings
from psycopg import sql

SQLITE, POSTGRESQL = "sqlite", "postgresql"
# As a server in production would be run; the tests' server does without.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class Databases(Protocol):
    """Two of them, alike: at `url` the full one, beside it the one named `small`."""

    @property
    def url(self) -> str: ...

    @property
    def small(self) -> str: ...

    def double(self) -> None:
        """Copy the full one, migrated and empty, to the small one."""


@dataclass(frozen=True)
class SqliteFiles:
    folder: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'full.db'}"

    @property
    def small(self) -> str:
        return str(self.folder / "small.db")

    def double(self) -> None:
        shutil.copyfile(self.folder / "full.db", self.small)


@dataclass(frozen=True)
class Server:
    host: str = ""
    port: str = ""
    user: str = ""
    password: str = ""
    options: tuple[tuple[str, str], ...] = ()

    def url(self, name: str) -> str:
        who = quote(self.user, safe="")
        if self.password:
            who += f":{quote(self.password, safe='')}"
        port = f":{self.port}" if self.port and not self.host.startswith("/") else ""
        host = f"/{self.host}" if self.host.startswith("/") else f"{self.host}{port}"
        query = f"?{urlencode(self.options)}" if self.options else ""
        return f"postgres://{who}@{host}/{name}{query}"

    def execute(self, *statements: sql.Composed) -> None:
        told = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            **dict(self.options),
        }
        known: dict[str, Any] = {name: value for name, value in told.items() if value}
        with psycopg.connect(dbname="postgres", autocommit=True, **known) as raw:
            for statement in statements:
                raw.execute(statement)


class PostgresqlDatabases:
    def __init__(self, server: Server) -> None:
        self.server = server
        self.name = f"healix_bench_{secrets.token_hex(4)}"

    @property
    def url(self) -> str:
        return self.server.url(self.name)

    @property
    def small(self) -> str:
        return f"{self.name}_small"

    def create(self) -> None:
        statement = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0")
        self.server.execute(statement.format(sql.Identifier(self.name)))

    def double(self) -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        names = (sql.Identifier(self.small), sql.Identifier(self.name))
        self.server.execute(statement.format(*names))

    def drop(self) -> None:
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self.server.execute(
            *(
                statement.format(sql.Identifier(name))
                for name in (self.name, self.small)
            )
        )


@contextmanager
def throwaway(engine: str, folder: Path) -> Iterator[Databases]:
    """`engine` is sqlite, postgresql, or empty for the one that the settings name."""
    here = settings.DATABASES["default"]
    configured = POSTGRESQL if here["ENGINE"].endswith(POSTGRESQL) else SQLITE
    if (engine or configured) == SQLITE:
        yield SqliteFiles(folder)
    elif configured == POSTGRESQL:
        with _databases_on(_configured(here)) as databases:
            yield databases
    else:
        with _server_from_the_wheel() as server, _databases_on(server) as databases:
            yield databases


def _configured(here: dict[str, Any]) -> Server:
    options = here.get("OPTIONS", {}).items()
    return Server(
        host=here.get("HOST", ""),
        port=str(here.get("PORT", "")),
        user=here.get("USER", ""),
        password=here.get("PASSWORD", ""),
        options=tuple((name, str(value)) for name, value in options),
    )


@contextmanager
def _databases_on(server: Server) -> Iterator[PostgresqlDatabases]:
    databases = PostgresqlDatabases(server)
    databases.create()
    try:
        yield databases
    finally:
        databases.drop()


@contextmanager
def _server_from_the_wheel() -> Iterator[Server]:
    """The one of .ci/pg, but one that waits for its disk."""
    loader = SourceFileLoader("healix_pg", str(settings.BASE_DIR / ".ci" / "pg"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    pg = module_from_spec(spec)
    loader.exec_module(pg)
    pg.SETTINGS.update(DURABLE)
    server = pg.Server(Path(tempfile.mkdtemp(prefix="healix-pg-")).resolve())
    try:
        server.start()
        yield Server(host=str(server.folder), user="postgres")
    finally:
        server.stop()
