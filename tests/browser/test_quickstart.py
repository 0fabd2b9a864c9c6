"""The code of the front-end quick start does what it says, in each of its languages."""

import shutil
from asyncio.subprocess import Process
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page

from shared.wire.game_messages import GameEnd, GameEvent, RoomCreated
from tests.browser.conftest import Services, go, load, open_services, opened_page
from tests.browser.documents import (
    DOCS,
    at_services,
    code,
    gateway_of,
    lines_of,
    running,
    served,
)
from tests.programs import program
from tests.waiting import until
from tests.ws_gateway.game_end import connected, new_game

PAGES = ("quickstart-frontend.md", "quickstart-frontend.ja.md")
MODULE = DOCS.parent / "clients/web/streamario.js"


@pytest.fixture(params=PAGES)
def page_name(request: pytest.FixtureRequest) -> str:
    """The quick start, in each language."""
    return str(request.param)


def save_page(page_name: str, services: Services, folder: Path) -> None:
    """Save the quick start's page as a reader would, for these services."""
    (page,) = code(page_name, "html")
    (folder / "index.html").write_text(at_services(page, services))


def save_bot(page_name: str, services: Services, folder: Path) -> None:
    """Save the quick start's bot, with the module beside it."""
    (script,) = code(page_name, "js")
    (folder / "bot.mjs").write_text(at_services(script, services))
    shutil.copy(MODULE, folder)
    shutil.copy(MODULE.with_name("package.json"), folder)
    shutil.copytree(MODULE.with_suffix(""), folder / MODULE.stem)


async def press(page: Page, times: int) -> None:
    """Press the page's first button."""
    for _ in range(times):
        await page.get_by_role("button").first.click()


async def test_a_press_on_the_page_shows_on_another_and_reaches_the_game(
    services: Services, page_name: str, browser: Browser, tmp_path: Path
) -> None:
    """Two windows of two viewers, until the first button is full."""
    save_page(page_name, services, tmp_path)
    async with (
        new_game(gateway_of(services)) as (game, room),
        opened_page(browser) as mine,
        opened_page(browser) as yours,
    ):
        with served(tmp_path) as site:
            for page in (mine, yours):
                await go(page, f"{site}/?room={room.room_id}")
                await page.get_by_text("Skill 1 0/5").wait_for()
            await press(mine, 3)
            await yours.get_by_text("Skill 1 3/5").wait_for()
            await press(yours, 2)
            assert (await game.next_of(GameEvent)).event_type == "skill1"
            await mine.get_by_text("Skill 1 0/5").wait_for()


@pytest.mark.parametrize("page_name", PAGES[:1])  # the command is the same in both
async def test_games_lead_to_the_page_and_only_that_page_may_call(
    page_name: str, browser: Browser, tmp_path: Path, redis_url: str, own_database_url: str
) -> None:
    """With the two variables that the quick start sets."""
    (command,) = (text for text in code(page_name, "sh") if "WEB_URL" in text)
    with served(tmp_path) as site, served(tmp_path) as other_site:
        variables = settings_of(command.replace("http://localhost:5500", site))
        async with (
            open_services(tmp_path, redis_url, own_database_url, **variables) as services,
            connected(gateway_of(services)) as game,
            opened_page(browser) as page,
        ):
            save_page(page_name, services, tmp_path)
            room = await game.next_of(RoomCreated)
            await game.start()
            assert room.web_url == f"{site}/?room={room.room_id}"
            await go(page, room.web_url)
            await page.get_by_text("Skill 1 0/5").wait_for()
            async with page.expect_console_message(lambda said: "CORS" in said.text):
                await load(page, room.web_url.replace(site, other_site))


async def test_the_bot_tells_of_triggers_and_of_the_winner(
    services: Services, page_name: str, browser: Browser, tmp_path: Path
) -> None:
    """From outside of any browser, beside a page on which somebody presses."""
    save_page(page_name, services, tmp_path)
    save_bot(page_name, services, tmp_path)
    async with (
        new_game(gateway_of(services)) as (game, room),
        opened_page(browser) as page,
        bot(tmp_path, room.room_id) as process,
    ):
        with served(tmp_path) as site:
            await go(page, f"{site}/?room={room.room_id}")
            await page.get_by_text("Skill 1 0/5").wait_for()
            await watched_by(services, 2)
            await press(page, 5)
            (trigger,) = await lines_of(process, 1)
            assert trigger.startswith("#1 skill1 by ")
            await game.say(GameEnd())
            (winner,) = await lines_of(process, 1)
            assert "5" in winner
        assert await process.wait() == 0


async def test_the_bot_says_that_a_room_is_missing(
    services: Services, page_name: str, tmp_path: Path
) -> None:
    """A wrong id is told at once, and ends it."""
    save_bot(page_name, services, tmp_path)
    async with bot(tmp_path, "01HZZZZZZZZZZZZZZZZZZZZZZZ") as process:
        assert (await lines_of(process, 1))[0].startswith("missing")
        assert await process.wait() == 0


async def watched_by(services: Services, sockets: int) -> None:
    """Return once page and bot watch: a trigger before that is none of theirs."""
    async with httpx.AsyncClient(base_url=services.gateway.url) as http:

        async def all_watch() -> bool:
            return f"streamario_viewer_sockets {sockets}.0" in (await http.get("/metrics")).text

        await until(all_watch)


def settings_of(command: str) -> dict[str, str]:
    """The variables that a line for the shell sets."""
    words = [word for word in command.split() if "=" in word]
    return {name: value.strip("'") for name, _, value in (word.partition("=") for word in words)}


def bot(folder: Path, room_id: str) -> AbstractAsyncContextManager[Process]:
    """The bot while it runs; Node 20 has a WebSocket if asked."""
    flags = ("--experimental-websocket", "--no-warnings")
    return running(program("node"), *flags, "bot.mjs", room_id, folder=folder)
