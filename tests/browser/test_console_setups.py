"""Setups: saved from a room, begun with, carried to another browser as a link and as a file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.console_page import ConsolePage, console_page
from tests.browser.widths import fits
from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser, Locator, Page, Route

    from tests.browser.conftest import Services

pytestmark = pytest.mark.anyio

# A picture, as a setup's file holds it.
DRAWN = """async () => {
  const canvas = new OffscreenCanvas(8, 8);
  canvas.getContext("2d").fillRect(0, 0, 8, 8);
  const blob = await canvas.convertToBlob({ type: "image/webp" });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { media_id: hex.slice(0, 32), type: blob.type, data: btoa(String.fromCharCode(...bytes)) };
}"""
# Whether a question is answered that is asked while another one is open.
ASK_TWICE = """async (assets) => {
  const { confirmed } = await import(`${assets}/console/confirm.js`);
  return confirmed("Something else?", "", "Yes");
}"""
HAS_ROOM = """async (id) => {
  const key = JSON.parse(localStorage["streamario.console.studio_key"]);
  const headers = { Authorization: `Bearer ${key}` };
  const { rooms } = await (await fetch("/api/studio/rooms", { headers })).json();
  return rooms.some((room) => room.room_id === id);
}"""
SAVED = "async ([module, setup]) => (await import(module)).saveSetup(setup)"
AWAY = json.dumps({"code": "store_unavailable", "title": "", "status": 503, "detail": ""})


def entry(page: Page, name: str) -> Locator:
    """A setup in the list that shows."""
    return page.locator(".studio-list:visible > li", has=page.get_by_text(name, exact=True))


def change_button(page: Page, name: str) -> Locator:
    return entry(page, name).get_by_role("button", name="Rename, duplicate")


async def change(page: Page, name: str, action: str) -> None:
    """Choose one of the actions behind a setup's "⋯"."""
    await change_button(page, name).click()
    await page.locator("dialog[open]").get_by_role("button", name=action).click()


async def save_as(console: ConsolePage, name: str, *, twice: bool = False) -> None:
    form = console.page.locator(".setup-form")
    await form.get_by_label("Name of the setup").fill(name)
    await form.get_by_role("button", name="Save as setup").click(click_count=2 if twice else 1)


async def take_file(page: Page, content: str) -> None:
    await page.locator("#start-setups input[type=file]").set_input_files(
        {"name": "setup.json", "mimeType": "application/json", "buffer": content.encode()}
    )


async def test_a_setup_outlives_its_room(
    services: Services, browser: Browser, tmp_path: Path
) -> None:
    """It is saved from a room, changed, exported and imported; new rooms begin with it."""
    async with console_page(browser, services) as console:
        page = console.page
        await expect(page.locator("#setup-row")).to_be_hidden()
        await console.open_room("Friday")
        await console.view("settings")
        await expect(page.locator("#room-setups")).to_contain_text("No setups yet. To save this")
        await console.field("title").fill("Evening show")
        await save_as(console, "Evening")
        await expect(page.locator("#room-setups")).to_contain_text("Save the room's settings first")
        await console.save()
        await expect(page.locator(".save-bar")).to_contain_text("Saved")
        await save_as(console, "Evening")
        await expect(entry(page, "Evening")).to_contain_text("6 buttons")
        await save_as(console, "Evening")
        await expect(page.get_by_role("dialog")).to_contain_text("Replace “Evening”?")
        await console.confirm()
        await expect(entry(page, "Evening")).to_have_count(1)
        await fits(page)
        await console.leave()
        choice = page.get_by_label("Begin with")
        await expect(choice.locator("option")).to_have_text(
            ["The last room's setup", "Evening", "Streamario's defaults"]
        )
        await page.locator("#start-setups summary").click()
        await change(page, "Evening", "Duplicate")
        await expect(entry(page, "Evening 2")).to_be_visible()
        await change_button(page, "Evening 2").click()
        await page.locator("dialog[open] input").fill("Morning")
        await page.locator("dialog[open] input").press("Enter")
        await expect(change_button(page, "Morning")).to_be_focused()
        async with page.expect_download() as started:
            await change(page, "Morning", "Export")
        download = await started.value
        assert download.suggested_filename == "Morning.json"
        await download.save_as(tmp_path / "file")
        exported = (tmp_path / "file").read_text("utf-8")
        await change(page, "Morning", "Delete")
        await console.confirm()
        await expect(entry(page, "Morning")).to_have_count(0)
        await take_file(page, exported)
        await expect(entry(page, "Morning")).to_be_visible()
        await entry(page, "Morning").get_by_role("button", name="Open in a new room").click()
        await console.connected()
        await expect(page.locator("#room-title")).to_have_text("Evening show")
        await names_are_compared_as_they_are_stored(console)
        await is_opened_once(console, "Evening")


