"""What the shell shows: navigation and the caller's face, told by the floors above.

An app registers its providers from `AppConfig.ready()`. Providers take the request and
return ready values; a floor never asks a higher one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from django.http import HttpRequest
from django.urls import reverse

TABS = 4


@dataclass(frozen=True)
class NavItem:
    label: str
    icon: str
    url_name: str
    url_kwargs: Mapping[str, object] = field(default_factory=dict)
    match_prefixes: Sequence[str] = ()
    count: int | None = None
    count_word: str = ""
    order: int = 50


@dataclass(frozen=True)
class NavSection:
    items: Sequence[NavItem]
    end: bool = False


@dataclass(frozen=True)
class NavLink:
    label: str
    icon: str
    url: str
    count: int | None
    count_word: str
    current: bool = False


@dataclass(frozen=True)
class Nav:
    main: Sequence[NavLink] = ()
    end: Sequence[NavLink] = ()
    tabs: Sequence[NavLink] = ()
    more: NavLink | None = None


@dataclass(frozen=True)
class ClinicFace:
    slug: str
    name: str
    tagline: str = ""
    logo_url: str = ""
    brand_url: str = ""
    home_url: str = ""
    phone: str = ""
    emergency_number: str = "112"


@dataclass(frozen=True)
class Face:
    """What one floor knows about the caller; later floors fill in over it."""

    person_name: str = ""
    role_label: str = ""
    photo_url: str = ""
    home_url: str = ""
    account_url: str = ""
    narrow: bool = False
    notice: str = ""
    clinic: ClinicFace | None = None

    def over(self, other: "Face") -> "Face":
        """This face where it says something, the other one elsewhere."""
        said = {f.name: v for f in fields(self) if (v := getattr(self, f.name))}
        return replace(other, **said)


NavProvider = Callable[[HttpRequest], Sequence[NavSection]]
FaceProvider = Callable[[HttpRequest], Face | None]

_nav_providers: list[NavProvider] = []
_face_providers: list[FaceProvider] = []


def register(provider: NavProvider) -> None:
    if provider not in _nav_providers:
        _nav_providers.append(provider)


def register_face(provider: FaceProvider) -> None:
    if provider not in _face_providers:
        _face_providers.append(provider)


def face(request: HttpRequest) -> Face:
    merged = Face()
    for provider in _face_providers:
        if said := provider(request):
            merged = said.over(merged)
    return merged


def build(request: HttpRequest, more: NavItem) -> Nav:
    sections = [s for provider in _nav_providers for s in provider(request)]
    items = _in_order(sections, end=False) + _in_order(sections, end=True)
    urls = [_url(item) for item in items]
    here = _current(items, urls, request.path)
    links = [
        _link(item, url, current=n == here)
        for n, (item, url) in enumerate(zip(items, urls, strict=True))
    ]
    in_main = sum(len(section.items) for section in sections if not section.end)
    main, tabs = links[:in_main], links[: min(in_main, TABS)]
    return Nav(
        main=main,
        end=links[in_main:],
        tabs=tabs,
        more=_link(more, _url(more), current=not any(tab.current for tab in tabs)),
    )


def _in_order(sections: Sequence[NavSection], *, end: bool) -> list[NavItem]:
    items = [item for s in sections if s.end is end for item in s.items]
    return sorted(items, key=lambda item: item.order)


def _url(item: NavItem) -> str:
    return reverse(item.url_name, kwargs=dict(item.url_kwargs))


def _link(item: NavItem, url: str, *, current: bool) -> NavLink:
    return NavLink(
        label=item.label,
        icon=item.icon,
        url=url,
        count=item.count,
        count_word=item.count_word,
        current=current,
    )


def _current(items: Sequence[NavItem], urls: Sequence[str], path: str) -> int | None:
    """Which item's address is the longest beginning of this one."""
    best: int | None = None
    longest = 0
    for n, (item, url) in enumerate(zip(items, urls, strict=True)):
        for prefix in (url, *item.match_prefixes):
            if len(prefix) > longest and _begins(path, prefix):
                best, longest = n, len(prefix)
    return best


def _begins(path: str, prefix: str) -> bool:
    if prefix == "/":
        return path == "/"
    return path == prefix or path.startswith(prefix.rstrip("/") + "/")
