"""Games and viewers through Caddy, and a restart of the one process behind it."""

import asyncio
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
from websockets.exceptions import InvalidHandshake

from shared.wire.game_messages import RoomCreated, RoomReady
from tests.conftest import own_database
from tests.flow.fleet import Member
from tests.flow.play import viewers
from tests.shared.engine.rooms import own_server
from tests.small_server.running import Front, SmallServer, in_front_of, open_front
from tests.waiting import until
from tests.ws_gateway.game_end import Game, connected, resume_url

THRESHOLD = 5  # presses of skill1 for a trigger, with one viewer


async def test_a_socket_on_which_nothing_is_said_outlives_the_timeouts_of_requests(
    member: Member, tmp_path: Path
) -> None:
    async with (
        open_front(tmp_path, in_front_of(member), timeouts=500) as brisk,
        AsyncExitStack() as stack,
    ):
        game = await soon_connected(brisk, stack)
        await game.settle()
        # A connection that came later has reached that timeout.
        reader, writer = await asyncio.open_connection("127.0.0.1", brisk.http_port)
        assert await reader.read() == b""
        writer.close()
        await game.settle()


async def soon_connected(front: Front, stack: AsyncExitStack) -> Game:
    """Connect, again if the machine stalls for longer than a handshake may take."""
    game = connected(f"{front.ws_url}/ws-unity", ssl=front.trust)
    try:
        return await stack.enter_async_context(game)
    except (OSError, InvalidHandshake):
        return await soon_connected(front, stack)


async def test_a_restart_behind_caddy_loses_no_press_and_no_trigger(
    tmp_path: Path, database_url: str
) -> None:
    """Presses that were answered count once; the game gets what it missed."""
    async with own_server(tmp_path) as valkey:
        with own_database(database_url) as books:
            small = SmallServer(tmp_path, valkey.url, books)
            try:
                member = await small.start(VIEWERS_PER_ADDRESS="100/100")
                async with open_front(tmp_path, in_front_of(member)) as front:
                    await restarted_under_presses(front, member)
            finally:
                await small.stop()


async def restarted_under_presses(front: Front, member: Member) -> None:
    """Restart the process while a viewer presses, and compare what was answered with the count."""
    async with front.client() as http, viewers(member, 1) as (ann,):
        async with connected(f"{front.ws_url}/ws-unity", ssl=front.trust) as game:
            room = await game.next_of(RoomCreated)
            await game.start()
            await ann.press_once_started(member, room.room_id, "skill1")
            presses = 1
            async with asyncio.TaskGroup() as group:
                restart = group.create_task(restarted(member))
                batch = 0
                while not restart.done() or batch < 20:
                    batch += 1
                    presses += await pressed(http, room.room_id, ann.viewer_id, f"batch-{batch}")
        cursor = f"&epoch={room.epoch}&last_seq={room.seq}"
        url = resume_url(f"{front.ws_url}/ws-unity", room) + cursor
        async with connected(url, ssl=front.trust) as again:
            assert (await again.next_of(RoomReady)).recovered
            stats = (await http.get(f"/api/rooms/{room.room_id}/stats")).json()["stats"]
            left = next(x["current_count"] for x in stats if x["event_type"] == "skill1")
            fired, rest = divmod(presses - left, THRESHOLD)
            assert (rest, fired > 3) == (0, True)
            await again.receive_until(room.seq + fired)
            assert again.numbers == list(range(room.seq + 1, room.seq + fired + 1))


async def pressed(http: httpx.AsyncClient, room_id: str, viewer_id: str, batch_id: str) -> int:
    """Press once, and again with the same batch until it is answered, as pages do."""
    events = [{"button_name": "skill1", "push_count": 1}]
    body = {"viewer_id": viewer_id, "batch_id": batch_id, "push_events": events}
    accepted: list[int] = []

    async def is_answered() -> bool:
        answer = await http.post(f"/api/rooms/{room_id}/events", json=body)
        if answer.status_code == 200:
            accepted.append(answer.json()["accepted"])
        else:
            assert answer.status_code in {502, 503}
        return bool(accepted)

    await until(is_answered)
    return accepted[0]


async def restarted(member: Member) -> None:
    member.send(signal.SIGTERM)
    assert await member.stopped() == 0
    await member.start()
