"""Runs child processes of the benchmark, which end with the block that started them."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from tests.bench.bench import Broken


@asynccontextmanager
async def child(
    *command: str, environment: Mapping[str, str] | None = None, log: Path | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a command; its standard input and output are pipes, its errors go to the file `log`."""
    with ExitStack() as stack:
        errors = stack.enter_context(log.open("ab")) if log else None
        process = await asyncio.create_subprocess_exec(
            *command,
            env={**os.environ, **(environment or {})},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            # Ctrl-C must reach only the parent, which ends its children when it leaves the block.
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def module(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs a module of the benchmarks."""
    return sys.executable, "-m", f"tests.bench.{name}", *arguments


@asynccontextmanager
async def answering(name: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a module of sockets that answers lines. Raises Broken if it has lost one in the end."""
    async with child(*module(name, *arguments)) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        if await process.wait():
            raise Broken("a gateway lost sockets")


async def ask(process: asyncio.subprocess.Process, line: str) -> bytes:
    """Return the line with which a process answers this one. Raises Broken if there is none."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{line}\n".encode())
    answer = await process.stdout.readline()
    if not answer:
        raise Broken("a gateway refused sockets")
    return answer
