"""Viewers' sockets before a round: who arrives, and what a streamer tries."""

import asyncio
import time

from shared.identity.addresses import UNIX_SOCKET
from shared.wire.viewer_messages import Arrived, Preview, StatsUpdate
from tests.patience import HOUR
from tests.waiting import until
from tests.ws_gateway.game_end import refusal
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, running_gateway
from tests.ws_gateway.viewer_end import previewing, viewers_url, watching
from ws_gateway.metrics import GatewayMetrics
from ws_gateway.viewers.audience import WatchedRoom
from ws_gateway.viewers.changes import TELL_EVERY


async def come(crowd: Crowd, room_id: str, *names: str) -> None:
    """Viewers with these names join."""
    await asyncio.gather(
        *(crowd.engine.join(room_id, name, UNIX_SOCKET, name=name) for name in names)
    )


async def test_pages_of_every_gateway_see_who_arrives(redis_url: str, crowd: Crowd) -> None:
    """And how many viewers there are then."""
    room = await crowd.open_room()
    async with (
        running_gateway(gateway_settings(redis_url)) as first,
        running_gateway(gateway_settings(redis_url)) as second,
        watching(first, room.room_id) as (here, _),
        watching(second, room.room_id) as (there, _),
    ):
        await crowd.engine.join(room.room_id, "nobody", UNIX_SOCKET)
        await come(crowd, room.room_id, "Mika")
        for page in (here, there):
            assert await page.next_of(Arrived) == Arrived(("Mika",), 2)
            assert [m.viewer_count for m in page.seen if isinstance(m, StatsUpdate)][-1] == 2


async def test_arrivals_come_at_most_once_a_second_and_none_is_lost(
    gateway: Running, crowd: Crowd
) -> None:
    """Those who come meanwhile are told together, without another change of the room."""
    room = await crowd.open_room()
    async with watching(gateway, room.room_id) as (page, _):
        began = time.monotonic()
        await come(crowd, room.room_id, "Mika")
        await page.next_of(Arrived)
        await come(crowd, room.room_id, "Sora")
        await page.next_of(StatsUpdate)
        await come(crowd, room.room_id, "Yuki")
        names: list[str] = []
        while len(names) < 2:
            names += (await page.next_of(Arrived)).names
        assert names == ["Sora", "Yuki"]
        assert time.monotonic() - began >= TELL_EVERY


async def test_a_page_that_comes_later_is_told_what_time_it_is_then(
    gateway: Running, crowd: Crowd
) -> None:
    """Though the room has not been read again since."""
    room = await crowd.open_room()
    async with watching(gateway, room.room_id) as (_, first):

        async def is_later() -> bool:
            async with watching(gateway, room.room_id) as (_, again):
                return again.time > first.time

        await until(is_later)


async def test_only_pages_that_ask_for_previews_get_them_on_every_gateway(
    redis_url: str, crowd: Crowd
) -> None:
    """At once and without a round; the room has not changed."""
    room = await crowd.open_room()
    async with (
        running_gateway(gateway_settings(redis_url)) as first,
        running_gateway(gateway_settings(redis_url)) as second,
        previewing(first, room.room_id) as here,
        previewing(second, room.room_id) as there,
        watching(first, room.room_id) as (other, _),
    ):
        await crowd.engine.preview(room.room_id, "enemy1")
        for page in (here, there):
            assert await page.next() == Preview("enemy1")
        await come(crowd, room.room_id, "Mika")
        await other.next_of(Arrived)
        assert not [m for m in other.seen if isinstance(m, Preview)]


class Recording:
    """A socket that takes what is written to it, or does not."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.is_behind = False

    def write_frames(self, frames: bytes) -> bool:
        if not self.is_behind:
            self.written.append(frames)
        return not self.is_behind


async def test_a_preview_comes_neither_before_the_state_nor_to_who_reads_slowly(
    crowd: Crowd,
) -> None:
    opened = await crowd.open_room()
    room = WatchedRoom(crowd.engine, "gateway", opened.room_id, GatewayMetrics())
    page, slow = Recording(), Recording()
    room.enter(page, previews=True)  # type: ignore[arg-type]
    room.preview("skill1")
    assert page.written == []
    await room._refresh()
    room.enter(slow, previews=True)  # type: ignore[arg-type]
    slow.is_behind = True
    room.preview("skill1")
    assert b'"preview"' in page.written[-1]
    assert b'"preview"' not in b"".join(slow.written)
    room.leave(page)  # type: ignore[arg-type]
    room.preview("skill1")
    assert len(page.written) == 2


async def test_previews_are_asked_for_with_1(gateway: Running, crowd: Crowd) -> None:
    room = await crowd.open_room()
    url = viewers_url(gateway, room.room_id)
    assert await refusal(f"{url}&preview=yes") == (400, "invalid_query")
    async with watching(gateway, room.room_id) as (_, first):
        assert first.room_id == room.room_id


async def test_a_gateway_that_drains_shows_arrivals_until_it_closes(
    redis_url: str, crowd: Crowd, balancer_noticed: asyncio.Event
) -> None:
    room = await crowd.open_room()
    async with (
        running_gateway(gateway_settings(redis_url, drain_delay=HOUR)) as gateway,
        watching(gateway, room.room_id) as (page, _),
    ):
        gateway.stop.set()
        await come(crowd, room.room_id, "Mika")
        assert (await page.next_of(Arrived)).names == ("Mika",)
        balancer_noticed.set()
        assert await page.closed() == 1001
