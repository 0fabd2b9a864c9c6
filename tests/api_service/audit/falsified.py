"""Falsifications of a batch in a journal, in either form of entry (as decoded JSON)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    Entry = list[Any]  # an entry of the journal, as a list of values

# Where the values stand: see shared/engine/ledger_entries.py.
BUTTONS, BATCHES = 8, 9  # in an entry of a call
VIEWER, NAME, COUNTED, FIRED = 4, 5, 10, 11  # in an entry of one batch
PAUSED: Final = {"press": 7, "batches": 5}
FREE_LOG: Final = {"press": 8, "batches": 6}


class Falsification(NamedTuple):
    """A change of an entry, and the entries in which it can be made."""

    fits: Callable[[Entry], bool]
    apply: Callable[[Entry], None]


def is_counted(entry: Entry) -> bool:
    return entry[0] in ("press", "batches")


def is_fired(entry: Entry) -> bool:
    return is_counted(entry) and bool(triggers_of(entry))


def triggers_of(entry: Entry) -> list[Entry]:
    """The triggers of all batches, as in the entry."""
    if entry[0] == "press":
        return list(entry[FIRED])
    return [fired for batch in entry[BATCHES] for fired in (batch[3:4] or [[]])[0]]


def raise_accepted(entry: Entry) -> None:
    (entry[COUNTED] if entry[0] == "press" else entry[BATCHES][-1][1])[-1][1] += 1


def raise_total(entry: Entry) -> None:
    if entry[0] == "press":
        entry[COUNTED][-1][2] += 1
    else:
        entry[BUTTONS][-1][1] += 1


def raise_count(entry: Entry) -> None:
    if entry[0] == "press":
        entry[COUNTED][-1][3] += 1
    else:
        entry[BUTTONS][-1][2] += 1


def raise_threshold(entry: Entry) -> None:
    triggers_of(entry)[-1][1] += 1


def raise_seq(entry: Entry) -> None:
    triggers_of(entry)[-1][2] += 1


def drop_trigger(entry: Entry) -> None:
    lists = [entry[FIRED]] if entry[0] == "press" else [b[3] for b in entry[BATCHES] if b[3:]]
    lists[-1].pop()


def change_button(entry: Entry) -> None:
    """Let the first presses be of another button."""
    if entry[0] == "press":
        entry[COUNTED][0][0] = entry[COUNTED][1][0]
    else:
        presses = entry[BATCHES][0][1][0]
        presses[0] = 0 if presses[0] else 1


def _has_two_buttons(entry: Entry) -> bool:
    if entry[0] == "press":
        return len(entry[COUNTED]) > 1
    return entry[0] == "batches" and len(entry[BUTTONS]) > 1


def flip_paused(entry: Entry) -> None:
    at = PAUSED[entry[0]]
    entry[at] = 1 - entry[at]


def fill_log(entry: Entry) -> None:
    entry[FREE_LOG[entry[0]]] = 0


def _is_outside_pauses(entry: Entry) -> bool:
    return is_counted(entry) and entry[PAUSED[entry[0]]] == 0


# What counting a journal again finds by itself.
FALSIFIED: Final = {
    "accepted": Falsification(is_counted, raise_accepted),
    "total": Falsification(is_counted, raise_total),
    "count": Falsification(is_counted, raise_count),
    "threshold": Falsification(is_fired, raise_threshold),
    "seq": Falsification(is_fired, raise_seq),
    "a trigger": Falsification(is_fired, drop_trigger),
    "the button": Falsification(_has_two_buttons, change_button),
    "paused": Falsification(is_counted, flip_paused),
    "free_log": Falsification(_is_outside_pauses, fill_log),
}


def change_viewer(entry: Entry) -> None:
    if entry[0] == "press":
        entry[VIEWER] = "eve"
    else:
        entry[BATCHES][-1][0] = "eve"


def change_name(entry: Entry) -> None:
    """Name somebody else as the one whose press fired."""
    if entry[0] == "press":
        entry[NAME] = "Eve"
    else:
        next(batch for batch in entry[BATCHES] if batch[3:])[2] = "Eve"


# What is found only by comparing it with the tables.
FALSIFIED_BESIDE_TABLES: Final = {
    "viewer": Falsification(is_counted, change_viewer),
    "name": Falsification(is_fired, change_name),
}
ALL_FALSIFIED: Final = FALSIFIED | FALSIFIED_BESIDE_TABLES
