"""Guards on PostgreSQL. The id is written as a range, so no extension is needed."""

REFUSE = """
CREATE OR REPLACE FUNCTION healix_refuse_change() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'healix_append_only: %', TG_TABLE_NAME
    USING ERRCODE = 'check_violation';
END $$ LANGUAGE plpgsql
"""


def no_overlap(
    table: str, resource: str, start: str, end: str, active: str
) -> tuple[list[str], list[str]]:
    (name,) = no_overlap_names(table)
    install = (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" EXCLUDE USING gist ('
        f'int8range("{resource}", "{resource}", \'[]\') WITH &&, '
        f'tstzrange("{start}", "{end}") WITH &&) WHERE ("{active}")'
    )
    return [install], [f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}"']


def no_overlap_names(table: str) -> set[str]:
    return {f"{table}_no_overlap"}


def append_only(table: str, once: str) -> tuple[list[str], list[str]]:
    rows, truncate = f"{table}_append_only", f"{table}_append_only_all"
    when = f'WHEN (OLD."{once}" IS NOT NULL) ' if once else ""
    install = [
        REFUSE,
        f'CREATE TRIGGER "{rows}" BEFORE UPDATE OR DELETE ON "{table}" '
        f"FOR EACH ROW {when}EXECUTE FUNCTION healix_refuse_change()",
        f'CREATE TRIGGER "{truncate}" BEFORE TRUNCATE ON "{table}" '
        "FOR EACH STATEMENT EXECUTE FUNCTION healix_refuse_change()",
    ]
    remove = [
        f'DROP TRIGGER IF EXISTS "{rows}" ON "{table}"',
        f'DROP TRIGGER IF EXISTS "{truncate}" ON "{table}"',
    ]
    return install, remove


def append_only_names(table: str) -> set[str]:
    return {f"{table}_append_only", f"{table}_append_only_all"}


# A disabled trigger is as good as none.
INSTALLED = """
SELECT conname FROM pg_constraint WHERE contype = 'x'
UNION ALL
SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')
"""
