"""A call that was given up never runs: not when the network recovers, not when a server continues.

These links are cut in the kernel. When one recovers, the kernel sends unacknowledged bytes again,
although the process has already told its caller that the call failed.
"""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.redis_store.errors import ConnectionLost, StoreUnavailable
from shared.redis_store.master import Master
from tests.certificates import certificate
from tests.patience import be_patient
from tests.shared.redis_store.members import master_at
from tests.waiting import until
from tests.ws_gateway.faults import Link, link_to, own_valkey

TIME_WAIT = "06"  # what is left of a connection that both have closed
MUCH = 16 * 1024 * 1024  # bytes: more than the kernel takes while the link carries nothing


pytestmark = pytest.mark.usefixtures("real_limits")


@asynccontextmanager
async def linked(folder: Path, *, tls: bool = False) -> AsyncIterator[tuple[Link, Master]]:
    """A server, a network link to it, and a master that sends over the link."""
    context, options = None, ""
    if tls:
        chain = certificate(folder / "certificates") / "localhost.pem"
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(chain, f"{chain}.key")
        options = f"?ssl_ca_certs={chain}&ssl_check_hostname=false"
    async with own_valkey(folder / "valkey") as valkey, link_to(valkey.port, tls=context) as link:
        url = link.url.replace("redis:", "rediss:" if tls else "redis:") + options
        async with master_at(url) as master:
            yield link, master


def connections(link: Link) -> Iterator[int]:
    """How many bytes the kernel would still send on each connection over the link."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, _, remote, state, queues, *_ = line.split()
        if remote.endswith(f":{link.port:04X}") and state != TIME_WAIT:
            yield int(queues.split(":")[0], 16)


async def nothing_is_left(link: Link) -> bool:
    return not [*connections(link)]


async def something_is_under_way(link: Link) -> bool:
    return any(connections(link))


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
async def test_a_call_without_an_answer_does_not_run_when_the_link_heals(
    tmp_path: Path, *, tls: bool
) -> None:
    """Its caller got an error, and may have sent another call since."""
    async with linked(tmp_path, tls=tls) as (link, master):
        link.unplug()
        with pytest.raises(StoreUnavailable):
            await master.send(("INCR", "presses"))
        be_patient()  # with what comes now
        link.plug_in()
        await until(lambda: nothing_is_left(link))
        assert await master.send(("INCR", "presses")) == 1


async def test_nor_does_one_that_the_kernel_had_not_yet_taken_whole(tmp_path: Path) -> None:
    """Bytes that wait in this process because the connection is full are discarded too."""
    async with linked(tmp_path) as (link, master):
        link.unplug()
        with pytest.raises(StoreUnavailable):
            await master.send(("SET", "late", "x" * MUCH))
        be_patient()  # with what comes now
        link.plug_in()
        await until(lambda: nothing_is_left(link))
        assert await master.send(("EXISTS", "late")) == 0


async def test_nor_does_one_whose_server_is_let_go(tmp_path: Path) -> None:
    """For example a former master, or when the process stops."""
    async with linked(tmp_path) as (link, master):
        link.unplug()
        call = master.send(("INCR", "presses"))
        await until(lambda: something_is_under_way(link))
        await master.aclose()
        with pytest.raises(ConnectionLost):
            await call
        be_patient()  # with what comes now
        link.plug_in()
        await until(lambda: nothing_is_left(link))
        async with master_at(link.url) as other:
            assert await other.send(("INCR", "presses")) == 1
