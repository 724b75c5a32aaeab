"""The chain's last seal, kept in a file outside the database.

Whoever cuts the log's end and its seals cannot take back what this file says.
"""

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Head:
    number: int
    hmac: str
    last_id: int
    sealed_at: str


class BadHead(Exception):
    """The file is not a head that was published here."""


def read(path: Path) -> Head | None:
    """None without a file. Raises BadHead when it cannot be understood."""
    try:
        return Head(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, OSError) as error:
        raise BadHead(str(path)) from error


def publish(head: Head) -> None:
    """Replace the file, in one step."""
    path = settings.AUDIT_HEAD
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, prefix=f"{path.name}.", delete=False
    ) as file:
        file.write(json.dumps(asdict(head)) + "\n")
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
