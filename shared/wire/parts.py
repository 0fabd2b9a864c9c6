"""What messages and REST bodies have in common."""

from __future__ import annotations

from typing import Literal

import msgspec

RoomStatus = Literal["active", "in_game", "ended"]


class Stat(msgspec.Struct, frozen=True):
    """One button's state, in API answers and on viewers' sockets.

    `required_count` and `next_threshold` are the presses for one trigger now, `current_level` the
    triggers fired in this round, `progress` is 0 to 1, `cooldown_left_ms` the time until it may
    fire again.
    """

    event_type: str
    current_count: int
    current_level: int
    required_count: int
    remaining_count: int
    progress: float
    next_threshold: int
    viewer_count: int
    enabled: bool
    cooldown_left_ms: int


class Top(msgspec.Struct, frozen=True):
    """Who pressed most."""

    viewer_id: str
    viewer_name: str | None
    count: int


class Rejected(msgspec.Struct, frozen=True):
    """Presses refused, by reason: in the order of press.lua and of `replies.REASONS`."""

    clamp: int
    rate: int
    paused: int
    cooldown: int
    disabled: int
    blocked: int
