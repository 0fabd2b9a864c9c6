"""Fuzzes the gateway's sockets: `python -m tests.conformance.fuzz --examples 3000`.

Fuzzed visits (`moves.py`) run against a gateway process while a game plays on the same gateway. In
all cases: the process stays healthy, the game gets its triggers, each message matches the published
schema, each close code is documented or the visitor's own, no request gets an unexpected 5xx, and
the log contains no traceback.
"""

import argparse
import asyncio
import struct
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import msgspec
from hypothesis import HealthCheck, given, seed, settings

from clients.asyncapi.document import document_json
from deploy.embedded.servers import embedded_servers
from tests.conformance.frames import CLOSE, TEXT, Frame, frame
from tests.conformance.moves import Move, Visit, requests, visits
from tests.conformance.sockets import Socket, upgraded
from tests.flow.fleet import Member, open_fleet
from tests.shards import mark_restored
from tests.wire import wired
from tests.ws_gateway.game_end import Game, new_game
from tests.ws_gateway.gateways import Crowd, gathered_crowd
from tests.ws_gateway.schema import PublishedMessages

PUBLISHED = PublishedMessages(msgspec.json.decode(document_json()))
# The gateway's own close codes (1000, 1001, 1009, 4xxx), and those for protocol errors.
CLOSE_CODES = {1000, 1001, 1002, 1007, 1009, 4001, 4004, 4009}
# 505 is for requests in HTTP/1.0. Apart from 503 it is the only expected 5xx.
STATUSES = {101, 200, 400, 401, 403, 404, 405, 414, 426, 429, 431, 503, 505}
OWN_CLOSE = ("close frame", "broken frame", "noise")  # can be close frames with any code
# Commands are answered in order: the answer to this one means that all are answered. Viewers get no
# answers.
LAST = frame(TEXT, b'{"type":"ping","t":"the last one"}')
LAST_TOLD = (b"the last one", b"too_many_bad_messages", b"message_too_big")
# After a limit is exceeded, the gateway reads no more for up to 5 s while it closes the socket.
AT_ONCE = 50  # visits
HEAD_END = b"\r\n\r\n"
CHECK_EVERY = 20  # visits between two checks of the game


