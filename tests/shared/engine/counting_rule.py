"""The counting rule as pure functions: when presses become triggers.

The Redis library computes the same in Lua 5.1. Both work on IEEE doubles and on integers below
2^53, so their results are identical.
"""

import math
from collections.abc import Sequence

import msgspec

from shared.wire.room_settings import Button, Multiplier

# Decimal factors are inexact in binary: 100 × 1.1 is 110.00000000000001, but a streamer expects
# 110. Up to the largest threshold, 100,000, the error of a product stays below 3e-11.
ROUNDING_NOISE = 1e-9

LOG_LIMIT = 10_000  # unacknowledged triggers that a room's log holds


def factor(multipliers: Sequence[Multiplier], viewers: int) -> float:
    """The factor of the first band that includes `viewers`; the last includes any larger number."""
    for band in multipliers:
        if viewers <= band.up_to:
            return band.factor
    return multipliers[-1].factor


def threshold(button: Button, multipliers: Sequence[Multiplier], viewers: int) -> int:
    """Presses for one trigger: clamp(ceil(base × factor), min, max); 0 viewers count as 1.

    Subtracts the product's rounding noise before rounding up, exactly as Lua's
    `math.ceil(base * factor - 1e-9)`: two operations on doubles, which no compiler fuses.
    """
    product = button.base * factor(multipliers, max(1, viewers))
    return min(max(math.ceil(product - ROUNDING_NOISE), button.min), button.max)


class Applied(msgspec.Struct):
    """The outcome of one button's presses; `count` is the button's count afterwards."""

    count: int
    accepted: int = 0
    fired: int = 0
    rejected_paused: int = 0
    rejected_cooldown: int = 0


def apply_press(
    count: int,
    asked: int,
    threshold: int,
    *,
    paused: bool,
    cooldown_ms: int,
    cooling: bool,
    free_log: int,
) -> Applied:
    """Apply `asked` presses to a button whose count is `count`, one at a time.

    `free_log` is how many more triggers the log can hold; 0 means the same as paused. While paused
    or cooling down, a button accepts presses up to its threshold and fires nothing. Otherwise a
    press fires all that its count and the log allow; with a cooldown only one trigger, and the
    cooldown begins. Buttons with a pace follow another rule.
    """
    applied, as_paused = Applied(count), paused or free_log == 0
    for _ in range(asked):
        held = paused or cooling or free_log == 0
        if held and applied.count >= threshold:
            applied.rejected_paused += as_paused or not cooling
            applied.rejected_cooldown += cooling and not as_paused
            continue
        applied.accepted, applied.count = applied.accepted + 1, applied.count + 1
        if not held and applied.count >= threshold:
            most = 1 if cooldown_ms else free_log
            fired = min(most, applied.count // threshold)
            applied.fired, applied.count = applied.fired + fired, applied.count - fired * threshold
            free_log, cooling = free_log - fired, cooldown_ms > 0
    return applied


def is_cooling(fired_at: int, cooldown_ms: int, at: int) -> bool:
    """Whether a button that last fired at `fired_at` cools down at `at`; both in ms, Redis's clock.

    If `fired_at` is a whole cooldown or more in the future, the clock was set back since, and the
    button does not cool down. So a cooldown lasts at most twice as long as set.
    """
    return abs(at - fired_at) < cooldown_ms