async def names_are_compared_as_they_are_stored(console: ConsolePage) -> None:
    """Without markup, with plain spaces, and cut: none is saved twice without a word."""
    page = console.page
    await console.view("settings")
    await save_as(console, "夜　<1>", twice=True)
    said = page.locator("#room-setups .attempts").last
    await expect(said).to_have_text("Saved as “夜 ＜1＞”.")
    await expect(entry(page, "夜 ＜1＞")).to_have_count(1)
    await save_as(console, "夜　<1>")
    await expect(page.get_by_role("dialog")).to_contain_text("Replace “夜 ＜1＞”?")
    assert await page.evaluate(ASK_TWICE, await console.assets()) is False
    await expect(page.get_by_role("dialog")).to_contain_text("Replace “夜 ＜1＞”?")
    async with page.expect_response(re.compile("setups$")):  # the list, when it is replaced
        await console.confirm()
    await expect(entry(page, "夜 ＜1＞")).to_have_count(1)
    await save_as(console, 60 * "x")
    await change(page, 60 * "x", "Duplicate")
    await expect(entry(page, f"{58 * 'x'} 2")).to_have_count(1)


async def is_opened_once(console: ConsolePage, name: str) -> None:
    """However often it is asked for; what is edited meanwhile is not lost without a word."""
    page = console.page
    held: list[Route] = []
    looked: list[str] = []
    opens = entry(page, name).get_by_role("button", name="Open in a new room")

    def hold(route: Route) -> None:
        held.append(route)

    await page.route("**/api/rooms", hold)
    page.on("requestfinished", lambda request: looked.append(request.url))
    await opens.dblclick()
    await until(lambda: have_come(looked, "/setups/", 2))
    await console.field("title").fill("Half done")
    for route in held:
        await route.continue_()
    await expect(page.get_by_role("dialog")).to_contain_text("not saved will be lost")
    await page.get_by_role("button", name="Cancel").click()
    await expect(console.field("title")).to_have_value("Half done")
    await page.unroute("**/api/rooms")
    await opens.click()
    await console.confirm()
    await console.connected()
    assert len(held) == 1


async def have_come(urls: list[str], part: str, count: int) -> bool:
    return len([url for url in urls if part in url]) == count


