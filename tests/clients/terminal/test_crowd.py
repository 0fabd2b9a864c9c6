"""The simulated crowd's batches, as a server receives them."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import msgspec

from clients.terminal.crowd import Crowd, CrowdPlan, Guest
from clients.terminal.http_client import ApiAddress, open_http_client
from clients.terminal.press_tally import PressTally
from shared.wire.rest_bodies import Batch

EVERY = 0.5  # s
HEAD = "HTTP/1.1 {} Said\r\nContent-Length: {}\r\n\r\n"
VIEWERS = 3


class Server:
    """Answers presses, of which it loses the first answer of each viewer, and says how long."""

    def __init__(self) -> None:
        self.batches: defaultdict[str, list[Batch]] = defaultdict(list)
        self.times: defaultdict[str, list[float]] = defaultdict(list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of a connection."""
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode().lower():
                length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
                batch = msgspec.json.decode(await reader.readexactly(length), type=Batch)
                if not self._is_answered(batch):
                    break
                body = msgspec.json.encode(self._answer(batch))
                writer.write(HEAD.format(200, len(body)).encode() + body)
        except asyncio.IncompleteReadError:
            pass  # the crowd has left
        finally:
            writer.close()

    def _is_answered(self, batch: Batch) -> bool:
        self.batches[batch.viewer_id].append(batch)
        self.times[batch.viewer_id].append(asyncio.get_running_loop().time())
        return len(self.batches[batch.viewer_id]) > 1

    def _answer(self, batch: Batch) -> dict[str, Any]:
        presses = sum(event.push_count for event in batch.push_events)
        return {"accepted": presses, "send_every_ms": int(EVERY * 1000)}


@asynccontextmanager
async def pressing(server: Server, interval: float | None) -> AsyncIterator[Crowd]:
    """A crowd that presses until each viewer has sent five requests."""
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    address = ApiAddress.at(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
    plan = CrowdPlan("room", VIEWERS, rate=200, interval=interval, buttons=("skill1",))
    async with listening, open_http_client(address, VIEWERS) as client:
        crowd = Crowd(client, plan, PressTally())

        def ended() -> bool:
            sent = [len(batches) for batches in server.batches.values()]
            return len(sent) == VIEWERS and min(sent) >= 5

        await crowd.press([Guest(n, f"viewer {n}") for n in range(VIEWERS)], ended)
        yield crowd


async def test_viewers_number_their_batches_and_repeat_one_under_its_number() -> None:
    server = Server()
    async with pressing(server, interval=0.05):
        for batches in server.batches.values():
            numbers = [batch.batch_no for batch in batches]
            assert numbers == [1, *range(1, len(numbers))]
            assert batches[0] == batches[1]
    senders = {str(batches[0].batch_id).partition("#")[0] for batches in server.batches.values()}
    assert len(senders) == VIEWERS


async def test_viewers_gather_presses_for_as_long_as_the_server_asks() -> None:
    """Unless the command's user says how long."""
    server = Server()
    async with pressing(server, interval=None):
        for times in server.times.values():
            waits = [later - earlier for earlier, later in pairwise(times[2:])]
            assert sum(waits) / len(waits) > 0.5 * EVERY
