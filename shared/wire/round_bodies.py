"""Bodies of the routes that run a round and return its results."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from shared.wire.parts import RoomStatus, Top
from shared.wire.rest_bodies import AnyViewerId, Round, ViewerSummary
from shared.wire.room_settings import LONGEST_ROUND

LIMIT_WITH_LIMIT: Final = "Expected `limit_s` with the command `limit`, and with no other"
NO_ROUND_TO_START: Final = "Expected no `round` with the command `start`"


class RoundCommand(msgspec.Struct, frozen=True):
    """What to do with the round.

    `stop` pauses it and discards all counts; `resume` then discards those of the pause.
    With `limit` the running round ends in `limit_s` seconds, or never with 0, whatever the setting
    `round_limit_s` says: later rounds still have that one. With `round` the command is for that
    round alone: sent late, it does not change a later one.
    """

    command: Literal["start", "pause", "resume", "stop", "end", "limit"]
    limit_s: Annotated[int, Meta(ge=0, le=LONGEST_ROUND)] | None = None
    round: Round | None = None

    def __post_init__(self) -> None:
        """Raise ValueError unless the command has what it needs, and nothing of another."""
        if (self.command == "limit") == (self.limit_s is None):
            raise ValueError(LIMIT_WITH_LIMIT)
        if self.command == "start" and self.round is not None:
            raise ValueError(NO_ROUND_TO_START)


class DiscardedPresses(msgspec.Struct, frozen=True):
    """How many presses of a button one command discarded."""

    event_type: str
    count: int


class RoundState(msgspec.Struct, frozen=True):
    """The round after the command, and what the command discarded."""

    room_id: str
    status: RoomStatus
    round: int
    paused: bool
    stopped: bool
    discarded: tuple[DiscardedPresses, ...]
    time: str


class ResultsQuery(msgspec.Struct, frozen=True):
    """Which `round` (default: the last that ended), and whose `viewer_summary` to include."""

    viewer_id: AnyViewerId | UnsetType = UNSET
    round: Round | UnsetType = UNSET


# The top if nobody pressed: older pages read its fields without checking for null.
NOBODY: Final = Top(viewer_id="", viewer_name=None, count=0)


class ButtonOutcomes(msgspec.Struct, frozen=True):
    """What the game did with a button's triggers: how many were done, how many failed.

    `returned` is how many presses the failed ones gave back to the button.
    """

    event_type: str
    done: int
    failed: int
    returned: int


class Title(msgspec.Struct, frozen=True):
    """What a viewer stands out for in a round; `viewer_name` is null if it has none or is hidden.

    `finisher`: its presses fired most triggers. `steady`: it pressed in the most minutes of the
    clock. `first`: it pressed first. Of equals the one with more presses has the title.
    """

    title: Literal["finisher", "steady", "first"]
    viewer_id: str
    viewer_name: str | None


class Results(msgspec.Struct, frozen=True):
    """The totals of a round.

    `viewer_totals` are the 100 viewers with most presses. A top with a `count` of 0 means that
    nobody pressed. `outcomes` has the buttons of which the game told an outcome. `titles` has each
    title once, if a viewer has it.
    """

    room_id: str
    round: int
    ended_at: str
    top_by_event: dict[str, Top]
    top_overall: Top
    event_totals: dict[str, int]
    viewer_totals: tuple[Top, ...]
    viewer_summary: ViewerSummary | None
    outcomes: tuple[ButtonOutcomes, ...]
    titles: tuple[Title, ...]
    game_over: Literal[True] = True
