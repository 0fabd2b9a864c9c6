"""Viewers' sockets: the messages they get, and their cost."""

from pathlib import Path

import pytest

from shared.engine.open_room import lead_on
from shared.identity.addresses import UNIX_SOCKET
from shared.wire.game_messages import GameEnd, GameStart
from shared.wire.viewer_messages import RoomShown, StatsUpdate, StatusUpdate, Trigger
from tests.room_keys import new_room_id, room_keys
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
from tests.ws_gateway.viewer_end import played_room, viewers_url, watching
from ws_gateway.viewers import audience


async def test_a_page_is_shown_the_whole_room_first(gateway: Running, crowd: Crowd) -> None:
    """The buttons as the API answers them, with the round's status."""
    async with played_room(gateway, crowd) as room:
        await crowd.press(room.room_id, 2, event_type="enemy1")
        async with watching(gateway, room.room_id) as (_, first):
            found = await crowd.engine.stats(room.room_id)
            assert first.stats == found.stats
            assert (first.room_id, first.viewer_count) == (room.room_id, 1)
            assert (first.status, first.round, first.paused) == ("in_game", 1, False)


async def test_a_press_and_its_trigger_are_shown_at_once(gateway: Running, crowd: Crowd) -> None:
    """A nudge makes the gateway refresh at once; unchanged buttons are omitted."""
    async with (
        played_room(gateway, crowd) as room,
        watching(gateway, room.room_id) as (page, _),
    ):
        await crowd.press(room.room_id, 1, name="Mika")
        assert await page.next() == Trigger(
            "skill1", "Mika", room.epoch, 1, trigger_count=1, people=1, round=1
        )
        update = await page.next_of(StatsUpdate)
        assert [(stat.event_type, stat.current_level) for stat in update.stats] == [("skill1", 1)]


async def test_pages_of_an_ended_room_hear_of_the_studios_next_one_at_once(
    gateway: Running, crowd: Crowd
) -> None:
    """Who comes later gets it with the whole state; while a round runs nobody does."""
    newer = (await crowd.open_room()).room_id
    async with new_game(gateway.url) as (game, room), watching(gateway, room.room_id) as (page, _):
        await game.say(GameEnd())
        ended = await page.next_of(StatusUpdate)
        assert (ended.status, ended.next_room_id) == ("ended", None)
        await lead_on(crowd.engine, room.room_id, newer)
        told = await page.next_of(StatusUpdate)
        assert (told.status, told.next_room_id) == ("ended", newer)
        async with watching(gateway, room.room_id) as (_, first):
            assert first.next_room_id == newer
        await game.say(GameStart())
        began = await page.next_of(StatusUpdate)
        assert (began.status, began.next_room_id) == ("in_game", None)


async def test_a_block_makes_pages_start_over(gateway: Running, crowd: Crowd) -> None:
    """They may show the name of who is blocked, from a trigger that no message lasts for."""
    async with (
        played_room(gateway, crowd) as room,
        watching(gateway, room.room_id) as (page, _),
    ):
        await crowd.press(room.room_id, 1, name="Mika")
        await page.next_of(Trigger)
        await crowd.engine.block(room.room_id, "viewer1")
        assert (await page.next_of(RoomShown)).stats[0].current_level == 1


async def test_what_was_missed_is_shown_without_a_word_from_redis(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rooms are refreshed every few seconds, even without a nudge."""
    monkeypatch.setattr(audience, "REFRESH_EVERY", 0.2)
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
    """When it is back, they get the state that they missed."""
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
    monkeypatch.setattr(audience, "REFRESH_EVERY", 0.1)
    room = await crowd.open_room()
    dismissed = await gateway.counted("streamario_viewers_dismissed_total")
    async with watching(gateway, room.room_id) as (page, _):
        await crowd.engine.store.command("DEL", room_keys(room.room_id).room)
        assert await page.closed() == 4004
    assert await gateway.counted("streamario_viewers_dismissed_total") == dismissed + 1
    code = (404, "room_not_found")
    assert await refusal(viewers_url(gateway, room.room_id)) == code


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("", (400, "invalid_query")),
        (f"?room_id={new_room_id()}", (404, "room_not_found")),
        ("?room_id=a&room_id=b", (400, "invalid_query")),
    ],
)
async def test_only_a_room_can_be_watched(
    gateway: Running, query: str, refused: tuple[int, str]
) -> None:
    assert await refusal(f"ws://127.0.0.1:{gateway.port}/ws-viewer{query}") == refused
