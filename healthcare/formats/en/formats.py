"""How Django's own pages write dates, as healthcare/dates.py does on ours."""

DATE_FORMAT = SHORT_DATE_FORMAT = "d-M-Y"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "d-M-Y H:i"
TIME_FORMAT = "H:i"
