"""Viewers' sockets: their cost, and slow, noisy or silent viewers."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import msgspec
import pytest

from shared.wire.room_settings import DEFAULT_SETTINGS, Label, RoomSettings
from shared.wire.viewer_messages import RoomShown, SettingsUpdate, StatsUpdate
from tests.room_keys import room_keys
from tests.waiting import until
from tests.ws_gateway.faults import own_valkey
from tests.ws_gateway.game_end import new_game, refusal
from tests.ws_gateway.gateways import (
    Crowd,
    Running,
    gateway_settings,
    gathered_crowd,
    running_gateway,
)
from tests.ws_gateway.viewer_end import Page, played_room, viewers_url, watching
from ws_gateway import upkeep
from ws_gateway.metrics import GatewayMetrics
from ws_gateway.sockets import connection
from ws_gateway.viewers import audience
from ws_gateway.viewers.audience import WatchedRoom

VIEWERS = 50
SMALL = 4096  # bytes of the receiving buffer
SKIPS = 3
REFRESHES_ASIDE = 3  # that a second of a test brings by itself


async def refreshes(gateway: Running) -> float:
    return await gateway.counted("streamario_audience_looks_total")


async def test_a_room_costs_as_many_refreshes_for_one_viewer_as_for_many(
    redis_url: str, crowd: Crowd
) -> None:
    """At most four a second, however many presses there are."""
    async with AsyncExitStack() as stack:
        gateway = await stack.enter_async_context(running_gateway(gateway_settings(redis_url)))
        room = await stack.enter_async_context(played_room(gateway, crowd))
        pages = [
            (await stack.enter_async_context(watching(gateway, room.room_id)))[0]
            for _ in range(VIEWERS)
        ]
        before, began = await refreshes(gateway), time.monotonic()
        for _ in range(100):
            await crowd.press(room.room_id, 1, event_type="enemy3")
        shown = (await crowd.engine.stats(room.room_id)).stats[-1]
        await asyncio.gather(*(page.count("enemy3", shown.current_count) for page in pages))
        refreshed = await refreshes(gateway) - before
        took = time.monotonic() - began
        assert refreshed <= took / audience.PACE + REFRESHES_ASIDE
        updates = [len([m for m in page.seen if isinstance(m, StatsUpdate)]) for page in pages]
        assert max(updates) <= took / audience.PACE + REFRESHES_ASIDE


async def test_a_crowd_that_comes_to_a_watched_room_asks_redis_nothing(
    tmp_path: Path,
) -> None:
    """They get the state that the gateway already has."""
    async with AsyncExitStack() as stack:
        valkey = await stack.enter_async_context(own_valkey(tmp_path))
        crowd = await stack.enter_async_context(gathered_crowd(valkey.url))
        gateway = await stack.enter_async_context(running_gateway(gateway_settings(valkey.url)))
        room = await crowd.open_room()
        await stack.enter_async_context(watching(gateway, room.room_id))
        before = await rooms_read(crowd)
        for _ in range(VIEWERS):
            await stack.enter_async_context(watching(gateway, room.room_id))
        assert await rooms_read(crowd) - before < VIEWERS / 2
        assert await gateway.counted("streamario_viewer_sockets") == VIEWERS + 1


async def rooms_read(crowd: Crowd) -> int:
    """How often the server has read a room's hash."""
    told = await crowd.engine.store.command("INFO", "commandstats")
    return int(told["cmdstat_hmget"]["calls"])


def wordy(title: str, _before: RoomSettings) -> RoomSettings:
    """Large settings, which fill the buffers of a slow reader soon."""
    labels = tuple(Label(lang=f"x-{n}", text="長" * 40) for n in range(16))
    buttons = tuple(
        msgspec.structs.replace(DEFAULT_SETTINGS.buttons[0], event_type=f"b{n}", labels=labels)
        for n in range(24)
    )
    return msgspec.structs.replace(DEFAULT_SETTINGS, title=title, buttons=buttons)


@asynccontextmanager
async def deaf_page(gateway: Running, room_id: str) -> AsyncIterator[Page]:
    """A page that reads nothing until the test asks it to."""
    with socket.socket() as small:
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        small.connect(("127.0.0.1", gateway.port))
        small.setblocking(False)
        async with watching(gateway, room_id, sock=small, max_queue=1) as (page, _):
            yield page


