"""A streamer's own address: phones wait there, play there, and go on from room to room."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from shared.wire.game_messages import GameEnd
from tests.api_service.studio.handles import new_handle
from tests.browser.conftest import Services, go, load, opened_page
from tests.browser.overlay_page import overlay
from tests.browser.page_time import pass_until_seen, stand
from tests.browser.play_page import PlayPage, button, counts, game_of, play_page, room_with
from tests.browser.streamer import Streamer
from tests.waiting import until

WAVE: Final = button("wave", "Wave")
A_WHILE: Final = 30_000  # ms, after which a page has gone on if it does at all
SENT: Final = 2_000  # ms, in which presses are sent
SHOWN: Final = "() => JSON.parse(localStorage.getItem(`streamario:viewer:${location.origin}`))"


@asynccontextmanager
async def at_handle(
    browser: Browser, streamer: Streamer, language: str = "en-US"
) -> AsyncIterator[PlayPage]:
    """The page of somebody new at the streamer's address."""
    async with opened_page(browser, language=language, phone=True) as page:
        await load(page, streamer.url)
        yield PlayPage(page)


def api_requests(page: Page) -> list[str]:
    """The paths of what the page will have asked the API for."""
    paths: list[str] = []

    def note(url: str) -> None:
        path = urlsplit(url).path
        if path.startswith("/api/"):
            paths.append(path)

    page.on("request", lambda request: note(request.url))
    return paths


@pytest.mark.parametrize(
    ("language", "says"),
    [("en-US", "is not live now. This page begins by itself."), ("ja-JP", "今、配信していません")],
    ids=["English", "Japanese"],
)
async def test_a_phone_waits_for_the_streamer_and_begins_by_itself(
    services: Services, browser: Browser, language: str, says: str
) -> None:
    """At the same URL, and without loading the page again."""
    streamer = await Streamer.new(services)
    async with at_handle(browser, streamer, language) as viewer:
        await viewer.heading(f"@{streamer.handle}")
        await expect(viewer.page.locator("main")).to_contain_text(says)
        await expect(viewer.page.locator(".asleep")).to_be_visible()
        await expect(viewer.page).to_have_title(f"@{streamer.handle}")
        await viewer.has_no_grave_findings()
        await viewer.page.evaluate("globalThis.isTheSame = true")
        room = await streamer.opens(title="Boss Rush", buttons=[WAVE])
        await expect(viewer.page.locator("#title")).to_have_text("Boss Rush")
        async with game_of(room):
            await viewer.press("Wave", 2)
            await until(lambda: counts(services, room.room_id, "wave", 2))
        assert viewer.page.url == streamer.url
        assert await viewer.page.evaluate("isTheSame")


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en-US", "is not used any more. Scan the new code on the stream."),
        ("ja-JP", "は、もう使われていません。配信画面の新しいコードを読み取ってください。"),
    ],
    ids=["English", "Japanese"],
)
async def test_a_phone_at_an_address_that_its_streamer_gave_up_says_so(
    services: Services, browser: Browser, language: str, says: str
) -> None:
    """It promises no longer to begin by itself, but does where the streamer takes it back."""
    streamer = await Streamer.new(services)
    async with at_handle(browser, streamer, language) as viewer:
        await viewer.heading(f"@{streamer.handle}")
        await streamer.takes(new_handle())
        told = viewer.page.locator("#awaited")
        await expect(told).to_have_text(says)
        spoken = viewer.page.locator("#spoken")
        await expect(spoken).to_have_text(f"@{streamer.handle} {says}")
        await viewer.has_no_grave_findings()
        await streamer.takes(streamer.handle)
        await viewer.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await expect(told).not_to_have_text(says)


async def test_where_a_room_is_open_the_phone_plays_it_with_no_request_more(
    services: Services, browser: Browser
) -> None:
    """One join before the script is there, as at the room's own URL."""
    streamer = await Streamer.new(services)
    room = await streamer.opens(buttons=[WAVE])
    async with game_of(room), opened_page(browser, phone=True) as page:
        await stand(page)
        asked = api_requests(page)
        await go(page, streamer.url)
        await PlayPage(page).shows("Wave", "5 more")
        assert asked == [f"/api/rooms/{room.room_id}/join"]


async def test_who_had_no_part_in_an_ended_room_goes_on_at_once(
    services: Services, browser: Browser
) -> None:
    """As whoever scans the code of last week."""
    streamer = await Streamer.new(services)
    monday = await streamer.opens(buttons=[WAVE])
    async with game_of(monday) as game:
        await game.say(GameEnd())
        await game.settle()
        tuesday = await streamer.opens(title="Tuesday")
        async with play_page(browser, services, monday.room_id) as viewer:
            await viewer.page.wait_for_url(f"**/play/{tuesday.room_id}")
            await expect(viewer.page.locator("#title")).to_have_text("Tuesday")


