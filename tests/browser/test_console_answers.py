"""The console's round on real servers: what buttons do, and what a game answers."""

import re

import httpx
import msgspec
from playwright.async_api import Browser, expect

from shared.wire.game_messages import Available, GameEvent
from tests.browser.conftest import Services, go, hears, load, opened_page
from tests.browser.console_page import ConsolePage, console_page
from tests.browser.play_page import Opened, counts, game_of, play_page, tell
from tests.flow.play import viewers

REASON = "There is no enemy in sight"
NEEDED = 5  # presses for a trigger, with one viewer
TIME_STANDS = "(now => { Date.now = () => now; })(Date.now())"
# What a page stores as it goes is gone, as in another window.
FORGET = """addEventListener("pagehide", () => {
  sessionStorage.removeItem("streamario.console.desk");
})"""


async def test_a_button_is_fired_once_and_switched_off(
    services: Services, browser: Browser
) -> None:
    """The streamer's own trigger is told as theirs; viewers cannot press what is off."""
    async with console_page(browser, services) as console:
        await console.stand()
        await console.open_room()
        await console.start()
        tile = console.tile("Skill 1")
        await tile.get_by_role("button", name="Fire once").click()
        await expect(console.page.locator(".latest")).to_contain_text("Skill 1")
        await expect(console.page.locator(".latest")).to_contain_text("Fired by you")
        await expect(tile.locator(".line")).to_have_text("Last: fired by you")
        await tile.get_by_role("switch").click()
        await expect(tile.locator(".says")).to_have_text("asleep")
        await expect(tile.get_by_role("button", name="Fire once")).to_be_disabled()
        async with play_page(browser, services, console.room_id) as page:
            await expect(page.key("Skill 2")).to_be_enabled()
            await expect(page.key("Skill 1")).to_be_disabled()
        await tile.get_by_role("switch").click()
        await expect(tile.locator(".lacks")).to_have_text(re.compile("more"))


async def test_triggers_are_told_once_and_stay(services: Services, browser: Browser) -> None:
    """As the room's game this page hears of each twice; a reload loses and doubles none."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room(triggers_per_minute=0)
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": 3 * NEEDED})
        assert await console.numbers(3) == [1, 2, 3]
        async with hears(console.page):
            await console.page.reload()
        await console.plays()
        await viewer.press(services.api, console.room_id, {"skill1": NEEDED})
        assert await console.numbers(4) == [1, 2, 3, 4]
        await expect(console.page.locator(".divider.gap")).to_have_count(0)


async def test_another_window_has_the_triggers_too(services: Services, browser: Browser) -> None:
    """It asks what the server has recorded, once that is so."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room(triggers_per_minute=0)
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": 2 * NEEDED})
        assert await console.numbers(2) == [1, 2]
        await console.page.evaluate(FORGET)
        await console.page.reload()
        await console.phase("running")
        assert await console.numbers(2) == [1, 2]
        await expect(console.bar.locator(".rate")).to_contain_text("2")


async def test_what_fires_while_nobody_looks_stands_in_its_round(
    services: Services, browser: Browser
) -> None:
    """The page was away, with another game at the room: the server has recorded what it missed."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room(triggers_per_minute=0)
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": NEEDED})
        assert await console.numbers(1) == [1]
        async with game_of(opened(services, console)):
            await load(console.page, "about:blank")
            await viewer.press(services.api, console.room_id, {"skill1": 2 * NEEDED})
            await command(console, "end")
            await command(console, "start")
            await viewer.press(services.api, console.room_id, {"enemy1": NEEDED})
            await go(console.page, f"{services.api.url}/console")
            await expect(console.page.locator(".latest")).to_contain_text("Enemy 1")
            await expect(console.page.locator(".trigger")).to_have_count(0)
            earlier = console.page.get_by_role("button", name="Round 1 · 3 triggers")
            await earlier.click()
            await expect(console.page.locator(".trigger")).to_have_count(3)


async def test_who_fired_is_blocked_from_the_feed(services: Services, browser: Browser) -> None:
    """From then on, presses of this viewer do not count."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room(triggers_per_minute=0)
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": NEEDED})
        await console.page.locator(".latest .who").click()
        await console.page.get_by_role("dialog").get_by_role("button", name="Block").click()
        await expect(console.page.locator(".latest")).to_contain_text("blocked")
        refused = await viewer.press(services.api, console.room_id, {"skill1": 1})
        assert refused.accepted == 0


async def test_another_games_answers_show(services: Services, browser: Browser) -> None:
    """What became of the triggers, how long effects last, and which buttons it cannot use."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room(triggers_per_minute=0)
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": NEEDED})
        assert await console.numbers(1) == [1]
        async with game_of(opened(services, console)) as game:
            await viewer.press(services.api, console.room_id, {"enemy1": NEEDED})
            later = await game.next_of(GameEvent)
            first = msgspec.structs.replace(later, seq=1)
            tile, row = console.tile("Skill 1"), console.trigger(1)
            await tell(game, first, "started", duration_ms=600_000)
            await expect(row).to_contain_text("It's on")
            await expect(tile.locator(".says")).to_have_text(re.compile(r"It's on · [56]\d\d s"))
            await tell(game, first, "failed", reason=REASON)
            await expect(row.locator(".why")).to_have_text(f"{REASON} · 5 given back")
            await expect(tile.locator(".line")).to_have_text(
                f"Did not work: 5 given back ({REASON})"
            )
            await expect(tile.locator(".says")).to_have_text("next press fires it")
            await game.say(Available("skill1", available=False, reason=REASON))
            await expect(tile.locator(".says")).to_have_text("not now")
            await expect(tile.locator(".line")).to_have_text(REASON)


async def test_a_crowd_shows_on_the_overlay_and_counts_nowhere(
    services: Services, browser: Browser
) -> None:
    """It is stopped by the same button."""
    async with console_page(browser, services) as console, opened_page(browser) as overlay:
        await console.open_room()
        await go(overlay, f"{services.api.url}/overlay/{console.room_id}")
        await console.page.evaluate(TIME_STANDS)  # it does not end by itself
        await console.page.get_by_role("button", name="Crowd of 20").click()
        await expect(overlay.locator(".burst-name").first).to_be_visible()
        await console.page.get_by_role("button", name="Stop the crowd").click()
        await expect(console.page.get_by_role("button", name="Crowd of 20")).to_be_visible()
        assert await counts(services, console.room_id, "skill1", 0)


async def command(console: ConsolePage, name: str) -> None:
    """Have the round's command done, as another window would."""
    url = f"{console.api_url}/api/rooms/{console.room_id}/round"
    async with httpx.AsyncClient() as http:
        answer = await http.post(url, json={"command": name}, headers=console.token)
    answer.raise_for_status()


def opened(services: Services, console: ConsolePage) -> Opened:
    """The console's room, as tests know rooms."""
    url = f"{services.gateway.url.replace('http', 'ws', 1)}/ws-unity"
    return Opened(console.room_id, console.room_token, url, services.redis_url)
