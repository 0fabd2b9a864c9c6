"""`streamario up` as a real process that starts, stops and is killed."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import free_ports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
TINY_PAIR = Path(__file__).with_name("tiny_pair.py")
DEADLINE = 30.0


@dataclass
class Up:
    """A started `streamario up`, leader of its own process group, and its output so far."""

    process: subprocess.Popen[str]
    data_dir: Path
    output: str = ""

    def reads_until(self, text: str) -> Up:
        """Read its output up to the line that contains `text`."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line
            if text in line:
                return self
        raise AssertionError(f"it ended without {text!r}: {self.output}{self.errors()}")

    def is_ready(self) -> Up:
        """Read until it has printed the next steps."""
        return self.reads_until("simulate")

    def errors(self) -> str:
        """Return what it wrote to standard error; call this after its end."""
        assert self.process.stderr is not None
        return self.process.stderr.read()

    def status(self) -> int:
        """Its exit status, once it has ended."""
        return self.process.wait(DEADLINE)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def start(data_dir: Path, tmp_path: Path) -> Iterator[Callable[..., Up]]:
    """A function that starts `streamario up` on the data folder; at the end all are killed."""
    started: list[Up] = []

    def start(*prefix: str, **variables: str) -> Up:
        port, unity_ws_port = free_ports(2)
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "UNITY_WS_PORT": str(unity_ws_port),
            "DATA_DIR": str(data_dir),
            **variables,
        }
        process = subprocess.Popen(
            [*prefix, sys.executable, str(TINY_PAIR), "up"],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(Up(process, Path(environment["DATA_DIR"])))
        return started[-1]

    yield start
    for up in started:
        up.process.kill()
        up.process.communicate()
    until(lambda: not any(left_running(up.data_dir) for up in started))


def until(holds: Callable[[], bool]) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def left_running(data_dir: Path) -> list[int]:
    """Return the processes with the folder in their command line or as working directory."""
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if belongs(entry, data_dir)]


def owners_of(pids: list[int]) -> set[int]:
    """Return the users that run these processes; PostgreSQL's workers may have ended meanwhile."""
    owners = set()
    for pid in pids:
        with suppress(FileNotFoundError):
            owners.add(Path(f"/proc/{pid}").stat().st_uid)
    return owners


def belongs(process: Path, data_dir: Path) -> bool:
    """Return whether a process, given by its folder in /proc, uses a data folder."""
    try:
        command = (process / "cmdline").read_bytes()
        where = str((process / "cwd").readlink())
    except OSError:
        return False
    return os.fsencode(data_dir) in command or where.startswith(str(data_dir))


def processes_named(name: str, data_dir: Path) -> list[int]:
    """Return the data folder's processes whose program's path contains `name`."""
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in left_running(data_dir)}
    return [pid for pid, command in commands.items() if name.encode() in command.split(b"\0")[0]]


def test_it_prints_where_to_go_and_what_to_do_next(
    start: Callable[..., Up], data_dir: Path
) -> None:
    """When both services listen, it prints their URLs, its data folder and the next commands."""
    (port,) = free_ports(1)
    up = start(PORT=str(port)).is_ready()
    assert f"http://127.0.0.1:{port}" in up.output
    assert "/ws-unity" in up.output
    assert str(data_dir) in up.output
    assert "streamario game" in up.output.replace("tiny_pair.py", "streamario")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_process_group_stops_all_of_it(
    start: Callable[..., Up], data_dir: Path, number: signal.Signals
) -> None:
    """Ctrl-C reaches the whole foreground group; it exits with 0, silently, and nothing is left."""
    up = start().is_ready()
    assert len(left_running(data_dir)) >= 4
    os.killpg(up.process.pid, number)
    assert up.status() == 0
    assert not left_running(data_dir)
    assert up.errors() == ""


def test_it_stops_with_sockets_open(start: Callable[..., Up], data_dir: Path) -> None:
    """An open connection does not delay the end."""
    (port,) = free_ports(1)
    up = start(PORT=str(port)).is_ready()
    with socket.create_connection(("127.0.0.1", port)):
        os.killpg(up.process.pid, signal.SIGINT)
        assert up.status() == 0
    assert not left_running(data_dir)


def test_ctrl_c_while_it_starts_leaves_nothing(start: Callable[..., Up], data_dir: Path) -> None:
    """Stopped while PostgreSQL creates its files, it exits with 0; the next start begins again."""
    up = start()
    until((data_dir / "postgres.new").exists)
    os.killpg(up.process.pid, signal.SIGINT)
    assert up.status() == 0
    assert not left_running(data_dir)
    assert "1 in redis, 1 in the database" in start().is_ready().output


