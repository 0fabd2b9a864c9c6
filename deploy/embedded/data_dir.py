"""The embedded servers' data folder: creates and locks it; holds their sockets and the secret."""

import asyncio
import fcntl
import hashlib
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clients.terminal.terminal_io import CommandError
from deploy import texts

# A unix socket's path, file name included, may have 108 bytes on Linux and 104 elsewhere.
LONGEST_SOCKET: Final = 100  # bytes
LONGEST_SOCKET_NAME: Final = len("/pg/.s.PGSQL.5432")
# If the process that held the lock is dead, its servers stop, and are killed after ten seconds.
RELEASE_DEADLINE: Final = 15.0  # s


@dataclass(frozen=True, slots=True)
class DataDir:
    """A locked folder. `lock` is a file descriptor; a process that inherits it keeps the lock."""

    path: Path
    sockets: Path
    lock: int


@asynccontextmanager
async def locked_data_dir(path: Path) -> AsyncIterator[DataDir]:
    """Create the folder if it is missing (mode 0700, ignored by git), and lock it.

    One that exists keeps its mode and its files.

    The lock is released when the last process that inherited it ends. If the process that took
    it is dead, wait up to 15 s for its servers to stop.
    Raises CommandError if another process holds it, or if the folder cannot be created or written.
    """
    path = path.absolute()
    try:
        is_new = not path.exists()
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if is_new:
            (path / ".gitignore").write_text("*\n")
        lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CommandError(texts.NO_DATA_FOLDER.about(path=path, why=error.strerror)) from None
    try:
        await _hold(lock, path)
        sockets = _socket_folder(path)
        yield DataDir(path, sockets, lock)
        if not sockets.is_relative_to(path):
            shutil.rmtree(sockets, ignore_errors=True)
    finally:
        os.close(lock)


def load_or_make_secret(data_dir: Path) -> str:
    """Return the secret that signs this folder's rooms and viewers; the first call creates it."""
    file = data_dir / "secret"
    if not file.exists() or not file.read_text():
        new = data_dir / "secret.new"
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as fresh:
            fresh.write(secrets.token_urlsafe(32))
            fresh.flush()
            os.fsync(fresh.fileno())  # or a power cut would leave an empty file under its name
        new.rename(file)
    return file.read_text()


async def _hold(lock: int, path: Path) -> None:
    deadline = time.monotonic() + RELEASE_DEADLINE
    while not _try_lock(lock):
        holder = _holder(lock)
        if holder is None or _alive(holder) or time.monotonic() > deadline:
            raise CommandError(texts.IN_USE.about(path=path, process=holder or texts.UNKNOWN))
        await asyncio.sleep(0.05)
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(lock: int) -> int | None:
    text = os.pread(lock, 32, 0).strip()
    return int(text) if text.isdigit() else None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # the process belongs to another user
    return True


def _socket_folder(path: Path) -> Path:
    inside = path / "run"
    fits = len(os.fsencode(inside)) + LONGEST_SOCKET_NAME <= LONGEST_SOCKET
    # libpq reads a comma as the end of a host.
    if fits and "," not in str(inside):
        inside.mkdir(mode=0o700, exist_ok=True)
        return inside
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    outside = Path(tempfile.gettempdir()) / f"streamario-{os.getuid()}-{name}"
    outside.mkdir(mode=0o700, exist_ok=True)
    # Any user can create folders there: use only one that is ours and closed to others.
    facts = outside.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_mode & 0o077 or facts.st_uid != os.getuid():
        raise CommandError(texts.NOT_PRIVATE.about(path=outside))
    return outside
