"""Reads calendar files without the library that writes them: unfolded lines, and the
file's own VTIMEZONE evaluated by dateutil."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from dateutil.parser import parse as parse_date
from dateutil.tz import tzical

ESCAPED = re.compile(r"\\([\\;,nN])")


@dataclass
class Component:
    name: str
    lines: list[str] = field(default_factory=list)
    inside: list["Component"] = field(default_factory=list)

    def value(self, name: str) -> str:
        (line,) = (each for each in self.lines if re.match(rf"{name}[;:]", each))
        text = re.sub(r'^[^:"]*(?:"[^"]*"[^:"]*)*:', "", line)
        return ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], text)

    def has(self, name: str) -> bool:
        return any(re.match(rf"{name}[;:]", each) for each in self.lines)

    def all(self, name: str) -> list["Component"]:
        return [each for each in self.inside if each.name == name]


@dataclass
class Read:
    calendar: Component
    zones: Any

    @property
    def events(self) -> list[Component]:
        return self.calendar.all("VEVENT")

    def moment(self, event: Component, name: str) -> datetime:
        (line,) = (each for each in event.lines if re.match(rf"{name}[;:]", each))
        if line.endswith("Z"):
            return parse_date(line.partition(":")[2]).astimezone(UTC)
        found = re.fullmatch(rf"{name};TZID=([^:;]+):(\d{{8}}T\d{{6}})", line)
        local = parse_date(found[2]).replace(tzinfo=self.zones.get(found[1]))
        return local.astimezone(UTC)


def unfolded(text: str) -> list[str]:
    return re.sub(r"\r\n[ \t]", "", text).split("\r\n")


def read(content: bytes) -> Read:
    text = content.decode()
    stack: list[Component] = [Component("")]
    for line in filter(None, unfolded(text)):
        if line.startswith("BEGIN:"):
            made = Component(line[6:])
            stack[-1].inside.append(made)
            stack.append(made)
        elif line.startswith("END:"):
            assert stack.pop().name == line[4:]
        else:
            stack[-1].lines.append(line)
    (root,) = stack
    (calendar,) = root.inside
    has_zone = bool(calendar.all("VTIMEZONE"))
    return Read(calendar, tzical(StringIO(text)) if has_zone else None)
