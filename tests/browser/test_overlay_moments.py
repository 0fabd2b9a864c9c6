"""The moments of a round in the overlay of a room that is only played."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from playwright.async_api import Browser, expect

from shared.wire.room_settings import Theme
from tests.browser.conftest import opened_page
from tests.browser.page_time import pass_until_seen, stand
from tests.browser.staged_room import HOME, StagedRoom, staged_button

BUTTONS = [staged_button(f"b{n}", f"Button {n}", icon="✨") for n in range(6)]


def begin(room: StagedRoom) -> None:
    """A round runs whose 3-2-1 is over."""
    started = datetime.now(UTC) - timedelta(seconds=10)
    room.be("in_game", started_at=started.isoformat())


def count_down(room: StagedRoom) -> None:
    """A round is about to begin: its 3-2-1 is as long as it may be."""
    starts = datetime.now(UTC) + timedelta(minutes=1)
    room.be("in_game", started_at=starts.isoformat())


ON_STAGE: Final = 3_000  # ms, in which a burst has come and gone, or the next one come
PICTURES_FIRST: Final = re.compile(r"^Pictures\b")  # an emoji keeps its colours
HIDE: Final = """(isHidden) => {
  Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


async def test_the_accent_of_a_theme_takes_the_place_of_amber(browser: Browser) -> None:
    async with opened_page(browser) as page:
        room = StagedRoom(page, BUTTONS, theme=Theme(accent="#00ffcc"))
        await room.open()
        begin(room)
        letters = page.locator(".code-letters")
        await expect(letters).to_have_css("color", "rgb(0, 255, 204)")


async def test_a_burst_does_not_go_on_over_the_finale(browser: Browser) -> None:
    """What waits for the stage is no news once the round is over."""
    async with opened_page(browser) as page:
        await stand(page)
        room = StagedRoom(page, BUTTONS)
        room.results["viewer_totals"] = [{"viewer_id": "1", "viewer_name": "Mika", "count": 3}]
        await room.open()
        begin(room)
        for button in BUTTONS:
            room.fire(button.event_type, "Mika")
        await expect(page.locator(".queue .key")).to_have_count(3)
        room.be("ended")
        await pass_until_seen(page, "#finale")
        await expect(page.locator(".burst")).to_be_hidden()
        await expect(page.locator(".queue > *")).to_have_count(0)
        await page.clock.run_for(ON_STAGE)
        await expect(page.locator("#overlay")).to_have_attribute("data-beat", "finale")
        await expect(page.locator(".burst")).to_be_hidden()


async def test_the_finale_says_where_to_come_next_time(browser: Browser) -> None:
    async with opened_page(browser) as page:
        await stand(page)
        room = StagedRoom(page, BUTTONS)
        room.invitation |= {"url": f"{HOME}/@luna", "handle": "luna"}
        room.results["viewer_totals"] = [{"viewer_id": "1", "viewer_name": "Mika", "count": 3}]
        await room.open(query="?show=qr")
        begin(room)
        await expect(page.locator("#qr")).to_have_text("Scan to play")
        room.be("ended")
        await pass_until_seen(page, "#finale")
        await expect(page.locator("#qr")).to_have_text("Next time: @luna")


async def test_a_burst_does_not_go_on_over_the_next_countdown(browser: Browser) -> None:
    async with opened_page(browser) as page:
        await stand(page)
        room = StagedRoom(page, BUTTONS)
        await room.open()
        begin(room)
        room.fire("b0", "Mika")
        await expect(page.locator(".burst")).to_be_visible()
        room.be("ended")
        count_down(room)
        await expect(page.locator(".start-digit")).to_be_visible()
        await expect(page.locator(".burst")).to_be_hidden()


async def test_an_emoji_keeps_its_colours_where_it_leaps(browser: Browser) -> None:
    async with opened_page(browser) as page:
        await StagedRoom(page, BUTTONS).open()
        await expect(page.locator(".leap-icon")).to_have_css("font-family", PICTURES_FIRST)


async def test_a_trigger_that_is_heard_before_the_round_goes_on_has_the_stage(
    browser: Browser,
) -> None:
    """One follows the other within a moment, and triggers are told first."""
    async with opened_page(browser) as page:
        await stand(page)
        room = StagedRoom(page, BUTTONS)
        await room.open()
        begin(room)
        room.be("in_game", paused=True)
        await expect(page.locator("#facts")).to_contain_text("Paused")
        room.fire("b0", "Mika")
        room.be("in_game", paused=False)
        await expect(page.locator(".burst")).to_be_visible()


async def test_what_waited_while_nobody_looked_is_no_news_later(browser: Browser) -> None:
    async with opened_page(browser) as page:
        await stand(page)
        room = StagedRoom(page, BUTTONS)
        await room.open()
        begin(room)
        for button in BUTTONS:
            room.fire(button.event_type, "Mika")
        await expect(page.locator(".queue .key")).to_have_count(3)
        await page.evaluate(HIDE, True)
        await page.evaluate(HIDE, False)
        await expect(page.locator(".burst")).to_be_hidden()
        await expect(page.locator(".queue > *")).to_have_count(0)
