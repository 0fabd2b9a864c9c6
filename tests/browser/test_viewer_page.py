"""The viewers' page through a room's life, in a real browser; and what the game gets of it."""

import asyncio
import re

from playwright.async_api import Browser, Page, Route, expect

from shared.wire.game_messages import GameEnd, GameEvent, GameStart, Pause, Resume, RoomCreated
from tests.browser import told
from tests.browser.conftest import Services, load, opened_page
from tests.browser.phone import HIDE
from tests.browser.play_page import (
    PlayPage,
    button,
    change,
    counts,
    game_of,
    play_page,
    results_pending,
    room_with,
    running_game,
)
from tests.flow.play import viewers
from tests.room_keys import new_room_id
from tests.waiting import until
from tests.ws_gateway.game_end import connected


async def test_a_press_reaches_every_page_and_a_full_button_the_game(
    services: Services, browser: Browser
) -> None:
    """A press moves the bar on all pages, and the last one is announced to all and to the game."""
    async with (
        running_game(services) as (game, room),
        play_page(browser, services, room.room_id, phone=True) as mine,
        play_page(browser, services, room.room_id) as theirs,
    ):
        await expect(mine.page.locator("#viewers")).to_have_text("2 here")
        await mine.press("Skill 1", 2)
        await mine.shows("Skill 1", "3 more")
        await theirs.shows("Skill 1", "3 more")
        await expect(theirs.key("Skill 1").locator(".key-fill")).to_have_css(
            "transform", re.compile(r"matrix\(1, 0, 0, 1, 0, [1-9]")
        )
        await theirs.press("Skill 1", 3)
        event = await game.next_of(GameEvent)
        assert (event.event_type, event.trigger_count) == ("skill1", 5)
        await mine.announces("Skill 1!")
        await theirs.announces("Skill 1!")
        await mine.reads_out("Skill 1!")
        await mine.shows("Skill 1", "5 more, fired once")


async def test_where_the_first_press_opens_the_round_the_buttons_are_there_before(
    services: Services, browser: Browser
) -> None:
    """A game that never says that it starts: the page asks for no more than the game does."""
    url = f"{services.gateway.url.replace('http', 'ws', 1)}/ws-unity"
    async with connected(url) as game:
        room = await game.next_of(RoomCreated)
        async with play_page(browser, services, room.room_id) as viewer:
            await viewer.shows("Skill 1", "5 more")
            await viewer.announces("Press together")
            await viewer.has_no_grave_findings()
            await viewer.press("Skill 1", 5)
            assert (await game.next_of(GameEvent)).event_type == "skill1"
            await viewer.shows("Skill 1", "5 more, fired once")


async def test_the_buttons_wait_for_the_game_that_the_first_press_would_start(
    services: Services, browser: Browser
) -> None:
    room = await room_with(services, starts="press", buttons=[button("wave", "Wave")])
    async with play_page(browser, services, room.room_id) as viewer:
        await viewer.heading("You’re in.")
        await expect(viewer.page.locator("#viewers")).to_have_text("1 here")
        async with connected(f"{room.ws_url}?room_id={room.room_id}&token={room.room_token}"):
            await viewer.press("Wave", 2)
            await until(lambda: counts(services, room.room_id, "wave", 2))


async def test_the_page_follows_the_room_from_before_the_game_to_a_pause(
    services: Services, browser: Browser
) -> None:
    """Before the game it says what will happen; paused, what is full waits for a press after it."""
    room = await room_with(services, title="Dragon Night", buttons=[button("wave", "Wave")])
    async with (
        play_page(browser, services, room.room_id) as viewer,
        viewers(services.api, 1) as (other,),
    ):
        await viewer.heading("Dragon Night")
        await viewer.heading("You’re in.")
        await expect(viewer.page.locator("#preview")).to_contain_text("Wave")
        here = viewer.page.locator(".gather .crowd")
        await expect(here).to_have_text(re.compile(r"^1\s+here, and more on the way$"))
        panel = viewer.page.locator(".gather .panel")
        tall = await panel.evaluate("node => node.offsetHeight")
        async with play_page(browser, services, room.room_id, language="ja-JP") as another:
            await expect(here).to_contain_text("2")
            await expect(another.page.locator(".gather .crowd")).to_have_text(
                re.compile(r"^2\s+人が集まりました$")
            )
        assert await panel.evaluate("node => node.offsetHeight") == tall
        await viewer.has_no_grave_findings()
        async with game_of(room) as game:
            await viewer.shows("Wave", "5 more")
            await game.say(Pause())
            await viewer.announces("Paused")
            assert (await other.press(services.api, room.room_id, {"wave": 6})).accepted == 5
            await viewer.shows("Wave", "1 more, Paused")
            await game.say(Resume())
            await viewer.shows("Wave", "1 more!, next press fires it")
            await viewer.press("Wave")
            assert (await game.next_of(GameEvent)).trigger_count == 5
            await viewer.shows("Wave", "4 more, You’re in, 1 press yours, fired once")


