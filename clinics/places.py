"""What a clinic's place brings along: time zone, currency, emergency number.

Zones come from the tables in the pinned tzdata package.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.countries import NAMES

REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)
EURO = (
    "AD AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MC ME MT NL PT SI SK SM VA XK"
)
CURRENCIES = dict.fromkeys(EURO.split(), "EUR") | {
    "AE": "AED",
    "AR": "ARS",
    "AU": "AUD",
    "BR": "BRL",
    "CA": "CAD",
    "CH": "CHF",
    "CN": "CNY",
    "CZ": "CZK",
    "DK": "DKK",
    "GB": "GBP",
    "GH": "GHS",
    "HU": "HUF",
    "ID": "IDR",
    "IL": "ILS",
    "IN": "INR",
    "JP": "JPY",
    "KE": "KES",
    "KR": "KRW",
    "LI": "CHF",
    "MX": "MXN",
    "MY": "MYR",
    "NG": "NGN",
    "NO": "NOK",
    "NZ": "NZD",
    "PH": "PHP",
    "PK": "PKR",
    "PL": "PLN",
    "RO": "RON",
    "SA": "SAR",
    "SE": "SEK",
    "SG": "SGD",
    "TH": "THB",
    "TR": "TRY",
    "UA": "UAH",
    "US": "USD",
    "VN": "VND",
    "ZA": "ZAR",
}
# Where the table's first zone is not that of most people.
CAPITAL_ZONES = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "KZ": "Asia/Almaty",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
}
EMERGENCY = {
    "AU": "000",
    "BR": "192",
    "CA": "911",
    "CN": "120",
    "GB": "999",
    "HK": "999",
    "IN": "112",
    "JP": "119",
    "KR": "119",
    "MX": "911",
    "NZ": "111",
    "SG": "995",
    "US": "911",
}


def _rows(table: str) -> Iterator[list[str]]:
    text = files("tzdata").joinpath("zoneinfo", table).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


@cache
def zones_by_region() -> dict[str, list[str]]:
    """'Europe' to its zones; UTC, which is in no region, under its own name."""
    grouped: defaultdict[str, list[str]] = defaultdict(list, {"UTC": ["UTC"]})
    for zone in sorted(available_timezones()):
        region, _slash, city = zone.partition("/")
        if city and region in REGIONS:
            grouped[region].append(zone)
    return dict(grouped)


@cache
def _zones_by_country() -> dict[str, str]:
    """Each country's usual zone, which the table mostly names first."""
    first = dict(CAPITAL_ZONES)
    for row in _rows("zone.tab"):
        first.setdefault(row[0], row[2])
    return first


def zone_of(country: str) -> str:
    return _zones_by_country().get(country, "UTC")


def currency_of(country: str) -> str:
    return CURRENCIES.get(country, "EUR")


def emergency_number(country: str) -> str:
    return EMERGENCY.get(country, "112")


def is_country(code: str) -> None:
    if code not in NAMES:
        raise ValidationError(_("Choose a country from the list."))
