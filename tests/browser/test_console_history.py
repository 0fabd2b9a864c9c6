"""Earlier rooms and their rounds in the console, and the picture of a round."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from tests.browser.console_page import console_page
from tests.browser.play_page import set_name
from tests.browser.widths import fits
from tests.flow.play import viewers
from tests.waiting import until

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Route

    from tests.browser.conftest import Services

pytestmark = pytest.mark.anyio

BOOKED = """async (count) => {
  const key = JSON.parse(localStorage["streamario.console.studio_key"]);
  const headers = { Authorization: `Bearer ${key}` };
  const { rooms } = await (await fetch("/api/studio/rooms", { headers })).json();
  return rooms.length === count;
}"""

NAME_TEAM = """([room, token]) => fetch(`/api/rooms/${room}/settings`, {
  method: "PATCH",
  headers: { Authorization: `Bearer ${token}` },
  body: JSON.stringify({ theme: { team_names: { skill: "Heroes" } } }),
})"""
# From now on, what is written in pictures is kept.
KEEP_LINES = """() => {
  const lines = [];
  window.lines = lines;
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    lines.push(text);
    return fillText.call(this, text, ...place);
  };
}"""


async def picture_lines(page: Page) -> list[str]:
    """What the picture of the round that shows says."""
    await page.evaluate(KEEP_LINES)
    await page.get_by_role("button", name="Picture for sharing").click()
    dialog = page.get_by_role("dialog", name="Picture of the round")
    await expect(dialog.get_by_role("img")).to_be_visible()
    await dialog.get_by_role("button", name="Close").click()
    await expect(dialog).to_be_hidden()
    lines: list[str] = await page.evaluate("lines")
    return lines


async def saved(page: Page, button: str) -> tuple[str, bytes]:
    """The name and content of the file that a button saves."""
    async with page.expect_download() as started:
        await page.locator("dialog[open]").get_by_role("button", name=button).click()
    download = await started.value
    return download.suggested_filename, Path(await download.path()).read_bytes()


async def test_a_round_can_be_looked_up_later(services: Services, browser: Browser) -> None:
    """The room is listed with its round and its files; it is opened again, or forgotten."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        page = console.page
        await console.open_room("=Evening")
        await console.without_pace()
        await page.evaluate(NAME_TEAM, [console.room_id, console.room_token])
        await console.start()
        await set_name(services, viewer, "Momo")
        await viewer.press(services.api, console.room_id, {"skill1": 12})
        await console.numbers(2)
        await console.end()
        await expect(page.locator("[data-part=ranking] tr")).to_have_count(1)
        await expect(page.locator("#room-history .rounds li")).to_contain_text(
            "12 presses · 2 triggers"
        )
        await console.view("results")
        assert "Momo" in await picture_lines(page)
        await console.command("names")
        await expect(console.part("names-hidden")).to_be_visible()
        lines = await picture_lines(page)
        assert {"=Evening", "Heroes", "12 presses", "2 triggers · 12 presses"} < {*lines}
        assert "Momo" not in lines
        await console.leave()
        await page.locator("#start-history summary").click()
        await page.get_by_role("button", name="Round 1: =Evening").click()
        shown = page.locator("dialog[open]")
        await expect(shown.get_by_role("heading", name="Round 1: =Evening")).to_be_focused()
        assert await shown.evaluate("dialog => dialog.scrollTop") == 0
        await expect(shown.locator("tbody").first).to_have_text(re.compile("^1Somebody.*12$"))
        await expect(shown.locator("tbody").nth(1)).to_contain_text("Skill 1122")
        await expect(shown.locator(".rows tbody tr")).to_have_count(4)
        assert await picture_lines(page) == lines
        await shown.get_by_text("As a table").click()
        await fits(page)
        name, totals = await saved(page, "Totals (CSV)")
        assert name == "=Evening-round-1-totals.csv"
        assert b"skill1" in totals
        _, ranking = await saved(page, "Ranking (CSV)")
        assert ranking.endswith(b',"12"\r\n')
        _, everything = await saved(page, "All (JSON)")
        assert json.loads(everything)["round"] == 1
        await page.route("**/rounds/1*", with_a_page_before)
        _, everything = await saved(page, "All (JSON)")
        assert [trigger["seq"] for trigger in json.loads(everything)["triggers"]] == [0, 1, 2]
        _, triggers = await saved(page, "Triggers (CSV)")
        assert [line.split(b'"')[1] for line in triggers.splitlines()] == [b"0", b"1", b"2"]
        await shown.get_by_role("button", name="Close").click()
        await page.locator("#start-history").get_by_role("button", name="This room again").click()
        await console.connected()
        await expect(page.locator("#room-title")).to_have_text("=Evening")
        await console.leave()
        await until(lambda: page.evaluate(BOOKED, 2))
        await page.locator("#start-history summary").click()
        rooms = page.locator("#start-history .studio-list > li")
        await expect(rooms).to_have_count(2)
        await fits(page)
        await rooms.first.get_by_role("button", name="Take off the list").click()
        await console.confirm()
        await expect(rooms).to_have_count(1)
        await expect(rooms.get_by_role("button").first).to_be_focused()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.route("**/api/studio/rooms", running)
        await page.locator("#start-history summary").click()
        await page.locator("#start-history summary").click()
        await expect(page.locator("#start-history")).to_contain_text("No rooms yet")
        await expect(rooms).to_have_count(0)
        # Closing the list asks for nothing.
        assert asked == [f"{services.api.url}/api/studio/rooms"]
        await page.route("**/api/studio/rooms*", many)
        await page.locator("#start-history summary").click()
        await page.locator("#start-history summary").click()
        await page.get_by_role("button", name="Show earlier ones").dblclick()
        await expect(rooms).to_have_count(100)
        await expect(rooms.last).to_contain_text("Earlier 49")


async def with_a_page_before(route: Route) -> None:
    """A round whose triggers are on its second page, except for one."""
    if "after=" in route.request.url:
        await route.continue_()
        return
    query = urlsplit(route.request.url).query
    link = {"Link": f'<?{query}&after=0-1>; rel="next"'}
    if "csv" in query:
        await route.fulfill(headers=link, body='"0"\r\n')
    else:
        first = await (await route.fetch()).json()
        await route.fulfill(headers=link, json={**first, "triggers": [{"seq": 0}]})


async def many(route: Route) -> None:
    """As many rooms as are listed at once, and others before them."""
    title = "Earlier" if "before" in route.request.url else "Later"
    moment = "2026-01-01T00:00:00Z"
    rooms = [
        {"room_id": f"{title}{n}", "title": f"{title} {n}", "opened_at": moment, "rounds": []}
        for n in range(50)
    ]
    await route.fulfill(json={"rooms": rooms})


async def running(route: Route) -> None:
    """The studio's rooms, as if in each a round ran."""
    listed = await (await route.fetch()).json()
    rooms = [{**room, "status": "in_game"} for room in listed["rooms"]]
    await route.fulfill(json={**listed, "rooms": rooms})
