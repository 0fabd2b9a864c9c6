"""Draws docs/pace.svg by the counting rule alone: run `python -m tests.bench.pace_picture`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.bench.svg import Line, Panel, picture
from tests.shared.engine.paced_button import mean_interval, play

if TYPE_CHECKING:
    from collections.abc import Callable

PICTURE: Final = Path(__file__).parents[2] / "docs" / "pace.svg"
PACE: Final = 1_000  # ms
CLASSIC: Final = 35  # presses: the default of skill1 from 301 viewers on
RATES: Final = (10, 100, 1_000, 10_000, 100_000)  # presses per second
SETTLED: Final = 30  # s
JUMP: Final = 30.4  # s
AFTER: Final = 10  # triggers shown after a jump


def drawn() -> str:
    """The picture as SVG."""
    return picture(
        [
            Panel(
                "Time between triggers",
                "presses per second",
                "ms",
                [
                    Line("no pace", [(rate, _interval(0, rate)) for rate in RATES]),
                    Line("pace 1 s", [(rate, _interval(PACE, rate)) for rate in RATES]),
                ],
                log=True,
            ),
            Panel(
                "After a jump, with a pace of 1 s",
                "triggers after the jump",
                "ms",
                [
                    Line("10× faster", _after_jump(lambda at: 100 if at < JUMP else 1_000)),
                    Line("10× slower", _after_jump(lambda at: 1_000 if at < JUMP else 100)),
                ],
            ),
        ]
    )


def _interval(pace_ms: int, rate: float) -> float:
    seconds = SETTLED + 10 * max(1, CLASSIC / rate) if pace_ms else SETTLED + 1 + 90 / rate * 10
    return 1000 * mean_interval(play(pace_ms, CLASSIC, lambda _: rate, seconds), SETTLED)


def _after_jump(rate: Callable[[float], float]) -> list[tuple[float, float]]:
    times = [trigger.at for trigger in play(PACE, 5, rate, JUMP + 20).triggers]
    first = next(n for n, at in enumerate(times) if at >= JUMP)
    return [(n, 1000 * (times[first + n] - times[first + n - 1])) for n in range(1, AFTER + 1)]


if __name__ == "__main__":
    PICTURE.write_text(drawn(), "utf-8")
