"""Log lines: one event each, its facts as fields, never a flood.

A module writes `log = logging.getLogger(__name__)` and then
`log.info("event triggered", extra=fields(room_id=room.id, count=5))`, which comes out as
`2026-11-24T15:38:31.042Z INFO api_service.routes.presses event triggered room_id=01HX... count=5`.
The message is a constant (people grep for it), what varies is a field. Query strings carry
secrets: they are no field of any line. Whatever is written in the course of a request carries its
id as `request_id`, where one is set.
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
# What others may have us write: it goes into log lines and answers as it is.
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)

request_id: Final[ContextVar[str]] = ContextVar("request_id", default="")


def request_id_from(told: str | None) -> str:
    """The id under which a request is logged: what a trusted proxy calls it, else a new one."""
    return told if told and _REQUEST_ID.fullmatch(told) else secrets.token_hex(8)


class Extra(TypedDict):
    """What `logging` hangs on a record: the fields under one name, clear of its own attributes."""

    fields: dict[str, Field]


def fields(**facts: Field) -> Extra:
    """The facts of a log line, for `extra=`."""
    return {"fields": facts}


def configure_logging(level: str, log_format: LogFormat) -> None:
    """Send the process's log to standard error, our packages from `level` upwards.

    Libraries speak from WARNING upwards whatever the level: below that, HTTP and WebSocket
    libraries write request targets with their query strings. A server that brings its own
    logging configuration (uvicorn) is to be started without it.
    """
    handler = ThrottledHandler()
    handler.setFormatter(FORMATTERS[log_format]())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # No line says in which thread or process it was written; each record would ask.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    for package in OUR_PACKAGES:
        logging.getLogger(package).setLevel(level)


class TextFormatter(logging.Formatter):
    """`time LEVEL component message key=value ...`, one line but for tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as a line for people and grep."""
        facts = "".join(f" {name}={_plain(value)}" for name, value in _fields(record).items())
        message = record.getMessage().replace("\n", "\\n")
        line = f"{_timestamp(record)} {record.levelname} {record.name} {message}{facts}"
        return f"{line}\n{traceback}" if (traceback := _traceback(self, record)) else line


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, component, message, then the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as a line for machines."""
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
    """What makes two lines alike: everything but the facts."""

    component: str
    level: int
    message: str


@dataclass(frozen=True, slots=True)
class Window:
    """The lines of one kind since `start` (s, monotonic): written and held back."""

    start: float
    written: int = 0
    held_back: int = 0


class Throttle:
    """Counts lines by kind and lets 20 of each through in a second. Pure: it is told the time."""

    def __init__(self) -> None:
        self._windows: dict[Kind, Window] = {}

    def admit(self, kind: Kind, now: float) -> bool:
        """Whether this line may be written. `closed` must have been read up to `now`."""
        window = self._windows.setdefault(kind, Window(now))
        if window.written < LINES_PER_SECOND:
            self._windows[kind] = replace(window, written=window.written + 1)
            return True
        self._windows[kind] = replace(window, held_back=window.held_back + 1)
        return False

    @property
    def holds_back(self) -> bool:
        """Whether some line waits to be summed up."""
        return any(window.held_back for window in self._windows.values())

    def closed(self, now: float) -> Iterator[tuple[Kind, int]]:
        """Forget the windows whose second is over; yield what was held back: kind, how often."""
        over = [kind for kind, window in self._windows.items() if now - window.start >= WINDOW]
        for kind in over:
            if held_back := self._windows.pop(kind).held_back:
                yield kind, held_back


class ThrottledHandler(logging.StreamHandler[TextIO]):
    """Writes to standard error, at most 20 lines of a kind a second; the rest is summed up."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self._throttle = Throttle()
        self._timer: threading.Timer | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, or count it (`logging` holds this handler's lock here)."""
        self._sum_up(time.monotonic())
        kind = Kind(record.name, record.levelno, str(record.msg))
        if self._throttle.admit(kind, time.monotonic()):
            super().emit(record)
        elif self._timer is None:
            self._arm()

    def close(self) -> None:
        """Write what is still held back, and wait no longer for the second to end."""
        with self._lock_held():
            if self._timer is not None:
                self._timer.cancel()
            self._sum_up(math.inf)
        super().close()

    def _arm(self) -> None:
        # The sum is due when the second ends, even if nothing is logged after the burst.
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
