"""The console: stopping in an emergency, the pace of buttons, and what another game answers."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
from playwright.async_api import expect

from shared.wire.game_messages import Available, GameEvent
from tests.browser.axe import grave_findings
from tests.browser.console_page import console_page
from tests.browser.play_page import Opened, change, game_of, play_page, tell
from tests.flow.play import viewers

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.conftest import Services
    from tests.browser.console_page import ConsolePage
    from tests.flow.play import Viewer

pytestmark = pytest.mark.anyio

REASON = "There is no enemy in sight"
SKILL_1 = 5  # presses for a trigger, with one viewer
CROWD = 301
WIDTH = "document.documentElement.scrollWidth"
STOPPED = "Stopped: the bars are empty."
EMPTIED_LATER = "the bars are emptied when you go on"


async def test_the_three_buttons_of_the_round(services: Services, browser: Browser) -> None:
    """Paused, the bars keep what they have; stopped, it is thrown away, and nothing fires."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room()
        await console.start()
        await expect(console.part("pause")).to_have_text("Pause")
        await expect(console.part("stop")).to_have_text("Stop and throw away")
        await viewer.press(services.api, console.room_id, {"skill1": 4, "enemy1": 3})
        await console.command("pause")
        await console.phase("paused")
        await expect(console.part("resume")).to_have_text("Go on")
        await console.shows_presses("Skill 1", "4 / 504")
        await console.command("resume")
        await console.phase("running")
        await console.command("stop")
        await console.phase("paused")
        await expect(console.part("stopped")).to_contain_text(STOPPED)
        await console.shows_presses("Skill 1", "0 / 504")
        await console.shows_presses("Enemy 1", "0 / 503")
        await goes_on_with_nothing(services, console, viewer)


async def test_a_paused_round_can_be_stopped_too(services: Services, browser: Browser) -> None:
    """At once, also right after another command; the viewers' buttons say that it is paused."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room()
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": 4})
        await console.command("pause")
        await console.command("stop")
        await expect(console.part("stopped")).to_contain_text(STOPPED)
        async with play_page(browser, services, console.room_id) as page:
            await page.shows("Skill 1", "0 of 5 presses, Paused")
        await goes_on_with_nothing(services, console, viewer)


async def test_a_stop_holds_where_the_bars_cannot_be_emptied_yet(
    services: Services, browser: Browser
) -> None:
    """And after a reload of the page, which does not know whether they could."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room()
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": 4})
        await console.page.route("**/reset", lambda route: route.abort())
        await console.command("stop")
        await console.phase("paused")
        await expect(console.part("stopped")).to_contain_text(EMPTIED_LATER)
        await console.shows_presses("Skill 1", "4 / 504")
        await console.page.reload()
        await console.connected()
        await console.phase("paused")
        await expect(console.part("stopped")).to_contain_text(EMPTIED_LATER)
        await goes_on_with_nothing(services, console, viewer)
        await console.command("pause")
        await console.phase("paused")
        await expect(console.part("stopped")).to_be_hidden()


async def test_rooms_begin_with_a_pace_that_the_settings_change(
    services: Services, browser: Browser
) -> None:
    """A button's own pace is in seconds; what is wrong is said in seconds, too."""
    async with console_page(browser, services) as console:
        await console.open_room()
        assert set(await paces(services, console)) == {0}
        await console.view("settings")
        frequency = console.field("triggers_per_minute")
        await expect(frequency).to_have_value("12")
        await console.page.locator(".button-card summary").first.click()
        needed = console.page.locator("#settings summary .threshold").first
        await expect(needed).to_have_text("At least 5 presses with 1 viewer")
        await frequency.fill("0")
        await expect(needed).to_have_text("5 presses with 1 viewer")
        await frequency.fill("7.5")
        pace = console.field("buttons[0].pace_ms")
        await expect(console.page.get_by_label("Pace (s)").first).to_be_visible()
        await pace.fill("601")
        await console.save()
        wrong = re.compile("^Must be a number from 0 to 600.")
        await expect(pace).to_have_accessible_description(wrong)
        await pace.fill("2.5")
        await console.save()
        await expect(console.page.locator(".save-bar")).to_contain_text("Saved.")
        assert (await paces(services, console))[:2] == [2_500, 0]
        assert (await room_settings_of(services, console))["triggers_per_minute"] == 7.5


@pytest.mark.parametrize(
    ("language", "note"), [("en-US", r"Ready in \d\d s"), ("ja-JP", r"あと\s\d\d\s秒")]
)
async def test_a_full_button_says_when_its_pace_lets_it_fire(
    services: Services, browser: Browser, language: str, note: str
) -> None:
    """In the words of the viewers' page; one that is not full says nothing of it."""
    async with (
        console_page(browser, services, language=language) as console,
        viewers(services.api, 1) as (viewer,),
    ):
        await console.open_room()
        await console.start()
        row = console.page.locator("#buttons tbody tr").first
        await viewer.press(services.api, console.room_id, {"skill1": SKILL_1})
        await viewer.press(services.api, console.room_id, {"skill1": 4})
        await expect(row).to_contain_text(re.compile("4 / 5"))
        await expect(row).not_to_contain_text(re.compile(note))
        await viewer.press(services.api, console.room_id, {"skill1": 5})
        await expect(row).to_contain_text(re.compile(note))
        await expect(row).to_contain_text("9 / ")


