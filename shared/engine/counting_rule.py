"""The rule of counting, pure: when presses become triggers.

The Redis library computes the same in Lua 5.1; both work on IEEE doubles and on integers
below 2^53, so that the two agree to the last bit.
"""

import math
from collections.abc import Sequence

import msgspec

from shared.wire.room_settings import Button, Multiplier

# What decimal factors leave behind in binary: 100 × 1.1 is 110.00000000000001, and a streamer
# expects 110. The error of a product up to the largest threshold, 100,000, stays below 3e-11.
ROUNDING_NOISE = 1e-9

LOG_LIMIT = 10_000  # unacknowledged triggers that a room's log holds


def factor(multipliers: Sequence[Multiplier], viewers: int) -> float:
    """The factor of the first band that holds `viewers`; the last band holds any larger crowd."""
    for band in multipliers:
        if viewers <= band.up_to:
            return band.factor
    return multipliers[-1].factor


def threshold(button: Button, multipliers: Sequence[Multiplier], viewers: int) -> int:
    """Presses for one trigger: clamp(ceil(base × factor), min, max), for at least one viewer.

    Rounding noise of the product is taken off before rounding up: exactly
    `math.ceil(base * factor - 1e-9)` in Lua, two operations on doubles that no compiler fuses.
    """
    product = button.base * factor(multipliers, max(1, viewers))
    return min(max(math.ceil(product - ROUNDING_NOISE), button.min), button.max)


class Applied(msgspec.Struct, frozen=True):
    """What became of one button's presses; `count` is the button's count afterwards.

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
    """What `asked` presses do to a button that holds `count`, as if they came one at a time.

    `free_log` is how many more triggers the log can hold; 0 is the same as paused. While paused or
    cooling down, a button fills up to its threshold and fires nothing. Otherwise a press fires all
    the triggers that the count holds and the log takes; with a cooldown only one, and the button
    cools down from then on.
    """
    if paused or cooling or free_log == 0:
        accepted, most = min(asked, max(0, threshold - count)), 0
    else:
        most = 1 if cooldown_ms > 0 else free_log
        # One press at least: the one that fires a count left above a fallen threshold.
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
    """Whether at `at` a button cools down that last fired at `fired_at`; ms on Redis' clock.

    Where that is still to come by the whole cooldown or more, the clock was set back since: the
    button cools down no more. So a cooldown lasts twice as long at most.
    """
    return abs(at - fired_at) < cooldown_ms
