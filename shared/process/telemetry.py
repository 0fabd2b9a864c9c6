"""Log lines: one event per line, with its facts as fields; repeated lines are rate-limited.

A module sets `log = logging.getLogger(__name__)` and calls
`log.info("event triggered", extra=fields(room_id=room.id, count=5))`, which writes
`2026-11-24T15:38:31.042Z INFO api_service.routes.presses event triggered room_id=01HX... count=5`.
The message is a constant, which people can grep for; values that vary are fields. Never log a query
string: it may contain secrets. Lines that are written during a request also have its `request_id`.
"""

import atexit
import json
import logging
import os
import re
import sys
import threading
import time
from collections import Counter
from contextvars import ContextVar
from typing import Final

import msgspec

from shared.process.settings import LogFormat

Field = str | int | float | bool | None

OUR_PACKAGES: Final = ("shared", "api_service", "ws_gateway", "deploy")
LINES_PER_SECOND: Final = 20
WINDOW: Final = 1.0
# Request ids that are accepted from a proxy: log lines and responses repeat them unescaped.
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)

request_id: Final[ContextVar[str]] = ContextVar("request_id", default="")


def known_request_id(forwarded: str | None) -> str:
    """The request id from a trusted proxy, "" if that has sent none that may be logged."""
    return forwarded if forwarded and _REQUEST_ID.fullmatch(forwarded) else ""


def new_request_id() -> str:
    """The id of a request that has none yet."""
    return os.urandom(8).hex()


def fields(**facts: Field) -> dict[str, dict[str, Field]]:
    """The facts of a log line, for `extra=`: all under one name, which `logging` does not use."""
    return {"fields": facts}


def configure_logging(level: str, log_format: LogFormat) -> None:
    """Send the process's log to standard error; Streamario's packages log from `level` upwards.

    Libraries log from WARNING upwards at any level: below it, HTTP and WebSocket libraries write
    request targets with their query strings. Start a server that has a logging configuration
    (uvicorn) without it.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Throttle(handler))
    handler.setFormatter(FORMATTERS[log_format]())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # No line has the thread or process: spare each record from looking them up.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    for package in OUR_PACKAGES:
        logging.getLogger(package).setLevel(level)


class TextFormatter(logging.Formatter):
    """Formats `time LEVEL component message key=value ...`, one line except for tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record as a line for people and grep."""
        facts = "".join(f" {name}={_plain(value)}" for name, value in _fields(record).items())
        message = record.getMessage().replace("\n", "\\n")
        line = f"{_timestamp(record)} {record.levelname} {record.name} {message}{facts}"
        return f"{line}\n{traceback}" if (traceback := _traceback(self, record)) else line


class JsonFormatter(logging.Formatter):
    """Formats one JSON object per line: time, level, component, message, then the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record as a line for programs."""
        line: dict[str, Field] = {
            "time": _timestamp(record),
            "level": record.levelname,
            "component": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if traceback := _traceback(self, record):
            line["traceback"] = traceback
        return msgspec.json.encode(line).decode()


FORMATTERS: Final[dict[LogFormat, type[logging.Formatter]]] = {
    "text": TextFormatter,
    "json": JsonFormatter,
}


def _fields(record: logging.LogRecord) -> dict[str, Field]:
    facts: dict[str, Field] = getattr(record, "fields", {})
    of_request = request_id.get()
    return {**facts, "request_id": of_request} if of_request else facts


def _timestamp(record: logging.LogRecord) -> str:
    seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    return f"{seconds}.{int(record.msecs):03d}Z"


def _plain(value: Field) -> str:
    # A viewer's name must not be able to forge a field or a line.
    if isinstance(value, str) and (not value.isprintable() or not value or set(value) & set(' "=')):
        return json.dumps(value)
    return "null" if value is None else str(value)


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    return formatter.formatException(record.exc_info) if record.exc_info else ""


class Throttle(logging.Filter):
    """Lets 20 lines of each kind pass in a second, and sums up the rest in a line of `handler`.

    A kind is a component, a level and a message: its lines differ only in their fields.
    """

    def __init__(self, handler: logging.Handler) -> None:
        super().__init__()
        self._handler = handler
        self._lock = threading.RLock()
        self._lines: Counter[tuple[str, int, str]] = Counter()  # of this second
        self._until = 0.0  # s, monotonic
        atexit.register(self.sum_up)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record may be written."""
        kind = (record.name, record.levelno, str(record.msg))
        with self._lock:
            if time.monotonic() >= self._until:
                self.sum_up()
            self._lines[kind] += 1
            if self._lines[kind] == LINES_PER_SECOND + 1:
                # Sum up when the second ends, even if nothing is logged after the burst.
                timer = threading.Timer(WINDOW, self.sum_up)
                timer.daemon = True
                timer.start()
            return self._lines[kind] <= LINES_PER_SECOND

    def sum_up(self) -> None:
        """Begin another second, and log how many lines the last one held back."""
        with self._lock:
            lines, self._lines = self._lines, Counter()
            self._until = time.monotonic() + WINDOW
        for (component, level, message), count in lines.items():
            if count > LINES_PER_SECOND:
                text = f"{message} … {count - LINES_PER_SECOND} more in the last second"
                summary = logging.LogRecord(component, level, "", 0, text, None, None)
                self._handler.handle(summary)