async def test_a_large_crowd_is_told_of_where_buttons_have_no_pace(
    services: Services, browser: Browser
) -> None:
    """One button gives the room twelve triggers a minute; buttons stay as they are."""
    async with console_page(browser, services) as console, viewers(services.api, CROWD) as crowd:
        await console.open_room()
        await console.start()
        buttons = await settings_of(services, console)
        buttons[0]["enabled"] = False
        buttons[1]["pace_ms"] = 5_000
        await change(services, opened(services, console), buttons=buttons, triggers_per_minute=0)
        await join(services, console.room_id, crowd[1:])
        await expect(console.part("viewers")).to_have_text("300")
        await expect(console.part("pace-hint")).to_be_hidden()
        await join(services, console.room_id, crowd)
        await expect(console.part("pace-hint")).to_contain_text("301 viewers")
        await console.page.set_viewport_size({"width": 320, "height": 740})
        assert await console.page.evaluate(WIDTH) == 320
        assert await grave_findings(console.page) == []
        await console.view("settings")
        await console.field("title").fill("Edited")
        await console.command("set-pace")
        await expect(console.part("refusal")).to_contain_text("First save your edits")
        await console.page.get_by_role("button", name="Discard edits").click()
        await console.command("set-pace")
        await expect(console.part("pace-hint")).to_be_hidden()
        await expect(console.part("refusal")).to_be_hidden()
        await expect(console.field("triggers_per_minute")).to_have_value("12")
        await console.open_button("Skill 3")
        await console.field("buttons[2].labels.en").fill("Meteor")
        await console.save()
        await expect(console.page.locator(".save-bar")).to_contain_text("Saved.")
        assert await paces(services, console) == [0, 5_000, 0, 0, 0, 0]


async def test_another_games_answers_show(services: Services, browser: Browser) -> None:
    """What became of the triggers in the feed, and which buttons that game cannot use."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room()
        await console.without_pace()
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": SKILL_1})
        assert await console.numbers(1) == [1]
        async with game_of(opened(services, console)) as game:
            await viewer.press(services.api, console.room_id, {"enemy1": SKILL_1})
            later = await game.next_of(GameEvent)
            first = msgspec.structs.replace(later, seq=1)
            row = console.page.locator("#feed tbody tr").first
            await tell(game, first, "started", duration_ms=60_000)
            await expect(row).to_contain_text("In effect")
            await expect(console.page.locator("#buttons tbody tr").first).to_contain_text(
                re.compile(r"In effect · 5\d s")
            )
            await tell(game, first, "failed", reason=REASON)
            await expect(row).to_contain_text(f"Did not work: {REASON}")
            await console.page.set_viewport_size({"width": 320, "height": 740})
            assert await console.page.evaluate(WIDTH) == 320
            await console.shows_presses("Skill 1", "5 / 515")
            await game.say(Available("skill1", available=False, reason=REASON))
            await expect(console.page.locator("#buttons tbody tr").first).to_contain_text(
                f"Not now: {REASON}"
            )


async def test_results_say_what_the_game_did(services: Services, browser: Browser) -> None:
    """Once another game has answered; otherwise there is nothing to say."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room()
        await console.without_pace()
        await console.start()
        async with game_of(opened(services, console)) as game:
            await viewer.press(services.api, console.room_id, {"skill1": 2 * SKILL_1})
            done, failed = await game.events(2)
            await tell(game, done, "done")
            await tell(game, failed, "failed", reason=REASON)
            await game.settle()
        await console.command("take-back")
        await console.connected()
        await console.end()
        await console.view("results")
        outcomes = console.part("outcomes", "#results")
        await expect(outcomes).to_have_text("✨ Skill 1115", timeout=20_000)
        await console.command("next")
        await console.phase("running")
        await console.end()
        await console.view("results")
        await expect(console.page.locator("#results [data-part=heading]")).to_contain_text("2")
        await expect(console.part("outcomes-card", "#results")).to_be_hidden()


async def goes_on_with_nothing(services: Services, console: ConsolePage, viewer: Viewer) -> None:
    """Going on, also what was pressed meanwhile is gone: the next trigger is the room's first."""
    held = await viewer.press(services.api, console.room_id, {"skill1": 3})
    assert held.accepted > 0
    await console.command("resume")
    await console.phase("running")
    await expect(console.part("stopped")).to_be_hidden()
    await console.shows_presses("Skill 1", "0 / 50")
    await viewer.press(services.api, console.room_id, {"skill1": SKILL_1})
    assert await console.numbers(1) == [1]


async def room_settings_of(services: Services, console: ConsolePage) -> dict[str, Any]:
    async with httpx.AsyncClient() as http:
        room = (await http.get(f"{services.api.url}/api/rooms/{console.room_id}")).json()
    settings: dict[str, Any] = room["settings"]
    return settings


async def settings_of(services: Services, console: ConsolePage) -> list[dict[str, Any]]:
    """The settings of the room's buttons."""
    buttons: list[dict[str, Any]] = (await room_settings_of(services, console))["buttons"]
    return buttons


async def paces(services: Services, console: ConsolePage) -> list[int]:
    return [button["pace_ms"] for button in await settings_of(services, console)]


async def join(services: Services, room_id: str, crowd: list[Viewer]) -> None:
    """Have the viewers join, many at a time."""
    url = f"{services.api.url}/api/rooms/{room_id}/join"
    async with httpx.AsyncClient() as http:
        for first in range(0, len(crowd), 50):
            some = crowd[first : first + 50]
            joining = [http.post(url, json={"viewer_id": viewer.viewer_id}) for viewer in some]
            assert all(answer.status_code == 200 for answer in await asyncio.gather(*joining))


def opened(services: Services, console: ConsolePage) -> Opened:
    """The console's room, as tests know rooms."""
    url = f"{services.gateway.url.replace('http', 'ws', 1)}/ws-unity"
    return Opened(console.room_id, console.room_token, url, services.redis_url)
