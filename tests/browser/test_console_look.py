"""The console's part for the look: pictures become small ones, wrong files are told of."""

import base64
import os
import re
import struct
import zlib
from functools import partial
from typing import Any, Final

import httpx
from playwright.async_api import Browser, Dialog, Locator, Route, expect

from tests.api_service.studio.files import riff, u24
from tests.browser.axe import grave_findings
from tests.browser.conftest import Services
from tests.browser.console_page import ConsolePage, console_page
from tests.browser.play_page import play_page
from tests.waiting import has_any, until

SVG: Final = b"""<svg xmlns="http://www.w3.org/2000/svg" width="9" onload="window.ran = 1">
<script>window.ran = 1</script><path d="M0 0h9v9"/></svg>"""
MOST: Final = 65_536  # bytes
SIZE: Final = "image => [image.naturalWidth, image.naturalHeight]"
WEBP: Final = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 32, height: 32 });
  canvas.getContext("2d", { alpha: false }).fillRect(8, 8, 9, 9);
  return canvas.toDataURL("image/webp", 0.8).split(",")[1];
}"""
# A file comes with the event of this name, in the property of that name.
BRINGS: Final = """(node, [type, property, name, mime, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], name, { type: mime }));
  const event = type === "drop"
    ? new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true })
    : new ClipboardEvent(type, { clipboardData: files, bubbles: true, cancelable: true });
  node.dispatchEvent(event);
}"""


def png(width: int, height: int, depth: int, rows: bytes) -> bytes:
    """A picture in levels of grey of so many bits, from rows that begin with their filter."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checked = name + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    data = zlib.compress(rows, 1)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def huge() -> bytes:
    """32 million pixels in a small file."""
    width, height = 8_000, 4_000
    return png(width, height, 1, (b"\0" + b"\xf0" * (width // 8)) * height)


def noise() -> bytes:
    """A picture that no encoder makes small."""
    width, height = 1_200, 600
    return png(width, height, 8, b"".join(b"\0" + os.urandom(width) for _ in range(height)))


def animated(still: bytes) -> bytes:
    """A WebP that shows this one twice, which is 32 × 32 px."""
    head = u24(0) * 2 + u24(31) * 2 + u24(80) + b"\0"
    frame = (b"ANMF", head + still[still.index(b"VP8 ") :])
    canvas = (b"VP8X", b"\x02\0\0\0" + u24(31) * 2)
    return riff(b"WEBP", canvas, (b"ANIM", b"\0" * 6), frame, frame)


def file(content: bytes, name: str = "a.png", mime: str = "image/png") -> Any:
    return {"name": name, "mimeType": mime, "buffer": content}


def field_of(console: ConsolePage, path: str) -> Locator:
    """All that belongs to a picture of the settings."""
    return console.page.locator(".labelled.picture", has=console.field(path))


async def bring(place: Locator, by: tuple[str, str], content: bytes, mime: str) -> None:
    """Drop or paste a file."""
    sent = [*by, "a", mime, base64.b64encode(content).decode()]
    await place.locator(".drop").evaluate(BRINGS, sent)


async def media(services: Services, console: ConsolePage, path: str) -> httpx.Response:
    """A picture of the saved settings: `theme.logo`, `image` of the first button."""
    async with httpx.AsyncClient(base_url=services.api.url) as http:
        settings = (await http.get(f"/api/rooms/{console.room_id}")).json()["settings"]
        owner = settings["theme"] if path.startswith("theme.") else settings["buttons"][0]
        return await http.get(f"/api/media/{owner[path.rpartition('.')[2]]}")


async def test_pictures_come_as_streamers_have_them_and_go_to_viewers_small(
    services: Services, browser: Browser
) -> None:
    """A huge one, one full of noise, and one that moves; chosen, dropped and pasted."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room("Before")
        await console.section("look")
        logo, background = (field_of(console, f"theme.{name}") for name in ("logo", "background"))
        await console.field("theme.logo").set_input_files(file(huge()))
        await expect(logo.locator("img")).to_be_visible()
        assert await logo.locator("img").evaluate(SIZE) == [512, 256]
        await bring(background, ("drop", "dataTransfer"), noise(), "image/png")
        await expect(background.locator("img")).to_be_visible()
        await expect(page.locator(".phone-head img")).to_be_visible()
        await console.field("theme.accent").fill("#ffff00")
        await expect(console.field("theme.accent")).to_have_accessible_description(
            re.compile("Adjusted for legibility: #[0-9a-f]{6} .light., #ffff00 .dark.")
        )
        await page.get_by_role("button", name="Default: Background colour").is_disabled()
        await console.field("theme.team_names.skill").fill("Heroes")
        await console.section("buttons")
        await console.open_button("Skill 1", advanced=True)
        image = field_of(console, "buttons[0].image")
        moving = animated(base64.b64decode(await page.evaluate(WEBP)))
        await bring(image, ("paste", "clipboardData"), moving, "image/webp")
        await expect(image.locator("img")).to_be_visible()
        await expect(page.locator(".phone-key .button-picture")).to_have_count(1)
        teams = console.field("buttons[0].team").locator("option")
        await expect(teams).to_have_text(["Heroes", "Enemies", "None"])
        assert await grave_findings(page) == []
        await console.saved()
        for path in ("theme.logo", "theme.background"):
            answer = await media(services, console, path)
            assert answer.headers["Content-Type"] == "image/webp"
            assert 0 < len(answer.content) <= MOST
        assert (await media(services, console, "buttons[0].image")).content == moving

        async with play_page(browser, services, console.room_id, phone=True, moves=True) as viewer:
            await expect(viewer.page.locator("#logo")).to_be_visible()
            await expect(viewer.page.locator(".preview-icon img")).to_have_count(1)
            await console.section("look")
            await logo.get_by_role("button", name="Remove").click()
            await expect(console.field("theme.logo")).to_be_focused()
            await console.saved()
            await expect(viewer.page.locator("#logo")).to_be_hidden()


async def fulfil(route: Route, *, status: int, refusal: dict[str, str]) -> None:
    await route.fulfill(status=status, json=refusal)


async def test_a_file_on_its_way_is_not_lost(services: Services, browser: Browser) -> None:
    """Whoever leaves meanwhile is asked, and a save waits for it; by Enter the focus stays."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room()
        await console.section("look")
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        await page.route("**/api/studio/media", hold)
        await console.field("theme.logo").set_input_files(file(png(1, 1, 8, b"\0\0")))
        await until(lambda: has_any(held))
        await expect(console.save_bar).to_contain_text("Uploading…")
        await is_asked_for_by_both_ways_out(console)
        await console.field("title").fill("Meanwhile")
        await console.field("title").press("Enter")
        await expect(console.save_bar).to_contain_text("Saves as soon as the file is uploaded")
        await held[0].continue_()
        await expect(field_of(console, "theme.logo").locator("img")).to_be_visible()
        await expect(console.save_bar).to_contain_text("Saved.")
        await expect(console.field("title")).to_be_focused()
        assert (await media(services, console, "theme.logo")).status_code == httpx.codes.OK
        await console.section("buttons")
        await page.get_by_role("button", name="Add a button").click()
        await expect(console.field("buttons[6].labels.en")).to_be_focused()
        await page.keyboard.press("Enter")  # the server answers with a button written otherwise
        await expect(console.save_bar).to_contain_text("Saved.")
        await expect(console.field("buttons[6].labels.en")).to_be_focused()


async def is_asked_for_by_both_ways_out(console: ConsolePage) -> None:
    page = console.page
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.once("dialog", stay)
    await page.evaluate("location.reload()")
    await until(lambda: has_any(asked))
    assert asked == ["beforeunload"]
    await console.choose("Leave the room")
    await expect(page.locator("#confirm")).to_contain_text("not saved will be lost")
    await page.get_by_role("button", name="Cancel").click()


async def test_what_is_no_picture_is_told_at_its_field_and_changes_nothing(
    services: Services, browser: Browser
) -> None:
    """Text with a picture's name, an SVG with a script, a server that keeps no pictures."""
    busy = {"code": "overloaded", "detail": "Not for people."}
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room()
        await console.section("look")
        logo, input_ = field_of(console, "theme.logo"), console.field("theme.logo")
        for wrong in (
            file(b"I am a text.\n"),
            file(SVG, "a.svg", "image/svg+xml"),
            file(SVG),
            file(b"", "empty.webp", "image/webp"),
        ):
            await input_.set_input_files(wrong)
            await expect(input_).to_have_accessible_description(re.compile("cannot read the file"))
        wide = {"code": "invalid_media", "detail": "The picture is 9 px wide."}
        for status, refusal, sentence in [
            (503, busy, "The server is busy. Try again in a moment."),
            (400, wide, wide["detail"]),
        ]:
            answer = partial(fulfil, status=status, refusal=refusal)
            await page.route("**/api/studio/media", answer)
            await input_.set_input_files(file(png(1, 1, 8, b"\0\0")))
            await expect(input_).to_have_accessible_description(sentence)
        await expect(logo.locator("img")).to_be_hidden()
        assert await page.evaluate("'ran' in window") is False
        await page.unroute("**/api/studio/media")
        await input_.set_input_files(file(png(1, 1, 8, b"\0\0")))
        await expect(input_).to_have_accessible_description("")
        await console.saved()
