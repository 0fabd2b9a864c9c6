"""The Unity package's client as a process under Mono: commands go in, events come out."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from tests.clients.unity.compiling import run_command


class Told(msgspec.Struct):
    """One line of the game."""

    event: str
    detail: Any


class UnityGame:
    """One run of the game."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._changed = asyncio.Condition()
        self.told: list[Told] = []

    @property
    def triggers(self) -> list[int]:
        """The numbers of the triggers that its handlers received, in order."""
        return [detail["seq"] for detail in self.all_of("trigger")]

    @property
    def states(self) -> list[str]:
        """The states of its connection, in order."""
        return [detail["state"] for detail in self.all_of("connection")]

    def all_of(self, event: str) -> list[Any]:
        """The values of all events of this name."""
        return [told.detail for told in self.told if told.event == event]

    async def say(self, command: str) -> None:
        """Send a command."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n".encode())
        await self._process.stdin.drain()

    async def next_of(self, event: str, number: int = 1) -> Any:
        """The first (second, …) event of this name, perhaps an earlier one."""
        await self._until(lambda: len(self.all_of(event)) >= number)
        return self.all_of(event)[number - 1]

    async def state(self, state: str, number: int = 1) -> Mapping[str, Any]:
        """Wait until the connection has been in this state `number` times; return the reason."""
        await self._until(lambda: self.states.count(state) >= number)
        came = [change for change in self.all_of("connection") if change["state"] == state]
        why: Mapping[str, Any] = came[number - 1]
        return why

    async def receives(self, last: int) -> None:
        """Wait until the handlers have received this trigger."""
        await self._until(lambda: last in self.triggers)

    async def quit(self) -> None:
        """Quit, and wait until everything is sent and closed."""
        await self.say("quit")
        await self.next_of("over")
        # Mono itself, once in hundreds of runs, does not get out of its shutdown.
        await self.kill()

    def suspend(self) -> None:
        """Stop all its threads, as a phone does with an app that is not in front."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it run again."""
        self._process.send_signal(signal.SIGCONT)

    @property
    def memory(self) -> int:
        """What it holds of the machine's memory, in KiB (Linux, proc(5))."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text("ascii").splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1])

    async def kill(self) -> None:
        """Kill it, as in a crash."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def listen(self) -> None:
        """Collect its events until it ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            async with self._changed:
                self.told.append(msgspec.json.decode(line, type=Told))
                self._changed.notify_all()

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(condition)


@asynccontextmanager
async def played(
    executable: Path,
    server: str,
    store: Path,
    *options: str,
    opened: bool = True,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[UnityGame]:
    """The game while the block runs; killed if it has not ended by itself."""
    process = await asyncio.create_subprocess_exec(
        *(*run_command(executable), server, str(store), *options),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **(environment or {})},
    )
    game = UnityGame(process)
    listening = asyncio.create_task(game.listen())
    try:
        if opened:
            await game.say("open")
        yield game
    finally:
        await game.kill()
        await listening
