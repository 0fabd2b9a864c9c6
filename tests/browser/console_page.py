"""The streamer's console, as tests drive and read it."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.browser.conftest import opened_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Locator, Page

    from tests.browser.conftest import Services

SEQS = "rows => rows.map(row => Number(row.dataset.number.split('-')[1]))"
STORED = """Object.entries(localStorage)
  .filter(([name]) => name.startsWith("streamario.console.room."))
  .map(([, room]) => JSON.parse(room))
  .sort((one, other) => other.used_at - one.used_at)[0]"""
UNPACE = """async ([room, headers]) => {
  const body = JSON.stringify({ triggers_per_minute: 0 });
  await fetch(`${room}/settings`, { method: "PATCH", headers, body });
}"""

TAMPER = """([name, value]) => {
  const [entry] = Object.keys(localStorage).filter((key) => key.includes("console.room."));
  const stored = { ...JSON.parse(localStorage[entry]), [name]: value };
  localStorage[`streamario.console.room.${stored.room_id}`] = JSON.stringify(stored);
  sessionStorage["streamario.console.at_desk"] = JSON.stringify(stored.room_id);
}"""


class ConsolePage:
    """A console in a browser of its own."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.room_id = ""
        self.room_token = ""

    def part(self, name: str, within: str = "#board") -> Locator:
        return self.page.locator(f"{within} [data-part={name}]")

    async def open_room(self, title: str = "") -> None:
        """Open a room from the start screen, and wait until this page is its game."""
        await self.page.locator("#title").fill(title)
        await self.page.locator("#open-form button").click()
        await self.connected()
        entry = await self.page.evaluate(STORED)
        self.room_id, self.room_token = entry["room_id"], entry["room_token"]

    async def without_pace(self) -> None:
        """Have every button fire at its classic threshold, however fast it is pressed."""
        token = {"Authorization": f"Bearer {self.room_token}"}
        await self.page.evaluate(UNPACE, [f"/api/rooms/{self.room_id}", token])

    async def leave(self) -> None:
        """Leave the room for the start screen, where nothing is asked before."""
        await self.page.get_by_role("button", name="Leave the room").click()
        await expect(self.page.locator("#start")).to_be_visible()

    def stored(self, title: str) -> Locator:
        """The entry of a stored room on the start screen."""
        return self.page.locator("#stored li", has_text=title)

    async def go_on(self, title: str) -> None:
        """Go on with a stored room, and wait until this page is its game."""
        await self.stored(title).get_by_role("button", name="Continue").click()
        await self.connected()

    async def connected(self) -> None:
        """Wait until the game's socket has the room."""
        await expect(self.part("connection")).to_have_attribute("data-state", "open")

    async def command(self, name: str) -> None:
        """Give one of the round's commands: start, pause, resume, end, next, reset."""
        await self.part(name).click()

    async def phase(self, name: str) -> None:
        """Wait until the board shows this phase: active, running, paused, ended."""
        await expect(self.part("status")).to_have_attribute("data-phase", name)

    async def confirm(self) -> None:
        await self.page.locator("#confirm-yes").click()

    async def start(self) -> None:
        await self.command("start")
        await self.phase("running")

    async def end(self) -> None:
        await self.command("end")
        await self.confirm()
        await self.phase("ended")

    async def view(self, panel: str) -> None:
        """Open a tab: live, settings, viewers, results."""
        await self.page.locator(f"#tab-{panel}").click()
        await expect(self.page.locator(f"#{panel}")).to_be_visible()

    def triggers(self) -> Locator:
        return self.page.locator("#feed tbody tr")

    async def numbers(self, count: int) -> list[int]:
        """The numbers of the feed's triggers, oldest first, as soon as there are so many."""
        numbered = self.page.locator("#feed tbody tr[data-number]")  # others divide rounds
        await expect(numbered).to_have_count(count)
        shown: list[int] = await numbered.evaluate_all(SEQS)
        return shown[::-1]

    async def shows_presses(self, caption: str, figures: str) -> None:
        """Wait until a button's line says so: count / threshold, triggers, presses."""
        row = self.page.locator("#buttons tbody tr", has_text=caption)
        await expect(row).to_have_text(re.compile(re.escape(figures)))

    def field(self, path: str) -> Locator:
        """The settings' input of this path."""
        return self.page.locator(f'[data-field="{path}"]')

    async def open_button(self, caption: str) -> None:
        """Unfold a button's settings, with those that few need."""
        card = self.page.locator(".button-card", has_text=caption).first
        await card.locator("summary").first.click()
        await card.locator(".more > summary").click()

    async def assets(self) -> str:
        """Where the modules are of which the page's bundle is made."""
        return "/assets/web"

    async def save(self) -> None:
        await self.page.locator(".save-bar .primary").click()


@asynccontextmanager
async def console_page(
    browser: Browser, services: Services, *, language: str = "en-US"
) -> AsyncIterator[ConsolePage]:
    """The console of somebody who was never there."""
    async with opened_page(browser, language=language) as page:
        await page.goto(f"{services.api.url}/console")
        yield ConsolePage(page)


async def set_minutes(console: ConsolePage, minutes: str) -> None:
    await console.page.locator("#minutes").fill(minutes)
    await console.page.locator("#minutes").press("Enter")
