"""The console's screens, as people see and use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.axe import grave_findings
from tests.browser.console_page import console_page
from tests.flow.play import viewers

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.conftest import Services
    from tests.browser.console_page import ConsolePage

pytestmark = pytest.mark.anyio

NO_TEXT = 3  # contrast of what is no text, at least (WCAG 2.2, 1.4.11)
COLORS = ["#ffffff", "#ffff00", "#7fff00", "#00ffff", "#0000ff", "#000000", "", "#4b93ff"]
CONTRASTS = """() => {
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const luminance = (color) => {
    pen.fillStyle = color;
    pen.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...pen.getImageData(0, 0, 1, 1).data].map((part) =>
      part <= 10 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const card = getComputedStyle(document.querySelector(".card")).backgroundColor;
  const paper = getComputedStyle(document.documentElement).backgroundColor;
  const seen = (selector, property, ground) => [...document.querySelectorAll(selector)]
    .map((node) => contrast(getComputedStyle(node)[property], ground));
  return {
    chart: seen("#chart g path", "fill", card),
    swatches: seen("#buttons .swatch", "backgroundColor", card),
    bars: seen("#buttons progress", "color", paper),
  };
}"""
SAME_TEXTS = """async (assets) => {
  const [{ en }, { ja }] = await Promise.all(
    ["en", "ja"].map((language) => import(`${assets}/console/texts/${language}.js`)),
  );
  const names = (texts, path = "") => Object.entries(texts).flatMap(([name, text]) =>
    typeof text === "object" ? names(text, `${path}${name}.`) : `${path}${name} ${typeof text}`);
  const [english, japanese] = [names(en), names(ja)];
  return [
    ...english.filter((name) => !japanese.includes(name)),
    ...japanese.filter((name) => !english.includes(name)),
  ];
}"""


async def test_every_screen_can_be_used_by_everybody(services: Services, browser: Browser) -> None:
    """No screen has a serious fault for people who use it otherwise, in light and dark."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await _is_sound(console, "start")
        await console.open_room()
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": 5, "enemy3": 3})
        await console.numbers(1)
        await _is_sound(console, "running")
        await console.page.locator("#tab-live").press("ArrowRight")
        await expect(console.page.locator("#settings")).to_be_visible()
        await console.open_button("Skill 1")
        await console.field("buttons[0].min").fill("0")
        await console.save()
        await expect(console.page.locator('[aria-invalid="true"]')).to_have_count(1)
        await _is_sound(console, "settings with an error")
        await console.view("viewers")
        await expect(console.page.locator("#pressers tbody tr")).to_have_count(1)
        await _is_sound(console, "viewers")
        await console.command("end")
        await _is_sound(console, "question")
        await console.confirm()
        await console.view("results")
        await expect(console.page.locator("[data-part=ranking] tr")).to_have_count(1)
        await _is_sound(console, "results")


async def test_the_focus_is_not_lost_when_the_results_show(
    services: Services, browser: Browser
) -> None:
    """At a round's end the panel changes; the focus that was in it is on the new one's tab.

    With the next round it changes back.
    """
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.start()
        await console.part("filter", "#feed").focus()
        await console.part("end").evaluate("button => button.click()")
        await console.confirm()
        await expect(console.page.locator("#results")).to_be_visible()
        await expect(console.page.locator("#tab-results")).to_be_focused()
        await console.command("next")
        await expect(console.page.locator("#live")).to_be_visible()


async def test_buttons_of_any_colour_can_be_told_from_the_ground(
    services: Services, browser: Browser
) -> None:
    """White, black or none: a button is seen in light and dark; none is its team's colour."""
    async with console_page(browser, services) as console:
        await console.open_room()
        await _give_colors(services, console)
        page = console.page
        await expect(page.locator("#chart g path")).to_have_count(len(COLORS))
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            for part, contrasts in (await page.evaluate(CONTRASTS)).items():
                assert len(contrasts) == len(COLORS), part
                assert min(contrasts) >= NO_TEXT, (scheme, part, contrasts)
                assert contrasts[-2] == contrasts[-1], (scheme, part)
        await console.view("settings")
        await expect(console.field("buttons[6].color")).to_have_value("#4b93ff")
        await console.open_button("b6")
        await console.field("buttons[6].team").select_option("enemy")
        await expect(console.field("buttons[6].color")).to_have_value("#ff6450")


async def test_the_console_speaks_japanese(services: Services, browser: Browser) -> None:
    """Texts, buttons' labels and the server's problems are in the browser's language."""
    async with console_page(browser, services, language="ja-JP") as console:
        await expect(console.page.locator("html")).to_have_attribute("lang", "ja")
        await console.open_room()
        await expect(console.part("start")).to_have_text("ラウンドを開始")
        await expect(console.page.locator("#buttons")).to_contain_text("スキル1")
        await console.view("settings")
        await console.page.locator(".button-card summary").first.click()
        await console.field("buttons[0].base").fill("")
        await console.save()
        await expect(console.field("buttons[0].base")).to_have_accessible_description(
            "1〜100000 の整数にしてください"
        )
        assert await console.page.evaluate(SAME_TEXTS, await console.assets()) == []


async def _give_colors(services: Services, console: ConsolePage) -> None:
    presses = {"base": 1, "min": 1, "max": 1}
    buttons = [
        {"event_type": f"b{n}", "team": "skill", "color": color, **presses}
        for n, color in enumerate(COLORS)
    ]
    async with httpx.AsyncClient() as http:
        answer = await http.patch(
            f"{services.api.url}/api/rooms/{console.room_id}/settings",
            json={"buttons": buttons},
            headers={"Authorization": f"Bearer {console.room_token}"},
        )
    answer.raise_for_status()


async def _is_sound(console: ConsolePage, screen: str) -> None:
    for scheme in ("light", "dark"):
        await console.page.emulate_media(color_scheme=scheme)
        assert await grave_findings(console.page) == [], f"{screen}, {scheme}"
