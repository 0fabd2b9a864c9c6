"""A real browser, and the services that its pages talk to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    Page,
    Response,
    WebSocket,
    async_playwright,
    expect,
)

from deploy.embedded.servers import embedded_servers
from tests.browser import told
from tests.conftest import free_ports, own_database
from tests.flow.fleet import Member, open_fleet
from tests.programs import program

CHROMIUM = "chromium-headless-shell"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 390, "height": 844}
# ms, under the deadline of a test, whatever went before, so that a test says what a page lacks.
DEADLINE = 90_000.0
expect.set_options(timeout=DEADLINE)


@pytest.fixture(scope="session")
async def browser(anyio_backend: object) -> AsyncIterator[Browser]:
    """The Chromium of all tests of the run."""
    async with open_chromium() as chromium:
        yield chromium


@asynccontextmanager
async def open_chromium(*flags: str) -> AsyncIterator[Browser]:
    """The system's Chromium without windows, which takes the least time; without one, a skip."""
    path = program(CHROMIUM)
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags]) as chromium,
    ):
        yield chromium


@dataclass(frozen=True)
class Services:
    """An API process and a gateway process."""

    api: Member
    gateway: Member
    redis_url: str


@pytest.fixture(scope="session")
async def services(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory, database_url: str
) -> AsyncIterator[Services]:
    """The services that most tests share, which must neither stop nor break them.

    They have a Valkey of their own: they would book other tests' rooms, too.
    """
    folder = tmp_path_factory.mktemp("services")
    with own_database(database_url) as own:
        async with (
            embedded_servers(folder, redis=True, database=False) as servers,
            open_services(folder, servers.redis_url, own) as opened,
        ):
            yield opened


@pytest.fixture
async def own_services(
    tmp_path: Path, redis_url: str, own_database_url: str
) -> AsyncIterator[Services]:
    """Services of one test, which may do with them what it wants."""
    async with open_services(tmp_path, redis_url, own_database_url) as opened:
        yield opened


@asynccontextmanager
async def open_services(
    folder: Path, redis_url: str, database_url: str, **variables: str
) -> AsyncIterator[Services]:
    """An API process and a gateway process, each told where the other can be reached."""
    port, ws_port = free_ports(2)
    public = {
        "PUBLIC_API_URL": f"http://127.0.0.1:{port}",
        "PUBLIC_WS_URL": f"ws://127.0.0.1:{ws_port}",
    }
    async with open_fleet(folder, redis_url, database_url, patient=True) as fleet:
        api = await fleet.api(PORT=str(port), **public, **variables)
        gateway = await fleet.gateway(PORT=str(ws_port), **public, **variables)
        yield Services(api, gateway, redis_url)


async def go(page: Page, url: str) -> None:
    """Open a page of a room, which hears of what happens from here on."""
    async with hears(page):
        await load(page, url)


async def load(
    page: Page, url: str, *, wait_until: Literal["commit", "load"] = "load"
) -> Response | None:
    """Open a page that has no socket, or none yet."""
    return await page.goto(url, wait_until=wait_until)


@asynccontextmanager
async def hears(page: Page) -> AsyncIterator[None]:
    """After the block, wait until a viewers' socket that the page opened in it has spoken."""
    has_spoken = asyncio.Event()

    def listen(socket: WebSocket) -> None:
        if "/ws-viewer" in socket.url:
            socket.on("framereceived", lambda _: has_spoken.set())

    page.on("websocket", listen)
    yield
    await has_spoken.wait()
    page.remove_listener("websocket", listen)


@asynccontextmanager
async def open_context(browser: Browser, **options: Any) -> AsyncIterator[BrowserContext]:
    """Somebody new: no cookies, nothing stored."""
    async with await browser.new_context(**options) as context:
        context.set_default_timeout(DEADLINE)
        yield context


@asynccontextmanager
async def opened_page(
    browser: Browser, *, language: str = "en-US", phone: bool = False, moves: bool = False
) -> AsyncIterator[Page]:
    """A page of somebody new: no cookies, nothing stored. It fails where a script throws.

    It is still unless it `moves`: a third of the time of these tests went into moving pictures.
    """
    size = PHONE if phone else {"width": 1280, "height": 800}
    async with open_context(
        browser,
        locale=language,
        viewport=size,
        reduced_motion="no-preference" if moves else "reduce",
    ) as context:
        await context.add_init_script(told.NOTE)
        page = await context.new_page()
        thrown: list[str] = []
        page.on("pageerror", lambda error: thrown.append(str(error)))
        try:
            yield page
        finally:
            # Answers that a test changes may still be under way.
            await page.unroute_all(behavior="ignoreErrors")
    assert not thrown, thrown
