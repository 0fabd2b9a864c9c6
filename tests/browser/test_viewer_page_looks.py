"""How the viewers' page looks: nothing wobbles, nothing is struck through, colours are as set."""

import re

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.browser.conftest import Services, opened_page
from tests.browser.overlay_page import LABEL, overlay
from tests.browser.phone import NOTE_SIZES, Touch
from tests.browser.play_page import button, game_of, play_page, room_with
from tests.browser.staged_room import StagedRoom, staged_button
from tests.flow.play import viewers

ARABIC = {"lang": "en", "text": "ضربة النار"}
PICTURES_FIRST = re.compile(r"^Pictures\b")  # or the text's face has an emoji as an outline
YELLOW, BLACK = "rgb(255, 255, 0)", "rgb(0, 0, 0)"
ALIGNED = """node => {
  const range = document.createRange();
  range.selectNodeContents(node);
  const text = range.getBoundingClientRect();
  const box = node.getBoundingClientRect();
  return [text.left - box.left, box.right - text.right];
}"""


@pytest.mark.parametrize("count", [1, 3, 24])
async def test_the_page_keeps_its_size_while_triggers_fly(
    services: Services, browser: Browser, count: int
) -> None:
    """However wide the buttons are that swell, a phone's page stays as wide as the phone."""
    names = [f"b{n}" for n in range(count)]
    room = await room_with(services, buttons=[button(name, name, base=1, min=1) for name in names])
    async with (
        game_of(room),
        play_page(browser, services, room.room_id, phone=True, moves=True) as viewer,
        viewers(services.api, 1) as (other,),
    ):
        await Touch.on(viewer.page)
        await expect(viewer.page.locator(".key")).to_have_count(count)
        await viewer.page.evaluate(NOTE_SIZES)
        for fired in (1, 2, 3):
            await other.press(services.api, room.room_id, dict.fromkeys(names[:12], 1))
            await expect(viewer.page.locator(".key").first).to_have_accessible_name(
                re.compile(f"fired {'once' if fired == 1 else f'{fired} times'}")
            )
        sizes = await viewer.page.evaluate("[...sizes]")
        assert {size.rpartition(" ")[0] for size in sizes} == {"390 390"}, sizes


async def test_colours_are_those_of_the_settings(services: Services, browser: Browser) -> None:
    """Yellow is yellow and black is black, and each caption can be read on its button."""
    colors = {"yellow": "#ffff00", "black": "#000000", "navy": "#000066"}
    room = await room_with(services, buttons=[button(n, n, color=c) for n, c in colors.items()])
    async with play_page(browser, services, room.room_id, phone=True) as viewer:
        swatches = viewer.page.locator("#preview li")
        await expect(swatches.nth(0)).to_have_css("background-color", YELLOW)
        await expect(swatches.nth(1)).to_have_css("background-color", BLACK)
        async with game_of(room):
            for name in colors:
                await viewer.press(name, 3)
            fills = viewer.page.locator(".key-fill")
            await expect(fills.nth(0)).to_have_css("background-color", YELLOW)
            await expect(fills.nth(1)).to_have_css("background-color", BLACK)
            await viewer.has_no_grave_findings()


async def test_the_fills_edge_strikes_nothing_through(services: Services, browser: Browser) -> None:
    """How full a button is shows beside what is written on it, never as a line over it."""
    room = await room_with(services, buttons=[button("wave", "Wave")])
    async with game_of(room), play_page(browser, services, room.room_id, phone=True) as viewer:
        await viewer.press("Wave", 2)
        fill = viewer.page.locator(".key-fill")
        await expect(fill).to_have_css("border-top-width", "0px")
        label = await viewer.page.locator(".key-label").first.bounding_box()
        face = await viewer.page.locator(".key-face").bounding_box()
        assert label is not None
        assert face is not None
        notch = 11  # px, see key.css
        assert notch < label["x"] - face["x"]


async def test_arabic_begins_at_the_right(services: Services, browser: Browser) -> None:
    """A title, a caption and an overlay's bar run as their letters do."""
    wave = {**button("wave", ""), "labels": [ARABIC]}
    room = await room_with(services, title=ARABIC["text"], buttons=[wave])
    async with (
        game_of(room),
        play_page(browser, services, room.room_id) as viewer,
        overlay(browser, services, room.room_id) as stream,
    ):
        for text in (
            viewer.page.locator(".key-label").first,
            viewer.page.locator("#title"),
            stream.locator(LABEL),
        ):
            await expect(text).to_have_text(ARABIC["text"])
            await expect(text).to_be_visible()
            left, right = await text.evaluate(ALIGNED)
            assert abs(right) < 2 < left