async def test_files_and_links_carry_setups(services: Services, browser: Browser) -> None:
    """A file brings its media along; a link gives another browser the same setups, when asked."""
    async with (
        console_page(browser, services) as console,
        console_page(browser, services) as other,
        console_page(browser, services) as wrong,
    ):
        page = console.page
        module = f"{await console.assets()}/console/studio/setup_file.js"
        await page.locator("#start-setups summary").click()
        logo = await page.evaluate(DRAWN)
        theme = {"logo": logo["media_id"]}
        await take_file(page, setup_file("Mine", logo, theme=theme, masked_words=["zebra"]))
        await expect(entry(page, "Mine")).to_be_visible()
        await change(page, "Mine", "Export")
        await expect(page.locator("#start-setups .attempts")).to_contain_text("words to mask")
        await take_file(page, setup_file("Mine", buttons=[{"event_type": "a"}]))
        await expect(page.locator("#start-setups [role=alert]")).to_contain_text(
            "buttons[0].base: is missing"
        )
        await take_file(page, "no setup")
        await expect(page.locator("#start-setups [role=alert]")).to_contain_text("not a setup")
        await page.get_by_role("button", name="Use on another computer").click()
        code = page.get_by_alt_text("QR code of the link to your setups")
        await expect(code).to_have_js_property("complete", value=True)
        assert await code.evaluate("image => image.naturalWidth") > 0
        link = await page.get_by_label("Link to your setups").input_value()
        assert link.startswith(f"{services.api.url}/console#studio=")
        await fits(page)
        await page.get_by_role("button", name="Close").click()
        await other.page.locator("#start-setups summary").click()
        await take_file(other.page, setup_file("Theirs"))
        await expect(entry(other.page, "Theirs")).to_be_visible()
        borrowed = {"name": "Borrowed", "settings": {"theme": {"logo": logo["media_id"]}}}
        carrying = module.replace("setup_file", "carrying")
        await other.page.evaluate(SAVED, [carrying, borrowed])
        await other.page.goto(link)
        await expect(other.page).to_have_url(f"{services.api.url}/console")
        question = other.page.get_by_role("dialog")
        await expect(question).to_contain_text("Replace the setups of this browser?")
        await other.page.get_by_role("button", name="Cancel").click()
        await expect(entry(other.page, "Theirs")).to_be_visible()
        await other.page.goto(link)
        await other.confirm()
        await expect(question).to_contain_text("now has the setups of the link")
        await question.get_by_role("button", name="Close").click()
        await expect(entry(other.page, "Mine")).to_be_visible()
        await expect(entry(other.page, "Theirs")).to_have_count(0)
        await expect(other.page.get_by_label("Begin with").locator("option:checked")).to_have_text(
            "Mine"
        )
        key, said = (
            "localStorage['streamario.console.studio_key']",
            wrong.page.get_by_role("dialog"),
        )
        for end, answer in [
            ("", "not whole"),
            ("01ARZ3NDEKTSV4RRFFQ69G5FAV.wrong", "not whole"),
            (f"01ARZ3NDEKTSV4RRFFQ69G5FAV.{22 * 'x'}", "does not accept"),
        ]:
            await wrong.page.goto(f"{services.api.url}/console#studio={end}")
            await expect(said).to_contain_text(answer)
            await said.get_by_role("button", name="Close").click()
            assert await wrong.page.evaluate(key) is None
        await wrong.page.goto(link)  # nothing is replaced here, and yet somebody may read along
        await expect(said).to_contain_text("Replace the setups of this browser?")
        assert await wrong.page.evaluate(key) is None
        await wrong.page.get_by_role("button", name="Cancel").click()
        await wrong.open_room("At a desk")
        await wrong.page.goto(link)
        await wrong.confirm()
        await until(lambda: wrong.page.evaluate(HAS_ROOM, wrong.room_id))


def setup_file(name: str, *media: object, **settings: object) -> str:
    content = {"name": name, "settings": settings, "media": media}
    return json.dumps({"format": "streamario.setup", "version": 1, **content})


async def test_a_room_opens_while_setups_are_away(services: Services, browser: Browser) -> None:
    """The console says that nothing is lost; a key that the server does not know can be left."""
    async with console_page(browser, services) as console:
        page = console.page
        await page.route(
            re.compile("/api/studio"),
            lambda route: route.fulfill(status=503, body=AWAY, content_type="application/json"),
        )
        await console.open_room("Alone")
        await console.view("settings")
        await save_as(console, "Later")
        await expect(page.locator("#room-setups [role=alert]").last).to_contain_text(
            "Nothing is lost"
        )
        await page.unroute_all()
        await save_as(console, "Early")
        await expect(entry(page, "Early")).to_be_visible()
        await page.evaluate("localStorage['streamario.console.studio_key'] = '\"not.a_key\"'")
        await save_as(console, "Later")
        await page.get_by_role("button", name="Begin anew").click()
        await console.confirm()
        await expect(entry(page, "Early")).to_have_count(0)
        await save_as(console, "Later")
        await expect(entry(page, "Later")).to_be_visible()
        await console.field("title").fill("Not saved")
        await page.route("**/api/rooms", lambda route: route.fulfill(status=503, body=AWAY))
        await entry(page, "Later").get_by_role("button", name="Open in a new room").click()
        await console.confirm()
        await expect(page.locator("#room-setups [role=alert]").last).to_contain_text(
            "Nothing is lost"
        )
        await expect(console.field("title")).to_have_value("Not saved")