def test_a_second_ctrl_c_ends_a_drain_that_lasts(start: Callable[..., Up], data_dir: Path) -> None:
    """The first is confirmed at once; the second ends a service that never drains.

    The servers are still shut down gracefully.
    """
    up = start(NEVER_DRAINS="1").is_ready()
    os.killpg(up.process.pid, signal.SIGINT)
    up.reads_until("draining")
    assert "Stopping ... Press Ctrl-C again to stop at once.\n" in up.output
    os.killpg(up.process.pid, signal.SIGINT)
    assert up.status() == 130
    assert not left_running(data_dir)


def test_a_killed_start_leaves_no_process_and_keeps_its_data(
    start: Callable[..., Up], data_dir: Path
) -> None:
    """After kill -9 the servers end; an immediate start waits for that and finds the data."""
    killed = start().is_ready()
    killed.process.kill()
    killed.process.wait()
    second = start().is_ready()
    assert "starts: 2 in redis, 2 in the database" in second.output
    second.process.kill()
    second.process.wait()
    until(lambda: not left_running(data_dir))


def test_a_later_start_finds_its_data_and_its_secret(start: Callable[..., Up]) -> None:
    """Counts, and the secret that signs viewers, survive a graceful stop."""
    first = start().is_ready()
    first.process.send_signal(signal.SIGTERM)
    first.status()
    second = start().is_ready()
    assert "starts: 2 in redis, 2 in the database" in second.output
    assert first.output.partition("secret:")[2].split()[0] in second.output


def test_killed_guards_take_their_servers_with_them(
    start: Callable[..., Up], data_dir: Path
) -> None:
    """A server whose guard is killed ends too, and `up` stops with one line."""
    up = start().is_ready()
    for guard in processes_named("python", data_dir):
        os.kill(guard, signal.SIGKILL)
    assert up.status() == 2
    until(lambda: not left_running(data_dir))


def test_a_server_that_dies_stops_the_rest_with_one_line(
    start: Callable[..., Up], data_dir: Path
) -> None:
    """If Valkey dies, both services stop; the line contains the end of its log."""
    up = start().is_ready()
    (valkey,) = processes_named("valkey-server", data_dir)
    os.kill(valkey, signal.SIGKILL)
    assert up.status() == 2
    errors = up.errors()
    assert errors.startswith("streamario: valkey ended unexpectedly: ")
    assert errors.count("\n") == 1
    assert not left_running(data_dir)


def test_two_starts_on_one_folder_refuse(start: Callable[..., Up], data_dir: Path) -> None:
    """The second names the folder and the process that holds it, and disturbs nothing."""
    first = start().is_ready()
    second = start()
    assert second.status() == 2
    errors = second.errors()
    assert errors.count("\n") == 1
    assert f"{data_dir} is in use by process {first.process.pid}" in errors
    assert first.process.poll() is None


@pytest.mark.parametrize("variable", ["PORT", "UNITY_WS_PORT"])
def test_a_taken_port_is_one_line(start: Callable[..., Up], data_dir: Path, variable: str) -> None:
    """The line names the port and the variable; no server was started."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        up = start(**{variable: port})
        assert up.status() == 2
        errors = up.errors()
    assert errors.startswith(f"streamario: {variable}: port {port} is in use")
    assert errors.count("\n") == 1
    assert not data_dir.exists()


def test_a_plain_user_may_run_it(start: Callable[..., Up], tmp_path: Path) -> None:
    """PostgreSQL then runs as that user, and so does everything else."""
    mine = tmp_path / "mine"
    mine.mkdir()
    up = start(*as_plain_user(mine), DATA_DIR=str(mine / "data")).is_ready()
    assert owners_of(left_running(mine)) == {mine.stat().st_uid}
    os.killpg(up.process.pid, signal.SIGINT)
    assert up.status() == 0
    assert not left_running(mine)


def as_plain_user(folder: Path) -> tuple[str, ...]:
    """Return a command prefix that runs a command as a plain user, who then owns the folder."""
    if os.getuid() != 0:
        return ()
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    identity = (f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
    # The interpreter and this folder may be where only root can enter, also by access(2).
    reach = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    heeded = "--securebits=+no_setuid_fixup"
    return (shutil.which("setpriv") or "setpriv", *identity, *reach, heeded, "--")


def test_it_says_where_to_go_in_japanese(start: Callable[..., Up]) -> None:
    """And that it stops; its log stays in English."""
    pair = start(LANG="ja_JP.UTF-8").is_ready()
    assert "Streamario が起動しました。Ctrl-C で終了します。\n" in pair.output
    assert "  コンソール   http://" in pair.output
    assert "大勢の視聴者：ルームのボタンを押します\n" in pair.output
    pair.process.send_signal(signal.SIGINT)
    pair.reads_until("終了しています… もう一度 Ctrl-C を押すと、すぐに終了します。")
    assert pair.status() == 0
