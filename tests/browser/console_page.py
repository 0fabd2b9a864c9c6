"""The streamer's console, as tests drive and read it."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from playwright.async_api import Browser, Locator, Page, expect

from shared.wire.room_settings import Button
from tests.browser.conftest import Services, hears, load, opened_page
from tests.browser.page_time import pass_until, pass_until_seen, stand
from tests.browser.staged_room import HOME, ROOM, StagedRoom

STORED: Final = """Object.entries(localStorage)
  .filter(([name]) => name.startsWith("streamario.console.room."))
  .map(([, room]) => JSON.parse(room))
  .sort((one, other) => other.used_at - one.used_at)[0]"""
TAMPER: Final = """([name, value]) => {
  const [entry] = Object.keys(localStorage).filter((key) => key.includes("console.room."));
  const stored = { ...JSON.parse(localStorage[entry]), [name]: value };
  localStorage[`streamario.console.room.${stored.room_id}`] = JSON.stringify(stored);
  sessionStorage["streamario.console.at_desk"] = JSON.stringify(stored.room_id);
}"""
STORE: Final = """(room) => {
  localStorage[`streamario.console.room.${room.room_id}`] ??= JSON.stringify(room);
  sessionStorage["streamario.console.at_desk"] ??= JSON.stringify(room.room_id);
}"""

SEQS: Final = "rows => rows.map(row => Number(row.dataset.seq))"

IS_GAME: Final = re.compile("this page plays it|代役")
RESTS: Final = 650  # ms

# A place of the bar that has changed takes no click for 600 ms.
RESTED: Final = """([caption, since]) => {
  const buttons = [...document.querySelectorAll("#bar [data-place]")];
  const isThere = buttons.some((each) => each.textContent.includes(caption));
  return isThere && performance.now() - since > 620;
}"""


class ConsolePage:
    """A console in a browser of its own."""

    def __init__(self, page: Page, api_url: str = HOME) -> None:
        self.page = page
        self.api_url = api_url
        self.room_id = ""
        self.room_token = ""
        self._stands = False

    async def stand(self) -> None:
        """From the next load on let the page's time stand, and pass where it must: `page_time`."""
        self._stands = True
        await stand(self.page)

    # Rooms.

    async def open_room(self, title: str = "", **settings: Any) -> None:
        """Be at the desk of a new room with the six usual buttons, as its game."""
        wanted = {"title": title, "mask_names": True, **settings}
        async with httpx.AsyncClient(base_url=self.api_url) as http:
            answer = await http.post("/api/rooms", json={"settings": wanted})
        room = answer.raise_for_status().json()
        entry = {name: room[name] for name in ("room_id", "room_token", "web_url", "ws_url")}
        await self.page.evaluate(STORE, {**entry, "title": title, "used_at": 1})
        async with hears(self.page):
            await self.page.reload()
        await self.plays()
        self.room_id, self.room_token = room["room_id"], room["room_token"]

    async def open_from_start(self, title: str = "") -> None:
        """Open a room from the start screen, with what is chosen there."""
        await self.page.locator("#title").fill(title)
        async with hears(self.page):
            await self.page.locator("#open-form .primary").click()
        await self.plays()
        entry = await self.page.evaluate(STORED)
        self.room_id, self.room_token = entry["room_id"], entry["room_token"]

    async def change(self, **settings: Any) -> None:
        """Change the room's settings, as another window would."""
        room = f"{self.api_url}/api/rooms/{self.room_id}/settings"
        async with httpx.AsyncClient() as http:
            answer = await http.patch(room, json=settings, headers=self.token)
        answer.raise_for_status()

    async def fire(self, event_type: str) -> None:
        """Fire a button, as another window would."""
        room = f"{self.api_url}/api/rooms/{self.room_id}/fire"
        async with httpx.AsyncClient() as http:
            answer = await http.post(room, json={"event_type": event_type}, headers=self.token)
        answer.raise_for_status()

    async def has_no_game(self) -> bool:
        """Whether the server, too, knows of no game that is connected."""
        room = f"{self.api_url}/api/rooms/{self.room_id}"
        async with httpx.AsyncClient() as http:
            answer = await http.get(room, headers=self.token)
        return answer.raise_for_status().json()["game_connected"] is False

    async def leave(self) -> None:
        """Leave the room for the start screen, where nothing is asked before."""
        await self.choose("Leave the room")
        await expect(self.page.locator("#start")).to_be_visible()

    @property
    def token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.room_token}"}

    # The bar and the row under it.

    @property
    def bar(self) -> Locator:
        return self.page.locator("#bar")

    def place(self, name: str) -> Locator:
        """The button in one of the bar's places: left, stop, right."""
        return self.bar.locator(f"[data-place={name}]")

    async def phase(self, name: str) -> None:
        """Wait until the bar is so: active, starting, running, paused, stopped, lost, ended."""
        await expect(self.bar).to_have_attribute("data-state", name)

    async def press(self, caption: str) -> None:
        """Press one of the bar's buttons, once its place takes a click."""
        button = self.bar.locator("[data-place]", has_text=caption)
        await expect(button).to_be_visible()
        await self.rests(caption)
        await button.click()

    async def rests(self, caption: str) -> None:
        """Wait until the place with this caption takes a click."""
        now = await self.page.evaluate("performance.now()")
        if self._stands:
            await self.page.clock.run_for(RESTS)
        await self.page.wait_for_function(RESTED, arg=[caption, now])

    async def start(self) -> None:
        """Start the first round, and wait until its 3-2-1 is over."""
        await self.place("right").click()
        await self.begins()

    async def begins(self) -> None:
        """Wait until a 3-2-1 is over."""
        if self._stands:
            await pass_until_seen(self.page, "#bar[data-state=running]")
        await self.phase("running")

    async def end(self) -> None:
        await self.press("End")
        await self.confirm()
        await self.phase("ended")

    async def confirm(self) -> None:
        await self.page.locator("#confirm .primary").click()

    async def plays(self) -> None:
        """Wait until this page is the room's game."""
        if self._stands:
            await pass_until(self.page, self._is_game)
        await expect(self.light).to_contain_text(IS_GAME)

    async def _is_game(self) -> bool:
        return bool(IS_GAME.search(await self.light.text_content() or ""))

    @property
    def light(self) -> Locator:
        """The light of the game."""
        return self.page.locator(".nav .game")

    async def choose(self, item: str) -> None:
        """Choose something from the menu behind the three dots."""
        await self.page.locator("#more > button").click()
        await self.page.get_by_role("menuitem", name=item).click()

    async def view(self, panel: str) -> None:
        """Open a tab: live, settings, viewers, results."""
        await self.page.locator(f"#tab-{panel}").click()
        await expect(self.page.locator(f"main#{panel}")).to_be_visible()

    # Live.

    def tile(self, name: str) -> Locator:
        return self.page.locator(".tile", has=self.page.get_by_role("heading", name=name))

    def trigger(self, seq: int) -> Locator:
        """A trigger, large or in the feed."""
        return self.page.locator(f".live [data-seq='{seq}']")

    async def numbers(self, count: int) -> list[int]:
        """The numbers of the triggers that show, oldest first, as soon as there are so many."""
        numbered = self.page.locator(".live [data-seq]")
        await expect(numbered).to_have_count(count)
        shown: list[int] = await numbered.evaluate_all(SEQS)
        return shown[::-1]

    # Settings.

    async def section(self, name: str) -> None:
        """Open a section of the settings: buttons, look, rounds, names, setups."""
        await self.view("settings")
        await self.page.locator(f"[data-section={name}]").click()

    def row(self, caption: str) -> Locator:
        """A button's row in the settings."""
        return self.page.locator(".button-rows > li", has_text=caption).first

    async def open_button(self, caption: str, *, advanced: bool = False) -> None:
        """Unfold a button's settings, if wanted with those that few need."""
        await self.row(caption).locator(".unfold").click()
        if advanced:
            await self.page.locator(".button-form summary").click()

    async def choose_for(self, caption: str, action: str) -> None:
        """Choose something from the menu of a button's row."""
        menu = self.row(caption).locator(".row-menu")
        await menu.locator("summary").click()
        await menu.get_by_role("button", name=action).click()

    def field(self, path: str) -> Locator:
        """The settings' input of this path."""
        return self.page.locator(f'[data-field="{path}"]')

    @property
    def save_bar(self) -> Locator:
        return self.page.locator(".save-bar")

    async def save(self) -> None:
        await self.save_bar.locator(".primary").click()

    async def saved(self) -> None:
        """Save, and wait until the server has it; the bar says so for five seconds."""
        await self.save()
        status = self.save_bar.locator("[role=status]")
        await expect(status).to_have_text(re.compile("^$|Saved|保存しました"))


@asynccontextmanager
async def console_page(
    browser: Browser, services: Services, *, language: str = "en-US"
) -> AsyncIterator[ConsolePage]:
    """The console of somebody who was never there."""
    async with opened_page(browser, language=language) as page:
        await load(page, f"{services.api.url}/console")
        yield ConsolePage(page, services.api.url)


@asynccontextmanager
async def staged_console(
    browser: Browser, buttons: Sequence[Button], *, language: str = "en-US", **settings: Any
) -> AsyncIterator[tuple[ConsolePage, StagedRoom]]:
    """The desk of a room that a test plays, beside a game; `stage.open("console")` opens it."""
    async with opened_page(browser, language=language) as page:
        entry = {"room_id": ROOM, "room_token": "token", "web_url": f"{HOME}/play/{ROOM}"}
        stored = {**entry, "ws_url": "ws://stage.test/ws-unity", "title": "", "used_at": 1}
        await page.add_init_script(f"({STORE})({json.dumps(stored)})")
        stage = StagedRoom(page, buttons, **settings)
        console = ConsolePage(page)
        console.room_id, console.room_token = ROOM, "token"
        yield console, stage
