"""Falsifications of what a game answered and of what fired without a press (as decoded JSON)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.api_service.audit.falsified import Falsification

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api_service.audit.falsified import Entry

# Where the values of entries stand: see shared/engine/ledger_entries.py.
ROUND = 3
OUTCOME: Final = {
    "at": 2,
    "event_type": 4,
    "log_epoch": 5,
    "seq": 6,
    "status": 7,
    "reason": 8,
    "ends_at": 9,
    "returned": 10,
    "total": 11,
    "count": 12,
}
BUTTON, AVAILABLE, REASON = 4, 5, 6  # in an entry of a button's availability
LEFT, FIRED = 6, 7  # in one of full buttons
ACCOUNTS = 6  # in one of a round's end
RETURNED, WAITING, UNAVAILABLE, PACE = 6, 7, 8, 9  # in one of its accounts
GOAL, RATE, SET_AT, SET_FROM, PRESSED_AT, HELD_UNTIL = range(6)


def _is(kind: str) -> Callable[[Entry], bool]:
    return lambda entry: entry[0] == kind


def _told(status: str, *, returned: bool = False) -> Callable[[Entry], bool]:
    def fits(entry: Entry) -> bool:
        is_told = entry[0] == "outcome" and entry[OUTCOME["status"]] == status
        return is_told and bool(entry[OUTCOME["returned"]]) == returned

    return fits


def _more(*place: int, by: int = 1) -> Callable[[Entry], None]:
    """Raise the number at a place, which may be in lists in the entry."""

    def apply(entry: Entry) -> None:
        for at in place[:-1]:
            entry = entry[at]
        entry[place[-1]] += by

    return apply


def _set(value: object, *place: int) -> Callable[[Entry], None]:
    def apply(entry: Entry) -> None:
        for at in place[:-1]:
            entry = entry[at]
        assert entry[place[-1]] != value
        entry[place[-1]] = value

    return apply


def _drop_trigger(entry: Entry) -> None:
    entry[LEFT].pop()
    entry[FIRED].pop()


ENEMY2 = 3  # its place in the accounts; it was held, and is unavailable
OF_ENEMY2 = (ACCOUNTS, ENEMY2)

# What counting a journal again finds by itself.
FALSIFIED_ANSWERS: Final = {
    "an outcome's round": Falsification(_told("done"), _more(ROUND)),
    "an outcome's button": Falsification(_told("done"), _set("enemy1", OUTCOME["event_type"])),
    "an outcome's epoch": Falsification(_told("done"), _more(OUTCOME["log_epoch"])),
    "an outcome's number": Falsification(_told("done"), _more(OUTCOME["seq"], by=99)),
    "an outcome's time": Falsification(_told("done"), _more(OUTCOME["at"], by=600_000)),
    "an outcome that comes twice": Falsification(_told("started"), _set("done", OUTCOME["status"])),
    "a failure that was none": Falsification(
        _told("failed", returned=True), _set("done", OUTCOME["status"])
    ),
    "a success that was none": Falsification(_told("done"), _set("failed", OUTCOME["status"])),
    "an end of what has none": Falsification(_told("done"), _more(OUTCOME["ends_at"], by=2**41)),
    "no end of what has one": Falsification(_told("started"), _set(0, OUTCOME["ends_at"])),
    "returned": Falsification(_told("failed", returned=True), _more(OUTCOME["returned"])),
    "returned after the end": Falsification(_told("failed"), _more(OUTCOME["returned"], by=5)),
    "a total returned": Falsification(_told("failed", returned=True), _more(OUTCOME["total"])),
    "a count after a return": Falsification(
        _told("failed", returned=True), _more(OUTCOME["count"])
    ),
    "availability": Falsification(_is("available"), _set(1, AVAILABLE)),
    "availability's round": Falsification(_is("available"), _more(ROUND)),
    "availability's button": Falsification(_is("available"), _set("skill2", BUTTON)),
    "a full button's threshold": Falsification(_is("full"), _more(FIRED, 0, 1)),
    "a full button's number": Falsification(_is("full"), _more(FIRED, 0, 2)),
    "a full button": Falsification(_is("full"), _set("skill1", FIRED, 0, 0)),
    "a full button that did not fire": Falsification(_is("full"), _drop_trigger),
    "a full button's count": Falsification(_is("full"), _more(LEFT, 0, 1)),
    "a full button's round": Falsification(_is("full"), _more(ROUND)),
    "returned at the end": Falsification(_is("finish"), _more(ACCOUNTS, 0, RETURNED)),
    "waiting at the end": Falsification(_is("finish"), _more(ACCOUNTS, 0, WAITING)),
    "availability at the end": Falsification(_is("finish"), _set(None, *OF_ENEMY2, UNAVAILABLE)),
    "a pace": Falsification(_is("finish"), _set(None, *OF_ENEMY2, PACE)),
    **{
        f"a pace's {name}": Falsification(_is("finish"), _more(*OF_ENEMY2, PACE, place))
        for name, place in {
            "goal": GOAL,
            "rate": RATE,
            "beginning": SET_AT,
            "first press": SET_FROM,
            "last press": PRESSED_AT,
            "turn": HELD_UNTIL,
        }.items()
    },
}

# What is found only by comparing it with the tables.
ANSWERS_BESIDE_TABLES: Final = {
    "a reason": Falsification(_told("failed", returned=True), _set("", OUTCOME["reason"])),
}
