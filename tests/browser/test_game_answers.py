"""What the game says of its triggers and its buttons, on the viewers' page and the overlay."""

import re

import pytest
from playwright.async_api import Browser, expect

from shared.wire.game_messages import (
    Available,
    GameEnd,
    GameEndSummary,
    GameEvent,
    Pause,
    Resume,
)
from tests.browser.conftest import Services, go, opened_page
from tests.browser.overlay_page import COUNT, overlay
from tests.browser.page_time import pass_until, stand
from tests.browser.play_page import (
    Opened,
    PlayPage,
    button,
    change,
    counts,
    game_of,
    play_page,
    room_with,
    set_name,
    tell,
)
from tests.countdown import end_countdown
from tests.flow.play import Viewer, viewers
from tests.waiting import until
from tests.ws_gateway.game_end import Game

REASON = "There is no enemy in sight"
BUTTONS = [button("wave", "Wave", icon="🌊"), button("gift", "Gift", icon="🎁")]
BURST = 3_000  # ms, in which one has come and gone
MOMENT = 10_000  # ms; nothing that shows for a while shows for longer
SIZES = "() => [...document.querySelectorAll('.key')].map((key) => key.getBoundingClientRect().top)"


async def test_an_effect_counts_down_until_it_is_done(services: Services, browser: Browser) -> None:
    """Who set it off, how long it lasts, and how many do; pages that come later see it, too."""
    room = await room_with(services, buttons=BUTTONS)
    async with (
        game_of(room) as game,
        viewers(services.api, 1) as (mika,),
        play_page(browser, services, room.room_id, stands=True) as viewer,
    ):
        await set_name(services, mika, "Mika")
        await viewer.shows("Wave", "5 more")
        first = await fire(services, room, game, mika)
        second = await fire(services, room, game, mika)
        await tell(game, first, "started", duration_ms=600_000)
        tape = viewer.key("Wave").locator(".key-tape")
        await expect(tape).to_have_text(re.compile(r"^\s*It’s onMika\s+[56]\d\d\s*$"))
        await expect(viewer.key("Wave")).to_have_accessible_name(
            re.compile(r"[56]\d\d s left of Mika’s")
        )
        await expect(viewer.key("Wave").locator(".key-time")).to_have_css("opacity", "1")
        await tell(game, second, "started", duration_ms=300_000)
        await expect(viewer.key("Wave")).to_contain_text(re.compile(r"It’s on×2 · Mika\s+[56]\d\d"))
        await viewer.has_no_grave_findings()
        async with play_page(browser, services, room.room_id) as late:
            await expect(late.key("Wave")).to_contain_text(
                re.compile(r"It’s on×2 · Mika\s+[56]\d\d")
            )
        await tell(game, first, "done")
        await expect(tape).to_contain_text("Done")
        await viewer.page.clock.run_for(MOMENT)
        await expect(viewer.key("Wave")).to_have_accessible_name(
            re.compile(r"[23]\d\d s left of Mika’s, fi")
        )
        await expect(tape).to_contain_text("Mika")
        await change(services, room, show_names=False)
        await expect(tape).not_to_contain_text("Mika")
        await tell(game, second, "done")
        await expect(tape).to_contain_text("Done")
        await viewer.press("Wave", 2)
        await viewer.shows("Wave", "3 more, Done")
        await viewer.page.clock.run_for(MOMENT)
        await viewer.shows("Wave", "3 more, You’re in, 2 presses yours, fired 2 times")


async def test_a_countdown_ends_by_itself(services: Services, browser: Browser) -> None:
    """Where the game says no more, and without motion for those who want none; on streams too."""
    room = await room_with(services, buttons=BUTTONS)
    async with (
        game_of(room) as game,
        viewers(services.api, 1) as (someone,),
        opened_page(browser) as page,
        opened_page(browser) as stream,
    ):
        for shown, path in ((page, "play"), (stream, "overlay")):
            await stand(shown)
            await go(shown, f"{services.api.url}/{path}/{room.room_id}")
        key, bar = PlayPage(page).key("Wave"), stream.locator(".bar").first
        await expect(key).to_be_visible()
        await expect(bar).to_be_visible()
        await tell(game, await fire(services, room, game, someone), "started", duration_ms=40_000)
        await expect(key).to_have_attribute("data-state", "lasting")
        await stream.clock.run_for(BURST)
        await expect(bar.locator(COUNT)).to_have_text(re.compile(r"^It's on · [34]\d\ss$"))
        await expect(key.locator(".key-time")).to_have_css("transition-property", "none")
        await page.clock.run_for(20_000)
        await stream.clock.run_for(20_000 - BURST)
        await expect(bar.locator(COUNT)).to_have_text(re.compile(r"^It's on · [12]\d\ss$"))
        await expect(bar.locator(".bar-time")).to_have_css(
            "transform", re.compile(r"matrix\(0\.[345]")
        )
        await expect(key.locator(".key-tape .number")).to_have_text(re.compile(r"^[12]\d$"))
        await expect(key.locator(".key-time")).to_have_css(
            "transform", re.compile(r"matrix\(0\.[345]")
        )
        await page.clock.run_for(25_000)
        await stream.clock.run_for(25_000)
        await expect(key).to_have_attribute("data-state", "more")
        await expect(bar).to_have_attribute("data-state", "more")
        await expect(bar.locator(COUNT)).to_have_text("5 more")


