"""The names of who comes, merged to one message a second."""

import msgspec

from shared.engine.room_snapshot import RoomSnapshot
from shared.wire.viewer_messages import Arrived
from tests.ws_gateway.viewers.states import becoming
from ws_gateway.viewers.changes import Newcomers

QUIET = becoming(status="active", round=0, started_at=None)


def coming(*names: str, **fields: object) -> RoomSnapshot:
    """A room without a round, to which these came."""
    return msgspec.structs.replace(QUIET, arrived=names, **fields)


def told(
    newcomers: Newcomers, now: RoomSnapshot, at: float, before: RoomSnapshot = QUIET
) -> list[Arrived]:
    return list(newcomers.message(before, now, at))


def test_the_first_who_come_are_told_at_once() -> None:
    newcomers = Newcomers()
    now = coming("Mika", "Sora", viewer_count=7)
    assert told(newcomers, now, 100.0) == [Arrived(("Mika", "Sora"), 7)]
    assert not newcomers.are_waiting
    assert told(newcomers, QUIET, 200.0) == []


def test_who_comes_within_a_second_is_told_with_the_next() -> None:
    newcomers = Newcomers()
    told(newcomers, coming("Mika"), 100.0)
    assert told(newcomers, coming("Sora"), 100.4) == []
    assert newcomers.are_waiting
    assert told(newcomers, coming("Yuki"), 100.9) == []
    assert told(newcomers, coming(), 101.0) == [Arrived(("Sora", "Yuki"), 1)]


def test_of_more_than_five_the_newest_are_told() -> None:
    newcomers = Newcomers()
    told(newcomers, coming("Mika"), 100.0)
    told(newcomers, coming("a", "b", "c", "d"), 100.5)
    (arrived,) = told(newcomers, coming("e", "f"), 101.0)
    assert arrived.names == ("b", "c", "d", "e", "f")


def test_who_came_without_a_name_needs_no_message() -> None:
    assert told(Newcomers(), coming(viewer_count=9), 100.0) == []


def test_a_round_that_begins_ends_it() -> None:
    """Neither those who waited are told, nor any later, also once the round has ended."""
    newcomers = Newcomers()
    told(newcomers, coming("Mika"), 100.0)
    told(newcomers, coming("Sora"), 100.5)
    begun = becoming(arrived=("Yuki",))
    assert told(newcomers, begun, 102.0) == []
    assert told(newcomers, QUIET, 103.0, before=begun) == []


def test_a_block_or_other_settings_forget_those_who_wait() -> None:
    """One of them may be the one who was blocked, or names are hidden now."""
    for change in ({"reset_at": 5}, {"settings_version": 2}):
        newcomers = Newcomers()
        told(newcomers, coming("Mika"), 100.0)
        told(newcomers, coming("Troll"), 100.5)
        now = coming("Sora", **change)
        assert told(newcomers, now, 101.0) == [Arrived(("Sora",), 1)]
