"""Free times as one statement: the floor that the search in Python is held against.

It stops at a doctor's first free time, and leaves out dates switched on or off.
"""

POSTGRESQL = """
WITH doctors AS (
  SELECT m.id, r.id AS resource, k.time_zone, m.visit_minutes AS minutes,
    m.visit_minutes * interval '1 minute' AS long
  FROM clinics_membership m
  JOIN clinics_clinic k ON k.id = m.clinic_id
  JOIN accounts_user u ON u.id = m.user_id AND u.is_active
  JOIN accounts_person p ON p.user_id = u.id
  JOIN appointments_resource r ON r.person_id = p.id
  WHERE m.role = 'doctor' AND m.is_active AND k.slug = %(clinic)s {whom}
)
SELECT d.id, free.starts FROM doctors d CROSS JOIN LATERAL (
  SELECT starts FROM (
    SELECT (day + w.starts + n * d.long) AT TIME ZONE d.time_zone AS starts
    FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') day
    JOIN appointments_weeklyrule w
      ON w.doctor_id = d.id AND w.weekday = extract(isodow FROM day) - 1
    CROSS JOIN LATERAL generate_series(
      0, extract(epoch FROM w.ends - w.starts)::int / 60 / d.minutes - 1) n
    ORDER BY 1 OFFSET 0
  ) offered
  WHERE starts > %(now)s AND NOT EXISTS (
    SELECT 1 FROM appointments_claim c
    WHERE c.active AND c.resource_id = d.resource AND c.busy_start < starts + d.long
      AND c.busy_end > starts AND c.busy_start > starts - interval '1 day' OFFSET 0)
  {most}
) free
"""
SQLITE_DOCTORS = """
WITH RECURSIVE days(day, weekday) AS (
  SELECT %(first)s, (strftime('%%w', %(first)s) + 6) %% 7
  UNION ALL
  SELECT date(day, '+1 day'), (weekday + 1) %% 7 FROM days WHERE day < %(last)s
), steps(n) AS (
  SELECT 0 UNION ALL SELECT n + 1 FROM steps WHERE n < 95
), doctors AS (
  SELECT m.id, r.id AS resource, m.visit_minutes AS minutes
  FROM clinics_membership m
  JOIN clinics_clinic k ON k.id = m.clinic_id
  JOIN accounts_user u ON u.id = m.user_id AND u.is_active
  JOIN accounts_person p ON p.user_id = u.id
  JOIN appointments_resource r ON r.person_id = p.id
  WHERE m.role = 'doctor' AND m.is_active AND k.slug = %(clinic)s {whom}
)
"""
SQLITE_FREE = """
days CROSS JOIN appointments_weeklyrule w CROSS JOIN steps
WHERE w.doctor_id = d.id AND w.weekday = days.weekday
  AND (n + 1) * d.minutes * 60 <= strftime('%%s', w.ends) - strftime('%%s', w.starts)
  AND {starts} > %(now)s AND NOT EXISTS (
    SELECT 1 FROM appointments_claim c
    WHERE c.active AND c.resource_id = d.resource
      AND c.busy_start < {ends} AND c.busy_end > {starts}
      AND c.busy_start > datetime(day, '-1 day'))
"""
STARTS = "datetime(day || ' ' || w.starts, (n * d.minutes) || ' minutes')"
ENDS = "datetime(day || ' ' || w.starts, ((n + 1) * d.minutes) || ' minutes')"
EVERYBODY, ONE = "", "AND m.id = %(doctor)s"

_free = SQLITE_FREE.format(starts=STARTS, ends=ENDS)
FIRST_OF_EACH = {
    "postgresql": POSTGRESQL.format(whom=EVERYBODY, most="LIMIT 1"),
    "sqlite": SQLITE_DOCTORS.format(whom=EVERYBODY)
    + f"SELECT d.id, (SELECT {STARTS} FROM {_free} LIMIT 1) FROM doctors d",
}
OF_ONE_DAY = {
    "postgresql": POSTGRESQL.format(whom=ONE, most=""),
    "sqlite": SQLITE_DOCTORS.format(whom=ONE)
    + f"SELECT d.id, {STARTS} FROM doctors d CROSS JOIN {_free}",
}
