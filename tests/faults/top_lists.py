"""Compares lists of who pressed most with what the viewers were told."""

from collections.abc import Collection, Sequence

from shared.wire.game_messages import GameEndSummary
from shared.wire.moderation_bodies import RoomViewers
from shared.wire.parts import Top
from tests.faults.doubting_crowd import Doubter
from tests.faults.room import SETTINGS

TEAM_OF = {button.event_type: button.team for button in SETTINGS.buttons}


def wrong_tops(summary: GameEndSummary, viewers: Sequence[Doubter], teller: str) -> list[str]:
    """The problems of a round's summary that a gateway of the release `teller` made."""
    teams = summary.team_tops
    told: list[tuple[str, Top | None, Collection[str]]] = [
        ("overall", summary.top_overall, TEAM_OF),
        ("all", teams.all, TEAM_OF),
        ("skill", teams.skill, [name for name, team in TEAM_OF.items() if team == "skill"]),
        ("enemy", teams.enemy, [name for name, team in TEAM_OF.items() if team == "enemy"]),
    ]
    tops = {top.event_type: top for top in summary.top_by_button}
    told += [(name, tops.get(name), [name]) for name in TEAM_OF]
    found = ((of, top, _first(viewers, buttons, teller)) for of, top, buttons in told)
    return [
        f"who pressed most, {of}: {top}, not {first}"
        for of, top, first in found
        if (top and (top.viewer_id, top.viewer_name, top.count)) not in first
    ]


def _first(
    viewers: Sequence[Doubter], buttons: Collection[str], teller: str
) -> set[tuple[str, str | None, int] | None]:
    """Who pressed these buttons most; several if they pressed as often, None if nobody did."""
    pressed = {
        (one.public_id, one.name_told_by(teller), sum(one.pressed[name] for name in buttons))
        for one in viewers
    }
    most = max(count for _, _, count in pressed)
    return {one for one in pressed if one[2] == most} if most else {None}


def wrong_list(told: RoomViewers, viewers: Sequence[Doubter], teller: str) -> list[str]:
    """The problems of the list that a room's owner gets from a process of the release `teller`."""
    listed = {(one.viewer_id, one.viewer_name, one.count) for one in told.viewers}
    pressed = {
        (viewer.public_id, viewer.name_told_by(teller), viewer.pressed.total())
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
