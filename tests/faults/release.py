"""A release of Streamario from Git, whose services run on this one's Python packages."""

import asyncio
import io
import os
import sys
import tarfile
from pathlib import Path
from typing import Final

from tests.flow.fleet import COMMAND

EARLIER: Final = "earlier"
THIS: Final = "this"


async def take_release(ref: str, folder: Path) -> None:
    """Write the files of a commit, tag or branch to a new folder.

    Raises RuntimeError if Git does not know it.
    """
    git = await asyncio.create_subprocess_exec(
        *("git", "archive", "--format=tar", ref),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    files, errors = await git.communicate()
    if git.returncode:
        raise RuntimeError(f"git has no release {ref!r}: {errors.decode().strip()}")
    with tarfile.open(fileobj=io.BytesIO(files)) as archive:
        archive.extractall(folder, filter="data")


async def migrate(release: Path, database_url: str) -> None:
    """Bring the schema to that of the release in this folder."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", COMMAND, "migrate"),
        env={**os.environ, "DATABASE_URL": database_url},
        cwd=release,
    )
    if await process.wait():
        raise RuntimeError(f"streamario migrate of {release} failed")
