"""What is a viewer's own, in Node: its part of a bar, and the triggers that it tipped."""

from pathlib import Path

from tests.browser.conftest import Services
from tests.clients.web.node_client import Tipped, node_client, opened_client
from tests.clients.web.rooms import WebRoom, button


async def test_a_part_of_the_bar_is_ones_own(services: Services, room: WebRoom) -> None:
    """At once and after the answer; presses of others are none of it, and a reset ends it."""
    async with (
        opened_client(services.api.url, room.room_id) as mine,
        opened_client(services.api.url, room.room_id) as theirs,
    ):
        await theirs.press("skill1", 4)
        await mine.until(lambda state: state.count("skill1") == 4)
        await mine.press("skill1", 2)
        pressed = next(state for state in mine.states if state.pending == 2)
        assert pressed.button("skill1").mine == 2
        state = await mine.settled()
        assert (state.count("skill1"), state.button("skill1").mine) == (6, 2)
        await theirs.until(lambda state: state.count("skill1") == 6)
        assert theirs.state.button("skill1").mine == 4
        await room.reset()
        await mine.until(lambda state: state.count("skill1") == 0)
        await theirs.press("skill1", 3)
        await mine.until(lambda state: state.count("skill1") == 3)
        assert mine.state.button("skill1").mine == 0


async def test_accepted_presses_are_those_of_all_in_the_round(
    services: Services, room: WebRoom
) -> None:
    """Triggers and resets take none of them; the next round begins with none."""
    await room.change(buttons=[button("skill1", 5)])
    async with (
        opened_client(services.api.url, room.room_id) as mine,
        opened_client(services.api.url, room.room_id) as theirs,
    ):
        await mine.press("skill1", 4)
        await theirs.press("skill1", 3)
        state = await mine.until(lambda state: state.button("skill1").accepted == 7)
        assert (state.button("skill1").level, state.count("skill1")) == (1, 2)
        await room.reset()
        state = await mine.until(lambda state: state.count("skill1") == 0)
        assert state.button("skill1").accepted == 7
        await room.end()
        await room.start()
        await mine.until(lambda state: state.round == 2)
        await theirs.press("skill1", 1)
        await mine.until(lambda state: state.button("skill1").accepted == 1)


async def test_whoever_tips_a_button_is_told(
    services: Services, room: WebRoom, tmp_path: Path
) -> None:
    """By the answer to the press; what is over the threshold is theirs in the next bar."""
    await room.change(buttons=[button("skill1", 5)])
    shelf = tmp_path / "shelf.json"
    async with (
        node_client(services.api.url, room.room_id, storage=shelf) as mine,
        opened_client(services.api.url, room.room_id) as theirs,
    ):
        await mine.call("open")
        await theirs.press("skill1", 4)
        await mine.until(lambda state: state.count("skill1") == 4)
        await mine.press("skill1", 3)
        state = await mine.until(lambda state: state.tipped == 1)
        assert mine.tipped == [Tipped("skill1", 1, last_seq=1)]
        state = await mine.settled()
        assert (state.count("skill1"), state.button("skill1").mine) == (2, 2)
        state = await theirs.until(lambda state: state.button("skill1").level == 1)
        assert (state.button("skill1").mine, state.tipped, theirs.tipped) == (0, 0, [])
        await mine.close()
    async with node_client(services.api.url, room.room_id, storage=shelf) as again:
        await again.call("open")
        state = await again.until(lambda state: state.status == "in_game")
        assert (state.mine, state.tipped) == (3, 1)
