"""Presses count once when answers are lost, servers refuse, and processes crash."""

from pathlib import Path

import pytest

from tests.clients.web.faulty_proxy import FaultyProxy
from tests.clients.web.node_client import node_client, opened_client
from tests.clients.web.rooms import WebRoom
from tests.clients.web.stored import change_batches

KNOWN_FOR = 300_000  # ms that the server knows a batch again


@pytest.mark.parametrize(
    ("status", "code"),
    [(503, "store_unavailable"), (429, "rate_limited"), (502, "")],
)
async def test_a_server_that_is_busy_is_asked_again(
    proxy: FaultyProxy, room: WebRoom, status: int, code: str
) -> None:
    """The same batch is sent again after `Retry-After` or later, and counts once."""
    async with opened_client(proxy.url, room.room_id) as client:
        proxy.refuse(status, code, retry_after="1")
        await client.press("skill1", 2)
        state = await client.settled()
        first, again, *more = proxy.presses  # more, if an answer takes longer than the client waits
        assert all(asked.batch == first.batch for asked in (again, *more))
        assert again.at - first.at >= 1
        assert (state.mine, await room.accepted("skill1")) == (2, 2)
        assert not client.refusals


async def test_nothing_is_lost_while_the_server_is_away(proxy: FaultyProxy, room: WebRoom) -> None:
    """Presses are kept, and count when the server is back, without user action."""
    async with opened_client(proxy.url, room.room_id) as client:
        proxy.is_away = True
        await client.press("skill1", 30)
        await client.press("skill2", 2)
        state = await client.until(lambda state: state.connection == "offline")
        assert (state.pending, state.count("skill1")) == (32, 30)
        proxy.is_away = False
        state = await client.settled()
        assert (state.connection, state.mine) == ("polling", 32)
        assert await room.accepted("skill1") == 30


async def test_a_client_may_come_before_its_server(proxy: FaultyProxy, room: WebRoom) -> None:
    """Opening waits for the first answer."""
    proxy.is_away = True
    async with node_client(proxy.url, room.room_id) as client:
        opening = client.start("open")
        await client.until(lambda state: state.connection == "offline")
        assert client.state.status == "loading"
        proxy.is_away = False
        await opening
        await client.until(lambda state: state.status == "in_game")


async def test_a_viewer_that_is_not_known_becomes_another(
    proxy: FaultyProxy, room: WebRoom
) -> None:
    """The same presses are sent again with the new viewer id."""
    async with opened_client(proxy.url, room.room_id) as client:
        proxy.refuse(401, "invalid_viewer")
        await client.press("skill1", 2)
        await client.settled()
        first, again = [asked.batch for asked in proxy.presses]
        assert (again.batch_id, again.push_events) == (first.batch_id, first.push_events)
        paths = [asked.path for asked in proxy.asked]
        assert paths.count("/api/viewers") == 1
        assert await room.accepted("skill1") == 2


async def test_a_viewer_stays_the_same(proxy: FaultyProxy, room: WebRoom, tmp_path: Path) -> None:
    """The next visit is by the same viewer, under the same name."""
    storage = tmp_path / "storage.json"
    async with opened_client(proxy.url, room.room_id, storage) as client:
        await client.call("setName", "Mika")
        before = client.state.viewer
        await client.close()
    async with opened_client(proxy.url, room.room_id, storage) as client:
        assert client.state.viewer == before


async def test_presses_survive_a_restart(proxy: FaultyProxy, room: WebRoom, tmp_path: Path) -> None:
    """The next visit first sends the presses that were left, then new ones."""
    storage = tmp_path / "storage.json"
    async with opened_client(proxy.url, room.room_id, storage) as client:
        await client.press("skill1", 2)
        await client.settled()
        proxy.is_away = True
        await client.press("skill1", 30)
        await client.close()
    proxy.is_away = False
    async with opened_client(proxy.url, room.room_id, storage) as client:
        await client.press("skill2")
        state = await client.settled()
        assert (state.mine, state.count("skill1"), state.count("skill2")) == (33, 32, 1)
        assert await room.accepted("skill1") == 32


async def test_where_more_presses_are_left_than_may_wait_a_press_is_not_taken(
    proxy: FaultyProxy, room: WebRoom, tmp_path: Path
) -> None:
    """As after several tabs were closed while the server was away."""
    storage = tmp_path / "storage.json"
    async with opened_client(proxy.url, room.room_id, storage) as client:
        proxy.is_away = True
        await client.press("skill1", 200)
        await client.close()
    proxy.is_away = False
    change_batches(storage, lambda batch: {**batch, "presses": {"skill1": 50}})
    proxy.refuse(503, "store_unavailable", retry_after="60")
    async with opened_client(proxy.url, room.room_id, storage) as client:
        before = await client.until(lambda state: state.pending > 200)
        assert await client.press("skill1", 5) == 0
        assert client.state.pending == before.pending


@pytest.mark.parametrize(
    "change", [{"born": -KNOWN_FOR}, {"round": 1}], ids=["too old", "of another round"]
)
async def test_presses_of_the_past_are_not_sent(
    proxy: FaultyProxy, room: WebRoom, tmp_path: Path, change: dict[str, int]
) -> None:
    """A batch is dropped if it is of another round, or the server may not recognise it any more."""
    storage = tmp_path / "storage.json"
    async with opened_client(proxy.url, room.room_id, storage) as client:
        proxy.is_away = True
        await client.press("skill1", 5)
        await client.close()
    proxy.is_away = False
    change_batches(
        storage, lambda batch: {**batch, **{key: batch[key] + by for key, by in change.items()}}
    )
    async with opened_client(proxy.url, room.room_id, storage) as client:
        assert client.state.pending == 0
        assert not proxy.presses
        assert ":presses:" not in storage.read_text()


async def test_presses_before_a_game_are_dropped(proxy: FaultyProxy, room: WebRoom) -> None:
    """Before the round nothing counts: the presses are dropped, and the room is polled."""
    async with opened_client(proxy.url, room.room_id) as client:
        proxy.refuse(409, "game_not_started")
        await client.press("skill1", 5)
        state = await client.settled()
        assert (state.count("skill1"), state.mine, len(proxy.presses)) == (0, 0, 1)
        assert not client.refusals
