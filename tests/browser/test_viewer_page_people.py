"""The viewers' page for whoever it is: any name, language, eye and colour, a slow phone."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

from playwright.async_api import Browser, Route, expect

from shared.wire.game_messages import GameEvent
from tests.browser.conftest import Services, go, load, opened_page
from tests.browser.page_time import stand
from tests.browser.play_page import (
    PlayPage,
    block,
    button,
    game_of,
    play_page,
    room_with,
    running_game,
)
from tests.flow.play import viewers

COLORS = ("#000000", "#ffffff", "#ffff00", "#0000ff", "#808080", "#7c3aed", "")


async def test_a_name_is_set_and_shown_with_the_trigger(
    services: Services, browser: Browser
) -> None:
    """The name is as the server cleaned it, at most 24 characters, and the game is told it.

    After any block the page shows the name no more: it does not know whose the name is.
    """
    async with (
        running_game(services) as (game, room),
        play_page(browser, services, room.room_id) as viewer,
        play_page(browser, services, room.room_id) as theirs,
    ):
        await viewer.page.get_by_role("button", name="Add your name").click()
        dialog = viewer.page.get_by_role("dialog", name="Your name")
        await dialog.get_by_label("Name").fill("<b>🐧" + "x" * 40)
        await viewer.has_no_grave_findings()
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_be_hidden()
        name = "＜b＞🐧" + "x" * 20
        await expect(viewer.page.locator("#name")).to_have_text(name)
        await viewer.press("Skill 1", 5)
        assert (await game.next_of(GameEvent)).viewer_name == name
        await viewer.announces("You: Skill 1!")
        await theirs.announces(f"{name}: Skill 1!")
        await block(services, room, "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        await expect(theirs.board).not_to_contain_text(name)


async def test_a_name_that_is_saved_late_leaves_the_dialog_alone(
    services: Services, browser: Browser
) -> None:
    """While it is being saved the page says so; who opened the dialog again goes on typing."""
    async with (
        running_game(services) as (_, room),
        play_page(browser, services, room.room_id) as viewer,
    ):
        saving = asyncio.Event()

        async def save_late(route: Route) -> None:
            await saving.wait()
            await route.continue_()

        await viewer.page.route("**/set_name", save_late)
        await viewer.page.get_by_role("button", name="Add your name").click()
        dialog = viewer.page.get_by_role("dialog", name="Your name")
        await dialog.get_by_label("Name").fill("Mika")
        await dialog.get_by_role("button", name="Save").click()
        save = dialog.get_by_role("button", name="Saving…")
        await expect(save).to_have_attribute("aria-disabled", "true")
        await expect(save).to_be_focused()
        await viewer.page.keyboard.press("Escape")
        await viewer.page.get_by_role("button", name="Add your name").click()
        await dialog.get_by_label("Name").fill("Kiki")
        saving.set()
        await expect(viewer.page.locator("#name")).to_have_text("Mika")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_be_hidden()
        await expect(viewer.page.locator("#name")).to_have_text("Kiki")
        await expect(viewer.page.locator("#name")).to_have_accessible_name("Kiki, change your name")


async def test_a_japanese_browser_gets_japanese(services: Services, browser: Browser) -> None:
    """Texts, buttons and the page's own language are Japanese."""
    async with (
        running_game(services) as (_, room),
        play_page(browser, services, room.room_id, language="ja-JP", phone=True) as viewer,
    ):
        await expect(viewer.page.locator("html")).to_have_attribute("lang", "ja")
        await viewer.press("スキル1", 5)
        await viewer.announces("あなた：スキル1！")
        read_out = viewer.page.get_by_role("button", name="スキル1、あと 5 回、1 回発動")
        await expect(read_out).to_be_visible()
        await expect(viewer.page.locator("#name")).to_have_text("名前を入れる")


async def test_a_narrow_phone_has_all_of_the_head(services: Services, browser: Browser) -> None:
    """Nothing touches anything."""
    async with (
        running_game(services) as (_, room),
        play_page(browser, services, room.room_id, phone=True) as viewer,
    ):
        await viewer.page.set_viewport_size({"width": 320, "height": 640})
        name = viewer.page.locator("#name")
        await expect(name).to_be_visible()
        title, button = [
            await part.bounding_box() for part in (viewer.page.locator("#title"), name)
        ]
        assert title is not None
        assert button is not None
        assert button["x"] - (title["x"] + title["width"]) >= 4


async def test_the_head_has_one_height_on_phones(services: Services, browser: Browser) -> None:
    """Whatever the room and the viewer are called, before and in a round."""
    heights = set()
    for title in ("Duel", "An evening with dragons, friends and quite a lot of cake"):
        room = await room_with(services, title=title, buttons=[button("wave", "Wave")])
        async with play_page(browser, services, room.room_id, phone=True) as viewer:
            head = viewer.page.locator(".head")
            await viewer.heading("You’re in.")
            for width in (320, 390):
                await viewer.page.set_viewport_size({"width": width, "height": 640})
                heights.add(await head.evaluate(HEIGHT))
            async with game_of(room):
                await expect(viewer.key("Wave")).to_be_visible()
                await viewer.page.locator("#name").evaluate(LONG_NAME)
                for width in (320, 390):
                    await viewer.page.set_viewport_size({"width": width, "height": 640})
                    heights.add(await head.evaluate(HEIGHT))
                    assert await viewer.page.evaluate(WIDTH) == width
    assert len(heights) == 1, heights


