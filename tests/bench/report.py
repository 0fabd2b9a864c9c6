"""Formats aligned text tables with at most 100 columns."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

WIDTH: Final = 100
NOTHING: Final = "–"


@dataclass(frozen=True)
class Table:
    """A title, column heads, rows of cells, and notes."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = field(default=())

    def __str__(self) -> str:
        return "\n".join([self.title, *_aligned(self.heads, self.rows), *map(_note, self.notes)])


def number(value: float) -> str:
    """Format with three significant digits and thousands separators."""
    if math.isnan(value):
        return NOTHING
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(digits, 3)}f}"


def times(ratio: float) -> str:
    """Format a ratio as `0.42×`."""
    return NOTHING if math.isnan(ratio) else f"{ratio:.2f}×"


def percent(part: float) -> str:
    """Format a part of 1 as a percentage."""
    return NOTHING if math.isnan(part) else f"{part:.0%}"


def _aligned(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    # Words are left-aligned, figures right-aligned.
    words = [all(not _is_figure(cell) for cell in column) for column in zip(*rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        places = zip(cells, widths, words or [True] * len(cells), strict=True)
        placed = (
            f"{cell:<{width}}" if word else f"{cell:>{width}}" for cell, width, word in places
        )
        return "  " + "  ".join(placed).rstrip()

    return [line(heads), line(["─" * width for width in widths]), *map(line, rows)]


def _is_figure(cell: str) -> bool:
    return cell == NOTHING or cell[:1].isdigit() or cell[:1] == "-"


def _note(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="  ")
