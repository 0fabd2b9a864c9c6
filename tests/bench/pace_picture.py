"""Draws docs/pace.svg by the rule alone: run `python -m tests.bench.pace_picture`."""

from pathlib import Path
from random import Random
from statistics import median
from typing import Final

from tests.bench.svg import Line, Panel, picture
from tests.shared.engine.paced_button import PRESSES, classic, play

PICTURE: Final = Path(__file__).parents[2] / "docs" / "pace.svg"
CROWDS: Final = (5, 50, 500, 5_000, 50_000)
JUMP: Final = 122  # s
AFTER: Final = 10  # triggers shown after a jump


def drawn() -> str:
    """The picture as SVG."""
    return picture(
        [
            Panel(
                "Time between triggers",
                "viewers who press once in 5 s",
                "s",
                [
                    Line("no pace", [(n, classic(n) / (PRESSES * n)) for n in CROWDS]),
                    Line("pace 15 s", [(n, _gap(n)) for n in CROWDS]),
                ],
                log=True,
            ),
            Panel(
                "After a jump, with a pace of 15 s",
                "triggers after the jump",
                "s",
                [
                    Line("500 → 5,000", _after_jump(500, 5_000)),
                    Line("500 → 50", _after_jump(500, 50)),
                    Line("500 → 3", _after_jump(500, 3)),
                ],
            ),
        ]
    )


def _gap(viewers: int) -> float:
    return median(play(lambda _: viewers, Random(1), 600).gaps)


def _after_jump(before: int, after: int) -> list[tuple[float, float]]:
    button = play(lambda at: before if at < JUMP else after, Random(1), JUMP + 400)
    first = next(n for n, (at, _) in enumerate(button.triggers) if at >= JUMP * 1_000)
    return [(n, gap) for n, gap in enumerate(button.gaps[first - 1 :][:AFTER], start=1)]


if __name__ == "__main__":
    PICTURE.write_text(drawn(), "utf-8")
