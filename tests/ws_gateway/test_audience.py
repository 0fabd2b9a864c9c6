"""Viewers' sockets: what they are shown, what they cost, and who is not waited for."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import msgspec
import pytest

from shared.addresses import UNIX_SOCKET
from shared.keys import room_keys
from shared.messages import (
    GameEnd,
    GameOver,
    GameStart,
    Pause,
    RoomStats,
    SettingsUpdate,
    StatsUpdate,
    StatusUpdate,
    Trigger,
)
from shared.room_settings import DEFAULT_SETTINGS, Label
from shared.tokens import new_room_id
from tests.waiting import until
from tests.ws_gateway.faults import own_valkey
from tests.ws_gateway.games import new_game, refusal
from tests.ws_gateway.gateways import gateway_settings, gathered_crowd, running_gateway
from tests.ws_gateway.viewers import viewers_url, watching
from ws_gateway import audience

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from shared.messages import RoomCreated
    from shared.room_settings import RoomSettings
    from tests.ws_gateway.gateways import Crowd, Running
    from tests.ws_gateway.viewers import Page

pytestmark = pytest.mark.anyio

VIEWERS = 50
SMALL = 4096  # bytes of the receiving buffer
LOOKS_ASIDE = 3  # that a second of a test brings by itself


async def looks(gateway: Running) -> float:
    return await gateway.counted("streamario_audience_looks_total")


@asynccontextmanager
async def played_room(gateway: Running, crowd: Crowd) -> AsyncIterator[RoomCreated]:
    """A room whose round runs, and whose first button fires at every press."""
    async with new_game(gateway.url) as (_, room):
        await crowd.ease(room.room_id)
        yield room


async def test_a_page_is_shown_the_whole_room_first(gateway: Running, crowd: Crowd) -> None:
    """As the API answers it, with how the round is."""
    async with played_room(gateway, crowd) as room:
        await crowd.press(room.room_id, 2, event_type="enemy1")
        async with watching(gateway, room.room_id) as (_, first):
            found = await crowd.engine.stats(room.room_id)
            assert first.stats == found.stats
            assert (first.room_id, first.viewer_count) == (room.room_id, 1)
            assert (first.status, first.round, first.paused) == ("in_game", 1, False)


async def test_a_room_that_waits_for_its_game_can_be_watched(
    gateway: Running, crowd: Crowd
) -> None:
    """Its page is told when the round begins, and with what."""
    room = await crowd.open_room()
    async with watching(gateway, room.room_id) as (page, first):
        assert (first.status, first.round) == ("active", 0)
        held = await crowd.engine.attach(
            room.room_id, "a game", epoch=None, last_seq=None, skip=False
        )
        await crowd.engine.start(room.room_id, held.term)
        assert await page.next() == StatusUpdate("in_game", 1, paused=False)
        assert (await page.next_of(RoomStats)).round == 1


async def test_a_press_and_its_trigger_are_shown_at_once(gateway: Running, crowd: Crowd) -> None:
    """The gateway is told and does not wait for its next look; unchanged buttons are left out."""
    async with (
        played_room(gateway, crowd) as room,
        watching(gateway, room.room_id) as (page, _),
    ):
        await crowd.press(room.room_id, 1, name="Mika")
        assert await page.next() == Trigger("skill1", "Mika", room.epoch, 1)
        update = await page.next_of(StatsUpdate)
        assert [(stat.event_type, stat.current_level) for stat in update.stats] == [("skill1", 1)]


async def test_pause_settings_end_and_the_next_round_are_shown(
    gateway: Running, crowd: Crowd
) -> None:
    async with new_game(gateway.url) as (game, room), watching(gateway, room.room_id) as (page, _):
        await game.say(Pause())
        assert (await page.next_of(StatusUpdate)).paused
        await game.socket.send('{"type":"settings","title":"Quiz"}')
        assert (await page.next_of(SettingsUpdate)).settings.title == "Quiz"
        await game.say(GameEnd())
        assert await page.next_of(GameOver) == GameOver(room.room_id, 1)
        assert (await page.next_of(StatusUpdate)).status == "ended"
        await game.say(GameStart())
        assert await page.next_of(StatusUpdate) == StatusUpdate("in_game", 2, paused=False)


async def test_viewers_of_every_gateway_see_the_same(redis_url: str, crowd: Crowd) -> None:
    async with (
        running_gateway(gateway_settings(redis_url)) as first,
        running_gateway(gateway_settings(redis_url)) as second,
        played_room(first, crowd) as room,
        watching(first, room.room_id) as (here, _),
        watching(second, room.room_id) as (there, _),
    ):
        for presses in range(1, 4):
            await crowd.press(room.room_id, 1, event_type="enemy3")
            await asyncio.gather(here.count("enemy3", presses), there.count("enemy3", presses))


async def test_a_room_costs_as_many_looks_for_one_viewer_as_for_many(
    redis_url: str, crowd: Crowd
) -> None:
    """And at most four a second, however much is pressed."""
    async with AsyncExitStack() as stack:
        gateway = await stack.enter_async_context(running_gateway(gateway_settings(redis_url)))
        room = await stack.enter_async_context(played_room(gateway, crowd))
        pages = [
            (await stack.enter_async_context(watching(gateway, room.room_id)))[0]
            for _ in range(VIEWERS)
        ]
        before, began = await looks(gateway), time.monotonic()
        for _ in range(100):
            await crowd.press(room.room_id, 1, event_type="enemy3")
        shown = (await crowd.engine.stats(room.room_id)).stats[-1]
        await asyncio.gather(*(page.count("enemy3", shown.current_count) for page in pages))
        took = time.monotonic() - began
        assert await looks(gateway) - before <= took / audience.PACE + LOOKS_ASIDE
        updates = [len([m for m in page.seen if isinstance(m, StatsUpdate)]) for page in pages]
        assert max(updates) <= took / audience.PACE + LOOKS_ASIDE


async def test_a_crowd_that_comes_to_a_watched_room_asks_redis_nothing(
    redis_url: str, crowd: Crowd
) -> None:
    """What is shown already is shown to them."""
    async with AsyncExitStack() as stack:
        gateway = await stack.enter_async_context(running_gateway(gateway_settings(redis_url)))
        room = await crowd.open_room()
        await stack.enter_async_context(watching(gateway, room.room_id))
        before = await looks(gateway)
        for _ in range(VIEWERS):
            await stack.enter_async_context(watching(gateway, room.room_id))
        assert await looks(gateway) - before <= LOOKS_ASIDE
        assert await gateway.counted("streamario_viewer_sockets") == VIEWERS + 1


def wordy(title: str, _before: RoomSettings) -> RoomSettings:
    """Settings of many bytes: what is not read fills buffers soon."""
    labels = tuple(Label(lang=f"x-{n}", text="長" * 40) for n in range(16))
    buttons = tuple(
        msgspec.structs.replace(DEFAULT_SETTINGS.buttons[0], event_type=f"b{n}", labels=labels)
        for n in range(24)
    )
    return msgspec.structs.replace(DEFAULT_SETTINGS, title=title, buttons=buttons)


@asynccontextmanager
async def deaf_page(gateway: Running, room_id: str) -> AsyncIterator[Page]:
    """A page that reads nothing more until it is asked to."""
    with socket.socket() as small:
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        small.connect(("127.0.0.1", gateway.port))
        small.setblocking(False)
        async with watching(gateway, room_id, sock=small, max_queue=1) as (page, _):
            yield page


async def test_who_reads_slowly_skips_and_is_not_waited_for(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others are shown everything; in the end it is shown how things are, and nothing older."""
    monkeypatch.setattr(audience, "PACE", 0.01)
    monkeypatch.setattr(audience, "RETURN_EVERY", 0.05)
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        played_room(gateway, crowd) as room,
        deaf_page(gateway, room.room_id) as slow,
        watching(gateway, room.room_id) as (quick, _),
    ):
        changes = 0
        while not await gateway.counted("streamario_viewer_skips_total"):
            changes += 1
            await crowd.engine.change_settings(room.room_id, partial(wordy, f"{changes:03}"))
            await quick.next_of(SettingsUpdate)
        await crowd.press(room.room_id, 3, event_type="b0")
        await quick.count("b0", 3)
        await slow.count("b0", 3)
        titles = [m.settings.title for m in slow.seen if isinstance(m, SettingsUpdate)]
        assert titles == sorted(titles)
        assert len(titles) < changes
        assert isinstance(slow.seen[-1], RoomStats)