async def test_what_did_not_work_is_said_with_its_reason(
    services: Services, browser: Browser
) -> None:
    """And the presses are back in the button, before everybody's eyes and ears."""
    room = await room_with(services, buttons=BUTTONS)
    async with (
        game_of(room) as game,
        viewers(services.api, 1) as (someone,),
        play_page(browser, services, room.room_id, stands=True) as viewer,
        overlay(browser, services, room.room_id, stands=True) as stream,
    ):
        await viewer.shows("Wave", "5 more")
        event = await fire(services, room, game, someone)
        await viewer.announces("Wave!")
        places = await viewer.page.evaluate(SIZES)
        await tell(game, event, "failed", reason=REASON)
        told = f"Wave fizzled: {REASON}. 5 presses are back."
        bar = stream.locator(".bar").first
        await viewer.shows("Wave", f"1 more, Did not work: {REASON}, fired once")
        await expect(bar.locator(COUNT)).to_have_text("Did not work")
        # What it had to tell before has its time.
        await viewer.page.clock.run_for(MOMENT)
        await viewer.announces(f"Wave fizzled: {REASON}.5 presses are back.")
        await viewer.reads_out(told)
        assert await viewer.page.evaluate(SIZES) == places
        await viewer.has_no_grave_findings()
        for page in (viewer.page, stream):
            await page.clock.run_for(MOMENT)
        await viewer.shows("Wave", "1 more!, next press fires it")
        await expect(bar.locator(COUNT)).to_have_text("1 more!")
        await viewer.press("Wave")

        async def is_on_its_way() -> bool:
            return await viewer.key("Wave").get_attribute("data-state") == "sent"

        await pass_until(viewer.page, is_on_its_way)
        late = await game.next_of(GameEvent)
        await game.say(GameEnd())
        await game.next_of(GameEndSummary)
        await game.start()
        await end_countdown(services.redis_url, room.room_id)

        async def is_open_again() -> bool:
            return await viewer.key("Wave").get_attribute("data-state") == "more"

        await pass_until(viewer.page, is_open_again)  # the page may hear of the round late
        await expect(viewer.key("Wave")).to_have_accessible_name("Wave, 5 more")
        await tell(game, late, "failed", reason=REASON)
        await fire(services, room, game, someone)  # viewers hear of it after the failure

        async def is_fired_again() -> bool:
            return "fired once" in await viewer.key("Wave").aria_snapshot()

        await pass_until(viewer.page, is_fired_again)  # a page may ask first, after a second
        assert REASON not in await viewer.key("Wave").inner_text()
        assert REASON not in await bar.inner_text()


async def test_a_button_that_the_game_cannot_use_says_not_now(
    services: Services, browser: Browser
) -> None:
    """It gives the reason, and invites no presses, until it can be used or the round is over."""
    room = await room_with(services, buttons=BUTTONS)
    async with (
        game_of(room) as game,
        play_page(browser, services, room.room_id) as viewer,
        overlay(browser, services, room.room_id) as stream,
    ):
        await viewer.press("Gift", 2)
        await viewer.shows("Gift", "3 more")
        await game.say(Available("wave", available=False, reason=REASON))
        await viewer.shows("Wave", f"5 more, Not now, {REASON}")
        await expect(viewer.key("Wave")).to_be_disabled()
        await viewer.reads_out("Not now: Wave")
        await expect(stream.locator(".bar").first.locator(COUNT)).to_have_text(REASON)
        await viewer.has_no_grave_findings()
        await presses_in_vain(viewer, "Wave")
        await game.say(Available("wave", available=True))
        await viewer.press("Wave")
        await viewer.shows("Wave", "4 more")
        await viewer.reads_out("pressed again")
        await until(lambda: counts(services, room.room_id, "wave", 1))
        await game.say(Available("wave", available=False))
        await viewer.shows("Wave", "4 more, Not now")
        await game.say(GameEnd())
        await viewer.heading("What a round!")
        await game.start()
        await expect(viewer.key("Wave")).to_be_enabled()
        await expect(viewer.key("Wave")).not_to_contain_text("Not now")


