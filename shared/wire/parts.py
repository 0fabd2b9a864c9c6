"""Structs that both messages and REST bodies contain."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

LARGEST_NUMBER = 2**53 - 1  # the largest integer that every JSON parser reads exactly

RoomStatus = Literal["active", "in_game", "ended"]
OutcomeStatus = Literal["started", "done", "failed"]
SendEvery = Annotated[
    int,
    Meta(
        ge=300,
        le=5000,
        description=(
            "How long (ms) a page gathers presses before it sends them. It grows with the number "
            "of active viewers. Presses that would fill a button are sent at once."
        ),
    ),
]


class Stat(msgspec.Struct, frozen=True):
    """The state of one button.

    `required_count` and `next_threshold` are the number of presses that a trigger needs now;
    `current_level` is the number of triggers fired in this round, `accepted` that of its presses;
    `progress` is from 0 to 1; `cooldown_left_ms` is what is left of its cooldown, `ready_in_ms` the
    time until a quarter of its pace and its cooldown let it fire (0: the next press may);
    `available` is false while the game cannot use the button, for this `reason` if it gave one;
    `people` is how many viewers' presses wait in it for its next trigger.
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
    available: bool = True
    reason: str | None = None
    accepted: int = 0
    ready_in_ms: int = 0
    people: int = 0


class Top(msgspec.Struct, frozen=True):
    """A viewer in a top list, and how often it pressed."""

    viewer_id: str
    viewer_name: str | None
    count: int


# The fields are in the order of their numbers in press.lua.
class Rejected(msgspec.Struct, frozen=True):
    """The number of rejected presses by reason.

    `clamp`: more of one button than a request may count, max(20, 20 × `send_every_ms` / 1,000);
    `rate`: over the rate limit of the viewer or of its IP address; `paused`, `cooldown` and
    `disabled`: the button's state; `blocked`: the viewer is blocked; `unavailable`: the game cannot
    use the button now.
    """

    clamp: int
    rate: int
    paused: int
    cooldown: int
    disabled: int
    blocked: int
    unavailable: int = 0
