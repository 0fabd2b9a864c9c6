"""The run that every topic gets: its figures, its number of rounds, its folder."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.bench.figures import Figures

BUTTON: Final = "skill1"  # the button that all viewers press


class Broken(Exception):
    """Something was lost, counted twice or refused, so the measurement is invalid."""


@dataclass(frozen=True)
class Bench:
    """One run of the benchmarks."""

    round_count: int
    quick: bool
    root: Path
    figures: Figures = field(default_factory=Figures)

    def rounds(self, topic: str, most: int | None = None) -> Iterator[int]:
        """Yield the topic's rounds from 0, at most `most`, and report progress."""
        count = min(self.round_count, most or self.round_count)
        for round_ in range(count):
            tell(f"{topic}: round {round_ + 1} of {count}")
            yield round_

    def folder(self, topic: str) -> Path:
        """Create a folder for the topic."""
        folder = self.root / topic
        folder.mkdir()
        return folder


def tell(text: str) -> None:
    """Report progress on standard error; tables go to standard output."""
    print(text, file=sys.stderr, flush=True)
