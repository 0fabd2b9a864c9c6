"""The page of a handle, and the home page where there is one streamer."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import psycopg
import pytest

from api_service.books import migrate
from api_service.http.qr_codes import qr_code
from shared.engine.engine import Engine
from shared.process.settings import Settings, Tunnel
from tests.api_service.running import api_settings, empty_database, running
from tests.api_service.studio.files import Studio
from tests.api_service.studio.handles import end_round, give_up, leads, named, opened_room
from tests.waiting import until

BROWSER = {"Accept": "text/html"}
IN_BODY = re.compile(r'data-room="([^"]*)" data-handle="([^"]*)"')
TITLE = re.compile(r'property="og:title" content="([^"]*)"')


@asynccontextmanager
async def browsing(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A browser, which gets pages that no schema describes; the service is ready."""
    url = f"http://{settings.host}:{settings.port}"
    async with running(settings), httpx.AsyncClient(base_url=url) as http:

        async def is_ready() -> bool:
            return (await http.get("/readyz")).status_code == 200

        await until(is_ready)
        yield http


@asynccontextmanager
async def own_site(
    redis_url: str, database_url: str, name: str, **changes: object
) -> AsyncIterator[httpx.AsyncClient]:
    """A service with a database of its own."""
    url = empty_database(database_url, name)
    migrate.upgrade(url)
    async with browsing(api_settings(redis_url, url, **changes)) as http:
        yield http


