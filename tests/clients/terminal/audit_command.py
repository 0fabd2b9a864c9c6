"""`streamario audit` as a process, over pipes."""

import asyncio
import os
import sys
from pathlib import Path
from typing import NamedTuple

from tests.clients.terminal.programs import COMMAND, ROOT


class Ran(NamedTuple):
    """A command's output and exit status."""

    status: int
    out: str
    err: str


async def run(folder: Path, *arguments: str, **variables: str) -> Ran:
    """Run `streamario audit` in a folder, over pipes."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", COMMAND, "audit", *arguments),
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **variables},
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return Ran(process.returncode, out.decode(), err.decode())
