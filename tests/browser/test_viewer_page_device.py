"""What the viewers' page does with a device: number keys, a screen that stays on, a tab's title."""

from typing import Final

import pytest
from playwright.async_api import Browser, expect

from shared.wire.game_messages import GameEnd, GameStart
from tests.browser.conftest import Services, go, open_context, opened_page
from tests.browser.phone import HIDE
from tests.browser.play_page import PlayPage, button, counts, game_of, play_page, room_with
from tests.waiting import until

BUTTONS: Final = [button(f"b{n}", f"Button {n}") for n in range(1, 11)]
BEGUN: Final = {"en-US": "▶ It has begun! Dragon Night", "ja-JP": "▶ 始まりました！ Dragon Night"}
NUMBER_KEYS: Final = {
    "en-US": "Number keys press the buttons",
    "ja-JP": "数字キーでボタンを押す",
}
LOOK_AWAY: Final = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
NOTE_LOCKS: Final = """
globalThis.locks = { held: 0, asked: 0 };
Object.defineProperty(navigator, "wakeLock", {
  value: {
    async request(kind) {
      locks.asked += 1;
      if (kind !== "screen" || document.hidden) throw new DOMException("", "NotAllowedError");
      locks.held += 1;
      const lock = new EventTarget();
      const release = async () => {
        document.removeEventListener("visibilitychange", hide);
        locks.held -= 1;
        lock.dispatchEvent(new Event("release"));
      };
      const hide = () => document.hidden && release();
      document.addEventListener("visibilitychange", hide);
      return Object.assign(lock, { release });
    },
  },
});
"""


@pytest.mark.parametrize("language", ["en-US", "ja-JP"])
async def test_number_keys_press_buttons_until_they_are_switched_off(
    services: Services, browser: Browser, language: str
) -> None:
    """Where there is a keyboard the buttons say so. What is typed into a field presses nothing."""
    room = await room_with(services, buttons=BUTTONS)
    async with (
        game_of(room),
        play_page(browser, services, room.room_id, language=language) as viewer,
    ):
        await viewer.page.set_viewport_size({"width": 1440, "height": 900})
        hints = viewer.page.locator(".key-face > .key-words .key-hint")
        await expect(hints).to_have_text([*"123456789", ""])
        await expect(hints.first).to_be_visible()
        keyboard = viewer.page.keyboard
        await viewer.begins()
        await viewer.page.locator("#name").click()
        await viewer.page.locator("#name-field").press("4")
        await expect(viewer.page.locator("#name-field")).to_have_value("4")
        await keyboard.press("Escape")
        await keyboard.press("5")
        await until(lambda: counts(services, room.room_id, "b5", 1))
        switch = viewer.page.get_by_role("checkbox", name=NUMBER_KEYS[language])
        await switch.uncheck()
        await viewer.page.reload()
        await expect(viewer.key("Button 6")).to_be_visible()
        await expect(switch).not_to_be_checked()
        await keyboard.press("6")
        await switch.check()
        await keyboard.press("7")
        await until(lambda: counts(services, room.room_id, "b7", 1))
        for untouched in ("b4", "b6"):
            assert await counts(services, room.room_id, untouched, 0)
        await viewer.has_no_grave_findings()


async def test_a_phone_shows_no_key_to_press(services: Services, browser: Browser) -> None:
    room = await room_with(services, buttons=BUTTONS)
    phone = {"width": 390, "height": 844}
    async with (
        game_of(room),
        open_context(browser, has_touch=True, is_mobile=True, viewport=phone) as context,
    ):
        page = await context.new_page()
        await go(page, f"{services.api.url}/play/{room.room_id}")
        await PlayPage(page).begins()
        await expect(page.locator(".key-hint").first).to_be_hidden()
        await expect(page.get_by_role("checkbox")).to_have_count(0)
        await page.keyboard.press("1")  # could not be switched off
        await page.locator(".key").nth(1).tap()
        await until(lambda: counts(services, room.room_id, "b2", 1))
        assert await counts(services, room.room_id, "b1", 0)


async def test_the_screen_stays_on_while_a_round_runs(services: Services, browser: Browser) -> None:
    """As long as somebody looks at the page; and again once they come back to it."""
    room = await room_with(services, buttons=BUTTONS)
    async with game_of(room) as game, opened_page(browser, phone=True) as page:
        await page.add_init_script(NOTE_LOCKS)
        await go(page, f"{services.api.url}/play/{room.room_id}")
        await page.wait_for_function("() => locks.held === 1")
        await page.evaluate(LOOK_AWAY, True)
        await page.wait_for_function("() => locks.held === 0")
        await page.evaluate(LOOK_AWAY, False)
        await page.wait_for_function("() => locks.held === 1")
        await game.say(GameEnd())
        await page.wait_for_function("() => locks.held === 0")
        assert await page.evaluate("locks.asked") == 2


async def test_a_browser_that_keeps_no_screen_on_still_plays(
    services: Services, browser: Browser
) -> None:
    """Where there is no such thing, or it is refused, as with a low battery."""
    room = await room_with(services, buttons=BUTTONS)
    refusing = "{ request: () => Promise.reject(new DOMException('', 'NotAllowedError')) }"
    for there in ("undefined", refusing):
        async with game_of(room), opened_page(browser, phone=True) as page:
            await page.add_init_script(
                f"Object.defineProperty(navigator, 'wakeLock', {{ value: {there} }})"
            )
            await go(page, f"{services.api.url}/play/{room.room_id}")
            await expect(PlayPage(page).key("Button 1")).to_be_visible()


@pytest.mark.parametrize("language", ["en-US", "ja-JP"])
async def test_a_tab_in_the_background_says_that_the_round_began(
    services: Services, browser: Browser, language: str
) -> None:
    """Until somebody looks; and it says nothing to whoever does already."""
    room = await room_with(services, title="Dragon Night", buttons=BUTTONS)
    async with play_page(browser, services, room.room_id, language=language) as viewer:
        page = viewer.page
        await expect(page).to_have_title("Dragon Night")
        await page.evaluate(HIDE, True)
        async with game_of(room) as game:
            await expect(page).to_have_title(BEGUN[language])
            await page.evaluate(LOOK_AWAY, False)
            await expect(page).to_have_title("Dragon Night")
            await game.say(GameEnd())
            await page.wait_for_function("() => document.body.dataset.screen === 'ended'")
            await game.say(GameStart())
            await expect(viewer.key("Button 1")).to_be_visible()
            await expect(page).to_have_title("Dragon Night")
