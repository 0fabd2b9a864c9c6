"""The terminal: options and their help, lines above a status line, single keys, one-line errors.

What it prints is in the user's language.
"""

import argparse
import asyncio
import os
import re
import shutil
import sys
import termios
import tty
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TextIO
from unicodedata import combining, east_asian_width

from shared.wire.languages import Language, Sentence, spoken

# Characters with which a foreign text could move the cursor or reverse the line's direction.
UNSAFE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
CLEAR_LINE: Final = "\r\x1b[K"


class CommandError(Exception):
    """Why a command cannot run: the user reads one line, never a stack trace.

    `sentence` is the reason, in either language, the text in English.
    """

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.en)
        self.sentence = sentence


def plain(text: str) -> str:
    """A foreign text without characters that are unsafe to print."""
    return UNSAFE.sub("", text)


def locale_language(environ: Mapping[str, str]) -> Language:
    """The language of messages (POSIX.1-2017, section 8.2): Japanese for "ja…", else English."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((environ[name] for name in names if environ.get(name)), "")
    return "ja" if re.match(r"ja(?![A-Za-z])", locale) else "en"


def columns(text: str) -> int:
    """The width of a text in terminal columns: a Japanese character takes two."""
    return sum(_columns_of(character) for character in text)


def left(text: str, width: int) -> str:
    """The text, padded on the right to `width` columns."""
    return text + " " * (width - columns(text))


def right(text: str, width: int) -> str:
    """The text, padded on the left to `width` columns."""
    return " " * (width - columns(text)) + text


def named(values: Mapping[Sentence, str | Sentence], width: int, language: Language) -> list[str]:
    """A line for each value that is not empty, after its name in `width` columns."""
    return [
        f"  {left(name.spoken(language), width)}{spoken(value, language)}"
        for name, value in values.items()
        if value
    ]


def cut(text: str, width: int) -> str:
    """The beginning of the text that fits in `width` columns."""
    for n, character in enumerate(text):
        width -= _columns_of(character)
        if width < 0:
            return text[:n]
    return text


def wrapped(text: str, first: int, others: int) -> list[str]:
    """The text in lines of at most `width` columns; breaks at blanks, and long words anywhere."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        while columns(longer) > (others if lines else first):
            if not line or columns(word) > others:
                line = cut(longer, others if lines else first)
            lines.append(line.rstrip())
            longer, line = longer[len(line) :].lstrip(), ""
        line = longer
    return [*lines, line]


def _columns_of(character: str) -> int:
    return 0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1


class Terminal:
    """The output of a command: lines, and on a screen a status line below them.

    Sentences are printed in `language`. Raises BrokenPipeError once, if the reader has closed.
    """

    def __init__(self, out: TextIO, language: Language = "en") -> None:
        self.language = language
        self._out = out
        self.is_screen = out.isatty()
        self._status = ""

    def say(self, *lines: str | Sentence) -> None:
        """Print lines above the status line."""
        clear = CLEAR_LINE if self._status else ""
        printed = "".join(f"{spoken(line, self.language)}\n" for line in lines)
        self._write(clear + printed + self._status)

    def status(self, text: str | Sentence) -> None:
        """Replace the status line; does nothing unless the output is a screen."""
        if self.is_screen and (printed := spoken(text, self.language)) != self._status:
            # Leave one column free: a full line would wrap.
            self._status = cut(printed, shutil.get_terminal_size().columns - 1)
            self._write(CLEAR_LINE + self._status)

    def close(self) -> None:
        """Leave the cursor at the start of a line."""
        self.status("")

    def _write(self, text: str) -> None:
        # A name may contain characters that the terminal's encoding lacks.
        encoding = self._out.encoding or "utf-8"
        try:
            self._out.write(text.encode(encoding, "replace").decode(encoding))
            self._out.flush()
        except BrokenPipeError:
            # Otherwise the interpreter would write again at exit, and print the error.
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


class HelpFormatter(argparse.HelpFormatter):
    """Wraps text by the columns that it takes; argparse counts characters, and breaks at spaces."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(text, width, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(f"{indent}{line}" for line in wrapped(text, width, width))


def whole_number(text: str) -> int:
    """The value of an option that counts something. Raises ArgumentTypeError."""
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


class CommandParser(argparse.ArgumentParser):
    """Reads the options of `streamario COMMAND`, and explains them in one language."""

    def __init__(
        self,
        command: str,
        description: Sentence,
        language: Language,
        epilog: Sentence | None = None,
    ) -> None:
        super().__init__(
            prog=f"streamario {command}",
            description=description.spoken(language),
            epilog=epilog.spoken(language) if epilog else None,
            formatter_class=HelpFormatter,
        )
        self._language = language

    def option(self, name: str, meaning: Sentence, **how: Any) -> None:
        """Add an option or an argument; `how` is as for `add_argument`."""
        self.add_argument(name, help=meaning.spoken(self._language), **how)