async def test_while_paused_every_button_says_so(services: Services, browser: Browser) -> None:
    """None invites presses, and each goes on from where it was."""
    room = await room_with(services, buttons=BUTTONS)
    async with game_of(room) as game, play_page(browser, services, room.room_id) as viewer:
        await viewer.press("Wave", 2)
        await viewer.shows("Wave", "3 more")
        await game.say(Pause())
        await viewer.shows("Wave", "3 more, Paused, your presses are kept")
        await viewer.shows("Gift", "5 more, Paused, until it goes on")
        await viewer.announces("Paused. Wait until it goes on.")
        await viewer.has_no_grave_findings()
        await presses_in_vain(viewer, "Wave")
        await game.say(Resume())
        await viewer.press("Wave")
        await viewer.shows("Wave", "2 more")


@pytest.mark.parametrize("language", ["en-US", "ja-JP"])
async def test_what_the_game_says_fits_on_any_phone(
    services: Services, browser: Browser, language: str
) -> None:
    """The longest reason moves no button, and nothing is wider than the page."""
    reason = "うまく届きませんでした、もう一度お願いします。" * 3
    room = await room_with(services, buttons=BUTTONS)
    async with (
        game_of(room) as game,
        viewers(services.api, 1) as (someone,),
        play_page(
            browser, services, room.room_id, language=language, phone=True, stands=True
        ) as viewer,
    ):
        page = viewer.page
        for width, height in ((390, 844), (320, 568)):
            await page.set_viewport_size({"width": width, "height": height})
            await expect(page.locator(".key").first).to_be_visible()
            places = await page.evaluate(SIZES)
            event = await fire(services, room, game, someone)
            await tell(game, event, "failed", reason=reason)
            await expect(page.locator(".key").first).to_have_attribute("data-state", "failed")
            await game.say(Available("gift", available=False, reason=reason))
            await expect(page.locator(".key").last).to_have_attribute("data-state", "unavailable")
            assert await page.evaluate(SIZES) == places
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            await viewer.has_no_grave_findings()
            await game.say(Available("gift", available=True))
            await page.clock.run_for(MOMENT)
            await expect(page.locator(".key").first).to_have_attribute("data-state", "next")
            await someone.press(services.api, room.room_id, {"wave": 1})
            await game.next_of(GameEvent)
            await someone.press(services.api, room.room_id, {"wave": 4})
            await game.next_of(GameEvent)


async def test_results_say_what_the_game_did(services: Services, browser: Browser) -> None:
    """How many were done, how many did not work, and how many presses came back."""
    room = await room_with(services, buttons=BUTTONS)
    async with (
        game_of(room) as game,
        viewers(services.api, 1) as (someone,),
        play_page(browser, services, room.room_id, phone=True) as viewer,
    ):
        await tell(game, await fire(services, room, game, someone), "done")
        await tell(game, await fire(services, room, game, someone), "failed")
        await game.say(GameEnd())
        total = viewer.page.locator("#totals li").first
        await expect(total).to_contain_text("Wave10")
        await expect(total).to_contain_text("1 done · 1 did not work, 5 presses came back")


async def fire(services: Services, room: Opened, game: Game, viewer: Viewer) -> GameEvent:
    """A trigger of the first button."""
    await viewer.press(services.api, room.room_id, {"wave": 5})
    return await game.next_of(GameEvent)


async def presses_in_vain(viewer: PlayPage, caption: str) -> None:
    """Press by mouse, by key and by assistive technology: nothing moves, and nothing counts."""
    key = viewer.key(caption)
    name, popped = key.locator("[data-part=name]"), key.locator(".key-pop")
    before = [await part.text_content() or "" for part in (name, popped)]
    await key.hover()
    await viewer.page.mouse.down()
    await expect(key).not_to_have_attribute("data-down", "")
    await viewer.page.mouse.up()
    await key.focus()
    await viewer.page.keyboard.press("Enter")
    await key.dispatch_event("click")
    assert [await part.text_content() for part in (name, popped)] == before
