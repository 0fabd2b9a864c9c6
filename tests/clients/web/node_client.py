"""The web client in a Node process, controlled by tests."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.programs import program

DRIVER: Final = Path(__file__).with_name("driver.mjs")


class Button(msgspec.Struct, rename="camel"):
    """The part of a button's state that tests check."""

    event_type: str
    image: str
    sound: str
    enabled: bool
    count: int
    mine: int
    required: int
    level: int
    accepted: int
    pending: int


class Viewer(msgspec.Struct):
    """The viewer."""

    id: str
    name: str | None


class State(msgspec.Struct, rename="camel"):
    """The part of a room's state that tests check."""

    status: str = "loading"
    round: int = 0
    open: bool = False
    paused: bool = False
    starts_at: float = 0
    title: str = ""
    theme: dict[str, Any] = {}
    buttons: tuple[Button, ...] = ()
    viewer_count: int = 0
    connection: str = "polling"
    viewer: Viewer | None = None
    mine: int = 0
    tipped: int = 0
    limited_until: float = 0
    pending: int = 0

    def count(self, event_type: str) -> int:
        """The presses that the button shows."""
        return self.button(event_type).count

    def button(self, event_type: str) -> Button:
        """One of the buttons."""
        return next(button for button in self.buttons if button.event_type == event_type)


class Tipped(msgspec.Struct, rename="camel", frozen=True):
    """Triggers that this viewer's presses tipped."""

    event_type: str
    times: int
    last_seq: int | None


class Refusal(msgspec.Struct):
    """A StreamarioError."""

    message: str
    code: str
    status: int


class Line(msgspec.Struct):
    """A line of the driver: a reply or an event."""

    reply: int | None = None
    value: Any = None
    error: Refusal | None = None
    state: State | None = None
    refusal: Refusal | None = None
    tipped: Tipped | None = None


class ClientRefused(Exception):
    """A call of the client ended in a StreamarioError."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.code = refusal.code
        self.status = refusal.status


def node() -> str:
    """The Node program."""
    return program("node")


class NodeClient:
    """One room of the client; `states` has every state that it has shown."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._numbers = itertools.count()
        self._replies: dict[int, Line] = {}
        self._news = asyncio.Condition()
        self.states: list[State] = [State()]
        self.refusals: list[Refusal] = []
        self.tipped: list[Tipped] = []

    @property
    def state(self) -> State:
        return self.states[-1]

    async def call(self, method: str, *given: object) -> Any:
        """Call a method of the room; raises ClientRefused."""
        assert self._process.stdin is not None
        number = next(self._numbers)
        self._process.stdin.write(msgspec.json.encode([number, method, *given]) + b"\n")
        async with self._news:
            await self._news.wait_for(lambda: number in self._replies)
        reply = self._replies.pop(number)
        if reply.error is not None:
            raise ClientRefused(reply.error)
        return reply.value

    def start(self, method: str) -> asyncio.Task[Any]:
        """Call a method that may take its time."""
        return asyncio.create_task(self.call(method))

    async def kill(self) -> None:
        """End the process as a crash would."""
        self._process.kill()
        await self._process.wait()

    async def press(self, event_type: str, times: float = 1) -> int:
        """Press a button; return how many presses the client accepted."""
        taken: int = await self.call("press", event_type, times)
        return taken

    async def until(self, condition: Callable[[State], bool]) -> State:
        """Wait until the room's state meets the condition, however briefly. Returns that state."""
        first = len(self.states) - 1

        def met() -> list[State]:
            return [state for state in self.states[first:] if condition(state)]

        async with self._news:
            return (await self._news.wait_for(met))[0]

    async def refused(self) -> Refusal:
        """Wait for the first `error` event."""
        async with self._news:
            await self._news.wait_for(lambda: bool(self.refusals))
        return self.refusals[0]

    async def settled(self) -> State:
        """Wait until every press has its answer."""
        return await self.until(lambda state: state.pending == 0)

    async def close(self) -> None:
        """Close the room, and wait until the process has ended by itself."""
        await self.call("close")
        assert await self._process.wait() == 0

    async def listen(self) -> None:
        """Read the driver's lines until it ends."""
        assert self._process.stdout is not None
        async for text in self._process.stdout:
            await self._hear(msgspec.json.decode(text, type=Line))

    async def _hear(self, line: Line) -> None:
        async with self._news:
            if line.reply is not None:
                self._replies[line.reply] = line
            if line.state is not None:
                self.states.append(line.state)
            if line.refusal is not None:
                self.refusals.append(line.refusal)
            if line.tipped is not None:
                self.tipped.append(line.tipped)
            self._news.notify_all()


@asynccontextmanager
async def node_client(
    url: str, room_id: str, storage: Path | None = None, **options: object
) -> AsyncIterator[NodeClient]:
    """A client of the room, not opened yet. `storage` is a file that survives the process."""
    given = {"baseUrl": url, "roomId": room_id, "gatherMs": 20, **options}
    if storage is not None:
        given["storage"] = str(storage)
    process = await asyncio.create_subprocess_exec(
        *(node(), str(DRIVER), msgspec.json.encode(given).decode()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    client = NodeClient(process)
    listening = asyncio.create_task(client.listen())
    try:
        yield client
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await listening


@asynccontextmanager
async def opened_client(
    url: str, room_id: str, storage: Path | None = None, **options: object
) -> AsyncIterator[NodeClient]:
    """A client that has its room and its identity."""
    async with node_client(url, room_id, storage, **options) as client:
        await client.call("open")
        await client.until(lambda state: state.viewer is not None)
        yield client