async def test_settings_change_on_the_page_at_once(services: Services, browser: Browser) -> None:
    """A button that is switched off says so and cannot be pressed; one that cools down counts."""
    room = await room_with(services, buttons=[button("wave", "Wave", cooldown_ms=60_000)])
    async with game_of(room), play_page(browser, services, room.room_id) as viewer:
        await viewer.press("Wave", 5)
        await expect(viewer.key("Wave")).to_contain_text(re.compile(r"in \d+ s"))
        renamed = [button("wave", "Tide", enabled=False), button("gift", "Gift", icon="🎁")]
        await change(services, room, buttons=renamed, title="Second half")
        await viewer.shows("Gift", "5 more")
        await viewer.heading("Second half")
        await expect(viewer.key("Tide")).to_be_disabled()
        await expect(viewer.key("Tide")).to_contain_text("Asleep")


async def test_settings_change_before_the_game(services: Services, browser: Browser) -> None:
    """Also where a button gets another colour and nothing else."""
    room = await room_with(services, buttons=[button("wave", "Wave", color="#ff0000")])
    async with play_page(browser, services, room.room_id) as viewer:
        swatch = viewer.page.locator("#preview li")
        await expect(swatch).to_have_css("background-color", re.compile(r"rgb\(255, "))
        await change(services, room, buttons=[button("wave", "Wave", color="#00ff00")])
        await expect(swatch).to_have_css("background-color", "rgb(0, 255, 0)")


async def test_a_room_that_is_not_there_is_explained(services: Services, browser: Browser) -> None:
    """Who comes too late, or by a wrong link, is told what to do."""
    async with opened_page(browser) as page:
        await load(page, f"{services.api.url}/play/{new_room_id()}")
        viewer = PlayPage(page)
        await viewer.heading("There is no such room")
        await expect(viewer.page.get_by_role("button", name="Try again")).to_be_visible()
        await viewer.has_no_grave_findings()


async def test_a_server_that_does_not_answer_is_waited_for(
    services: Services, browser: Browser
) -> None:
    """A page that gets no answer says what it does, and goes on by itself once there is one."""
    async with running_game(services) as (_, room), opened_page(browser) as page:
        await page.route("**/api/**", lambda route: route.abort())
        await load(page, f"{services.api.url}/play/{room.room_id}")
        viewer = PlayPage(page)
        await viewer.announces("Joining the room")
        await viewer.announces("No connection. Trying again")
        await page.unroute("**/api/**")
        await page.evaluate("() => { dispatchEvent(new Event('online')); }")
        await viewer.shows("Skill 1", "5 more")
        await viewer.announces("Press together")


async def test_presses_without_a_network_count_once_it_is_back(
    services: Services, browser: Browser
) -> None:
    """The page says how many presses wait; they count exactly once."""
    async with (
        running_game(services) as (_, room),
        play_page(browser, services, room.room_id) as viewer,
    ):
        await viewer.shows("Enemy 3", "17 more")
        await viewer.page.context.set_offline(True)
        await viewer.press("Enemy 3", 4)
        await viewer.announces("4 presses wait")
        await expect(viewer.page.locator("#viewers")).to_have_attribute(
            "data-connection", "offline"
        )
        await viewer.page.context.set_offline(False)
        await expect(viewer.board).not_to_contain_text("No connection")
        await until(lambda: counts(services, room.room_id, "enemy3", 4))
        await viewer.shows("Enemy 3", "13 more")


