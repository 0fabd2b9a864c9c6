"""Runs one server and outlives it: when whoever started this goes away, the server is stopped.

    python -I -S guard.py --stop SIGNAL --log FILE [--keep-open FD] -- COMMAND...

Standard input is a pipe whose other end the starter holds and never writes to: its end of file
says that the starter stopped or died, kill -9 included. SIGTERM says the same. The server gets
SIGNAL then, and SIGKILL after ten seconds. Should this process itself be killed, the server gets
SIGNAL from the kernel where there is such a thing (Linux). The first line on standard output is
the server's process id; the exit status is the server's.

Only the standard library is imported, so that a guard costs little and starts at once.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

PATIENCE = 10.0  # s
PR_SET_PDEATHSIG = 1


def main(argv: list[str]) -> int:
    """Start the server, wait for its end or for the order to stop it; give its exit status."""
    options = _parser().parse_args(argv)
    stop = signal.Signals[options.stop]
    wake = _wake_on_signals(signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    server = _start(options.command, options.log, stop, options.keep_open)
    sys.stdout.write(f"{server.pid}\n")
    sys.stdout.flush()
    _await_order_or_end(server, wake)
    if server.poll() is None:
        _stop(server, stop)
    return server.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stop", required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--keep-open", type=int, action="append", default=[])
    parser.add_argument("command", nargs="+")
    return parser


def _wake_on_signals(*signals: signal.Signals) -> int:
    """Turn signals into bytes on a pipe, whose reading end is returned."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    for number in signals:
        signal.signal(number, lambda *_: None)
    return reader


def _start(
    command: list[str], log: Path, stop: signal.Signals, keep_open: list[int]
) -> subprocess.Popen[bytes]:
    guard = os.getpid()
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=keep_open,
            # Safe here: this process has one thread.
            preexec_fn=lambda: _die_with(guard, stop),  # noqa: PLW1509
        )


def _die_with(parent: int, stop: signal.Signals) -> None:
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(stop), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _await_order_or_end(server: subprocess.Popen[bytes], wake: int) -> None:
    starter = sys.stdin.fileno()
    while server.poll() is None:
        ready, _, _ = select.select([wake, starter], [], [])
        if starter in ready or set(os.read(wake, 64)) - {signal.SIGCHLD}:
            return


def _stop(server: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    server.send_signal(stop)
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