@pytest.mark.parametrize("language", ["en-US", "ja-JP"])
async def test_one_button_stands_in_the_middle_of_a_wide_page(
    services: Services, browser: Browser, language: str
) -> None:
    room = await room_with(services, buttons=[button("wave", "Wave")])
    async with (
        game_of(room),
        play_page(browser, services, room.room_id, language=language) as viewer,
    ):
        await viewer.page.set_viewport_size({"width": 1440, "height": 900})
        box = await viewer.key("Wave").bounding_box()
        assert box is not None
        assert abs(box["x"] + box["width"] / 2 - 720) < 2
        assert box["width"] >= 400
        assert abs(box["y"] + box["height"] / 2 - 450) < 100


@pytest.mark.parametrize(
    ("width", "count", "rows"),
    [
        (390, 6, [2, 2, 2]),
        (390, 5, [2, 2, 1]),
        (640, 6, [3, 3]),
        (960, 4, [2, 2]),
        (1024, 6, [6]),
        (1440, 12, [6, 6]),
        (1440, 7, [5, 2]),
    ],
)
async def test_buttons_fill_their_rows(
    services: Services, browser: Browser, width: int, count: int, rows: list[int]
) -> None:
    """Two on phones, three on tablets, six on wide pages; a row of fewer is as wide."""
    room = await room_with(services, buttons=[button(f"b{n}", f"Button {n}") for n in range(count)])
    async with game_of(room), play_page(browser, services, room.room_id) as viewer:
        await viewer.page.set_viewport_size({"width": width, "height": 800})
        keys = viewer.page.locator(".key")
        await expect(keys).to_have_count(count)
        tops = await keys.evaluate_all("keys => keys.map((key) => key.offsetTop)")
        assert [tops.count(top) for top in sorted(set(tops))] == rows
        edges = await keys.evaluate_all(
            "keys => keys.map((key) => key.offsetLeft + key.offsetWidth)"
        )
        assert abs(edges[-1] - max(edges)) <= 1


async def test_the_finale_is_seen_from_its_head_and_names_of_any_script_begin_alike(
    browser: Browser,
) -> None:
    """Also where the last press left the focus on a button."""
    async with opened_page(browser, phone=True) as page:
        room = StagedRoom(page, [staged_button("wave", "Wave")])
        await room.open("play")
        room.be("in_game", opened_by_press=True)
        async with page.expect_response("**/events"):
            await page.locator(".key").click()
        names = ["Panda 46", "نور", "くま 23"]
        room.results["viewer_totals"] = [
            {"viewer_id": name, "viewer_name": name, "count": 9} for name in names
        ]
        room.results["event_totals"] = {"wave": 27}
        room.be("ended")
        await expect(page.locator(".rank-name")).to_have_text(names)
        assert await page.evaluate("scrollY") == 0
        await expect(page.locator("#main")).to_be_focused()
        await expect(page.locator(".sums .sum-icon")).to_have_css("font-family", PICTURES_FIRST)
        begins = [await name.evaluate(ALIGNED) for name in await page.locator(".rank-name").all()]
        assert {round(begin) for begin, _ in begins} == {0}


async def test_what_loads_later_rules_over_what_stands_already(
    services: Services, browser: Browser
) -> None:
    """A low phone has its smaller panel; with forced colours a key's fill has the system's."""
    room = await room_with(services, buttons=[button("wave", "Wave")])
    async with play_page(browser, services, room.room_id, phone=True) as viewer:
        await expect(viewer.page.locator("#preview li")).to_have_count(1)  # it has loaded
        await viewer.page.set_viewport_size({"width": 390, "height": 690})
        await expect(viewer.page.locator(".gather .panel")).to_have_css("padding", "12px 16px")
        async with game_of(room):
            await viewer.page.emulate_media(forced_colors="active")
            fill = viewer.page.locator(".key-fill")
            await expect(fill).to_have_css("background-color", await system_color(fill))


async def system_color(node: Locator) -> str:
    """What a button of the system has, where colours are forced."""
    color: str = await node.evaluate("""node => {
      const probe = document.createElement("i");
      probe.style.cssText = "background: ButtonFace; forced-color-adjust: none";
      node.append(probe);
      const { backgroundColor } = getComputedStyle(probe);
      probe.remove();
      return backgroundColor;
    }""")
    return color
