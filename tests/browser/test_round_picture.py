"""The picture of a round for sharing, from the console and from a phone."""

import struct
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.conftest import Services
from tests.browser.console_page import console_page
from tests.browser.play_page import play_page
from tests.flow.play import viewers

ASSETS = "/assets/web"  # the modules of which the bundles are made

# How many colours a picture has, of those that are seen: an empty one has a single colour.
COLORS = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const counts = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const color = data.slice(at, at + 3).join(" ");
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  return [...counts.values()].filter((count) => count > 500).length;
}"""
GROUND = """(canvas) =>
  [...canvas.getContext("2d").getImageData(4, 4, 1, 1).data].slice(0, 3)"""
APP = """() => {
  navigator.canShare = ({ files }) => files.length === 1;
  window.handed = new Promise((resolve) => {
    navigator.share = async ({ files: [file] }) => resolve(`${file.name} ${file.type}`);
  });
}"""

# The browser no longer lets the page share; and when the page lets go of what it saves.
LATE = """() => {
  navigator.share = () => Promise.reject(new DOMException("", "NotAllowedError"));
  window.revoked = 0;
  URL.revokeObjectURL = () => revoked++;
}"""
LONG_TITLE = """async (assets) => {
  Intl.Segmenter = undefined;
  const { drawRound } = await import(`${assets}/common/round_picture.js`);
  const round = { title: "🐉".repeat(80), round: 1, ended: "2026-01-01T00:00:00Z" };
  const theme = { font: "", team_names: {} };
  const pressed = { best: [], totals: [], buttons: [], fired: new Map(), theme };
  const canvas = document.createElement("canvas");
  const picture = await drawRound(canvas, { ...round, ...pressed }, String);
  return picture.type;
}"""
# What a round's picture says, how many pictures are drawn in it, the least contrast of letters on
# its ground, and how the second step differs from a white ground.
DRAWN = """async ([assets, background]) => {
  const { drawRound } = await import(`${assets}/common/round_picture.js`);
  const { contrast, parsed } = await import(`${assets}/common/colors.js`);
  const texts = [];
  let images = 0;
  const { fillText, drawImage } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    texts.push([text, parsed(this.fillStyle)]);
    return fillText.call(this, text, ...place);
  };
  CanvasRenderingContext2D.prototype.drawImage = function (...picture) {
    images += 1;
    return drawImage.apply(this, picture);
  };
  const look = { icon: "🧟", image: "0123456789abcdef", color: "#111111" };
  const button = { eventType: "b", team: "enemy", ...look };
  const round = { title: "Duel", round: 1, ended: "2026-01-01T00:00:00Z", buttons: [button] };
  const best = [3, 2, 1].map((count) => ({ viewer_name: null, count }));
  const wishes = { accent: "", backdrop: "#ffffff", background, logo: "", font: "" };
  const theme = { ...wishes, team_names: { skill: "Heroes", enemy: "Monsters" } };
  const pressed = { best, totals: [["b", 12345]], fired: new Map([["b", 1234]]), theme };
  const canvas = document.createElement("canvas");
  await drawRound(canvas, { ...round, ...pressed }, () => "Zombie horde in my kitchen");
  Object.assign(CanvasRenderingContext2D.prototype, { fillText, drawImage });
  const colorsFrom = (x, y, wide) => {
    const { data } = canvas.getContext("2d").getImageData(x, y, wide, 1);
    return Array.from({ length: wide }, (_, n) => [...data.slice(4 * n, 4 * n + 3)]);
  };
  const ground = [...colorsFrom(4, 4, 1), ...colorsFrom(1195, 4, 1)];
  const onGround = texts.filter(([text]) => !/^[123]$/.test(text)); // those stand on the steps
  const seen = ground.flatMap((one) => onGround.map(([, letters]) => contrast(letters, one)));
  return {
    texts: texts.map(([text]) => text),
    images,
    grounds: new Set(ground.map(String)).size,
    letters: Math.min(...seen),
    step: Math.max(...colorsFrom(50, 520, 40).map((one) => contrast(one, [255, 255, 255]))),
  };
}"""
HALF_BLACK = """<svg xmlns="http://www.w3.org/2000/svg" width="120" height="63">
  <path fill="#fff" d="M0 0h120v63H0z"/><path d="M0 0h60v63H0z"/>
</svg>"""


async def saved(page: Page, button: Locator) -> tuple[str, bytes]:
    """The name and content of the file that a button saves."""
    async with page.expect_download() as started:
        await button.click()
    download = await started.value
    return download.suggested_filename, Path(await download.path()).read_bytes()


async def test_a_round_is_shared_as_a_picture(services: Services, browser: Browser) -> None:
    """In the room's colours, saved, or handed to another app where the browser can."""
    async with console_page(browser, services) as console, viewers(services.api, 2) as (one, other):
        page = console.page
        theme = {"backdrop": "#fff4d6", "accent": "#c2185b"}
        await console.open_room("Boss / fight? 魔王", theme=theme)
        await console.start()
        await one.press(services.api, console.room_id, {"skill1": 12})
        await other.press(services.api, console.room_id, {"enemy1": 3})
        await console.end()
        await expect(page.locator("#results .ranking li")).to_have_count(2)
        await page.get_by_role("button", name="Picture for sharing").click()
        dialog = page.locator("dialog[open]")
        picture = dialog.get_by_role("img", name="Boss / fight? 魔王, round 1")
        assert await picture.evaluate(COLORS) > 4
        assert await picture.evaluate(GROUND) == [0xFF, 0xF4, 0xD6]
        await expect(dialog.get_by_role("button", name="Share")).to_be_hidden()
        name, content = await saved(page, dialog.get_by_role("button", name="Save"))
        assert name == "Boss-fight-魔王-round-1.png"
        assert struct.unpack(">II", content[16:24]) == (1200, 630)
        await dialog.get_by_role("button", name="Close").click()
        assert await page.evaluate(LONG_TITLE, ASSETS) == "image/png"
        picture_of = {"content_type": "image/svg+xml", "body": HALF_BLACK}
        await page.route("**/api/media/*", lambda route: route.fulfill(**picture_of))
        plain, scenic = [await page.evaluate(DRAWN, [ASSETS, which]) for which in ("", "b" * 32)]
        for drawn in (plain, scenic):
            assert {"Zombie horde in my kitchen", "Monsters", "12,345 presses"} < {*drawn["texts"]}
            assert "Heroes" not in drawn["texts"], "they have no button"
            assert drawn["letters"] > 4.5  # WCAG 2.2, 1.4.3
        assert (plain["images"], plain["grounds"]) == (1, 1)
        assert (scenic["images"], scenic["grounds"]) == (2, 2)
        assert plain["step"] > 3  # WCAG 2.2, 1.4.11
        async with play_page(browser, services, console.room_id, language="ja-JP") as viewer:
            button = viewer.page.get_by_role("button", name="共有用の画像")
            name, content = await saved(viewer.page, button)
            assert name == "Boss-fight-魔王-ラウンド-1.png"
            assert struct.unpack(">II", content[16:24]) == (1200, 630)
            await viewer.page.evaluate(APP)
            await button.click()
            assert (
                await viewer.page.evaluate("handed") == "Boss-fight-魔王-ラウンド-1.png image/png"
            )
            await viewer.page.evaluate(LATE)
            name, _ = await saved(viewer.page, button)
            assert name == "Boss-fight-魔王-ラウンド-1.png"
            assert await viewer.page.evaluate("revoked") == 0
