"""The hub: which socket owns a room."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.process.tasks import end
from shared.wire.game_messages import Nudge, Replaced, RoomChanged, RoundUpdate, ViewerCountUpdate
from tests.waiting import until
from ws_gateway.games.hub import Hub
from ws_gateway.games.session import GameSession
from ws_gateway.upkeep import inspect_forever


class Owner(GameSession):
    """A session without a socket, which records the calls it gets."""

    def __init__(self, room_id: str, term: int) -> None:
        self.room_id = room_id
        self.term = term
        self.nudges: list[Nudge] = []
        self.replaced = False
        self.compared = 0
        self.answered = asyncio.Event()  # Redis has answered the comparison

    def deliver(self, message: Nudge) -> None:
        self.nudges.append(message)

    def replace(self) -> None:
        self.replaced = True

    async def compare(self) -> None:
        self.compared += 1
        await self.answered.wait()


def test_a_nudge_reaches_the_rooms_socket_and_no_other() -> None:
    """`route` returns False for a room that no socket here owns."""
    hub, one, two = Hub(), Owner("room1", 1), Owner("room2", 1)
    hub.register(one)
    hub.register(two)
    nudge = ViewerCountUpdate(room_id="room1", viewer_count=3)
    assert hub.route(nudge)
    assert (one.nudges, two.nudges) == ([nudge], [])
    assert not hub.route(ViewerCountUpdate(room_id="room3", viewer_count=3))


def test_of_a_changed_room_its_socket_gets_the_round() -> None:
    """All else that has changed is for viewers."""
    hub, one = Hub(), Owner("room1", 1)
    hub.register(one)
    update = RoundUpdate("in_game", 2, paused=True, stopped=False)
    assert hub.route(RoomChanged("room1", round=update))
    assert hub.route(RoomChanged("room1"))
    assert one.nudges == [update]


@given(st.permutations([1, 2, 3, 4]))
def test_of_all_sockets_of_a_room_the_greatest_term_stays(terms: list[int]) -> None:
    """Attaches may be answered in any order: the newest socket stays."""
    hub, owners = Hub(), [Owner("room", term) for term in terms]
    for owner in owners:
        hub.register(owner)
    assert [owner.term for owner in hub] == [4]
    assert sorted(owner.term for owner in owners if owner.replaced) == [1, 2, 3]


@pytest.mark.parametrize(("told", "replaced"), [(6, False), (7, True), (8, True)])
def test_word_of_a_replacement_counts_for_its_term_and_older_ones(
    told: int, replaced: bool
) -> None:
    """A late message about an older socket does not affect its successor."""
    hub, owner = Hub(), Owner("room", 7)
    hub.register(owner)
    hub.route(Replaced(room_id="room", term=told))
    assert owner.replaced is replaced


def test_the_term_of_a_rooms_socket_is_known() -> None:
    """The next socket's term must exceed it, even if Redis has lost it."""
    hub = Hub()
    assert hub.term("room") == 0
    hub.register(Owner("room", 7))
    assert hub.term("room") == 7


def test_a_replaced_socket_that_leaves_takes_nobody_with_it() -> None:
    """The room stays with the newer socket."""
    hub, old, new = Hub(), Owner("room", 1), Owner("room", 2)
    hub.register(old)
    hub.register(new)
    hub.leave(old)
    assert list(hub) == [new]


def test_rooms_may_come_and_go_while_somebody_looks_through_them() -> None:
    """An iteration yields the rooms that existed when it began."""
    hub = Hub()
    for number in range(3):
        hub.register(Owner(f"room{number}", 1))
    for owner in hub:
        hub.leave(owner)
        hub.register(Owner(f"again {owner.room_id}", 1))
    assert len(hub) == 3


async def test_waiting_for_an_empty_hub_ends_with_the_last_room_not_with_the_first() -> None:
    """A room that is added while the last one leaves is waited for too."""
    hub, first, second = Hub(), Owner("room1", 1), Owner("room2", 1)
    hub.register(first)
    waiting = asyncio.create_task(hub.wait_empty())
    await asyncio.sleep(0)
    hub.leave(first)
    hub.register(second)
    await asyncio.sleep(0)
    assert not waiting.done()
    hub.leave(second)
    await waiting


async def test_an_empty_hub_is_not_waited_for() -> None:
    """It returns at once."""
    await Hub().wait_empty()


@pytest.mark.usefixtures("quick_comparison")
async def test_rooms_whose_redis_stands_still_delay_no_comparison_of_others() -> None:
    """They are compared again once it has answered."""
    hub, stuck, other = Hub(), Owner("room1", 1), Owner("room2", 1)
    other.answered.set()
    hub.register(stuck)
    hub.register(other)
    inspection = asyncio.create_task(inspect_forever(hub))
    await until(lambda: compared(other, 3))
    assert stuck.compared == 1
    stuck.answered.set()
    await until(lambda: compared(stuck, 2))
    await end(inspection)


async def compared(owner: Owner, times: int) -> bool:
    return owner.compared >= times
