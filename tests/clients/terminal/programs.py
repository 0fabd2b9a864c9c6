"""`streamario game` and `streamario simulate` as processes, over pipes or on a terminal."""

import asyncio
import codecs
import os
import pty
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from shared.process.settings import Settings
from shared.wire.game_messages import GameEvent, ServerMessage, decode_server

ROOT = Path(__file__).parents[3]
COMMAND = "import sys; from deploy.cli import main; sys.exit(main())"


@dataclass
class Program:
    """A process, and what it has printed so far."""

    process: asyncio.subprocess.Process
    reader: asyncio.StreamReader
    terminal: int = -1
    output: str = ""
    decoder: codecs.IncrementalDecoder = field(
        default_factory=codecs.getincrementaldecoder("utf-8")
    )

    async def says(self, text: str) -> str:
        """Read until this text appears after the last call's end; return the output up to there."""
        while text not in self.output:
            if not await self._more():
                raise AssertionError(f"it ended without {text!r}: {self.output}")
        said, _, self.output = self.output.partition(text)
        return said + text

    async def message(self) -> ServerMessage:
        """The next message of a game that prints JSON; other lines are skipped."""
        while not (line := await self.says("\n")).startswith("{"):
            pass
        return decode_server(line)

    async def events(self, count: int) -> list[GameEvent]:
        """The next triggers; other messages are skipped."""
        events: list[GameEvent] = []
        while len(events) < count:
            if isinstance(message := await self.message(), GameEvent):
                events.append(message)
        return events

    def press_key(self, key: str) -> None:
        """Press a key on its terminal."""
        os.write(self.terminal, key.encode())

    async def end_round(self) -> None:
        """End the round by keys: the first key asks for confirmation."""
        self.press_key("e")
        await self.says("e again ends round")
        self.press_key("e")

    async def status(self) -> int:
        """Wait for the exit status; the rest of the output is in `output`."""
        while await self._more():
            pass
        return await self.process.wait()

    async def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal, and wait for the end."""
        self.process.send_signal(number)
        return await self.status()

    async def _more(self) -> bool:
        try:
            data = await self.reader.read(65536)
        except OSError:
            return False  # a terminal whose last user is gone
        self.output += self.decoder.decode(data)
        return bool(data)


def environment(settings: Settings, variables: Mapping[str, str]) -> dict[str, str]:
    """The environment variables of the programs."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
        "TERM": "xterm",
        "HOST": settings.host,
        "PORT": str(settings.port),
        "UNITY_WS_PORT": str(settings.unity_ws_port),
        "DATA_DIR": str(settings.data_dir),
        "GAME_KEYS": ",".join(settings.game_keys),
        **variables,
    }


@asynccontextmanager
async def program(settings: Settings, *arguments: str, **variables: str) -> AsyncIterator[Program]:
    """Start a command; its two outputs are merged."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", COMMAND, *arguments),
        env=environment(settings, variables),
        cwd=settings.data_dir,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    try:
        yield Program(process, process.stdout)
    finally:
        await _ended(process)


@asynccontextmanager
async def on_terminal(
    settings: Settings, *arguments: str, **variables: str
) -> AsyncIterator[Program]:
    """Start a command on a separate terminal."""
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", COMMAND, *arguments),
        env={**environment(settings, variables), "COLUMNS": "100", "LINES": "40"},
        cwd=settings.data_dir,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(ours, "rb", buffering=0)
    )
    try:
        yield Program(process, reader, ours)
    finally:
        await _ended(process)
        transport.close()


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


def saved_room(settings: Settings) -> str:
    """The room in the game's state file."""
    state = msgspec.json.decode(
        (settings.data_dir / "game.json").read_bytes(), type=dict[str, object]
    )
    return str(state["room_id"])