async def test_who_pressed_sees_the_results_and_goes_on_as_the_same_viewer(
    services: Services, browser: Browser
) -> None:
    """The podium has its time, then there are ten seconds to stay."""
    streamer = await Streamer.new(services)
    monday = await streamer.opens(buttons=[WAVE])
    async with game_of(monday) as game, opened_page(browser, phone=True) as page:
        await stand(page)
        await go(page, f"{services.api.url}/play/{monday.room_id}")
        viewer, bar = PlayPage(page), page.get_by_role("group", name="has opened the next room")
        await viewer.press("Wave", 2)
        await page.clock.run_for(SENT)
        await until(lambda: counts(services, monday.room_id, "wave", 2))
        who = await page.evaluate(SHOWN)
        await game.say(GameEnd())
        await viewer.heading("What a round!")
        tuesday = await streamer.opens(title="Tuesday")
        await pass_until_seen(page, ".stand")
        await expect(page.locator("#own")).to_contain_text("2 presses")
        await expect(page.locator(".stand")).to_have_count(1)
        await expect(bar).to_be_hidden()
        await pass_until_seen(page, "#onward")
        await expect(bar).to_contain_text(f"@{streamer.handle} has opened the next room.")
        await viewer.has_no_grave_findings()
        await page.clock.run_for(13_000)
        await page.wait_for_url(f"**/play/{tuesday.room_id}")
        await expect(page.locator("#title")).to_have_text("Tuesday")
        assert await page.evaluate(SHOWN) == who


async def test_at_the_streamers_address_the_url_stays_from_room_to_room(
    services: Services, browser: Browser
) -> None:
    """Whoever wants to look at the results first stays, and goes later."""
    streamer = await Streamer.new(services)
    monday = await streamer.opens(buttons=[WAVE])
    async with game_of(monday) as game, opened_page(browser, phone=True) as page:
        await stand(page)
        await go(page, streamer.url)
        viewer = PlayPage(page)
        await viewer.press("Wave", 2)
        await page.clock.run_for(SENT)
        await until(lambda: counts(services, monday.room_id, "wave", 2))
        await game.say(GameEnd())
        await viewer.heading("What a round!")
        await expect(page.locator("#next-time")).to_have_text(f"Next time: {streamer.place}")
        await streamer.opens(title="Tuesday")
        await pass_until_seen(page, "#onward-stay")
        await page.get_by_role("button", name="Stay").click()
        await expect(page.get_by_role("button", name="Stay")).to_be_hidden()
        await page.get_by_role("button", name="Go now").click()
        await expect(page.locator("#title")).to_have_text("Tuesday")
        assert page.url == streamer.url


async def test_the_overlay_shows_the_streamers_address(
    services: Services, browser: Browser
) -> None:
    """In the invitation and, while a round runs, beside the bars; nobody types a code there."""
    streamer = await Streamer.new(services)
    room = await streamer.opens(buttons=[WAVE])
    async with overlay(browser, services, room.room_id) as page:
        await expect(page.locator(".join-place")).to_have_text(streamer.place)
        await expect(page.locator(".join-keys")).to_have_text(f"@{streamer.handle}")
        async with game_of(room):
            await expect(page.locator("#code")).to_be_visible()
            await expect(page.locator(".code-where")).to_have_text(streamer.place)
            await expect(page.locator(".code-letters")).to_be_hidden()


async def test_a_handle_that_nobody_has_is_explained(services: Services, browser: Browser) -> None:
    """And whoever knows the right one may type it there."""
    streamer = await Streamer.new(services)
    async with opened_page(browser) as page:
        await load(page, f"{services.api.url}/@{streamer.handle}x")
        await expect(page.get_by_role("heading")).to_have_text("There is no such room")
        await page.get_by_label("The room's code").fill(f"@{streamer.handle}")
        await page.get_by_role("button", name="Go").click()
        await page.wait_for_url(streamer.url)
        await PlayPage(page).heading(f"@{streamer.handle}")


async def test_a_room_that_nobody_else_follows_keeps_its_viewers(
    services: Services, browser: Browser
) -> None:
    """Another streamer's next room is none of theirs."""
    room = await room_with(services, buttons=[WAVE])
    async with (
        game_of(room) as game,
        play_page(browser, services, room.room_id, stands=True) as viewer,
    ):
        await viewer.begins()
        await game.say(GameEnd())
        await viewer.heading("What a round!")
        streamer = await Streamer.new(services)
        await streamer.opens(title="Another's")
        await viewer.page.clock.run_for(A_WHILE)
        await expect(viewer.page.locator("#onward")).to_be_hidden()
        assert viewer.page.url.endswith(room.room_id)
