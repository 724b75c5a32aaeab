"""Guards on SQLite, as triggers. Moments are text that sorts as time does."""


def no_overlap(
    table: str, resource: str, start: str, end: str, active: str
) -> tuple[list[str], list[str]]:
    insert, update = sorted(no_overlap_names(table))
    body = f"""
    WHEN NEW."{active}" AND EXISTS (
      SELECT 1 FROM "{table}" AS other
      WHERE other."{resource}" = NEW."{resource}" AND other."{active}"
        AND other."id" IS NOT NEW."id"
        AND other."{start}" < NEW."{end}" AND other."{end}" > NEW."{start}"
        AND other."{start}" >= datetime(NEW."{start}", '-1 day')
    )
    BEGIN SELECT RAISE(ABORT, 'healix_no_overlap: {table}'); END
    """  # noqa: S608 - names come from migrations, never from input
    install = [
        f'CREATE TRIGGER "{insert}" BEFORE INSERT ON "{table}" {body}',
        f'CREATE TRIGGER "{update}" BEFORE UPDATE ON "{table}" {body}',
    ]
    return install, _drop({insert, update})


def no_overlap_names(table: str) -> set[str]:
    return {f"{table}_no_overlap_insert", f"{table}_no_overlap_update"}


def append_only(table: str, once: str) -> tuple[list[str], list[str]]:
    delete, update = sorted(append_only_names(table))
    when = f'WHEN OLD."{once}" IS NOT NULL' if once else ""
    body = f"{when} BEGIN SELECT RAISE(ABORT, 'healix_append_only: {table}'); END"
    install = [
        f'CREATE TRIGGER "{update}" BEFORE UPDATE ON "{table}" {body}',
        f'CREATE TRIGGER "{delete}" BEFORE DELETE ON "{table}" {body}',
    ]
    return install, _drop({delete, update})


def append_only_names(table: str) -> set[str]:
    return {f"{table}_append_only_delete", f"{table}_append_only_update"}


def _drop(names: set[str]) -> list[str]:
    return [f'DROP TRIGGER IF EXISTS "{name}"' for name in sorted(names)]


INSTALLED = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
