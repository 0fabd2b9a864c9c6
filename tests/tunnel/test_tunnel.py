"""What keeps the public link open, with a tunnel's program that a test writes as a script."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clients.terminal.terminal_io import CommandError
from deploy.embedded.data_dir import locked_data_dir
from deploy.tunnel import front as front_module
from deploy.tunnel import texts, tunnel
from deploy.tunnel.providers import PROVIDERS, Provider
from deploy.tunnel.tunnel import Public, PublicLink
from shared.identity.addresses import is_trusted
from shared.process.settings import Settings, Tunnel
from shared.wire.languages import Sentence
from tests.conftest import free_ports
from tests.waiting import until

STARTED = "echo started >> {folder}/starts; echo {port} > {folder}/front\n"


@dataclass
class Kept:
    """A link that is kept open, and what it has said and told the services."""

    folder: Path
    settings: Settings
    said: list[str] = field(default_factory=list)
    told: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def tunnel(self) -> Tunnel:
        assert self.settings.tunnel is not None
        return self.settings.tunnel

    @property
    def starts(self) -> int:
        """How many times the program was started."""
        file = self.folder / "starts"
        return len(file.read_text().splitlines()) if file.exists() else 0

    async def front_port(self) -> int:
        """The front's port, once the program was started with it."""
        file = self.folder / "front"

        async def is_known() -> bool:
            return file.exists() and file.read_text().endswith("\n")

        await until(is_known)
        return int(file.read_text())

    async def says(self, start: str) -> str:
        """Wait until it has said what begins so; return all of that."""

        async def has_said() -> bool:
            return any(line.startswith(start) for line in self.said)

        await until(has_said)
        return next(line for line in self.said if line.startswith(start))

    async def tells(self, url: str, *, confirmed: bool) -> None:
        """Wait until it has told the services so."""

        async def has_told() -> bool:
            return (url, confirmed) in self.told

        await until(has_told)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """URLs are checked as often as can be."""
    monkeypatch.setattr(tunnel, "CHECK_PATIENCE", 0.0)
    monkeypatch.setattr(tunnel, "CHECK_INTERVAL", 0.01)
    monkeypatch.setattr(tunnel, "PATIENT_CHECK_INTERVAL", 0.02)


@asynccontextmanager
async def kept(
    folder: Path, script: str, *, moves: bool = False, found_after: float = 0.0
) -> AsyncIterator[Kept]:
    """Keep a link open whose program is a shell script; {port} is the front's port."""
    api_port, gateway_port = free_ports(2)
    link = Kept(folder, Settings(port=api_port, unity_ws_port=gateway_port, tunnel=Tunnel()))
    text = STARTED + script
    command = ("sh", "-c", text.replace("{folder}", str(folder)))
    provider = Provider(
        "a script",
        command,
        re.compile(r"at (\S+)"),
        texts.OWN_TERMS,
        url_moves=moves,
        found_after=found_after,
    )

    def told() -> None:
        link.told.append((link.tunnel.url, link.tunnel.confirmed))

    def said(sentence: Sentence) -> None:
        link.said.append(sentence.en)

    announced = asyncio.Event()
    announced.set()
    async with AsyncExitStack() as stack:
        own = await stack.enter_async_context(locked_data_dir(folder))
        group = await stack.enter_async_context(asyncio.TaskGroup())
        keeping = PublicLink(own, provider, link.settings, told, said, announced).keep()
        task = group.create_task(keeping)
        yield link
        task.cancel()


