"""Bodies of the route that returns a round's results."""

from __future__ import annotations

from typing import Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from shared.wire.parts import Top
from shared.wire.rest_bodies import AnyViewerId, Round, ViewerSummary


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
