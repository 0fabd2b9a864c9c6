"""What the scenario prints: one line a step, with its time and figures."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Step:
    """A step that runs."""

    figures: list[str] = field(default_factory=list)

    def found(self, figure: object) -> None:
        """Print this, too, when the step is done."""
        self.figures.append(str(figure))


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Print the title, and at the end of the block its time and figures, or that it failed."""
    print(f"{title} ... ", end="", flush=True)
    started, now = time.monotonic(), Step()
    try:
        yield now
    except BaseException:
        print(f"FAILED after {time.monotonic() - started:.1f} s", flush=True)
        raise
    print("; ".join((f"{time.monotonic() - started:.1f} s", *now.figures)), flush=True)


def complain(text: str) -> None:
    """Print a sentence about a failure."""
    print(f"containers: {text}", file=sys.stderr, flush=True)