class Fuzzed:
    """A gateway, a game on it, and the results of all visits."""

    def __init__(
        self, gateway: Member, game: Game, room_id: str, watched: str, crowd: Crowd
    ) -> None:
        self.sent: Counter[str] = Counter()
        self.told: Counter[str] = Counter()
        self.closed: Counter[str] = Counter()
        self.answered: Counter[int] = Counter()
        self.visits = self.asked = self.triggers = 0
        self._gateway = gateway
        self._game = game
        self._room_id = room_id
        self._watched = watched
        self._crowd = crowd
        self._under_way: set[asyncio.Task[None]] = set()

    async def visit(self, visit: Visit) -> None:
        """Visit each kind of socket; the visits may continue in the background."""
        ways = (("/ws-unity", "tellGame"), (f"/ws-viewer?room_id={self._watched}", "tellViewer"))
        self._under_way |= {asyncio.create_task(self._visit(*way, visit)) for way in ways}
        await self._few_left(AT_ONCE)
        self.visits += len(ways)
        if self.visits % CHECK_EVERY == 0:
            await self.look()

    async def all_ended(self) -> None:
        """Wait for the visits in the background, which take no longer than a close."""
        await self._few_left(0)

    async def _few_left(self, most: int) -> None:
        while len(self._under_way) > most:
            done, self._under_way = await asyncio.wait(
                self._under_way, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                task.result()

    async def ask(self, request: bytes) -> None:
        """Send one request without an upgrade, judge its answer, and close the connection."""
        self.asked += 1
        async with wired(self._gateway.port) as wire:
            with suppress(ConnectionError):
                wire.write(request)
                if HEAD_END in request:
                    self._judge_answer(await wire.reader.read(65536))
                wire.writer.write_eof()
                await wire.reader.read()

    async def look(self) -> None:
        """Check that the gateway is alive and the game gets a trigger."""
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.get(f"{self._gateway.url}/healthz")
        assert answer.status_code == httpx.codes.OK
        await self._crowd.fire(self._room_id)
        (event,) = await self._game.events(1)
        self.triggers += 1
        assert event.seq == self.triggers

    def judge_log(self) -> None:
        """Check that the gateway's log has no error and no traceback."""
        log = self._gateway.log.read_text()
        assert "Traceback" not in log, log[-20_000:]
        assert " ERROR " not in log, log[-20_000:]

    async def _visit(self, path: str, operation: str, visit: Visit) -> None:
        async with upgraded(self._gateway.port, path) as socket:
            await socket.until(TEXT)  # the greeting
            with suppress(ConnectionError):
                await self._make(visit, visit.proper, socket)
                if visit.settles and operation == "tellGame":
                    await socket.send(LAST)
                    await socket.until_told(*LAST_TOLD)
                await self._make(visit, visit.breaking, socket)
                await _leave(socket, visit)
        own_close = any(move.kind in OWN_CLOSE for move in visit.breaking)
        self._judge_frames(operation, socket.frames, own_close=own_close)

    async def _make(self, visit: Visit, moves: Iterable[Move], socket: Socket) -> None:
        for move in moves:
            self.sent[move.kind] += 1
            await socket.send(move.data, chop=visit.chop_of(move))

    def _judge_frames(self, operation: str, frames: Iterable[Frame], *, own_close: bool) -> None:
        for found in frames:
            if found.opcode == TEXT:
                message = msgspec.json.decode(found.payload)
                kind = PUBLISHED.check(operation, message)
                self.told[f"{kind} {message.get('code', '')}".strip()] += 1
            elif found.opcode == CLOSE:
                code = struct.unpack_from("!H", found.payload)[0] if found.payload else None
                self.closed[str(code)] += 1
                assert own_close or code in CLOSE_CODES, code

    def _judge_answer(self, answer: bytes) -> None:
        if answer:
            version, status = answer.split(maxsplit=2)[:2]
            assert version == b"HTTP/1.1", answer
            self.answered[int(status)] += 1
            assert int(status) in STATUSES, answer

    def table(self) -> str:
        """Return the figures as text."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"visits {self.visits}, requests without an upgrade {self.asked}"
        yield f"triggers that the game received {self.triggers}, of {self.triggers}"
        for title, counted in (
            ("moves", self.sent),
            ("messages received", self.told),
            ("close codes received", self.closed),
            ("requests answered", self.answered),
        ):
            yield f"{title}: {sum(counted.values())}"
            yield from (f"  {name!s:28}{count:8}" for name, count in sorted(counted.items()))


async def _leave(socket: Socket, visit: Visit) -> None:
    if visit.ending == "rst":
        socket.reset()
        return
    if visit.ending == "close":
        await socket.send(frame(CLOSE, struct.pack("!H", 1000)))
    socket.end_output()  # the close may be inside a frame that was announced as longer
    await socket.ended()


@asynccontextmanager
async def fuzzed(folder: Path, redis_url: str) -> AsyncIterator[Fuzzed]:
    """Run a gateway process to visit, and a game on it for which each press fires."""
    async with AsyncExitStack() as stack:
        fleet = await stack.enter_async_context(open_fleet(folder, redis_url, "", patient=True))
        gateway = await fleet.gateway()
        crowd = await stack.enter_async_context(gathered_crowd(redis_url))
        url = gateway.url.replace("http", "ws", 1) + "/ws-unity"
        game, room = await stack.enter_async_context(new_game(url))
        await crowd.ease(room.room_id)
        watched = await crowd.open_room()
        yield Fuzzed(gateway, game, room.room_id, watched.room_id, crowd)


def fuzz(folder: Path, redis_url: str, *, examples: int, chance: int | None = None) -> Fuzzed:
    """Run `examples` visits and requests; without `chance` (a seed), the same ones each time."""
    profile = settings(
        max_examples=examples,
        derandomize=chance is None,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        on = runner.run(stack.enter_async_context(fuzzed(folder, redis_url)))

        def come(visit: Visit) -> None:
            runner.run(on.visit(visit))

        def ask(request: bytes) -> None:
            runner.run(on.ask(request))

        try:
            for step, strategy in ((come, visits), (ask, requests)):
                chosen = profile(given(strategy)(step))
                (chosen if chance is None else seed(chance)(chosen))()
            runner.run(on.all_ended())
            runner.run(on.look())
            on.judge_log()
        finally:
            runner.run(stack.aclose())
    return on


def main() -> None:
    """Fuzz, and print the figures; raise the first failure."""
    parser = argparse.ArgumentParser(description="Fuzz the gateway's sockets.")
    parser.add_argument("--examples", type=int, default=3_000, help="number of visits and requests")
    parser.add_argument("--seed", type=int, help="seed for other visits than the default ones")
    chosen = parser.parse_args()
    with TemporaryDirectory(prefix="conformance-") as name, asyncio.Runner() as runner:
        servers = embedded_servers(Path(name), redis=True, database=False)
        running = runner.run(servers.__aenter__())
        try:
            runner.run(mark_restored(running.redis_url))
            on = fuzz(Path(name), running.redis_url, examples=chosen.examples, chance=chosen.seed)
        finally:
            runner.run(servers.__aexit__(None, None, None))
    sys.stdout.write(f"{on.table()}\n")


if __name__ == "__main__":
    main()
