"""Prints the ledger of a room as plain text, at most 100 columns wide."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from api_service.audit import Audit, ButtonBooks, EpochBooks, RoundBooks
from clients.terminal.terminal_io import columns, cut, left, named, plain, right, wrapped
from clients.terminal.texts import audit as texts
from clients.terminal.texts import viewers
from shared.wire.languages import Language, Sentence, spoken

WIDTH: Final = 100
INDENT: Final = "  "
NAME_WIDTH: Final = 14  # columns
SHORTEST_NAME: Final = 8

Cell = str | int | Sentence
Row = tuple[Cell, ...]


class BooksPrinter:
    """Prints a ledger in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def lines(self, audited: Audit) -> list[str]:
        """The ledger; the last line says whether it balances."""
        lines: list[str | Sentence] = [texts.BOOKS_OF.about(room=plain(audited.room_id)), ""]
        lines += self._facts(audited)
        for round_ in audited.rounds:
            lines += ["", _heading(round_), "", *self._round(round_)]
        lines += ["", texts.NUMBERS, "", *self._numbers(audited.epochs)]
        if audited.differences:
            lines += ["", texts.NOT_BALANCED, ""]
        for found in audited.differences:
            lines += _wrapped(f"{found.kind}: {plain(found.sentence)}")
        return [self._spoken(line) for line in (*lines, "", _verdict(audited))]

    def table(self, header: Row, rows: Sequence[Row], *, summed: int) -> list[str]:
        """A table of numbers with a name per row; columns from `summed` on have a sum below."""
        sums = [
            sum(cell for cell in column if isinstance(cell, int))
            for column in list(zip(*rows, strict=True))[summed:]
        ]
        total: Row = (texts.TOTAL, *[""] * (summed - 1), *sums)
        cells = [[self._cell(cell) for cell in row] for row in (header, *rows, total)]
        widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
        left_over = WIDTH - len(INDENT) - sum(width + 2 for width in widths[1:])
        widths[0] = min(widths[0], max(SHORTEST_NAME, left_over))
        *body, last = (_line(row, widths) for row in cells)
        single, double = (
            _line([""] * summed + [stroke * width for width in widths[summed:]], widths)
            for stroke in "-="
        )
        return [*body, single, last, double]

    def _books(
        self,
        columns: Mapping[str, Sentence],
        books: Iterable[ButtonBooks | EpochBooks],
        *,
        summed: int = 1,
    ) -> list[str]:
        rows = [[getattr(each, field) for field in columns] for each in books]
        # The first column names the row; an epoch is no number to group by thousands.
        named = [(str(name), *figures) for name, *figures in rows]
        return self.table(tuple(columns.values()), named, summed=summed)

    def _facts(self, audited: Audit) -> list[str]:
        facts: dict[Sentence, str | Sentence] = {
            texts.STATUS_ROW: texts.STATUS.get(audited.status, audited.status),
            texts.OPENED_ROW: _moment(audited.opened_at),
            texts.BOOKED_ROW: texts.BOOKED.about(moment=_moment(audited.booked_to)),
            texts.EQUATION_ROW: texts.EQUATION,
        }
        return named(facts, NAME_WIDTH, self._language)

    def _round(self, round_: RoundBooks) -> list[str]:
        if not round_.buttons:
            return [f"{INDENT}{self._spoken(texts.NOT_PRESSED)}"]
        lines = self._books(texts.BUTTON_COLUMNS, round_.buttons)
        if outcomes := [each for each in round_.buttons if each.done or each.failed]:
            lines += ["", *self._books(texts.OUTCOME_COLUMNS, outcomes)]
        return lines

    def _numbers(self, epochs: Sequence[EpochBooks]) -> list[str]:
        if not epochs:
            return [f"{INDENT}{self._spoken(texts.NOT_FIRED)}"]
        return self._books(texts.NUMBER_COLUMNS, epochs, summed=3)

    def _cell(self, cell: Cell) -> str:
        return f"{cell:,}" if isinstance(cell, int) else plain(self._spoken(cell))

    def _spoken(self, text: str | Sentence) -> str:
        return spoken(text, self._language)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, width = cells[0], widths[0]
    name = first if columns(first) <= width else f"{cut(first, width - 2)}.."
    numbers = (right(cell, w) for cell, w in zip(cells[1:], widths[1:], strict=True))
    return (INDENT + "  ".join([left(name, width), *numbers])).rstrip()


def _heading(round_: RoundBooks) -> Sentence:
    heading = texts.ROUND if round_.ended_at else texts.OPEN_ROUND
    return heading.about(
        round=round_.round,
        start=_moment(round_.started_at),
        end=_moment(round_.ended_at),
        viewers=viewers(round_.viewers),
    )


def _wrapped(text: str) -> list[str]:
    first, *more = wrapped(text, WIDTH - len(INDENT), WIDTH - 3 * len(INDENT))
    return [INDENT + first, *(3 * INDENT + line for line in more)]


def _verdict(audited: Audit) -> Sentence:
    if audited.balanced:
        return texts.BALANCE
    kinds = dict.fromkeys(each.kind for each in audited.differences)
    return texts.NO_BALANCE.about(kinds=", ".join(kinds))


def _moment(moment: datetime | None) -> str | Sentence:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else texts.UNKNOWN
