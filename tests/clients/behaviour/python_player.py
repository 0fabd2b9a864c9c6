"""Plays the Python client in the cases beside this file, in virtual time."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Final
from unittest.mock import patch

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, InvalidStatus
from websockets.frames import Close
from websockets.http11 import Response

from clients.python import (
    GameClient,
    GameNote,
    GameRefused,
    GameSocketError,
    GatewayAddress,
    NumbersMissing,
    RoomGone,
    SavedRoom,
    game_client,
    game_socket,
)
from clients.python.game_errors import end_by_error_code
from shared.wire.game_messages import (
    Error,
    GameEnd,
    GameEndSummary,
    GameEvent,
    GameStart,
    Gap,
    Message,
    Pause,
    Resume,
    RoomCreated,
    RoomReady,
    RoundUpdate,
    ViewerCountUpdate,
)
from tests.clients.behaviour.virtual_time import VirtualLoop

LOST: Final = 1006
SETTLED: Final = 40  # turns of the event loop after which nothing is left to do
OPEN_WITHIN: Final = 10.0  # s: the library's limit for a handshake


class Connection:
    """A socket of the websockets library, at which the player sits on the other side."""

    def __init__(self, player: "Player") -> None:
        self._player = player
        self.number = len(player.connections) + 1
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.last_ping = "null"
        self._came: asyncio.Queue[str | None] = asyncio.Queue()
        self._end: Close | None = None
        self._is_over = False

    def accept(self) -> None:
        if not self.opened.done():
            self.opened.set_result(None)

    def say(self, text: str) -> None:
        self.accept()
        self._came.put_nowait(text.replace('"$ping"', self.last_ping))

    def end(self, code: int) -> None:
        if not self.opened.done():
            self.opened.set_exception(OSError("no connection"))
        self._end = None if code == LOST else Close(code, "")
        self._came.put_nowait(None)

    def refuse(self, status: int, code: str, retry_after: float) -> None:
        body = json.dumps({"code": code}).encode() if code else b""
        headers = Headers({"Retry-After": f"{retry_after:g}"} if retry_after else {})
        self.opened.set_exception(InvalidStatus(Response(status, "No", headers, body)))

    async def recv(self) -> str:
        if self._is_over or (text := await self._came.get()) is None:
            self._is_over = True
            raise self._closed()
        return text

    async def send(self, text: str) -> None:
        if self._is_over:
            raise self._closed()
        if json.loads(text)["type"] == "ping":
            self.last_ping = json.dumps(json.loads(text)["t"])
        self._player.show("sent", self.number, text)

    async def close(self, code: int = 1000) -> None:
        self._player.show("closed", self.number, int(code))
        self._is_over = True
        self._came.put_nowait(None)

    def _closed(self) -> ConnectionClosed:
        return ConnectionClosedError(self._end, None)


class Player:
    """A game of one case: what happens comes as words, what the client does leaves as lines."""

    def __init__(self, options: dict[str, str], print_line: Callable[[str], None]) -> None:
        room_id, epoch = options.get("room", ""), int(options.get("epoch", 0))
        position = (epoch, int(options.get("last_seq", 0))) if epoch else (None, None)
        room = SavedRoom(room_id, "T", "", *position) if room_id else None
        self.connections: list[Connection] = []
        self.is_over = False  # what happens now is of no case
        self._print = print_line
        self._luck = float(options.get("luck", 1))
        self._gateway = GatewayAddress("ws://gateway", options.get("key", ""))
        self._game = GameClient(self._gateway, room, round_changes=True, note=self._note)
        self._playing: asyncio.Task[None] | None = None
        self._triggers: dict[int, GameEvent] = {}
        self._missing: int | None = None  # numbers up to this one are, as a note said
        self._opened = asyncio.Event()
        self._awaited = 0
        game, triggers = self._game, self._triggers
        self._calls: dict[str, Callable[[str], Awaitable[None]]] = {
            "open": self._open,
            "start": lambda _: game.send(GameStart()),
            "end": lambda _: game.send(GameEnd()),
            "pause": lambda _: game.send(Pause()),
            "resume": lambda _: game.send(Resume()),
            "lasting": lambda seq: game.lasting(triggers[int(seq)], 8),
            "done": lambda seq: game.done(triggers[int(seq)]),
            "failed": lambda seq: game.failed(triggers[int(seq)], "why"),
            "available": game.available,
            "unavailable": lambda event_type: game.unavailable(event_type, "why"),
            "close": lambda _: self.end(),
        }

    async def act(self, words: list[str]) -> None:
        """Do what one line says, and let happen what needs no time."""
        await getattr(self, f"do_{words[0]}")(*words[1:])
        for _ in range(SETTLED):
            await asyncio.sleep(0)

    async def end(self) -> None:
        """End the game, so that no task is left."""
        if self._playing is not None:
            self._playing.cancel()
            await asyncio.wait([self._playing])
        await self._game.close()

    def show(self, kind: str, *words: object) -> None:
        """Print what the client did, and when."""
        now = asyncio.get_running_loop().time()
        if not self.is_over:
            self._print("\t".join([kind, f"{now:.2f}", *map(str, words)]))

    # What stands in for the client's surroundings.

    async def connect(self, url: str, *, subprotocols: list[str], **_: object) -> Connection:
        """Open a connection, in place of the websockets library."""
        connection = Connection(self)
        self.connections.append(connection)
        self.show("opened", connection.number, url, ",".join(subprotocols))
        self._opened.set()
        async with asyncio.timeout(OPEN_WITHIN):
            await connection.opened
        return connection

    def chance(self) -> float:
        """What chance gives in this case."""
        return self._luck

    # What happens.

    async def do_pass(self, seconds: str) -> None:
        await asyncio.sleep(float(seconds))

    async def do_socket(self, within: str) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(float(within)):
                while len(self.connections) == self._awaited:
                    self._opened.clear()
                    await self._opened.wait()
        self._awaited += len(self.connections) > self._awaited

    async def do_accept(self, socket: str) -> None:
        self.connections[int(socket) - 1].accept()

    async def do_say(self, socket: str, text: str) -> None:
        self.connections[int(socket) - 1].say(text)

    async def do_close(self, socket: str, code: str) -> None:
        self.connections[int(socket) - 1].end(int(code))

    async def do_refuse(self, socket: str, status: str, code: str, retry_after: str) -> None:
        self.connections[int(socket) - 1].refuse(int(status), code, float(retry_after))

    async def do_game(self, call: str, argument: str = "") -> None:
        """The game calls its client. What is not sent, it is told."""
        try:
            await self._calls[call](argument)
        except GameSocketError:
            self._hear("not_sent")

    async def _open(self, _: str) -> None:
        self._playing = asyncio.create_task(self._play())

    # What the game is told.

    async def _play(self) -> None:
        try:
            async for message in self._game:
                self._take(message)
        except RoomGone:
            self._hear("room_gone")
        except GameRefused as refused:
            self._hear("stopped", refused.code)

    def _take(self, message: Message) -> None:
        if self._missing is not None and not isinstance(message, Gap):
            self._hear("gap", self._missing)
        self._missing = None
        if isinstance(message, GameEvent):
            self._triggers[message.seq] = message
        if event := _event(message):
            self._hear(*event)

    def _note(self, note: GameNote) -> None:
        if isinstance(note, NumbersMissing):
            self._missing = note.last
        else:
            self._hear("away")

    def _hear(self, *words: object) -> None:
        self.show("heard", *words)


def _event(message: Message) -> tuple[object, ...]:
    """What a message is to the game; nothing, if it announces the end of the socket."""
    match message:
        case RoomCreated() | RoomReady():
            return (type(message).__struct_config__.tag,)
        case GameEvent():
            return "trigger", message.seq
        case GameEndSummary():
            return "round_ended", message.round
        case Gap():
            return "gap", message.last_seq
        case ViewerCountUpdate():
            return "viewers", message.viewer_count
        case RoundUpdate():
            return "round", message.round, _state(message)
        case Error() if end_by_error_code(message.code) is None:
            return "error", message.code
    return ()


def _state(update: RoundUpdate) -> str:
    if update.status == "in_game":
        return "paused" if update.paused else "running"
    return "ended" if update.status == "ended" else "waiting"


def play(script: str) -> str:
    """The lines of one case, which the script is for."""
    lines: list[str] = []
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(_play(script.splitlines(), lines.append))
    return "\n".join(lines)


async def _play(script: list[str], print_line: Callable[[str], None]) -> None:
    loop = asyncio.get_running_loop()
    _, name, *options = script[0].split("\t")
    player = Player(dict(option.split("=") for option in options), print_line)
    print_line(f"case\t{name}")
    print_line("done\t0")
    with (
        patch.object(game_socket, "_Connect", player.connect),
        patch.object(game_client, "random", SimpleNamespace(random=player.chance)),
        patch.object(game_client, "time", SimpleNamespace(monotonic=loop.time)),
    ):
        for line in script[1:]:
            await player.act(line.split("\t"))
            print_line(f"done\t{loop.time():.2f}")
        player.is_over = True
        await player.end()
