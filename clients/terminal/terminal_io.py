"""A terminal that shows lines above one line that changes, and hears single keys."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
import termios
import tty
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

# What a stranger's text could move the cursor or turn the line around with.
UNSAFE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
CLEAR_LINE: Final = "\r\x1b[K"


def plain(text: str) -> str:
    """A text from elsewhere, fit to be printed."""
    return UNSAFE.sub("", text)


class Terminal:
    """Where a program speaks: lines that stay, and, on a screen, a last line that does not.

    Raises BrokenPipeError, once, when nobody reads any more.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self.is_screen = out.isatty()
        self._status = ""

    def say(self, *lines: str) -> None:
        """Print lines that stay."""
        clear = CLEAR_LINE if self._status else ""
        self._write(clear + "".join(f"{line}\n" for line in lines) + self._status)

    def status(self, text: str) -> None:
        """Show what changes, on a screen; elsewhere nothing."""
        if self.is_screen and text != self._status:
            # One column stays free: a full last column would wrap.
            self._status = text[: shutil.get_terminal_size().columns - 1]
            self._write(CLEAR_LINE + self._status)

    def close(self) -> None:
        """Leave the cursor at the start of a line."""
        self.status("")

    def _write(self, text: str) -> None:
        # A name may hold what this terminal's encoding cannot show.
        encoding = self._out.encoding or "utf-8"
        try:
            self._out.write(text.encode(encoding, "replace").decode(encoding))
            self._out.flush()
        except BrokenPipeError:
            # Else the interpreter would try, and complain, once more at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._out.fileno())
            raise


@contextmanager
def on_keys(heard: Callable[[str], None]) -> Iterator[None]:
    """Call `heard` with each key pressed on standard input while the block runs."""
    loop, keyboard = asyncio.get_running_loop(), sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)

    def read() -> None:
        for key in os.read(keyboard, 64).decode(errors="ignore"):
            heard(key)

    tty.setcbreak(keyboard)
    loop.add_reader(keyboard, read)
    try:
        yield
    finally:
        loop.remove_reader(keyboard)
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
