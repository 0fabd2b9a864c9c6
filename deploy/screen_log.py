"""The log of `streamario up` on a terminal: one short line per trigger, and where to go.

If the output is no terminal or `LOG_FORMAT` is set, `shared.process.telemetry` formats the log.
"""

import logging
import time
from dataclasses import dataclass
from typing import Final

from shared.process.settings import Tunnel
from shared.process.telemetry import Field, TextFormatter

DELIVERED: Final = "event delivered to unity via pubsub"
DELIVERED_BY: Final = "ws_gateway.games.session"
LEFT_OUT: Final = frozenset({"event triggered", "event published to pubsub"})
REFUSED: Final = frozenset({"request refused", "socket refused"})
REFUSED_INTERVAL: Final = 60.0  # s
AGAIN_AFTER: Final = 20  # lines; most terminals show at least 24
YELLOW: Final = "\x1b[33m"
PLAIN: Final = "\x1b[0m"


@dataclass(frozen=True, slots=True)
class ScreenLog:
    """The log on a terminal that a person watches; the URLs of console and tunnel are repeated."""

    console: str
    in_color: bool
    tunnel: Tunnel | None = None

    def show(self) -> None:
        """Make the handlers of the root logger write for that person, who sees each trigger."""
        triggers = logging.getLogger(DELIVERED_BY)
        level = triggers.getEffectiveLevel()
        if level <= logging.INFO:
            triggers.setLevel(logging.DEBUG)  # elsewhere a line for each trigger is too many

        def is_shown(record: logging.LogRecord) -> bool:
            if record.name == DELIVERED_BY and record.levelno < level:
                return record.msg == DELIVERED
            return record.msg not in LEFT_OUT

        for handler in logging.getLogger().handlers:
            handler.filters.insert(0, is_shown)  # before the throttle, which would sum them up
            if self.tunnel:
                handler.filters.insert(0, SomeRefusals())
            handler.setFormatter(ScreenFormatter(self))


class SomeRefusals(logging.Filter):
    """Lets one refusal a minute pass, with the number of others: strangers try public addresses."""

    def __init__(self) -> None:
        super().__init__()
        self._others = 0
        self._until = 0.0  # s, monotonic

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record may be written."""
        if record.msg not in REFUSED:
            return True
        if (now := time.monotonic()) < self._until:
            self._others += 1
            return False
        self._until = now + REFUSED_INTERVAL
        record.__dict__["fields"] = {**getattr(record, "fields", {}), "others": self._others}
        self._others = 0
        return True


class ScreenFormatter(TextFormatter):
    """Shortens triggers, and repeats the URLs below them so that they stay visible.

    Other lines are not followed by it: those of a stop would lead to a console that is gone.
    """

    def __init__(self, screen: ScreenLog) -> None:
        super().__init__()
        self._screen = screen
        self._begin, self._end = (YELLOW, PLAIN) if screen.in_color else ("", "")
        self._lines = 0

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line, with the URLs below after 20 lines."""
        self._lines += 1
        if record.msg != DELIVERED:
            return super().format(record)
        line = self._trigger(record)
        if self._lines < AGAIN_AFTER:
            return line
        self._lines = 0
        tunnel = self._screen.tunnel
        public = f"\n  public   {tunnel.url}" if tunnel and tunnel.url else ""
        return f"{line}\n  console  {self._screen.console}{public}"

    def _trigger(self, record: logging.LogRecord) -> str:
        facts: dict[str, Field] = getattr(record, "fields", {})
        at = time.strftime("%H:%M:%S", time.localtime(record.created))
        event = f"{self._begin}⚡ {facts['event_type']}{self._end}"
        replayed = "  replayed" if facts["replayed"] else ""
        return f"{at}  {event}  #{facts['seq']}  room {facts['room_id']}{replayed}"
