"""The printed ledger of a room."""

from datetime import UTC, datetime

import msgspec

from api_service.audit import (
    Audit,
    ButtonBooks,
    Difference,
    EpochBooks,
    RoundBooks,
)
from clients.terminal.printed_books import WIDTH, BooksPrinter
from clients.terminal.terminal_io import columns
from shared.wire.languages import Language

OPENED = datetime(2026, 11, 24, 9, 30, 5, tzinfo=UTC)
BOOKS = Audit(
    room_id="01JD8Z",
    status="in_game",
    opened_at=OPENED,
    booked_to=OPENED,
    rounds=(
        RoundBooks(
            round=1,
            started_at=OPENED,
            ended_at=None,
            viewers=1,
            buttons=(
                ButtonBooks("skill1", 1_016, 9, 3, 1_000, 9, 4, 0, returned=6, done=1, failed=2),
                ButtonBooks("enemy1", 4, 0, 0, 0, 4, 0, 0),
            ),
        ),
    ),
    epochs=(EpochBooks(1795550177638, 1, 1_004, 1_003, 1, 2, 0, 0),),
    differences=(),
    balanced=True,
)

BUTTONS = """
  button  presses  forgotten  returned  triggers  thresholds  remainder  discarded  difference
  skill1    1,016          9         6         3       1,000          9          4           0
  enemy1        4          0         0         0           0          4          0           0
          -------  ---------  --------  --------  ----------  ---------  ---------  ----------
  total     1,020          9         6         3       1,000         13          4           0
          =======  =========  ========  ========  ==========  =========  =========  ==========
""".strip("\n").splitlines()


def printed(audit: Audit, language: Language = "en") -> list[str]:
    return BooksPrinter(language).lines(audit)


def button(name: str, presses: int) -> ButtonBooks:
    return ButtonBooks(name, *[presses] * 10)


def with_button(books: ButtonBooks) -> Audit:
    round_ = msgspec.structs.replace(BOOKS.rounds[0], buttons=(books,))
    return msgspec.structs.replace(BOOKS, rounds=(round_,))


def test_books_that_balance_are_printed_in_columns_with_their_sums() -> None:
    assert printed(BOOKS) == [
        "Books of room 01JD8Z",
        "",
        "  status        in game",
        "  opened        2026-11-24 09:30:05 UTC",
        "  booked up to  2026-11-24 09:30:05 UTC; whatever Redis holds unread comes after",
        "  in presses    presses - forgotten + returned = thresholds + remainder + discarded",
        "",
        "Round 1, from 2026-11-24 09:30:05 UTC and still open, 1 viewer",
        "",
        *BUTTONS,
        "",
        "  button  triggers  done  failed  returned",
        "  skill1         3     1       2         6",
        "          --------  ----  ------  --------",
        "  total          3     1       2         6",
        "          ========  ====  ======  ========",
        "",
        "Numbers of the room's log",
        "",
        "  epoch          first   last  triggers  summaries  forgotten  missing  repeated",
        "  1795550177638      1  1,004     1,003          1          2        0         0",
        "                               --------  ---------  ---------  -------  --------",
        "  total                           1,003          1          2        0         0",
        "                               ========  =========  =========  =======  ========",
        "",
        "The books balance.",
    ]


def test_what_does_not_balance_is_told_and_named_in_the_last_line() -> None:
    differences = (
        Difference("balance", "round 1, skill1: 8 presses are not 7"),
        Difference("summary", ", ".join(["skill1 at 6"] * 9)),
        Difference("balance", "round 2, skill1: 9 presses are not 7"),
    )
    lines = printed(msgspec.structs.replace(BOOKS, differences=differences, balanced=False))
    assert lines[-8:] == [
        "What does not balance",
        "",
        "  balance: round 1, skill1: 8 presses are not 7",
        f"  summary: {', '.join(['skill1 at 6'] * 6)}, skill1 at",
        "      6, skill1 at 6, skill1 at 6",
        "  balance: round 2, skill1: 9 presses are not 7",
        "",
        "The books do not balance: balance, summary.",
    ]


def test_no_line_is_wider_than_a_hundred_columns() -> None:
    """With the longest name and ten million presses."""
    wide = with_button(button("b" * 32, 9_999_999))
    lines = printed(wide)
    assert max(map(len, lines)) == 100
    row, _ = [line for line in lines if "bbb" in line]
    assert row.split()[0].endswith("b..")
    assert row.split()[1] == "9,999,999"


def test_names_cannot_move_the_cursor() -> None:
    sentence = "somebody\x1b[2J fires"
    told = Difference("balance", sentence)
    odd = msgspec.structs.replace(with_button(button("a\x1b[2J\n", 0)), room_id="x\x1b[2J")
    lines = printed(msgspec.structs.replace(odd, differences=(told,), balanced=False))
    assert not [line for line in lines if "\x1b" in line or "\n" in line]


def test_a_room_in_which_nothing_happened_has_no_empty_tables() -> None:
    quiet = msgspec.structs.replace(BOOKS.rounds[0], buttons=(), viewers=0, ended_at=OPENED)
    lines = printed(msgspec.structs.replace(BOOKS, rounds=(quiet,), epochs=()))
    assert "  nothing was pressed" in lines
    assert "  nothing was fired" in lines
    assert "Round 1, from 2026-11-24 09:30:05 UTC to 2026-11-24 09:30:05 UTC, 0 viewers" in lines


def test_sums_stand_under_the_columns_that_are_summed() -> None:
    assert BooksPrinter("en").table(("a", "b", "c"), [("x", 1, 2), ("y", 30, 40)], summed=2) == [
        "  a       b   c",
        "  x       1   2",
        "  y      30  40",
        "             --",
        "  total      42",
        "             ==",
    ]


def test_the_books_are_printed_in_japanese() -> None:
    """In columns as wide as they look: a Japanese character takes two."""
    lines = printed(BOOKS, "ja")
    assert "ルーム 01JD8Z の台帳" in lines
    assert "  状態          ラウンド中" in lines
    assert "  ボタン   押下  喪失  返却  トリガー  しきい値  残り  破棄  差" in lines
    assert "  skill1  1,016     9     6         3     1,000     9     4   0" in lines
    assert "  ボタン  トリガー  成功  不発  返却" in lines
    assert lines[-1] == "台帳の合計は合っています。"
    assert max(map(columns, lines)) <= WIDTH