async def test_what_was_missed_is_shown_without_a_word_from_redis(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rooms are looked at every few seconds, whatever the gateway was told."""
    monkeypatch.setattr(audience, "LOOK_EVERY", 0.2)
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        played_room(gateway, crowd) as room,
        watching(gateway, room.room_id) as (page, _),
    ):

        async def press_untold() -> bool:
            key = room_keys(room.room_id).room
            await crowd.engine.store.command("HDEL", key, "watchers")
            await crowd.press(room.room_id, 1, event_type="enemy3")
            return not await crowd.engine.store.command("HGET", key, "watchers")

        await until(press_untold)
        shown = (await crowd.engine.stats(room.room_id)).stats[-1]
        await page.count("enemy3", shown.current_count)


async def test_viewers_stay_while_redis_is_away(tmp_path: Path) -> None:
    """They are shown what they miss when it is back."""
    async with (
        own_valkey(tmp_path) as valkey,
        gathered_crowd(valkey.url) as crowd,
        running_gateway(gateway_settings(valkey.url)) as gateway,
        played_room(gateway, crowd) as room,
        watching(gateway, room.room_id) as (page, _),
    ):
        await valkey.kill()
        await valkey.start()
        await until(gateway.is_ready)
        await crowd.engine.join(room.room_id, "viewer", UNIX_SOCKET)
        await crowd.press(room.room_id, 1, event_type="enemy3")
        await page.count("enemy3", 1)


async def test_a_room_that_is_gone_closes_its_viewers(
    gateway: Running, crowd: Crowd, monkeypatch: pytest.MonkeyPatch, short_linger: None
) -> None:
    monkeypatch.setattr(audience, "LOOK_EVERY", 0.1)
    room = await crowd.open_room()
    async with watching(gateway, room.room_id) as (page, _):
        await crowd.engine.store.command("DEL", room_keys(room.room_id).room)
        assert await page.closed() == 4004
    code = (404, "room_not_found")
    assert await refusal(viewers_url(gateway, room.room_id)) == code


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("", (400, "invalid_query")),
        ("?room_id=x", (404, "room_not_found")),
        (f"?room_id={new_room_id()}", (404, "room_not_found")),
        ("?room_id=a&room_id=b", (400, "invalid_query")),
    ],
)
async def test_only_a_room_can_be_watched(
    gateway: Running, query: str, refused: tuple[int, str]
) -> None:
    assert await refusal(f"ws://127.0.0.1:{gateway.port}/ws-viewer{query}") == refused


async def test_viewers_have_places_of_their_own(redis_url: str, crowd: Crowd) -> None:
    """A full house lets games in, and a viewer that leaves lets the next one in."""
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


async def test_who_talks_too_much_is_sent_away(
    gateway: Running, crowd: Crowd, short_linger: None
) -> None:
    """Nothing that a viewer says is of use; a little of it is passed over."""
    room = await crowd.open_room()
    async with watching(gateway, room.room_id) as (page, _):
        for _ in range(21):
            await page.socket.send("hello")
        assert await page.closed() == 4009


@pytest.mark.parametrize("drain_delay", [0, 0.3])
async def test_a_gateway_that_leaves_sends_its_viewers_elsewhere(
    redis_url: str, crowd: Crowd, drain_delay: float
) -> None:
    settings = gateway_settings(redis_url, drain_delay=drain_delay)
    async with running_gateway(settings) as gateway:
        room = await crowd.open_room()
        async with watching(gateway, room.room_id) as (page, _):
            gateway.stop.set()
            assert await page.closed() == 1001


async def test_a_viewer_that_does_not_answer_is_dropped(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A phone that went out of reach says nothing."""
    from ws_gateway import connection, inspection

    monkeypatch.setattr(inspection, "PING_EVERY", 0.2)
    monkeypatch.setattr(connection, "GIVE_UP_AFTER", 0.2)
    async with running_gateway(gateway_settings(redis_url)) as gateway:
        room = await crowd.open_room()
        async with watching(gateway, room.room_id) as (page, _):
            page.socket.transport.pause_reading()
            await until(lambda: _is_empty(gateway))
