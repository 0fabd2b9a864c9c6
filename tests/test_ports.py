"""Allocated ports are allocated to nobody else, and nothing listens on them."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.ports import LOOPBACK, Ports

EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
TAKE = "from tests.ports import Ports; print(*Ports().take(1000))"


@pytest.fixture
def ports() -> Iterator[Ports]:
    """A block of ports for this test."""
    with closing(Ports()) as ports:
        yield ports


def test_two_processes_are_given_other_ports(ports: Ports) -> None:
    """Although both hand out all their ports."""
    told = subprocess.run([sys.executable, "-c", TAKE], capture_output=True, check=True, text=True)
    assert set(ports.take(1000)).isdisjoint(map(int, told.stdout.split()))


def test_a_port_is_given_again_only_after_all_others(ports: Ports) -> None:
    given = ports.take(400)
    assert len(set(given)) == len(given)


def test_a_port_that_somebody_listens_on_is_not_given(ports: Ports) -> None:
    (taken,) = ports.take(1)
    with socket.create_server((LOOPBACK, taken)):
        assert taken not in ports.take(1000)


def test_no_connection_going_out_takes_one(ports: Ports) -> None:
    """Linux takes ports for outgoing connections from a separate range."""
    first = int(EPHEMERAL.read_text().split()[0])
    assert all(port < first for port in ports.take(1000))
