"""Counts the product's own calls on the two ways that are gone most often.

    python -m tests.bench.ways [--list]

A press of a warm connection, from its arrival to its answer; a trigger in a gateway, from Redis's
message to the write to the game: the shortest of the 100th to the 109th. Each service runs in this
process, on real servers; the other one, the viewer and the game are not counted. `--list` prints
the calls in order.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from itertools import cycle, pairwise
from pathlib import Path
from types import FrameType
from typing import Any, Final, NamedTuple

import httpx
import uvloop

import api_service.app
import ws_gateway.server
from deploy.services import Serve
from shared.process import settings
from tests.bench.bench import BUTTON, Broken
from tests.bench.crowd import ViewersPage, new_viewers, path_of
from tests.bench.report import Table
from tests.bench.room import opened
from tests.bench.stand import VARIABLES, Stand, open_stand
from tests.conftest import free_ports
from tests.flow.fleet import SECRET
from tests.waiting import until

ROOT: Final = Path(__file__).parents[2]
PRODUCT: Final = ("api_service", "shared", "ws_gateway")
WARM: Final = 99  # presses or triggers before the one that is counted
FOLLOWED: Final = 10
VIEWERS: Final = 20  # so few presses each that all requests have the same head
ANSWER_LIMIT: Final = 64 * 1024  # bytes
WRITES: Final = ("write", "writelines")
# A button that never fires, and one that fires at each press.
QUIET: Final = {"base": 100_000, "min": 100_000, "max": 100_000}
FIRING: Final = {"base": 1, "min": 1, "max": 1}


class Call(NamedTuple):
    """A call of the product's own; `depth` is how many of its frames are on the stack."""

    file: str
    name: str
    line: int
    depth: int


class Way:
    """Calls in their order; those of a coroutine count each time that it goes on."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.kinds: dict[type, int] = {}  # after how many calls each was met first
        self._written = 0  # how many calls had been made at the latest write

    def end_at_last_write(self) -> None:
        """Drop the calls behind the latest write to a socket."""
        del self.calls[self._written :]
        self.kinds = {kind: at for kind, at in self.kinds.items() if at <= self._written}

    def figures(self) -> list[str]:
        """How many frames, files, calls and classes.

        Frames are the deepest stack of each callback of the event loop, added up. Classes are those
        of all values that a function gets, has or returns, and their bases.
        """
        files = {call.file for call in self.calls}
        return [
            str(count) for count in (self._frames(), len(files), len(self.calls), len(self.kinds))
        ]

    def lines(self) -> Iterator[str]:
        """The calls in order, each indented by its depth, then the classes."""
        for call in self.calls:
            yield f"{'  ' * (call.depth - 1)}{call.name}  {call.file}:{call.line}"
        yield ", ".join(sorted(kind.__qualname__ for kind in self.kinds))

    def _frames(self) -> int:
        depths = [call.depth for call in self.calls]
        begun = [at for at, depth in enumerate(depths) if depth == 1]
        return sum(max(depths[at:end]) for at, end in pairwise([*begun, len(depths)]))

    def note(self, frame: FrameType, event: str, given: Any) -> None:
        """Note what `sys.setprofile` tells."""
        if event == "c_call":
            if given.__name__ in WRITES:
                self._written = len(self.calls)
            return
        if event not in ("call", "return") or not (file := product_file(frame)):
            return
        for value in (*frame.f_locals.values(), given):
            kinds = (value if isinstance(value, type) else type(value)).__mro__
            for kind in kinds:
                if kind.__module__.split(".")[0] in PRODUCT:
                    self.kinds.setdefault(kind, len(self.calls))
        if event == "call":
            depth = sum(1 for above in stack(frame) if product_file(above))
            code = frame.f_code
            self.calls.append(Call(file, code.co_qualname, code.co_firstlineno, depth))


def product_file(frame: FrameType) -> str:
    """The file of a frame of the product's, "" for any other."""
    path = Path(frame.f_code.co_filename)
    file = path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path()
    return str(file) if file.parts[:1] and file.parts[0] in PRODUCT else ""


def stack(frame: FrameType | None) -> Iterator[FrameType]:
    """A frame and those that called it."""
    while frame is not None:
        yield frame
        frame = frame.f_back


