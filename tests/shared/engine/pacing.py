"""The pace of a button's triggers, as pure functions: how a threshold follows the crowd.

A button with a pace has a goal, its threshold, which is set when the button fires and holds while
the bar is filled: goal = max(classic threshold, rate × `pace_ms`). The rate is measured from one
trigger to the next and smoothed by a first-order low-pass filter. A goal that is not reached in
twice the pace falls with the measured rate, and a minute after the last press to the classic
threshold; it never falls below what the bar holds, so that one trigger takes all of that.

A button may be held: it takes presses as before, and fires later. After a resume full buttons take
turns. Presses of a failed trigger fill the bar again at once, and the button then fires no earlier
than if the trigger had not failed. If a bar that was held is still full after a trigger, it is held
for another pace, and part of what it has too much counts towards the rate, so that the next
triggers take it away.

The Redis library computes the same in Lua 5.1 (`functions/pacing.lua`): all values are integers
below 2^53, where a division of doubles, rounded down, is exact.
"""

from __future__ import annotations

import msgspec

SILENT_AFTER = 60_000  # ms after the last press: the rate counts as 0
SMOOTHING_LEAST, SMOOTHING_MOST = 500, 10_000  # ms
GATHERED = 300  # ms: for as long a page gathers presses at least, and sends them together
UNIT = 1_000_000  # a rate is in presses per UNIT ms
HELD_AT_MOST = 24  # of its paces that a full button may have to wait for others after a resume
SURPLUS_SHARE = 4  # one of so many parts of what a held bar has too much goes with a trigger


class Pace(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The state of one button's pace in a round; times in ms since 1970.

    `goal`: the threshold when the bar was begun, or what it has fallen to. `rate`: presses in 1,000
    s, when the goal was set (`set_at`, with `set_from` accepted presses). `pressed_at`: the last
    accepted press. `held_until`: the button fires no earlier; 0 if it was not held since it fired.
    """

    goal: int
    rate: int
    set_at: int
    set_from: int
    pressed_at: int
    held_until: int = 0


def smoothing(pace_ms: int) -> int:
    """The time constant of the rate's low-pass filter, in ms."""
    return min(SMOOTHING_MOST, max(SMOOTHING_LEAST, pace_ms // 2))


def triggers_at_once(pace_ms: int) -> int:
    """How many triggers one call may fire: 1, or those that are due while a page gathers."""
    return max(1, -(-GATHERED // pace_ms))


def triggers_now(pace: Pace | None, pace_ms: int, at: int) -> int | None:
    """How many triggers a call at this time may fire: 0 while held; None = it has no pace."""
    if not pace_ms:
        return None
    return 0 if held_for(pace, pace_ms, at) else triggers_at_once(pace_ms)


def is_silent(pace: Pace, at: int) -> bool:
    """Whether the last press is a minute ago, or in the future because the clock was set back."""
    return not 0 <= at - pace.pressed_at < SILENT_AFTER


def measured(pace: Pace, pace_ms: int, accepted: int, at: int) -> int:
    """The rate with the presses since the goal was set; `accepted` is the round's total."""
    elapsed = at - pace.set_at
    if elapsed < 0 or is_silent(pace, at):
        return 0
    tau = smoothing(pace_ms)
    return (pace.rate * tau + (accepted - pace.set_from) * UNIT) // (tau + elapsed)


def due(rate: int, pace_ms: int) -> int:
    """The presses that come in one pace at this rate."""
    return (rate * pace_ms + UNIT // 2) // UNIT


def goal(
    pace: Pace | None, pace_ms: int, *, classic: int, count: int, accepted: int, at: int
) -> int:
    """The threshold now of a button with this count; `classic` is the one without a pace."""
    if pace is None:
        return classic
    rate = pace.rate
    if is_silent(pace, at) or at - pace.set_at >= 2 * pace_ms or at < pace.set_at:
        rate = min(rate, measured(pace, pace_ms, accepted, at))
    return min(pace.goal, max(classic, due(rate, pace_ms), count))


def after(
    pace: Pace | None,
    pace_ms: int,
    *,
    classic: int,
    threshold: int,
    accepted: int,
    count: int,
    pressed: bool,
    fired: bool,
    at: int,
) -> Pace:
    """The state after a call in which the button was pressed or fired.

    `threshold` was its goal in the call; `accepted` is the round's total after it, and `count` what
    the bar then holds.
    """
    before = pace or Pace(threshold, 0, at, accepted, at)
    pressed_at = at if pressed else before.pressed_at
    if not fired:
        return msgspec.structs.replace(before, goal=threshold, pressed_at=pressed_at)
    rate, held_until = measured(before, pace_ms, accepted, at), 0
    if before.held_until and count >= max(classic, due(rate, pace_ms)):
        rate += count * UNIT // (SURPLUS_SHARE * max(pace_ms, GATHERED))
        held_until = at + pace_ms
    return Pace(max(classic, due(rate, pace_ms)), rate, at, accepted, pressed_at, held_until)


def give_back(pace: Pace, pace_ms: int, goal: int, at: int) -> Pace:
    """The state of a button that gets presses of a failed trigger back; `goal` was its threshold.

    It is held until a pace after its last trigger, so that a game that fails every trigger is asked
    about once in a pace.
    """
    until = max(min(pace.set_at, at) + pace_ms, at + held_for(pace, pace_ms, at))
    return msgspec.structs.replace(pace, goal=goal, held_until=until)


def turn(until: int, pace_ms: int, at: int) -> int:
    """Until when a full button is held that should wait `until` others have fired."""
    return min(until, at + HELD_AT_MOST * pace_ms)


def hold(pace: Pace | None, threshold: int, accepted: int, at: int, until: int) -> Pace:
    """The state of a full button that fires no earlier than `until`."""
    before = pace or Pace(threshold, 0, at, accepted, at)
    return msgspec.structs.replace(before, held_until=until)


def end_turn(pace: Pace, pace_ms: int) -> Pace:
    """The state when a resume gives new turns; what the last trigger lets a button wait stays."""
    held_until = min(pace.held_until, pace.set_at + pace_ms)
    return msgspec.structs.replace(pace, held_until=held_until)


def release(pace: Pace) -> Pace:
    """The state of a button whose bar is emptied."""
    return msgspec.structs.replace(pace, held_until=0)


def held_for(pace: Pace | None, pace_ms: int, at: int) -> int:
    """How long (ms) a full button still waits; 0 if the clock was set back since."""
    left = pace.held_until - at if pace else 0
    return left if 0 < left <= HELD_AT_MOST * pace_ms else 0
