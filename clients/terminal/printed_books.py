"""The books of a room as an accountant prints them: plain text, at most 100 columns."""

from __future__ import annotations

import textwrap
from datetime import UTC
from typing import TYPE_CHECKING, Final

from clients.terminal.terminal_io import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from api_service.audit.differences import Difference
    from api_service.audit.statement import Audit, ButtonBooks, EpochBooks, Replayed, RoundBooks

WIDTH: Final = 100
INDENT: Final = "  "
SHORTEST_NAME: Final = 8
STATUS: Final = {"active": "waiting for its game", "in_game": "in game", "ended": "ended"}
EQUATION: Final = "presses - forgotten = thresholds + remainder + discarded"

Row = tuple[str | int, ...]


def printed(audited: Audit) -> list[str]:
    """The books, line by line; the last one says whether they balance."""
    lines = [f"Books of room {plain(audited.room_id)}", "", *_facts(audited)]
    for round_ in audited.rounds:
        lines += ["", _heading(round_), "", *_round(round_)]
    lines += ["", "Numbers of the room's log", "", *_numbers(audited.epochs)]
    lines += ["", "Journal, each press counted again by the rule", "", *_replay(audited.replay)]
    if audited.differences:
        lines += ["", "What does not balance", "", *_differences(audited.differences)]
    return [*lines, "", _verdict(audited)]


def table(header: Sequence[str], rows: Sequence[Row], *, summed: int) -> list[str]:
    """Columns of numbers beside their name, those from `summed` on added up."""
    sums = [sum(map(int, column)) for column in list(zip(*rows, strict=True))[summed:]]
    total: Row = ("total", *[""] * (summed - 1), *sums)
    texts = [[_text(cell) for cell in row] for row in (header, *rows, total)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    left_over = WIDTH - len(INDENT) - sum(width + 2 for width in widths[1:])
    widths[0] = min(widths[0], max(SHORTEST_NAME, left_over))
    *body, last = (_line(row, widths) for row in texts)
    single, double = (_line(_rules(each, widths, summed), widths) for each in "-=")
    return [*body, single, last, double]


def _rules(stroke: str, widths: Sequence[int], summed: int) -> list[str]:
    """The lines above and under sums."""
    return [stroke * width if n >= summed else "" for n, width in enumerate(widths)]


def _text(cell: str | int) -> str:
    return f"{cell:,}" if isinstance(cell, int) else plain(cell)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, width = cells[0], widths[0]
    name = first if len(first) <= width else f"{first[: width - 2]}.."
    numbers = (f"{cell:>{w}}" for cell, w in zip(cells[1:], widths[1:], strict=True))
    return (INDENT + "  ".join([f"{name:<{width}}", *numbers])).rstrip()


def _facts(audited: Audit) -> list[str]:
    facts = {
        "status": STATUS.get(audited.status, audited.status),
        "opened": _moment(audited.opened_at),
        "booked up to": f"{_moment(audited.booked_to)}; whatever Redis holds unread comes after",
        "in presses": EQUATION,
    }
    return [f"{INDENT}{name:<14}{value}" for name, value in facts.items()]


def _heading(round_: RoundBooks) -> str:
    ended = f"to {_moment(round_.ended_at)}" if round_.ended_at else "and still open"
    viewers = f"{round_.viewers:,} viewer{'' if round_.viewers == 1 else 's'}"
    return f"Round {round_.round}, from {_moment(round_.started_at)} {ended}, {viewers}"


def _round(round_: RoundBooks) -> list[str]:
    if not round_.buttons:
        return [f"{INDENT}nothing was pressed"]
    header = ("button", *("presses", "forgotten", "triggers", "thresholds", "remainder"))
    rows = [_button(books) for books in round_.buttons]
    return table((*header, "discarded", "difference"), rows, summed=1)


def _button(books: ButtonBooks) -> Row:
    return (
        books.event_type,
        books.presses,
        books.forgotten,
        books.triggers,
        books.thresholds,
        books.remainder,
        books.discarded,
        books.difference,
    )


def _numbers(epochs: Sequence[EpochBooks]) -> list[str]:
    if not epochs:
        return [f"{INDENT}nothing was fired"]
    header = ("epoch", "first", "last", "triggers", "summaries", "forgotten", "missing", "repeated")
    return table(header, [_epoch(books) for books in epochs], summed=3)


def _epoch(books: EpochBooks) -> Row:
    return (
        str(books.epoch),
        books.first,
        books.last,
        books.triggers,
        books.summaries,
        books.forgotten,
        books.missing,
        books.repeated,
    )


def _replay(replay: Replayed) -> list[str]:
    if not replay.entries:
        return [f"{INDENT}The journal is empty: the presses cannot be counted again."]
    rows = {
        "entries": replay.entries,
        "presses": replay.presses,
        "triggers": replay.triggers,
        "differences": replay.differences,
    }
    width = max(len(f"{value:,}") for value in rows.values())
    lines = [f"{INDENT}{name:<14}{value:>{width},}" for name, value in rows.items()]
    return lines if replay.whole else [*lines, *_wrapped(_beginning(replay))]


def _beginning(replay: Replayed) -> str:
    return (
        f"The journal does not begin with the room's opening: of what came before"
        f" {_moment(replay.first_at)} it cannot tell; {replay.unchecked:,} of its entries"
        " could not be counted again."
    )


def _differences(differences: Sequence[Difference]) -> Iterator[str]:
    for found in differences:
        times = f" ({found.count:,} times, the first:)" if found.count > 1 else ":"
        where = f" ({found.place})" if found.place else ""
        yield from _wrapped(f"{found.kind}{times} {plain(found.sentence)}{where}")


def _wrapped(text: str) -> list[str]:
    more = 2 * INDENT
    return textwrap.wrap(text, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT + more)


def _verdict(audited: Audit) -> str:
    if audited.balanced:
        return "The books balance."
    return f"The books do not balance: {', '.join(each.kind for each in audited.differences)}."


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "unknown"
