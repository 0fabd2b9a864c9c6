"""Collects the differences in a room's books: the first of each kind, and how many there are."""

from __future__ import annotations

import msgspec


class Place(msgspec.Struct, frozen=True):
    """An entry of a journal: row (`epoch`, `n`), and its position in the row, from 1.

    The epoch is that of the shard's ledger, named as in the journal's table.
    """

    epoch: int
    n: int
    position: int

    def __str__(self) -> str:
        return f"entry {self.position} of journal row {self.epoch}-{self.n}"


class Difference(msgspec.Struct, frozen=True):
    """The first difference of a kind, in a sentence; `count` is how many there are of it."""

    kind: str
    count: int
    place: Place | None
    sentence: str


class Differences:
    """The differences found so far."""

    def __init__(self) -> None:
        self._by_kind: dict[str, Difference] = {}

    def note(self, kind: str, sentence: str, place: Place | None = None, *, count: int = 1) -> None:
        """Record a difference, or `count` of them."""
        first = self._by_kind.get(kind) or Difference(kind, 0, place, sentence)
        self._by_kind[kind] = msgspec.structs.replace(first, count=first.count + count)

    def has(self, kind: str) -> bool:
        return kind in self._by_kind

    def all(self) -> tuple[Difference, ...]:
        """One of each kind, in the order in which they were found."""
        return tuple(self._by_kind.values())
