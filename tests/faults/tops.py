"""Compares lists of who pressed most with what the viewers were told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.room import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shared.wire.game_messages import GameEndSummary
    from shared.wire.parts import Top
    from shared.wire.rest_bodies import RoomViewers
    from tests.faults.doubting_crowd import Doubter

TEAM_OF = {button.event_type: button.team for button in SETTINGS.buttons}


def wrong_tops(summary: GameEndSummary, viewers: Sequence[Doubter]) -> list[str]:
    """The problems of a round's summary."""
    teams = summary.team_tops
    problems = [
        _wrong_top("all", summary.top_overall, viewers, lambda _: True),
        _wrong_top("all", teams.all, viewers, lambda _: True),
        _wrong_top("skill", teams.skill, viewers, lambda button: TEAM_OF[button] == "skill"),
        _wrong_top("enemy", teams.enemy, viewers, lambda button: TEAM_OF[button] == "enemy"),
    ]
    tops = {top.event_type: top for top in summary.top_by_button}
    problems += [_wrong_top(name, tops.get(name), viewers, name.__eq__) for name in TEAM_OF]
    return [problem for problem in problems if problem]


def _wrong_top(
    of: str, top: Top | None, viewers: Sequence[Doubter], counts: Callable[[str], bool]
) -> str:
    """What is wrong with a top viewer, '' for nothing. Of several with as much, any may be it."""
    pressed = {
        (
            viewer.public_id,
            viewer.name,
            sum(n for name, n in viewer.pressed.items() if counts(name)),
        )
        for viewer in viewers
    }
    most = max(count for _, _, count in pressed)
    first = {one for one in pressed if one[2] == most} if most else {None}
    told = (top.viewer_id, top.viewer_name, top.count) if top else None
    return "" if told in first else f"who pressed most, {of}: {told}, not {first}"


def wrong_list(told: RoomViewers, viewers: Sequence[Doubter]) -> list[str]:
    """The problems of the list that a room's owner sees."""
    listed = {(one.viewer_id, one.viewer_name, one.count) for one in told.viewers}
    pressed = {
        (viewer.public_id, viewer.name, viewer.pressed.total())
        for viewer in viewers
        if viewer.pressed.total()
    }
    problems = []
    if listed != pressed:
        problems.append(f"the owner's list has {listed - pressed}, not {pressed - listed}")
    counts = [one.count for one in told.viewers]
    if counts != sorted(counts, reverse=True):
        problems.append(f"the owner's list is not in order: {counts}")
    return problems
