"""How `streamario up` ends, by a signal or killed, and goes on when a part of it dies."""

import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.deploy.up_process import Up, left_running, none_runs, processes_named, until

AGAIN = "started again, nothing is lost"


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


def test_services_end_whose_parent_was_killed_before_it_read_that_they_are_ready(
    start: Callable[..., Up], data_dir: Path
) -> None:
    """The kernel resets their socket then, where it otherwise reports its end."""
    up = start()
    until(lambda: len(up.services()) == 3)
    services = up.services()
    until((data_dir / "postgres").exists)
    up.reads_until("gateway on")
    os.kill(up.process.pid, signal.SIGSTOP)
    up.reads_until("starts: ")
    up.process.kill()
    up.process.wait()
    until(lambda: none_runs(services))


@pytest.mark.parametrize("name", ["valkey-server", "postgres", "python"])
def test_a_server_that_is_killed_is_started_again_with_its_data(
    start: Callable[..., Up], data_dir: Path, name: str
) -> None:
    """So are both if their guards are killed. The log says it; the services go on."""
    up = start().is_ready()
    killed = processes_named(name, data_dir)
    services = up.services()
    for process in killed:
        with suppress(ProcessLookupError):  # PostgreSQL's own end with it
            os.kill(process, signal.SIGKILL)
    up.logs_until(AGAIN, times=2 if name == "python" else 1)
    assert up.services() == services
    up.process.send_signal(signal.SIGTERM)
    assert up.status() == 0
    assert not left_running(data_dir)
    assert "2 in redis, 2 in the database" in start().is_ready().output


@pytest.mark.parametrize("part", ["api", "gateway", "ledger"])
def test_a_service_that_is_killed_is_started_again(start: Callable[..., Up], part: str) -> None:
    """At once, on its port; a stop then stops the new one, too."""
    up = start(options=("--apis", "2")).is_ready()
    services, killed = up.services(), up.services(f":{part}")[0]
    os.kill(killed, signal.SIGKILL)
    said = up.logs_until(AGAIN)
    assert f"(process {killed}) ended unexpectedly: signal SIGKILL" in said
    started = up.services()
    assert len(started) == 4
    assert len({*services, *started}) == 5
    up.process.send_signal(signal.SIGTERM)
    assert up.status() == 0
    assert none_runs(started)


def test_connections_wait_while_the_api_is_started_again(start: Callable[..., Up]) -> None:
    """None is refused: the port stays open."""
    up = start().is_ready()
    os.kill(up.services(":api")[0], signal.SIGKILL)
    with socket.create_connection(("127.0.0.1", up.port)) as waiting:
        assert waiting.recv(1) == b""  # from the new process, which hangs up at once
    up.logs_until(AGAIN)


@pytest.mark.parametrize(("part", "name"), [("api", "the API"), ("ledger", "the ledger")])
def test_the_fifth_end_within_a_minute_ends_all(
    start: Callable[..., Up], data_dir: Path, part: str, name: str
) -> None:
    """The last line is the reason, with its process id and the signal; the exit status is 2."""
    up = start().is_ready()
    for _ in range(4):
        os.kill(up.services(f":{part}")[0], signal.SIGKILL)
        up.logs_until(AGAIN)
    services, killed = up.services(), up.services(f":{part}")[0]
    os.kill(killed, signal.SIGKILL)
    assert up.status() == 2
    reason = f"streamario: {name} (process {killed}) ended unexpectedly: signal SIGKILL\n"
    assert up.errors().endswith(reason)
    assert none_runs(services)
    assert not left_running(data_dir)


def test_a_server_that_ends_five_times_ends_all(start: Callable[..., Up], data_dir: Path) -> None:
    """The line contains the end of its log."""
    up = start().is_ready()
    for _ in range(4):
        os.kill(processes_named("valkey-server", data_dir)[0], signal.SIGKILL)
        up.logs_until(AGAIN)
    os.kill(processes_named("valkey-server", data_dir)[0], signal.SIGKILL)
    assert up.status() == 2
    assert up.errors().splitlines()[-1].startswith("streamario: valkey ended unexpectedly: ")
    assert not left_running(data_dir)