class Viewer:
    """A connection on which viewers press in turn: one alone would exceed a viewer's limit."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, room_id: str
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._pages = cycle(ViewersPage(path_of(room_id), each) for each in new_viewers(VIEWERS))
        self.close = writer.close

    @classmethod
    async def connected(cls, port: int, room_id: str) -> "Viewer":
        """Open the connection to an API process."""
        return cls(*await asyncio.open_connection("127.0.0.1", port), room_id)

    async def press(self) -> None:
        """Press, and read the answer, which comes in one piece. Raises Broken if it counts not."""
        self._writer.write(next(self._pages).next())
        answer = await self._reader.read(ANSWER_LIMIT)
        if b'"accepted":1' not in answer:
            raise Broken(answer.decode())


async def followed(going: Callable[[], Awaitable[None]]) -> Way:
    """The calls that this thread makes meanwhile."""
    way = Way()
    sys.setprofile(way.note)
    try:
        await going()
    finally:
        sys.setprofile(None)
    return way


def shortest(ways: Sequence[Way]) -> Way:
    """The way that nothing else has met, such as a check of the servers."""
    return min(ways, key=lambda way: len(way.calls))


async def press(stand: Stand) -> Way:
    """Follow a press."""
    gateway = await stand.gateway()
    async with (
        running(api_service.app.serve, stand, "PORT") as port,
        opened(port, gateway.port, {"buttons": [{"event_type": BUTTON, **QUIET}]}) as (room_id, _),
    ):
        viewer = await Viewer.connected(port, room_id)
        for _ in range(WARM):
            await viewer.press()
        ways = [await followed(viewer.press) for _ in range(FOLLOWED)]
        viewer.close()
    return shortest(ways)


async def trigger(stand: Stand) -> Way:
    """Follow a trigger."""
    heard: asyncio.Queue[object] = asyncio.Queue()
    settings_ = {"buttons": [{"event_type": BUTTON, **FIRING}]}
    async with (
        stand.apis(1) as (api,),
        running(ws_gateway.server.serve, stand, "UNITY_WS_PORT") as port,
        opened(api.port, port, settings_, lambda event, _: heard.put_nowait(event)) as (room_id, _),
    ):
        viewer = await Viewer.connected(api.port, room_id)

        async def fire() -> None:
            await viewer.press()
            await heard.get()

        for _ in range(WARM):
            await fire()
        ways = [await followed(fire) for _ in range(FOLLOWED)]
        viewer.close()
    for way in ways:
        way.end_at_last_write()
    return shortest(ways)


@asynccontextmanager
async def running(serve: Serve, stand: Stand, port_variable: str) -> AsyncIterator[int]:
    """Run a service in this process; yield its port."""
    (port,) = free_ports(1)
    environment: Mapping[str, str] = {
        **VARIABLES,
        "HOST": "127.0.0.1",
        "REDIS_URL": stand.valkey.url,
        "DATABASE_URL": stand.postgres.url,
        "SECRET_KEYS": SECRET,
        "LEDGER": "off",
        "DRAIN_DELAY": "0",
        port_variable: str(port),
    }
    stop, ready = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(serve(settings.load(environment), stop=stop, ready=ready))
        await ready.wait()
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
                await until(lambda: is_ready(http))
            yield port
        finally:
            stop.set()


async def is_ready(http: httpx.AsyncClient) -> bool:
    """Whether a service has found its servers."""
    return (await http.get("/readyz")).status_code == HTTPStatus.OK


async def main(*, listed: bool) -> None:
    """Print the table, or the calls."""
    with tempfile.TemporaryDirectory(prefix="streamario-ways-") as folder:
        async with open_stand(Path(folder)) as stand:
            ways = {"a press": await press(stand), "a trigger": await trigger(stand)}
    for title, way in ways.items() if listed else ():
        print(f"{title}:", *way.lines(), sep="\n", end="\n\n")
    heads = ("way", "frames", "files", "calls", "classes")
    print(
        Table(
            "The product's own code",
            heads,
            [[title, *way.figures()] for title, way in ways.items()],
        )
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ways")
    parser.add_argument("--list", action="store_true", help="print the calls in order, too")
    uvloop.run(main(listed=parser.parse_args().list))
