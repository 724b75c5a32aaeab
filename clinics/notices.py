"""What a clinic's own people should know at once; higher floors register it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from clinics.models import Clinic


@dataclass(frozen=True)
class Notice:
    """As `_parts/note.html` shows it."""

    text: str
    kind: str
    url: str
    link: str


NoticeProvider = Callable[[Clinic, datetime], Notice | None]

_providers: list[NoticeProvider] = []


def register_notice(provider: NoticeProvider) -> None:
    if provider not in _providers:
        _providers.append(provider)


def notices(clinic: Clinic, now: datetime) -> list[Notice]:
    found = (provider(clinic, now) for provider in _providers)
    return [notice for notice in found if notice]
