"""Runs processes under a guard: they end with the block that started them or with this process.

A server that ends before is started again.
"""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    aclosing,
    asynccontextmanager,
    closing,
    suppress,
)
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clients.terminal.terminal_io import CommandError
from deploy import texts
from deploy.embedded import guard
from deploy.embedded.data_dir import DataDir
from deploy.embedded.guard import OWN_OUTPUT
from deploy.restarts import Restarts, note_restart
from shared.wire.languages import Sentence

# Loading a large append-only file, or recovering from a crash, can take long.
START_DEADLINE: Final = 60.0  # s
PROBE_INTERVAL: Final = 0.02  # s
STOP_DEADLINE: Final = guard.PATIENCE + 5.0  # s
LONGEST_LOG: Final = 4 * 1024 * 1024  # bytes
SHOWN_LOG_LINES: Final = 8
LONGEST_LINE: Final = 4096  # characters
LINE_END: Final = re.compile(r"[\r\n]+")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its URL, process id and log, and its guard process."""

    name: str
    url: str
    pid: int
    log: Path
    guard: asyncio.subprocess.Process

    async def watch(self) -> None:
        """Raise CommandError when the server has ended."""
        await self.guard.wait()
        raise self.failed(texts.SERVER_ENDED)

    def failed(self, sentence: Sentence) -> CommandError:
        """The sentence, with the end of its log, as an error."""
        log = last_lines(self.log)
        return CommandError(sentence.about(name=self.name, seconds=START_DEADLINE, log=log))


@asynccontextmanager
async def guarded(
    folder: DataDir, name: str, url: str, command: Sequence[str], *, stop: str, **variables: str
) -> AsyncIterator[Server]:
    """Run a command while the block runs; its output goes to `<name>.log` in the folder.

    `stop` names the signal that shuts it down gracefully; `variables` are of its environment.
    Raises CommandError if it cannot start.
    """
    log = folder.path / f"{name}.log"
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    async with _guarding(folder, str(log), command, stop, **variables) as (guard, output):
        if not (announced := await output.readline()):
            raise CommandError(texts.GUARD_FAILED.about(log=last_lines(log)))
        yield Server(name, url, int(announced), log, guard)


@asynccontextmanager
async def kept(
    opening: Callable[[], AbstractAsyncContextManager[Server]], tasks: asyncio.TaskGroup
) -> AsyncIterator[Server]:
    """Run a server while the block runs; start it again, on its URL, if it ends before.

    Raises CommandError if it cannot start; so does one of the `tasks` if it ends too often.
    """
    async with AsyncExitStack() as running:
        server = await running.enter_async_context(opening())
        keeping = tasks.create_task(_keep(opening, server, running))
        try:
            yield server
        finally:
            keeping.cancel()
            await asyncio.wait((keeping,))


async def _keep(
    opening: Callable[[], AbstractAsyncContextManager[Server]],
    server: Server,
    running: AsyncExitStack,
) -> None:
    restarts = Restarts()
    while True:
        await server.guard.wait()
        error = server.failed(texts.SERVER_ENDED)
        await running.aclose()
        await _end_of(server.pid)
        while True:
            await asyncio.sleep(restarts.pause_after(error))
            try:
                server = await running.enter_async_context(opening())
            except CommandError as failed:
                error = failed
            else:
                break
        note_restart(server.name, server.pid)


async def _end_of(pid: int) -> None:
    """Wait until a server has ended, which outlives its guard if that was killed."""
    for _ in range(round(guard.PATIENCE / PROBE_INTERVAL)):
        if not is_running(pid):
            return
        await asyncio.sleep(PROBE_INTERVAL)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@asynccontextmanager
async def guarded_lines(
    folder: DataDir, command: Sequence[str], home: Path
) -> AsyncIterator[AsyncIterator[str]]:
    """Run a command while the block runs; yield the lines that it prints until it ends.

    SIGTERM shuts it down. `home` is its home folder.
    """
    guarding = _guarding(folder, OWN_OUTPUT, command, "SIGTERM", HOME=str(home))
    async with guarding as (_, output), aclosing(_lines(output)) as lines:
        yield lines


async def _lines(output: asyncio.StreamReader) -> AsyncGenerator[str]:
    begun = ""
    while read := await output.read(LONGEST_LINE):
        *whole, begun = LINE_END.split(begun + read.decode(errors="replace"))
        for line in whole:
            yield line
        begun = begun[-LONGEST_LINE:]
    yield begun


async def answers_with(
    connecting: Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]],
    request: bytes,
    reply: bytes,
) -> bool:
    """Return whether a server's answer contains `reply`; the request asks it to hang up after."""
    with suppress(OSError):
        reader, writer = await connecting
        with closing(writer):
            writer.write(request)
            return reply in await reader.read()
    return False


async def until(server: Server, answers: Callable[[], Awaitable[bool]]) -> None:
    """Wait until a server answers. Raises CommandError if it ends before, or after 60 s."""
    ended = asyncio.create_task(server.guard.wait())
    try:
        async with asyncio.timeout(START_DEADLINE):
            while not await answers():
                await asyncio.wait((ended,), timeout=PROBE_INTERVAL)
                if ended.done():
                    raise server.failed(texts.SERVER_DID_NOT_START)
    except TimeoutError:
        raise server.failed(texts.SERVER_SILENT) from None
    finally:
        ended.cancel()


def is_running(pid: int) -> bool:
    """Return whether a process runs; one that waits for its parent to take note (Z) does not."""
    try:
        os.kill(pid, 0)
        status = Path("/proc", str(pid), "stat").read_text()
    except ProcessLookupError:
        return False
    except (FileNotFoundError, PermissionError):  # no /proc; of another user
        return True
    return status.rpartition(") ")[2][0] != "Z"


def last_lines(log: Path) -> str:
    """Return a log's last lines joined into one, followed by the log's path."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return " | ".join([*lines[-SHOWN_LOG_LINES:], f"(log: {log})"])


@asynccontextmanager
async def _guarding(
    folder: DataDir, log: str, command: Sequence[str], stop: str, **variables: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, asyncio.StreamReader]]:
    arguments = (stop, log, str(folder.lock), *command)
    # Not our environment: it holds secrets, and both servers would read settings from it.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(Path(guard.__file__)), *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **variables},
        pass_fds=(folder.lock,),
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process, process.stdout
    finally:
        # The closed pipe makes the guard stop the server, even if this wait is cancelled.
        process.stdin.close()
        async with asyncio.timeout(STOP_DEADLINE):
            await process.wait()
