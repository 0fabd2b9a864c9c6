"""An engine of its own: a Docker in its own namespaces, with a data folder in the checkout.

It shares nothing with an engine that this machine already runs: no network, no ports, no process
ids, no folders. The kernel ends it when this process ends, however that happens.
"""

import fcntl
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.containers.machine import APART, CGROUPS

ROOT: Final = Path(__file__).parents[2]
CACHE: Final = ROOT / ".cache" / "containers"
FIRST_PROCESS: Final = Path(__file__).with_name("first_process.sh")
# Ended by the kernel if this process is killed.
WITH_US: Final = ("setpriv", "--pdeathsig", "KILL", "--")
# The network of slirp4netns: no address of this machine, and its name server.
NETWORK: Final = ("slirp4netns", "--configure", "--mtu=65520", "--disable-host-loopback")
# s after which a command or a wait has failed, whichever it is: a machine may stall for long.
WITHIN: Final = 600.0
STOPS_WITHIN: Final = 20.0  # s
POLL: Final = 0.1  # s
KEPT_LAYERS: Final = "2GB"  # of the builds' cache


class EngineFailed(Exception):
    """The engine did not start, or refused a command; the text is what it said last."""


@dataclass(frozen=True)
class Engine:
    """A running engine. `first` is the process id of its namespaces' first process."""

    socket: Path
    first: int
    settings: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment for clients of this engine, without the user's settings for Docker."""
        kept = {name: value for name, value in os.environ.items() if not _is_for_docker(name)}
        return kept | {
            "DOCKER_HOST": f"unix://{self.socket}",
            "DOCKER_CONFIG": str(self.settings),
        }

    @property
    def network(self) -> tuple[str, ...]:
        """The prefix of a command that must reach the ports that containers publish."""
        return ("nsenter", f"--net=/proc/{self.first}/ns/net", "--")

    def docker(self, *arguments: str) -> str:
        """Return what the command prints. Raises EngineFailed."""
        ran = subprocess.run(
            ("docker", *arguments),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise EngineFailed(f"docker {' '.join(arguments)}: {ran.stderr.strip()}")
        return ran.stdout.strip()

    def kill(self, container: str) -> None:
        """Send SIGKILL to a container's first process, as the kernel does when memory is full."""
        number = self.docker("inspect", "--format={{.State.Pid}}", container)
        inside = ("nsenter", f"--target={self.first}", "--pid", "--mount", "--")
        subprocess.run((*inside, "sh", "-c", f"kill -KILL {int(number)}"), check=True)

    def empty(self) -> None:
        """Remove containers, volumes, networks and images without a name; keep the others."""
        if containers := self.docker("ps", "--all", "--quiet").split():
            self.docker("rm", "--force", "--volumes", *containers)
        self.docker("volume", "prune", "--all", "--force")
        self.docker("network", "prune", "--force")
        self.docker("image", "prune", "--force")
        self.docker("builder", "prune", "--force", f"--keep-storage={KEPT_LAYERS}")


@contextmanager
def open_engine(data: Path) -> Iterator[Engine]:
    """Run an engine while the block runs; its images are kept in `data`. Raises EngineFailed."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock, TemporaryDirectory(prefix="streamario-") as name:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EngineFailed("another run in this checkout has not ended") from None
        with _running(data, Path(name)) as engine:
            engine.empty()
            try:
                yield engine
            finally:
                engine.empty()


@contextmanager
def _running(data: Path, folder: Path) -> Iterator[Engine]:
    socket, log = folder / "docker.sock", CACHE / "dockerd.log"
    with log.open("wb") as output:
        # A session of its own: Ctrl-C ends us first, and we end the engine.
        process = subprocess.Popen(
            (*WITH_US, *APART, FIRST_PROCESS, data, socket),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        engine = Engine(socket, _child(process), folder)
        with _network(engine.first):
            _answers(engine, process, log)
            try:
                yield engine
            finally:
                _stop(engine.first, process)
    finally:
        process.kill()
        process.wait()
        _remove_groups()


def _child(process: subprocess.Popen[bytes]) -> int:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    ends = time.monotonic() + WITHIN
    while time.monotonic() < ends:
        # Before, the process is still setpriv, or unshare that has not forked yet.
        if children := listed.read_text().split():
            return int(children[0])
        time.sleep(POLL)
    raise EngineFailed("unshare started nothing")


@contextmanager
def _network(first: int) -> Iterator[None]:
    """Connect the namespaces' network with this machine's while the block runs."""
    ends, held = os.pipe()  # slirp4netns exits when nobody holds the other end
    with subprocess.Popen(
        (*NETWORK, f"--exit-fd={ends}", str(first), "tap0"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(ends,),
        start_new_session=True,
    ):
        os.close(ends)
        try:
            yield
        finally:
            os.close(held)


def _answers(engine: Engine, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + WITHIN
    while time.monotonic() < ends and process.poll() is None:
        asked = ("docker", "info")
        told = subprocess.run(asked, env=engine.environment, capture_output=True, check=False)
        if told.returncode == 0 and engine.socket.exists():
            return
        time.sleep(POLL)
    raise EngineFailed("\n".join(log.read_text(errors="replace").splitlines()[-20:]))


def _stop(first: int, process: subprocess.Popen[bytes]) -> None:
    """Let the engine close its files, for a while."""
    with suppress(ProcessLookupError, subprocess.TimeoutExpired):
        os.kill(first, 15)
        process.wait(STOPS_WITHIN)


def _remove_groups() -> None:
    """Remove the containers' control groups, which outlive an engine that was killed."""
    for top in (*CGROUPS.glob("streamario-containers"), *CGROUPS.glob("*/streamario-containers")):
        for group in sorted((top, *top.rglob("*/")), reverse=True):
            with suppress(OSError):
                group.rmdir()


def _is_for_docker(name: str) -> bool:
    return name.startswith(("DOCKER_", "COMPOSE_", "BUILDKIT_", "BUILDX_"))