async def test_joining_is_read_out_only_where_it_lasts(
    services: Services, browser: Browser
) -> None:
    """Who hears the page is not told of what is over before it has been said."""
    async with running_game(services) as (_, room), opened_page(browser) as page:
        await stand(page)
        await page.route("**/api/**", lambda _: None)  # nothing is ever answered
        await load(page, f"{services.api.url}/play/{room.room_id}")
        await page.clock.run_for(100)
        await PlayPage(page).announces("Joining the room")
        await page.clock.run_for(3_000)
        await expect(page.get_by_role("status")).to_have_text("")
        await page.clock.run_for(2_000)
        await expect(page.get_by_role("status")).to_have_text("Joining the room…")


async def test_who_wants_less_motion_gets_none(services: Services, browser: Browser) -> None:
    """A press and a trigger are felt by fading alone: nothing moves or grows."""
    async with running_game(services) as (game, room), opened_page(browser) as page:
        await go(page, f"{services.api.url}/play/{room.room_id}")
        viewer = PlayPage(page)
        await page.evaluate(NOTE_ANIMATIONS)
        await viewer.press("Skill 1", 5)
        await game.next_of(GameEvent)
        await viewer.shows("Skill 1", "5 more, fired once")
        animated: list[str] = await page.evaluate("animated")
        assert set(animated) == {"opacity"}


async def test_hostile_settings_and_any_colour_stay_legible_text(
    services: Services, browser: Browser
) -> None:
    """Markup in titles and captions is text, and every colour keeps its caption readable."""
    markup = "<img src=x onerror=alert(1)>"
    buttons = [button(f"b{n}", f"{markup[:30]} {n}", color=color) for n, color in enumerate(COLORS)]
    room = await room_with(services, title=markup, buttons=buttons)
    async with game_of(room), play_page(browser, services, room.room_id, phone=True) as viewer:
        await viewer.heading(markup)
        await viewer.press(f"{markup[:30]} 1", 3)
        await expect(viewer.page.locator("img:not(#logo)")).to_have_count(0)
        await viewer.has_no_grave_findings()
        await viewer.page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
        assert await viewer.page.evaluate("() => document.documentElement.scrollWidth") <= 390


async def test_an_update_touches_only_the_button_that_changed(
    services: Services, browser: Browser
) -> None:
    """Of many buttons, those that stay as they were cost a slow phone nothing."""
    room = await room_with(services, buttons=[button(f"b{n}", f"Button {n}") for n in range(24)])
    async with (
        game_of(room),
        play_page(browser, services, room.room_id, phone=True) as viewer,
        viewers(services.api, 1) as (other,),
    ):
        await viewer.shows("Button 23", "5 more")
        await viewer.page.evaluate(NOTE_CHANGES)
        await other.press(services.api, room.room_id, {"b3": 2})
        await viewer.shows("Button 3", "3 more")
        assert await viewer.page.evaluate("() => [...changed]") == ["Button 3"]


def test_rules_of_style_sheets_stand_by_themselves() -> None:
    """Browsers from before 2024 drop a rule within a rule."""
    for sheet in Path("api_service/pages/web").rglob("*.css"):
        assert not list(nested_rules(sheet.read_text())), sheet


def nested_rules(sheet: str) -> Iterator[str]:
    """What stands within another rule, but for conditions and key frames."""
    around: list[str] = []
    bare = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    for before, bracket in re.findall(r"([^{}]*)([{}])", bare):
        if bracket == "}":
            around.pop()
            continue
        if any(not outer.startswith("@") for outer in around):
            yield before
        around.append(before.strip())


HEIGHT = "node => node.offsetHeight"
LONG_NAME = "node => { node.textContent = 'Alexandrina Victoria the Third'; }"
WIDTH = "document.documentElement.scrollWidth"
NOTE_ANIMATIONS = """() => {
  globalThis.animated = [];
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (frames, options) {
    animated.push(...frames.flatMap(Object.keys).filter((key) => key !== "offset"));
    return animate.call(this, frames, options);
  };
}"""

NOTE_CHANGES = """() => {
  globalThis.changed = new Set();
  const note = (changes) => {
    for (const { target } of changes) {
      const key = (target.closest ? target : target.parentElement).closest(".key");
      changed.add(key.querySelector(".key-label").textContent);
    }
  };
  const all = { attributes: true, characterData: true, childList: true, subtree: true };
  new MutationObserver(note).observe(document.getElementById("keys"), all);
}"""