async def test_who_reads_slowly_skips_and_is_not_waited_for(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others get every update; the slow page gets the latest state at the end, nothing older."""
    monkeypatch.setattr(audience, "PACE", 0.01)
    monkeypatch.setattr(audience, "RETURN_EVERY", 0.05)
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        played_room(gateway, crowd) as room,
        deaf_page(gateway, room.room_id) as slow,
        watching(gateway, room.room_id) as (quick, _),
    ):
        changes = await overfill(gateway, crowd, room.room_id, quick)
        await crowd.press(room.room_id, 3, event_type="b0")
        await quick.count("b0", 3)
        await slow.count("b0", 3)
        assert isinstance(slow.seen[-1], RoomShown)
        last = await slow.next_of(SettingsUpdate)
        titles = [m.settings.title for m in slow.seen if isinstance(m, SettingsUpdate)]
        assert titles == sorted(titles)
        assert len(titles) < changes
        assert last.settings.title == f"{changes:03}"


async def overfill(gateway: Running, crowd: Crowd, room_id: str, quick: Page) -> int:
    """Change so much that a page that reads nothing is often skipped; return how many times."""
    changes = 0
    while await gateway.counted("streamario_viewer_skips_total") < SKIPS:
        changes += 1
        await crowd.engine.change_settings(room_id, partial(wordy, f"{changes:03}"))
        await quick.next_of(SettingsUpdate)
    return changes


async def test_a_page_that_reads_nothing_does_not_hold_up_a_gateway_that_leaves(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The close would wait behind unread data."""
    monkeypatch.setattr(audience, "PACE", 0.01)
    monkeypatch.setattr(audience, "RETURN_EVERY", 0.05)
    monkeypatch.setattr(connection, "CLOSE_WITHIN", 0.3)
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        played_room(gateway, crowd) as room,
        deaf_page(gateway, room.room_id),
        watching(gateway, room.room_id) as (quick, _),
    ):
        await overfill(gateway, crowd, room.room_id, quick)
        gateway.stop.set()
        await gateway.task


class Passing:
    """A viewer that makes the others leave when it is written to."""

    def __init__(self, room: WatchedRoom) -> None:
        self._room = room
        self.is_open = True

    def write_frames(self, _frames: bytes) -> bool:
        for other in self._room.sockets - {self}:
            asyncio.get_running_loop().call_soon(other.leave)  # type: ignore[attr-defined]
        return self.is_open

    def leave(self) -> None:
        self.is_open = False
        self._room.leave(self)  # type: ignore[arg-type]


async def test_who_leaves_while_others_are_told_is_forgotten(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway does not try to write to it again."""
    monkeypatch.setattr(audience, "IN_A_ROW", 1)
    opened = await crowd.open_room()
    room = WatchedRoom(crowd.engine, "gateway", opened.room_id, GatewayMetrics())
    for _ in range(3):
        room.enter(Passing(room))  # type: ignore[arg-type]
    assert len(room._behind) == 3
    await room._refresh()
    assert (len(room.sockets), room._behind) == (1, set())


async def test_a_room_that_this_release_cannot_read_closes_its_own_viewers_alone(
    redis_url: str, crowd: Crowd, short_linger: None
) -> None:
    """They reconnect to another gateway; games and other rooms are not affected."""
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        played_room(gateway, crowd) as strange,
        played_room(gateway, crowd) as usual,
        watching(gateway, strange.room_id) as (page, _),
        watching(gateway, usual.room_id) as (other, _),
    ):
        key = room_keys(strange.room_id).room
        changed = ("settings", '["of the next release"]', "settings_version", 99)
        await crowd.engine.store.command("HSET", key, *changed)
        await crowd.press(strange.room_id, 1)
        assert await page.closed() == 1001
        await crowd.press(usual.room_id, 1, event_type="enemy3")
        await other.count("enemy3", 1)


async def test_viewers_have_places_of_their_own(redis_url: str, crowd: Crowd) -> None:
    """At the limit of viewers games still connect, and a viewer that leaves frees a slot."""
    settings = gateway_settings(redis_url, max_viewer_sockets=1)
    async with running_gateway(settings) as gateway:
        room = await crowd.open_room()
        async with watching(gateway, room.room_id), new_game(gateway.url):
            full = (503, "too_many_sockets")
            assert await refusal(viewers_url(gateway, room.room_id)) == full
        await until(lambda: _is_empty(gateway))
        async with watching(gateway, room.room_id) as (_, first):
            assert first.room_id == room.room_id


async def _is_empty(gateway: Running) -> bool:
    return await gateway.counted("streamario_viewer_sockets") == 0


@pytest.mark.usefixtures("short_linger", "no_old_bad_messages")
async def test_who_talks_too_much_is_sent_away(gateway: Running, crowd: Crowd) -> None:
    """Viewers' messages are ignored up to a limit."""
    room = await crowd.open_room()
    dismissed = await gateway.counted("streamario_viewers_dismissed_total")
    async with watching(gateway, room.room_id) as (page, _):
        for _ in range(21):
            await page.socket.send("hello")
        assert await page.closed() == 4009
    assert await gateway.counted("streamario_viewers_dismissed_total") == dismissed + 1
    async with watching(gateway, room.room_id) as (page, _):
        await page.socket.send("x" * 2_000)
        assert await page.closed() == 1009


async def test_a_gateway_that_leaves_sends_its_viewers_elsewhere(
    redis_url: str, crowd: Crowd
) -> None:
    async with running_gateway(gateway_settings(redis_url)) as gateway:
        room = await crowd.open_room()
        async with watching(gateway, room.room_id) as (page, _):
            gateway.stop.set()
            assert await page.closed() == 1001


async def test_a_viewer_that_does_not_answer_is_dropped(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A phone without reception sends no close."""
    monkeypatch.setattr(upkeep, "PING_EVERY", 0.2)
    monkeypatch.setattr(connection, "GIVE_UP_AFTER", 0.2)
    async with running_gateway(gateway_settings(redis_url)) as gateway:
        room = await crowd.open_room()
        async with watching(gateway, room.room_id) as (page, _):
            page.socket.transport.pause_reading()
            await until(lambda: _is_empty(gateway))
