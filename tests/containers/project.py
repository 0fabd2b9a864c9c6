"""A copy of the checkout on the engine: what a reader has who follows the README and the pages."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

import msgspec

from tests.containers.engine import ROOT, WITHIN, Engine

# safe.directory: root may read a checkout that belongs to somebody else.
LISTED: Final = ("git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others")
STREAMARIO: Final = str(Path(sys.executable).with_name("streamario"))
API_URL: Final = "http://localhost:8888"
SETTINGS: Final = (f"PUBLIC_API_URL={API_URL}", "PUBLIC_WS_URL=ws://localhost:8888")
FILES: Final = ("compose.yaml", "deploy/compose/game-keys.yaml")
POLL: Final = 0.2  # s
BLOCK: Final = re.compile(r"^ *```sh\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)


class Failed(Exception):
    """Something is not as the pages say; the text says what."""


class Health(msgspec.Struct, rename="pascal"):
    """What the engine says about a container's health."""

    status: str = ""


class State(msgspec.Struct, rename="pascal"):
    """What the engine says about a container's process."""

    status: str
    health: Health = msgspec.field(default_factory=Health)


class Container(msgspec.Struct, rename="pascal"):
    """What the engine says about a container."""

    id: str
    name: str
    restart_count: int
    state: State


@dataclass(frozen=True)
class Project:
    """The copy, and what its commands print."""

    engine: Engine
    folder: Path
    log: TextIO

    @property
    def environment(self) -> dict[str, str]:
        """The environment of commands: nothing of the user's settings for Streamario."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        docker = {
            name: value for name, value in self.engine.environment.items() if "DOCKER_" in name
        }
        return {"LANG": "C.UTF-8", **kept, **docker}

    def tried(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the copy, where the published ports are reached.

        Raises Failed if it does not end.
        """
        self.log.write(f"\n$ {' '.join(command)}\n")
        try:
            ran = subprocess.run(
                (*self.engine.network, *command),
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=WITHIN,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Failed(str(error)) from None
        self.log.write(ran.stdout + ran.stderr)
        self.log.flush()
        return ran

    def run(self, *command: str) -> str:
        """Return what the command prints. Raises Failed if its exit status is not 0."""
        ran = self.tried(*command)
        if ran.returncode:
            raise Failed(f"exit status {ran.returncode}: {' '.join(command)}\n{ran.stderr[-2000:]}")
        return ran.stdout.strip()

    def compose(self, *arguments: str) -> str:
        """Run `docker compose`. Raises Failed."""
        return self.run("docker", "compose", *arguments)

    def containers(self, *services: str) -> list[Container]:
        """Return the containers of these services, or all, by name; also those that have ended."""
        ids = self.compose("ps", "--all", "--quiet", *services).split()
        described = self.run("docker", "inspect", *ids)
        found = msgspec.json.decode(described, type=list[Container])
        return sorted(found, key=lambda container: container.name)

    def write_settings(self, override: Path | None, *more: str) -> None:
        """Write .env as the pages say; `override` is the file that this machine needs besides."""
        files = (*FILES, *([str(override)] if override else []))
        lines = (*SETTINGS, f"COMPOSE_FILE={':'.join(files)}", *more, "")
        (self.folder / ".env").write_text("\n".join(lines))

    def secret(self, name: str) -> str:
        """Return what make-secrets wrote into this file."""
        return (self.folder / "secrets" / name).read_text().strip()

    def ready(self) -> str:
        """Return the balancer's answer to /readyz; empty if there is none."""
        return self.tried("curl", "--silent", f"{API_URL}/readyz").stdout.strip()


def copy_checkout(folder: Path) -> None:
    """Copy what git tracks, and what it would track, as it is in the checkout."""
    asked = (*LISTED, "--exclude-standard")
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() or (ROOT / name).is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)


def until(what: str, holds: Callable[[], bool]) -> None:
    """Wait for a condition. Raises Failed after `WITHIN` s."""
    ends = time.monotonic() + WITHIN
    while not holds():
        if time.monotonic() > ends:
            raise Failed(f"not within {WITHIN:g} s: {what}")
        time.sleep(POLL)


def shell_blocks(page: Path, title: str) -> list[str]:
    """Return the shell commands under a title of a page, block by block, down to the next title."""
    _, _, rest = page.read_text("utf-8").partition(f"\n{title}\n")
    level = title.partition(" ")[0]
    part = re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    return BLOCK.findall(part)
