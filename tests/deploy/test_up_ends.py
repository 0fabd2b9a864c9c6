"""How `streamario up` ends: by a signal, with a server or service that dies, or killed."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.deploy.up_process import Up, left_running, none_runs, processes_named, until


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_process_group_stops_all_of_it(
    start: Callable[..., Up], data_dir: Path, number: signal.Signals
) -> None:
    """Ctrl-C reaches the whole foreground group; it exits with 0, silently, and nothing is left."""
    up = start(options=("--apis", "2")).is_ready()
    services = up.services()
    assert len(services) == 4
    assert len(left_running(data_dir)) >= 4
    os.killpg(up.process.pid, number)
    assert up.status() == 0
    assert not left_running(data_dir)
    assert none_runs(services)
    assert up.errors() == ""


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
    services = up.services()
    os.killpg(up.process.pid, signal.SIGINT)
    up.reads_until("draining")
    assert "Stopping ... Press Ctrl-C again to stop at once.\n" in up.output
    os.killpg(up.process.pid, signal.SIGINT)
    assert up.status() == 130
    assert not left_running(data_dir)
    assert none_runs(services)


def test_a_killed_start_leaves_no_process_and_keeps_its_data(
    start: Callable[..., Up], data_dir: Path
) -> None:
    """After kill -9 the servers end; an immediate start waits for that and finds the data.

    The services end, too, even one that never drains.
    """
    killed = start(NEVER_DRAINS="1").is_ready()
    services = killed.services()
    killed.process.kill()
    killed.process.wait()
    second = start().is_ready()
    assert "starts: 2 in redis, 2 in the database" in second.output
    services += second.services()
    second.process.kill()
    second.process.wait()
    until(lambda: not left_running(data_dir) and none_runs(services))


def test_a_start_that_is_killed_early_leaves_no_service(
    start: Callable[..., Up], data_dir: Path
) -> None:
    """Its services' processes, which still wait for the servers, end too."""
    killed = start()
    until((data_dir / "postgres.new").exists)
    services = killed.services()
    assert len(services) == 3
    killed.process.kill()
    killed.process.wait()
    until(lambda: none_runs(services))


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


@pytest.mark.parametrize(("part", "name"), [("api", "the API"), ("ledger", "the ledger")])
def test_a_service_that_dies_is_named_and_ends_all(
    start: Callable[..., Up], data_dir: Path, part: str, name: str
) -> None:
    """In one line with its process id and the signal; the exit status is not 0."""
    up = start(options=("--apis", "2")).is_ready()
    services, killed = up.services(), up.services(f":{part}")[0]
    os.kill(killed, signal.SIGKILL)
    assert up.status() == 2
    expected = f"streamario: {name} (process {killed}) ended unexpectedly: signal SIGKILL\n"
    assert up.errors() == expected
    assert none_runs(services)
    assert not left_running(data_dir)
