"""Structured logs: one JSON object a line, without health details.

An exception is logged as its type and the places it passed. Its message is left out:
a database error quotes the row. Addresses are logged without the secrets that some of
them carry: links in e-mails, calendar feeds, password resets.
"""

import logging
import logging.config
import re
import sys
import traceback
from typing import Any

import structlog
from structlog.types import EventDict, Processor

# A long part of an address that is neither a uid nor plain words.
UID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w.:-])"
SECRET = re.compile(rf"(?<=/)(?!{UID})[\w.:%~=-]{{20,}}")


def without_secrets(logger: Any, name: str, event: EventDict) -> EventDict:
    if isinstance(event.get("event"), str):
        event["event"] = SECRET.sub("…", event["event"])
    return event


def without_messages(logger: Any, name: str, event: EventDict) -> EventDict:
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info if isinstance(info, BaseException) else info and info[1]
    if error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = type(error).__qualname__
        event["at"] = [f"{f.filename}:{f.lineno} {f.name}" for f in frames[-12:]]
    return event


def configure(options: dict[str, Any]) -> None:
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_messages,
        without_secrets,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer()
        if options["pretty"]
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        renderer,
                    ],
                }
            },
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "formatter": "structured",
                }
            },
            "root": {"handlers": ["stderr"], "level": options["level"]},
            "loggers": {
                "django": {"handlers": [], "propagate": True},
                "django-q": {"level": "WARNING"},
                "weasyprint": {"level": "ERROR"},
                "fontTools": {"level": "ERROR"},
            },
        }
    )
