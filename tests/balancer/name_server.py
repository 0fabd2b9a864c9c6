"""A name server with the addresses of the services, like Docker's for a scaled service."""

import asyncio
import getpass
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.conftest import free_ports
from tests.programs import program
from tests.waiting import until


class NameServer:
    """The names under `test` and their addresses, which can be changed."""

    def __init__(self, hosts: Path, port: int, process: asyncio.subprocess.Process) -> None:
        self.server = f"127.0.0.1:{port}"
        self._hosts = hosts
        self._process = process
        self._names: dict[str, Sequence[str]] = {}

    def say(self, **names: Sequence[str]) -> None:
        """Set the addresses of these names."""
        self._names.update(names)
        write_hosts(self._hosts, self._names)
        self._process.send_signal(signal.SIGHUP)


def write_hosts(file: Path, names: dict[str, Sequence[str]]) -> None:
    lines = [f"{at} {name}.test\n" for name, addresses in names.items() for at in addresses]
    file.write_text("".join(lines))
    file.chmod(0o644)


@asynccontextmanager
async def open_name_server(folder: Path) -> AsyncIterator[NameServer]:
    """Run a dnsmasq that knows only the names set here."""
    (port,) = free_ports(1)
    hosts, running = folder / "hosts", folder / "dnsmasq.pid"
    write_hosts(hosts, {})
    process = await asyncio.create_subprocess_exec(
        *(program("dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null", "--log-facility=-"),
        *("--no-resolv", "--no-hosts", "--no-poll", "--local=/test/", f"--addn-hosts={hosts}"),
        *("--listen-address=127.0.0.1", "--bind-interfaces", f"--port={port}", "--cache-size=0"),
        *(f"--pid-file={running}", f"--user={getpass.getuser()}"),
        stderr=asyncio.subprocess.DEVNULL,
    )

    async def heeds_signals() -> bool:
        return running.exists()

    try:
        await until(heeds_signals)
        yield NameServer(hosts, port, process)
    finally:
        process.kill()
        await process.wait()
