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


class Applied(msgspec.Struct, frozen=True):
    """The outcome of one button's presses; `count` is the button's count afterwards.

    asked = accepted + rejected_paused + rejected_cooldown, and
    count before + accepted = count + fired × threshold.
    """

    accepted: int
    fired: int
    count: int
    rejected_paused: int
    rejected_cooldown: int


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
    """Apply `asked` presses to a button whose count is `count`, as if they came one at a time.

    `free_log` is how many more triggers the log can hold; 0 means the same as paused. While paused
    or cooling down, a button accepts presses up to its threshold and fires nothing. Otherwise it
    fires as many triggers as its count and the log allow; with a cooldown it fires only one, and
    the cooldown begins. Buttons with a pace follow another rule.
    """
    if paused or cooling or free_log == 0:
        accepted, most = min(asked, max(0, threshold - count)), 0
    else:
        most = 1 if cooldown_ms > 0 else free_log
        # At least one press: it fires a count that is above a threshold that has fallen.
        accepted = min(asked, max(1, (most + 1) * threshold - count))
    fired = min((count + accepted) // threshold, most) if accepted else 0
    as_paused = paused or free_log == 0 or (cooldown_ms == 0 and not cooling)
    return Applied(
        accepted=accepted,
        fired=fired,
        count=count + accepted - fired * threshold,
        rejected_paused=asked - accepted if as_paused else 0,
        rejected_cooldown=0 if as_paused else asked - accepted,
    )


def is_cooling(fired_at: int, cooldown_ms: int, at: int) -> bool:
    """Whether a button that last fired at `fired_at` cools down at `at`; both in ms, Redis's clock.

    If `fired_at` is a whole cooldown or more in the future, the clock was set back since, and the
    button does not cool down. So a cooldown lasts at most twice as long as set.
    """
    return abs(at - fired_at) < cooldown_ms
