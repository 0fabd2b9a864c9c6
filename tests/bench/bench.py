"""What every topic gets: where to note figures, how long to measure, a folder to work in."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.bench.figures import Figures

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


BUTTON: Final = "skill1"  # what everybody presses


class Broken(Exception):
    """Something was lost, doubled or refused: what was measured meanwhile is worth nothing."""


@dataclass(frozen=True)
class Bench:
    """One run of the benchmarks."""

    round_count: int
    quick: bool
    root: Path
    figures: Figures = field(default_factory=Figures)

    def rounds(self, topic: str, most: int | None = None) -> Iterator[int]:
        """The rounds of a topic, counted from 0; those that take long have no more than `most`."""
        count = min(self.round_count, most or self.round_count)
        for round_ in range(count):
            tell(f"{topic}: round {round_ + 1} of {count}")
            yield round_

    def folder(self, topic: str) -> Path:
        """A folder of the topic's own."""
        folder = self.root / topic
        folder.mkdir()
        return folder


def tell(text: str) -> None:
    """Say how far the run is, where the tables do not go."""
    print(text, file=sys.stderr, flush=True)
