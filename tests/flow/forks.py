"""Starts services as forks of one process that has imported them: a start takes 0.7 s less.

    python -m tests.flow.forks

Its standard input is a socket, by which `Order`s come, each with two descriptors. A fork runs the
command `streamario SERVICE` with its own environment and output. `tests/deploy/test_cli.py` and
`test_up.py` run the command itself.
"""

import asyncio
import atexit
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping
from contextlib import closing, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Final, NoReturn

import msgspec

from tests.patience import VARIABLE, be_patient

ROOT: Final = Path(__file__).parents[2]
MOST_BYTES: Final = 1 << 17  # of an order
AT_IMPORT: Final = ("LD_", "PYTHON")  # variables that a process reads before it can be forked


class Order(msgspec.Struct):
    """Runs a service; beside it come the descriptors of its output and of a socket for reports."""

    service: str
    environment: dict[str, str]
    folder: str  # where it runs


class Fork:
    """A forked process: what `Member` needs of `asyncio.subprocess.Process`."""

    def __init__(self, pid: int, reports: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.pid = pid
        self.returncode: int | None = None
        self._watch = asyncio.create_task(self._read_status(reports, writer))

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            with suppress(ProcessLookupError):  # ended, and not reported yet
                os.kill(self.pid, number)

    async def wait(self) -> int:
        """Wait for its end and return the exit status; that of a signal is negative."""
        return await asyncio.shield(self._watch)

    async def _read_status(
        self, reports: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> int:
        with closing(writer):
            self.returncode = await _number(reports)
        return self.returncode


class Forks:
    """The process that forks, started when it is first needed, and this end of its socket."""

    def __init__(self) -> None:
        self._parent: subprocess.Popen[bytes] | None = None
        self._orders: socket.socket | None = None
        self._environment: dict[str, str] = {}  # of the process that forks

    def can_run(self, environment: Mapping[str, str]) -> bool:
        """Whether a fork would not differ from a process that is started with this environment."""
        parents = self._environment or os.environ
        return _has_pidfd() and all(
            environment.get(name) == parents.get(name)
            for name in {*environment, *parents}
            if name.startswith(AT_IMPORT)
        )

    async def start(self, service: str, environment: Mapping[str, str], output: IO[bytes]) -> Fork:
        """Run the service; what it prints goes to `output`."""
        order = msgspec.json.encode(Order(service, dict(environment), str(Path.cwd())))
        ours, theirs = socket.socketpair()
        with theirs:
            reports, writer = await asyncio.open_unix_connection(sock=ours)
            socket.send_fds(self._to_parent(), [order], [output.fileno(), theirs.fileno()])
        return Fork(await _number(reports), reports, writer)

    def close(self) -> None:
        """End the process that forks, and with it all forks."""
        if self._parent is not None and self._orders is not None:
            self._orders.close()
            self._parent.wait()
        self._parent = self._orders = None

    def _to_parent(self) -> socket.socket:
        if self._orders is None:
            self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                command = (sys.executable, "-m", __name__)
                self._parent = subprocess.Popen(command, stdin=theirs.fileno(), cwd=ROOT)
            self._environment = dict(os.environ)
            atexit.register(self.close)
        return self._orders


FORKS: Final = Forks()


@cache
def _has_pidfd() -> bool:
    """Linux has, unless a sandbox forbids it."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


async def _number(reports: asyncio.StreamReader) -> int:
    line = await reports.readline()
    if not line:
        raise RuntimeError("the process that forks has ended")
    return int(line)


class Server:
    """Forks for each order, and reports pid and exit status."""

    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders
        self._running: dict[int, tuple[int, int]] = {}  # pidfd → pid, socket of its reports
        self._selector = selectors.DefaultSelector()
        self._selector.register(orders, selectors.EVENT_READ)

    def serve(self) -> None:
        """Serve until the other end is closed, then kill what still runs."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is not self._orders:
                    self._end(key.fd)
                elif not self._begin():
                    for pid, _ in self._running.values():
                        os.kill(pid, signal.SIGKILL)
                    return

    def _begin(self) -> bool:
        sent, descriptors, _, _ = socket.recv_fds(self._orders, MOST_BYTES, 2)
        if not sent:
            return False
        order = msgspec.json.decode(sent, type=Order)
        output, reports = descriptors
        if (pid := os.fork()) == 0:
            _run(order, output)
        os.close(output)
        pidfd = os.pidfd_open(pid)
        self._running[pidfd] = pid, reports
        self._selector.register(pidfd, selectors.EVENT_READ)
        _report(reports, pid)
        return True

    def _end(self, pidfd: int) -> None:
        pid, reports = self._running.pop(pidfd)
        self._selector.unregister(pidfd)
        _report(reports, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        os.close(reports)
        os.close(pidfd)


def _report(reports: int, number: int) -> None:
    with suppress(BrokenPipeError):  # nobody waits for it
        os.write(reports, b"%d\n" % number)


def _run(order: Order, output: int) -> NoReturn:
    from deploy.cli import main

    status = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.environ.clear()
        os.environ.update(order.environment)
        os.chdir(order.folder)
        time.tzset()
        if VARIABLE in order.environment:
            be_patient()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        status = main([order.service])
    except SystemExit as exit_:
        status = exit_.code if isinstance(exit_.code, int) else 1
    finally:
        if sys.exception():
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    for module in ("api_service.app", "deploy.serve", "ws_gateway.server"):
        import_module(module)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the test run's
    with socket.socket(fileno=0) as connection:
        Server(connection).serve()
