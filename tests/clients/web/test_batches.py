"""How the client numbers its batches, and in which order it sends them."""

import asyncio
from pathlib import Path

from tests.clients.web.faulty_proxy import FaultyProxy
from tests.clients.web.node_client import opened_client
from tests.clients.web.rooms import WebRoom

LONG = 5_000  # ms of gathering, as in the largest rooms


def numbers(proxy: FaultyProxy) -> list[int | None]:
    return [asked.batch.batch_no for asked in proxy.presses]


def senders(proxy: FaultyProxy) -> list[str]:
    """The name of each batch's sender. The whole id differs from batch to batch."""
    ids = [str(asked.batch.batch_id) for asked in proxy.presses]
    assert [id_.partition("#")[2] for id_ in ids] == [str(number) for number in numbers(proxy)]
    return [id_.partition("#")[0] for id_ in ids]


async def test_numbers_rise_and_a_repeat_keeps_its_number(
    proxy: FaultyProxy, room: WebRoom
) -> None:
    """One page is one sender, with a name that nobody guesses."""
    async with opened_client(proxy.url, room.room_id) as client:
        for lost in (False, True, False):
            if lost:
                proxy.lose_answer()
            await client.press("skill1", 2)
            await client.settled()
        assert numbers(proxy) == [1, 2, 2, 3]
        assert proxy.presses[1].batch == proxy.presses[2].batch
        (sender,) = set(senders(proxy))
        assert len(sender) >= 16
        assert await room.accepted("skill1") == 6


async def test_each_visit_is_another_sender(
    proxy: FaultyProxy, room: WebRoom, tmp_path: Path
) -> None:
    """What the last visit left keeps its sender and its number."""
    storage = tmp_path / "storage.json"
    async with opened_client(proxy.url, room.room_id, storage) as client:
        proxy.lose_answer()
        await client.press("skill1", 2)
        await client.until(lambda state: state.connection == "offline")
        await client.kill()
    async with opened_client(proxy.url, room.room_id, storage) as client:
        await client.press("skill1")
        await client.settled()
        assert numbers(proxy) == [1, 1, 1]
        first, again, other = senders(proxy)
        assert first == again != other
        assert await room.accepted("skill1") == 3


async def test_a_request_holds_what_may_be_pressed_while_it_gathers(
    proxy: FaultyProxy, room: WebRoom
) -> None:
    """20 a second and button; a fast viewer of a large room still sends one request."""
    proxy.send_every_ms = LONG
    async with opened_client(proxy.url, room.room_id) as client:
        await client.press("skill1", 60)
        await client.settled()
        await asyncio.gather(client.press("skill1", 25), client.press("skill2", 15))
        await client.settled()
        assert [asked.presses for asked in proxy.presses] == [
            {"skill1": 60},
            {"skill1": 25, "skill2": 15},
        ]


async def test_no_press_is_lost_when_a_request_may_hold_less(
    proxy: FaultyProxy, room: WebRoom, tmp_path: Path
) -> None:
    """What no longer fits into an unsent batch moves to batches with later numbers."""
    storage = tmp_path / "storage.json"
    proxy.send_every_ms = LONG
    async with opened_client(proxy.url, room.room_id, storage) as client:
        proxy.is_away = True
        await client.press("skill1", 3)
        await client.until(lambda state: state.connection == "offline")
        await client.press("skill2", 45)
        await client.kill()
    proxy.is_away, proxy.send_every_ms = False, None
    async with opened_client(proxy.url, room.room_id, storage) as client:
        await client.settled()
        pressed = [asked.presses for asked in proxy.presses]
        assert pressed == [{"skill1": 3}, {"skill2": 20}, {"skill2": 20}, {"skill2": 5}]
        assert (await room.accepted("skill1"), await room.accepted("skill2")) == (3, 45)