async def test_what_went_off_while_nobody_looked_is_no_news(
    services: Services, browser: Browser
) -> None:
    """Who comes back to the page after an hour is not told that hour."""
    async with (
        running_game(services) as (_, room),
        play_page(browser, services, room.room_id) as viewer,
        viewers(services.api, 1) as (other,),
    ):
        await viewer.announces("Press together")
        await viewer.page.evaluate(HIDE, True)
        await other.press(services.api, room.room_id, {"skill1": 5})
        await viewer.shows("Skill 1", "5 more, fired once")
        await viewer.page.evaluate(HIDE, False)
        await other.press(services.api, room.room_id, {"enemy1": 5})
        await viewer.announces("Enemy 1!")
        said = await told.all_of(viewer.page, "board-text")
        assert not [text for text in said if "Skill 1" in text]


async def test_the_end_shows_results_with_me_and_the_next_round_the_buttons(
    services: Services, browser: Browser
) -> None:
    """After the end one finds oneself, even below the first ten; the next round comes by itself."""
    room = await room_with(services, buttons=[button("wave", "Wave"), button("gift", "Gift")])
    async with (
        game_of(room) as game,
        viewers(services.api, 11) as others,
        play_page(browser, services, room.room_id, phone=True) as viewer,
    ):
        for other in others:
            await other.press(services.api, room.room_id, {"gift": 3})
        await viewer.press("Wave", 2)
        await until(lambda: counts(services, room.room_id, "wave", 2))
        await viewer.page.route("**/results*", results_pending)
        await game.say(GameEnd())
        await viewer.heading("What a round!")
        await expect(viewer.page.locator(".ended")).to_contain_text("are being counted")
        await viewer.page.unroute("**/results*")
        mine = viewer.page.locator(".rank[data-me]")
        await expect(mine).to_have_text("12Somebodyyou2")
        await expect(viewer.page.locator(".rank")).to_have_count(11)
        await expect(viewer.page.locator("#own")).to_have_text("12thYou, of 122 presses")
        await expect(viewer.page.locator(".stand")).to_have_count(3)
        await expect(viewer.page.locator("#totals")).to_contain_text("2 of them yours")
        await viewer.has_no_grave_findings()
        await game.say(GameStart())
        await viewer.shows("Wave", "5 more")


async def test_a_reload_after_the_end_finds_ones_own_result(
    services: Services, browser: Browser
) -> None:
    """Also where the page knows sooner how the room is than whose page it is."""
    room = await room_with(services, buttons=[button("wave", "Wave")])
    async with game_of(room) as game, play_page(browser, services, room.room_id) as viewer:
        await viewer.press("Wave", 2)
        await until(lambda: counts(services, room.room_id, "wave", 2))
        await game.say(GameEnd())
        await viewer.heading("What a round!")
        mine = viewer.page.locator(".rank[data-me]")
        await expect(mine).to_be_visible()
        late = await answered_late(viewer.page, "**/api/viewers")
        await viewer.page.reload()
        await viewer.heading("What a round!")
        late.set()
        await expect(mine).to_have_text("1Somebodyyou2")


async def test_presses_that_are_answered_after_the_end_are_mine(
    services: Services, browser: Browser
) -> None:
    """One's own total goes up with them, before the results are there."""
    room = await room_with(services, buttons=[button("wave", "Wave")])
    async with game_of(room) as game, play_page(browser, services, room.room_id) as viewer:
        await viewer.shows("Wave", "5 more")
        late = await answered_late(viewer.page, "**/events")
        await viewer.page.route("**/results*", results_pending)
        await viewer.press("Wave", 1)
        await until(lambda: counts(services, room.room_id, "wave", 1))
        await game.say(GameEnd())
        own = viewer.page.locator("#own")
        await expect(own).to_contain_text("You watched this one")
        late.set()
        await expect(own).to_have_text("You1 press")


async def answered_late(page: Page, url: str) -> asyncio.Event:
    """Have the server take what the page sends there, and answer once the event is set."""
    released = asyncio.Event()

    async def answer_late(route: Route) -> None:
        answer = await route.fetch()
        await released.wait()
        await route.fulfill(response=answer)

    await page.route(url, answer_late)
    return released
