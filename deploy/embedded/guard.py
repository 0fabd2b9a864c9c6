"""Runs one server, and stops it when the process that started this guard ends.

    python -I -S guard.py SIGNAL LOG FD COMMAND...

The server's output is appended to the file LOG, or goes to standard output if LOG is "-". The
server inherits the file descriptor FD. What it has started in its process group ends with it.

Standard input is a pipe that the parent keeps open and never writes to. End of file means that the
parent stopped or died, even by kill -9. On end of file, SIGTERM, SIGINT or SIGHUP, the guard sends
SIGNAL to the server, and SIGKILL after ten seconds. If the guard itself is killed, the kernel sends
SIGNAL to the server (Linux only). The first line on standard output is the server's process id,
unless its output goes there; the exit status is the server's, or 126 if it cannot be run.

The guard imports only the standard library, to start fast and use little memory.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

PATIENCE = 10.0  # s
PR_SET_PDEATHSIG = 1
OWN_OUTPUT = "-"
CANNOT_RUN = 126  # as a shell reports it


def main(argv: list[str]) -> int:
    """Start the server, wait until it ends or must be stopped, and return its exit status."""
    order, log, lock, *command = argv
    stop = signal.Signals[order]
    wake = _wake_on_signals(signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    server = _start(command, log, stop, int(lock))
    if log != OWN_OUTPUT:
        sys.stdout.write(f"{server.pid}\n")
        sys.stdout.flush()
    _await_order_or_end(server, wake)
    if server.poll() is None:
        _stop(server, stop)
    status = server.wait()
    with suppress(OSError):  # there is nothing left
        os.killpg(server.pid, signal.SIGKILL)
    return status


def _wake_on_signals(*signals: signal.Signals) -> int:
    """Turn signals into bytes on a pipe; return the pipe's reading end."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    for number in signals:
        signal.signal(number, lambda *_: None)
    return reader


def _start(
    command: list[str], log: str, stop: signal.Signals, lock: int
) -> subprocess.Popen[bytes]:
    guard = os.getpid()
    with sys.stdout.buffer if log == OWN_OUTPUT else Path(log).open("ab") as output:
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=(lock,),
                # preexec_fn is safe in a process with one thread.
                preexec_fn=lambda: _die_with(guard, stop),  # noqa: PLW1509
            )
        except OSError as error:
            output.write(f"{command[0]}: {error.strerror}\n".encode())
            sys.exit(CANNOT_RUN)


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
