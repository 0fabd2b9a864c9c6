"""When a part of `streamario up` that has ended unexpectedly may start again."""

import logging
import time
from typing import Final

from clients.terminal.terminal_io import CommandError
from shared.process.telemetry import fields

WINDOW: Final = 60.0  # s
TOO_MANY: Final = 5  # ends within the window
FIRST_PAUSE: Final = 0.25  # s; each further end within the window doubles it

log = logging.getLogger(__name__)


class Restarts:
    """Counts the unexpected ends of one service or server."""

    def __init__(self) -> None:
        self._ends: list[float] = []  # s, monotonic

    def pause_after(self, error: CommandError) -> float:
        """Return the seconds to wait before the next start.

        Raises `error`, which says why it has ended, at the fifth end within a minute.
        """
        now = time.monotonic()
        self._ends = [*(end for end in self._ends if now - end < WINDOW), now]
        if len(self._ends) >= TOO_MANY:
            raise error
        log.error("starting again", extra=fields(reason=str(error)))
        return FIRST_PAUSE * 2.0 ** (len(self._ends) - 1)


def note_restart(name: str, process: int) -> None:
    """Log that a service or server runs again."""
    log.warning("started again, nothing is lost", extra=fields(name=name, process=process))
