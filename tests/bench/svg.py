"""Draws line charts as one SVG of several panels, readable on light and dark pages."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from tests.bench.report import number

COLUMNS: Final = 2
WIDTH, HEIGHT = 440, 290  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 62, 30, 54, 44  # its margins
TITLE_AT, LEGEND_AT = 18, 38
LEGEND_WIDTH: Final = 110  # of a line's name with its mark
# Visible on white and on black pages. The palette is Okabe and Ito's, for colour-blind readers.
COLORS: Final = ("#0f82c8", "#d55e00", "#009e73", "#cc79a7", "#b8860b")
GREY: Final = "#808080"
STYLE: Final = (
    f"text{{font:12px system-ui,sans-serif;fill:{GREY}}}"
    ".title{font-weight:600;font-size:13px}"
    f".grid{{stroke:{GREY};stroke-opacity:.25}}"
    ".line{fill:none;stroke-width:2}"
)


@dataclass(frozen=True)
class Line:
    """A name and its points, in the order of x; points with NaN are not drawn."""

    name: str
    points: Sequence[tuple[float, float]]

    @property
    def known(self) -> list[tuple[float, float]]:
        return [point for point in self.points if not any(map(math.isnan, point))]


@dataclass(frozen=True)
class Panel:
    """One chart. The x axis is logarithmic; the y axis starts at 0, or is logarithmic if `log`."""

    title: str
    x_unit: str
    y_unit: str
    lines: Sequence[Line]
    log: bool = False


def picture(panels: Sequence[Panel]) -> str:
    """Return all panels that have points as one SVG document."""
    drawn = [panel for panel in panels if any(line.known for line in panel.lines)]
    width, height = WIDTH * COLUMNS, HEIGHT * -(-len(drawn) // COLUMNS)
    places = [(n % COLUMNS * WIDTH, n // COLUMNS * HEIGHT) for n in range(len(drawn))]
    groups = (
        f'<g transform="translate({x} {y})">{"".join(_panel(panel))}</g>'
        for panel, (x, y) in zip(drawn, places, strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}">'
        f"<style>{STYLE}</style>{''.join(groups)}</svg>\n"
    )


def _panel(panel: Panel) -> Iterator[str]:
    lines = [line for line in panel.lines if line.known]
    points = [point for line in lines for point in line.known]
    xs = sorted({x for x, _ in points})
    x_at = _scale(xs[0], xs[-1], LEFT, WIDTH - RIGHT, math.log)
    marks = _marks([y for _, y in points], log=panel.log)
    y_at = _scale(marks[0], marks[-1], HEIGHT - BOTTOM, TOP, math.log if panel.log else float)
    yield _text(LEFT, TITLE_AT, panel.title, "start", ' class="title"')
    for mark in marks:
        y = y_at(mark)
        yield f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
        yield _text(LEFT - 6, y + 4, number(mark), "end")
    for x in xs:
        yield _text(x_at(x), HEIGHT - BOTTOM + 17, f"{x:,.0f}", "middle")
    yield _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, panel.x_unit, "middle")
    yield _text(WIDTH - RIGHT, TITLE_AT, panel.y_unit, "end")
    for n, line in enumerate(lines):
        yield from _line(line, COLORS[n % len(COLORS)], x_at, y_at)
        if len(lines) > 1:
            yield from _legend(line.name, COLORS[n % len(COLORS)], LEFT + n * LEGEND_WIDTH)


def _line(
    line: Line, color: str, x_at: Callable[[float], float], y_at: Callable[[float], float]
) -> Iterator[str]:
    places = [(x_at(x), y_at(y)) for x, y in line.known]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    yield f'<path class="line" stroke="{color}" d="M{path}"/>'
    for x, y in places:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>'


def _legend(name: str, color: str, x: float) -> Iterator[str]:
    yield f'<path class="line" stroke="{color}" d="M{x} {LEGEND_AT - 4}h16"/>'
    yield _text(x + 21, LEGEND_AT, name, "start")


def _text(x: float, y: float, text: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(text)}</text>'


def _scale(
    low: float, high: float, start: float, end: float, of: Callable[[float], float]
) -> Callable[[float], float]:
    """Return the mapping of values to `start` … `end`; a single value is mapped to the middle."""
    if low == high:
        return lambda _: (start + end) / 2
    return lambda value: start + (of(value) - of(low)) / (of(high) - of(low)) * (end - start)


def _marks(values: Sequence[float], *, log: bool) -> list[float]:
    """Return round axis values, from 0 (or in decades) to at least the largest value."""
    top = max(values)
    if log:
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(top))
        return [10.0**power for power in range(low, max(high, low + 1) + 1)]
    step = next(step for step in _steps(top) if 4 * step >= top)
    return [step * n for n in range(math.ceil(top / step) + 1)]


def _steps(top: float) -> Iterator[float]:
    decade = 10.0 ** math.floor(math.log10(top / 4)) if top > 0 else 1.0
    for factor in (1, 2, 2.5, 5, 10):
        yield decade * factor
