"""Pressing, in Node: what the client shows and sends, and what the server counts."""

import pytest

from shared.wire.game_messages import Pause, Resume
from tests.browser.conftest import Services
from tests.clients.web.faulty_proxy import FaultyProxy
from tests.clients.web.node_client import ClientRefused, node_client, opened_client
from tests.clients.web.rooms import WebRoom, button, unopened_room
from tests.room_keys import new_room_id
from tests.ws_gateway.game_end import connected


async def test_a_press_shows_at_once_and_counts(services: Services, room: WebRoom) -> None:
    """The count goes up before anything is sent, and then equals the server's count."""
    async with opened_client(services.api.url, room.room_id) as client:
        assert await client.press("skill1", 3) == 3
        pressed = next(state for state in client.states if state.pending == 3)
        assert pressed.count("skill1") == 3
        state = await client.settled()
        assert (state.count("skill1"), state.mine) == (3, 3)
        assert await room.accepted("skill1") == 3
        await client.close()


async def test_the_count_never_goes_back(services: Services, room: WebRoom) -> None:
    """Answers, polls and presses in between: what is shown only grows while all is accepted."""
    async with opened_client(services.api.url, room.room_id) as client:
        for _ in range(12):
            await client.press("skill1", 2)
        await client.settled()
        counts = [state.count("skill1") for state in client.states if state.buttons]
        assert counts == sorted(counts)
        assert counts[-1] == 24


async def test_no_press_is_left_to_the_servers_limits(proxy: FaultyProxy, room: WebRoom) -> None:
    """A button counts 20 presses a batch, a viewer 60 at once: the rest waits, and all count."""
    async with opened_client(proxy.url, room.room_id) as client:
        await client.press("skill1", 100)
        await client.press("skill2", 20)
        await client.until(lambda state: state.limited_until > 0)
        state = await client.settled()
        assert all(max(asked.presses.values()) <= 20 for asked in proxy.presses)
        assert (state.count("skill1"), state.count("skill2"), state.mine) == (100, 20, 120)
        await client.until(lambda state: state.limited_until == 0)


async def test_only_a_viewer_in_a_round_presses(services: Services, room: WebRoom) -> None:
    """With `viewer: false` there is no identity; presses that cannot count are not accepted."""
    async with node_client(services.api.url, room.room_id, viewer=False) as watcher:
        await watcher.call("open")
        assert watcher.state.viewer is None
        assert await watcher.press("skill1") == 0
    async with opened_client(services.api.url, room.room_id) as client:
        assert await client.press("no_such_button") == 0
        await room.end()
        await client.until(lambda state: state.status == "ended")
        assert await client.press("skill1") == 0


async def test_presses_that_are_rejected_leave_the_count(services: Services, room: WebRoom) -> None:
    """While the game is paused a button only fills up; the surplus is removed again."""
    await room.change(buttons=[button("skill1", 5)])
    await room.game.say(Pause())
    await room.game.settle()
    async with opened_client(services.api.url, room.room_id) as client:
        await client.press("skill1", 8)
        state = await client.settled()
        assert (state.paused, state.count("skill1"), state.mine) == (True, 5, 5)
        await room.game.say(Resume())
        await client.until(lambda state: not state.paused)
        await client.press("skill1", 1)
        await client.until(lambda state: state.buttons[0].level == 1)


async def test_the_server_cleans_names(services: Services, room: WebRoom) -> None:
    """The state shows the name as the server normalised it, also on the next visit."""
    async with opened_client(services.api.url, room.room_id) as client:
        assert await client.call("setName", " <Mika>\u202e ") == "＜Mika＞"
        viewer = client.state.viewer
        assert viewer is not None
        assert viewer.name == "＜Mika＞"
        assert "." not in viewer.id


async def test_results_are_waited_for(services: Services, room: WebRoom) -> None:
    """Before the end there are none; afterwards they arrive once the ledger has them."""
    async with opened_client(services.api.url, room.room_id) as client:
        with pytest.raises(ClientRefused) as refused:
            await client.call("results")
        assert refused.value.code == "room_not_ended"
        await client.press("skill1", 4)
        await client.settled()
        await room.end()
        results = await client.call("results")
        viewer = client.state.viewer
        assert viewer is not None
        assert results["viewer_summary"]["viewer_id"] == viewer.id
        assert results["viewer_summary"]["total"] == 4


async def test_settings_change_the_buttons(proxy: FaultyProxy, room: WebRoom) -> None:
    """A press of a removed button is refused and reported; the rest of its batch counts."""
    async with opened_client(proxy.url, room.room_id) as client:
        buttons = [button("skill1", image="1f" * 16, sound="zap"), button("enemy1")]
        await room.change(title="Night", theme={"accent": "#bf3419"}, buttons=buttons)
        await client.press("skill2")
        await client.press("skill1", 2)
        assert (await client.refused()).code == "unknown_event_type"
        state = await client.until(lambda state: state.pending == 0 and state.title == "Night")
        assert [shown.event_type for shown in state.buttons] == ["skill1", "enemy1"]
        assert [shown.image for shown in state.buttons] == ["1f" * 16, ""]
        assert [shown.sound for shown in state.buttons] == ["zap", ""]
        assert state.theme["accent"] == "#bf3419"
        assert state.theme["team_names"] == {"skill": "", "enemy": ""}
        assert state.mine == 2
        assert await room.accepted("skill1") == 2


async def test_a_room_may_be_missing(services: Services) -> None:
    """Opening a room that does not exist resolves, with status `missing`."""
    async with node_client(services.api.url, new_room_id()) as client:
        await client.call("open")
        assert client.state.status == "missing"
        await client.close()


async def test_the_first_press_opens_the_round_where_the_room_says_so(services: Services) -> None:
    """It starts once the game is connected; if the game has left, the buttons wait again."""
    async with (
        unopened_room(services) as room,
        opened_client(services.api.url, room.room_id) as client,
    ):
        assert not client.state.open
        assert await client.press("skill1") == 0
        url = f"{room.opened.ws_url}?room_id={room.room_id}&token={room.opened.room_token}"
        async with connected(url):
            await client.until(lambda state: state.open)
        assert await client.press("skill1") == 1
        await client.until(lambda state: not state.open)
        assert (client.state.status, client.state.pending) == ("active", 0)
        async with connected(url):
            await client.until(lambda state: state.open)
            for _ in range(5):
                assert await client.press("skill1", 3) == 3
            state = await client.settled()
            assert (state.status, state.round, state.count("skill1")) == ("in_game", 1, 15)
            assert state.mine == 15
            assert await room.accepted("skill1") == 15
        assert client.refusals == []
