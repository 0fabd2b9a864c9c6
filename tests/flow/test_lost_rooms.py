"""Redis loses everything: rooms come back from the books, under the sockets of their games."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx
import pytest
from sqlalchemy import text

from api_service.database import open_database
from tests.flow.books import read_books
from tests.flow.fleet import open_fleet
from tests.flow.play import new_game, viewers
from tests.shared.rooms import own_server
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.flow.fleet import Member
    from tests.flow.play import Viewer

pytestmark = pytest.mark.anyio

FORGETFUL = ("--appendonly", "no")  # a Valkey that keeps nothing
BACK_WITHIN = 10.0  # s after Redis is there again; it takes about one


async def booked(database_url: str, presses: int) -> None:
    """Wait until the books hold so many presses."""
    async with open_database(database_url) as database:

        async def all_booked() -> bool:
            async with database.transaction(5) as connection:
                total = await connection.scalar(text("SELECT sum(count) FROM presses"))
                return int(total or 0) >= presses

        await until(all_booked)


async def insist(
    viewer: Viewer, api: Member, room_id: str, presses: int, batch_id: str
) -> list[int]:
    """Repeat a batch until it is answered. Returns the status codes of the refusals."""
    events = [{"button_name": "skill1", "push_count": presses}]
    body = {"viewer_id": viewer.viewer_id, "push_events": events, "batch_id": batch_id}
    codes: list[int] = []
    async with httpx.AsyncClient(timeout=10) as http:

        async def answered() -> bool:
            answer = await http.post(f"{api.url}/api/rooms/{room_id}/events", json=body)
            codes.append(answer.status_code)
            return answer.status_code == 200

        await until(answered)
    return codes[:-1]


async def test_a_game_and_its_viewers_play_on_when_redis_lost_everything(
    tmp_path: Path, own_database_url: str
) -> None:
    async with (
        own_server(tmp_path, *FORGETFUL) as valkey,
        open_fleet(tmp_path, valkey.url, own_database_url) as fleet,
    ):
        apis, gateways = await fleet.pair_of_each()
        async with viewers(apis[0], 2) as (ann, bob), new_game(gateways[0]) as (game, room):
            await ann.press_once_started(apis[0], room.room_id, "skill1")
            await ann.press(apis[0], room.room_id, {"skill1": 20})
            await bob.press(apis[1], room.room_id, {"skill1": 17})
            await game.receive_until(7)
            await booked(own_database_url, 38)
            await valkey.kill()
            await valkey.start()
            begun = time.monotonic()
            refusals = await insist(bob, apis[1], room.room_id, 1, "after")
            counts_after = time.monotonic() - begun
            print(f"counts after {counts_after:.2f} s, {len(refusals)} refused")
            await insist(bob, apis[1], room.room_id, 1, "after2")
            await game.receive_until(8)
            print(f"trigger after {time.monotonic() - begun:.2f} s")
            print([(m.epoch, m.seq) for m in game.events], game.other)
            print(await read_books(valkey.url, room.room_id, ["skill1"]))