@pytest.fixture(scope="module")
async def site(redis_url: str, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A service with pages of its own."""
    async with browsing(api_settings(redis_url, database_url)) as http:
        yield http


async def test_the_page_knows_its_room_and_waits_while_there_is_none(
    site: httpx.AsyncClient, engine: Engine
) -> None:
    studio = Studio(site)
    handle = await named(studio)
    waiting = await site.get(f"/@{handle.upper()}")
    assert waiting.headers["Content-Type"] == "text/html; charset=utf-8"
    assert IN_BODY.findall(waiting.text) == [("", handle)]
    assert TITLE.findall(waiting.text) == ["Streamario"]
    room_id = await opened_room(site, studio, 'Tom & "Ann"')
    await leads(site, handle, room_id)
    page = await site.get(f"/@{handle}")
    assert IN_BODY.findall(page.text) == [(room_id, handle)]
    assert TITLE.findall(page.text) == ["Tom &amp; &quot;Ann&quot;"]
    assert IN_BODY.findall((await site.get(f"/play/{room_id}")).text) == [("", "")]
    await end_round(engine, room_id, over=True)
    await leads(site, handle, None)
    assert (await site.get(f"/@{handle}")).text == waiting.text


async def test_what_a_browser_has_is_sent_again_only_for_another_room(
    site: httpx.AsyncClient,
) -> None:
    studio = Studio(site)
    handle = await named(studio)
    room_id = await opened_room(site, studio)
    await leads(site, handle, room_id)
    first = await site.get(f"/@{handle}")
    known = {"If-None-Match": first.headers["ETag"]}
    assert (await site.get(f"/@{handle}", headers=known)).status_code == 304
    assert (await site.head(f"/@{handle}")).headers["ETag"] == first.headers["ETag"]
    await leads(site, handle, newer := await opened_room(site, studio))
    page = await site.get(f"/@{handle}", headers=known)
    assert (page.status_code, IN_BODY.findall(page.text)) == (200, [(newer, handle)])


@pytest.mark.parametrize("handle", ["nobodys", "ab", "admin", "%E3%83%AB%E3%83%8A", "a.b"])
async def test_what_nobody_has_is_a_page_that_says_so(site: httpx.AsyncClient, handle: str) -> None:
    page = await site.get(f"/@{handle}", headers=BROWSER)
    assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert 'data-problem="not_found"' in page.text


async def test_the_rooms_code_leads_to_the_handle(site: httpx.AsyncClient, engine: Engine) -> None:
    """And to the room's own page once the handle leads elsewhere."""
    studio, home = Studio(site), str(site.base_url).rstrip("/")
    handle = await named(studio)
    room_id = await opened_room(site, studio)
    await leads(site, handle, room_id)
    drawing = await site.get(f"/play/{room_id}/qr.svg")
    assert drawing.content == qr_code(f"{home}/@{handle}")
    await end_round(engine, room_id, over=True)
    await leads(site, handle, None)
    drawing = await site.get(f"/play/{room_id}/qr.svg")
    assert drawing.content == qr_code(f"{home}/play/{room_id}")


async def test_the_home_page_is_the_only_streamers(redis_url: str, database_url: str) -> None:
    async with own_site(redis_url, database_url, "one_streamer") as site:
        assert "data-problem" in (await site.get("/")).text
        studio = Studio(site)
        handle = await named(studio)
        await is_home(site, handle)
        other = Studio(site)
        await named(other)
        await is_home(site, None)
        await give_up(other)
        await is_home(site, handle)
        assert (await site.get("/j")).status_code == 200


async def test_on_a_public_server_it_is_where_one_key_keeps_strangers_out(
    redis_url: str, database_url: str
) -> None:
    public = {"public_api_url": "https://play.example", "public_ws_url": "wss://play.example"}
    keys = ("the key of the only game",)
    async with own_site(redis_url, database_url, "keyed", game_keys=keys, **public) as site:
        await is_home(site, await named(Studio(site)))


@pytest.mark.parametrize(
    "changes",
    [
        {"game_keys": ("the key of one game", "the key of another")},
        {"public_api_url": "https://play.example", "public_ws_url": "wss://play.example"},
        {"web_url": "https://pages.example/{room_id}"},
    ],
    ids=["several games", "open to strangers", "pages elsewhere"],
)
async def test_elsewhere_the_home_page_asks_for_a_code(
    redis_url: str, database_url: str, changes: dict[str, object]
) -> None:
    name = f"not_home_{len(str(changes))}"
    async with own_site(redis_url, database_url, name, **changes) as site:
        handle = await named(Studio(site))
        assert (await site.get(f"/@{handle}")).status_code == 200
        assert (await site.get("/")).status_code == 200


async def test_while_postgresql_is_away_what_was_known_holds(
    redis_url: str, database_url: str, engine: Engine
) -> None:
    """A room goes on; who comes to a handle of which nothing was heard before is told to wait."""
    async with own_site(redis_url, database_url, "goes_away") as site:
        known, listed = Studio(site), Studio(site)
        handle, of_room, unheard = [await named(each) for each in (known, listed, Studio(site))]
        room_id = await opened_room(site, known)
        other = await opened_room(site, listed)
        await leads(site, handle, room_id)
        shut(database_url, "goes_away")

        async def is_away() -> bool:
            return (await known.ask("GET", "/api/studio/setups")).status_code == 503

        await until(is_away)
        home = str(site.base_url).rstrip("/")
        found = (await site.get(f"/api/rooms/{other}")).json()
        assert found["invitation"]["url"] == f"{home}/@{of_room}", "it came with the room"
        page = await site.get(f"/@{unheard}", headers=BROWSER)
        assert (page.status_code, page.headers["Retry-After"]) == (503, "1")
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        # What was cached for a second is looked up again, and Redis still says what is open.
        await end_round(engine, room_id, over=True)
        await leads(site, handle, None)
        assert IN_BODY.findall((await site.get(f"/@{handle}")).text) == [("", handle)]


async def test_pages_follow_the_address_that_a_tunnel_gives(
    redis_url: str, database_url: str
) -> None:
    """Without a new start; whoever has the page from before gets the new one."""
    tunnel = Tunnel()
    settings = api_settings(redis_url, database_url, tunnel=tunnel)
    async with browsing(settings) as site:
        room_id = await opened_room(site, Studio(site))

        async def invitation() -> tuple[object, ...]:
            found = (await site.get(f"/api/rooms/{room_id}")).json()["invitation"]
            return tuple(found[name] for name in ("url", "reach", "lasts"))

        local = settings.home_url
        assert await invitation() == (f"{local}/play/{room_id}", "machine", False)
        first = await site.get("/console")
        assert f'data-home="{local}"' in first.text
        tunnel.url = "https://tunnel.example"
        assert await invitation() == (f"{tunnel.url}/play/{room_id}", "checking", False)
        tunnel.confirmed = True
        assert await invitation() == (f"{tunnel.url}/play/{room_id}", "anywhere", False)
        known = {"If-None-Match": first.headers["ETag"]}
        console, play = await asyncio.gather(
            site.get("/console", headers=known), site.get(f"/play/{room_id}")
        )
        assert f'data-home="{tunnel.url}"' in console.text
        assert f'property="og:image" content="{tunnel.url}/assets/' in play.text
        drawing = await site.get(f"/play/{room_id}/qr.svg")
        assert drawing.content == qr_code(f"{tunnel.url}/play/{room_id}")


async def is_home(site: httpx.AsyncClient, handle: str | None) -> None:
    """Wait until `/` leads to the handle, or is the page that asks for a code."""

    async def does() -> bool:
        answer = await site.get("/")
        found = answer.headers.get("Location")
        return found == f"/@{handle}" if handle else answer.status_code == 200

    await until(does)


def shut(server_url: str, name: str) -> None:
    """Let nobody into this database any more."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false".encode())
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