@pytest.mark.parametrize("host", ["192.168.7.1", "streamer.lan"])
def test_the_front_is_trusted_at_the_address_where_services_listen(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """Otherwise no limit would apply to those who come through it."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("192.168.7.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    settings = Public(PROVIDERS[0], addresses=50).settings(Settings(host=host))
    assert is_trusted("192.168.7.1", settings.trusted_proxies)
    assert not is_trusted("192.168.7.2", settings.trusted_proxies)


async def test_a_url_is_confirmed_when_it_leads_here(tmp_path: Path) -> None:
    """It is told at once, and again when it is confirmed."""
    async with kept(tmp_path, "echo at http://127.0.0.1:{port}; exec sleep 1000") as link:
        await link.says("Public link: http://127.0.0.1:")
        await link.tells(link.tunnel.url, confirmed=True)
        assert link.told == [(link.tunnel.url, False), (link.tunnel.url, True)]


@pytest.mark.usefixtures("often")
async def test_a_url_that_leads_elsewhere_is_not_confirmed(
    tmp_path: Path,
) -> None:
    """It is said once; the check goes on, and the program is not started again for it."""
    asked = 0

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        writer.close()

    async def is_checked_often() -> bool:
        return asked > 5

    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    async with (
        await asyncio.start_server(answer, "127.0.0.1", port),
        kept(tmp_path, f"echo at {url}; exec sleep 1000") as link,
    ):
        await until(is_checked_often)
        assert link.told == [(url, False)]
        assert link.said == [f"Public link: {url}", texts.NOT_CONFIRMED.en]
        assert link.starts == 1


@asynccontextmanager
async def forwarded(folder: Path) -> AsyncIterator[tuple[Kept, asyncio.Event]]:
    """A link whose public URL leads to the front unless it is cut, and what cuts it."""
    cut = asyncio.Event()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(OSError, asyncio.IncompleteReadError):  # either end left
            if cut.is_set():
                return
            front_port = await link.front_port()
            answers, requests = await asyncio.open_connection("127.0.0.1", front_port)
            with closing(requests):
                requests.write(await reader.readuntil(b"\r\n\r\n"))
                writer.write(await answers.readuntil(b"\r\n\r\n"))
                writer.write(await answers.read(1024))

    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    async with (
        await asyncio.start_server(forward, "127.0.0.1", port),
        kept(folder, f"echo at {url}; exec sleep 1000") as link,
    ):
        await link.tells(url, confirmed=True)
        yield link, cut


@pytest.mark.usefixtures("often")
async def test_a_url_that_leads_here_no_longer_is_noticed_though_its_program_runs(
    tmp_path: Path,
) -> None:
    """And that it leads here again."""
    async with forwarded(tmp_path) as (link, cut):
        url = link.tunnel.url
        cut.set()

        async def is_noticed() -> bool:
            return link.told[-1] == (url, False)

        await until(is_noticed)
        await link.says(texts.NOT_CONFIRMED.en)
        cut.clear()

        async def is_confirmed_again() -> bool:
            return link.told[-1] == (url, True)

        await until(is_confirmed_again)
        assert link.starts == 1


@pytest.mark.usefixtures("often")
async def test_a_program_whose_url_stays_dead_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """cloudflared itself goes on for ever with a tunnel that nobody knows any more."""
    monkeypatch.setattr(tunnel, "LOST_AFTER", 0.1)
    async with forwarded(tmp_path) as (link, cut):
        cut.set()
        await link.says("The tunnel has ended; it is opened again.")
        cut.clear()

        async def leads_here_again() -> bool:
            return link.starts > 1 and link.tunnel.confirmed

        await until(leads_here_again)


async def test_a_provider_that_gives_no_url_in_time_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once; it is tried on."""
    monkeypatch.setattr(tunnel, "FIRST_URL_DEADLINE", 0.2)
    monkeypatch.setattr(tunnel, "SHORTEST_PAUSE", 0.01)
    async with kept(tmp_path, "echo no such host; exit 1") as link:
        await link.says("There is no public link yet: a script has given no URL in 0 s.")

        async def is_tried_on() -> bool:
            return link.starts > 2

        await until(is_tried_on)
        assert len(link.said) == 1
        assert link.told == []


async def test_a_provider_may_move_while_its_program_runs(tmp_path: Path) -> None:
    """The new URL is told and confirmed."""
    script = "echo at http://127.0.0.1:1; echo at http://127.0.0.1:{port}; exec sleep 1000"
    async with kept(tmp_path, script, moves=True) as link:
        await link.says("Public link: http://127.0.0.1:1")

        async def has_moved() -> bool:
            return link.tunnel.confirmed

        await until(has_moved)
        assert link.said == ["Public link: http://127.0.0.1:1", f"Public link: {link.tunnel.url}"]
        assert link.starts == 1


async def test_of_several_urls_the_one_that_leads_here_counts(tmp_path: Path) -> None:
    """A program may print links to its documents before."""
    script = "echo at http://127.0.0.1:1; echo at http://127.0.0.1:{port}; exec sleep 1000"
    async with kept(tmp_path, script) as link:
        await link.says("Public link: http://127.0.0.1:1")
        await link.tells(f"http://127.0.0.1:{await link.front_port()}", confirmed=True)
        assert ("http://127.0.0.1:1", True) not in link.told


async def test_a_name_is_not_looked_up_before_it_can_be_found(tmp_path: Path) -> None:
    """Else this network's resolver would remember for half an hour that there is none."""
    script = "echo at http://localhost:{port}; echo at http://127.0.0.1:{port}; exec sleep 1000"
    async with kept(tmp_path, script, found_after=3600.0) as link:
        port = await link.front_port()
        await link.tells(f"http://127.0.0.1:{port}", confirmed=True)
        assert (f"http://localhost:{port}", True) not in link.told


async def test_once_a_url_leads_here_no_other_is_asked(tmp_path: Path) -> None:
    """A program may print what visitors have sent."""
    asked = 0

    async def ask(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        writer.close()

    (port,) = free_ports(1)
    script = (
        "echo at http://127.0.0.1:{port}; while [ ! -e {folder}/go ]; do sleep 0.01; done;"
        f" echo at http://127.0.0.1:{port}"
    )
    async with await asyncio.start_server(ask, "127.0.0.1", port), kept(tmp_path, script) as link:
        await link.tells(f"http://127.0.0.1:{await link.front_port()}", confirmed=True)
        (tmp_path / "go").touch()
        ended = await link.says("The tunnel has ended")
        assert ended.endswith(f"at http://127.0.0.1:{port}")
        assert asked == 0


async def test_until_one_leads_here_the_first_url_is_shown(tmp_path: Path) -> None:
    """They may print several at once."""
    async with kept(tmp_path, "echo at http://127.0.0.1:1; echo at http://127.0.0.1:2") as link:
        ended = await link.says("The tunnel has ended; it is opened again.")
        assert ended.endswith(" Its last words: at http://127.0.0.1:1 | at http://127.0.0.1:2")
        assert {url for url, _ in link.told} == {"http://127.0.0.1:1"}


async def test_a_front_that_cannot_start_is_told_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_caddy() -> str:
        raise CommandError(texts.NO_PROVIDER)

    monkeypatch.setattr(front_module, "caddy", no_caddy)
    with pytest.raises(ExceptionGroup) as refused:
        async with kept(tmp_path, "exec sleep 1000"):
            await asyncio.Event().wait()
    assert refused.group_contains(CommandError, match="neither cloudflared nor ssh")
