"""Log lines: one event per line, with its facts as fields; repeated lines are rate-limited.

A module sets `log = logging.getLogger(__name__)` and calls
`log.info("event triggered", extra=fields(room_id=room.id, count=5))`, which writes
`2026-11-24T15:38:31.042Z INFO api_service.routes.presses event triggered room_id=01HX... count=5`.
The message is a constant, which people can grep for; values that vary are fields. Never log a query
string: it may contain secrets. Lines that are written during a request also have its `request_id`.
"""

from __future__ import annotations

import json
import logging
import math
import re
import secrets
import sys
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple, TextIO, TypedDict

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.process.settings import LogFormat

Field = str | int | float | bool | None

OUR_PACKAGES: Final = ("shared", "api_service", "ws_gateway", "deploy")
LINES_PER_SECOND: Final = 20
WINDOW: Final = 1.0
# Request ids that are accepted from a proxy: log lines and responses repeat them unescaped.
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)

request_id: Final[ContextVar[str]] = ContextVar("request_id", default="")


def request_id_from(told: str | None) -> str:
    """The id under which a request is logged: the one from a trusted proxy, else a new one."""
    return told if told and _REQUEST_ID.fullmatch(told) else secrets.token_hex(8)


class Extra(TypedDict):
    """Attributes for a log record: all fields under one name, which `logging` does not use."""

    fields: dict[str, Field]


def fields(**facts: Field) -> Extra:
    """The facts of a log line, for `extra=`."""
    return {"fields": facts}


def configure_logging(level: str, log_format: LogFormat) -> None:
    """Send the process's log to standard error; Streamario's packages log from `level` upwards.

    Libraries log from WARNING upwards at any level: below it, HTTP and WebSocket libraries write
    request targets with their query strings. Start a server that has a logging configuration
    (uvicorn) without it.
    """
    handler = ThrottledHandler()
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


class Kind(NamedTuple):
    """Lines of one kind differ only in their fields."""

    component: str
    level: int
    message: str


@dataclass(frozen=True, slots=True)
class Window:
    """How many lines of one kind were written and suppressed since `start` (s, monotonic)."""

    start: float
    written: int = 0
    held_back: int = 0


class Throttle:
    """Admits up to 20 lines of each kind per second. Pure: callers pass the time."""

    def __init__(self) -> None:
        self._windows: dict[Kind, Window] = {}

    def admit(self, kind: Kind, now: float) -> bool:
        """Whether this line may be written. Call `closed(now)` before."""
        window = self._windows.setdefault(kind, Window(now))
        if window.written < LINES_PER_SECOND:
            self._windows[kind] = replace(window, written=window.written + 1)
            return True
        self._windows[kind] = replace(window, held_back=window.held_back + 1)
        return False

    @property
    def holds_back(self) -> bool:
        """Whether any suppressed lines still have to be summed up."""
        return any(window.held_back for window in self._windows.values())

    def closed(self, now: float) -> Iterator[tuple[Kind, int]]:
        """Remove the windows whose second is over; yield each kind and its suppressed lines."""
        over = [kind for kind, window in self._windows.items() if now - window.start >= WINDOW]
        for kind in over:
            if held_back := self._windows.pop(kind).held_back:
                yield kind, held_back


class ThrottledHandler(logging.StreamHandler[TextIO]):
    """Writes to standard error at most 20 lines of a kind per second, and one line for the rest."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self._throttle = Throttle()
        self._timer: threading.Timer | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, or only count it. `logging` holds this handler's lock."""
        self._sum_up(time.monotonic())
        kind = Kind(record.name, record.levelno, str(record.msg))
        if self._throttle.admit(kind, time.monotonic()):
            super().emit(record)
        elif self._timer is None:
            self._arm()

    def close(self) -> None:
        """Sum up the suppressed lines now, without waiting for the second to end."""
        with self._lock_held():
            if self._timer is not None:
                self._timer.cancel()
            self._sum_up(math.inf)
        super().close()

    def _arm(self) -> None:
        # Write the sum when the second ends, even if nothing is logged after the burst.
        self._timer = threading.Timer(WINDOW, self._ring)
        self._timer.daemon = True
        self._timer.start()

    def _ring(self) -> None:
        with self._lock_held():
            self._timer = None
            self._sum_up(time.monotonic())
            if self._throttle.holds_back:
                self._arm()

    @contextmanager
    def _lock_held(self) -> Iterator[None]:
        self.acquire()
        try:
            yield
        finally:
            self.release()

    def _sum_up(self, now: float) -> None:
        for kind, held_back in self._throttle.closed(now):
            text = f"{kind.message} … {held_back} more in the last second"
            super().emit(logging.LogRecord(kind.component, kind.level, "", 0, text, None, None))
