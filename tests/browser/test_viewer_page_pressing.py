"""How buttons are pressed on the viewers' page: fingers, keyboards, assistive technology."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from playwright.async_api import Browser, Locator, Route, expect

from tests.browser.conftest import Services, go, load, opened_page
from tests.browser.phone import NOTE_SIZES, NOTE_VIBRATIONS, Place, Touch
from tests.browser.play_page import (
    PlayPage,
    button,
    counts,
    game_of,
    play_page,
    room_with,
    running_game,
)
from tests.waiting import until

SENT = 100  # ms, in which presses that fill a button are sent
BURST = 3_000  # ms, in which one has come and gone
LARGE_ROOM = {"send_every_ms": 5_000}


async def test_a_keyboard_suffices_and_a_held_key_presses_once(
    services: Services, browser: Browser
) -> None:
    """Tab reaches the buttons, Enter and Space press them; what the keyboard repeats is ignored."""
    async with (
        running_game(services) as (_, room),
        play_page(browser, services, room.room_id) as viewer,
    ):
        keyboard = viewer.page.keyboard
        await viewer.begins()
        for name in ("Sounds of triggers", "Add your name"):
            await expect(viewer.page.get_by_role("button", name=name)).to_be_visible()
        for _ in range(2):  # past the sound
            await keyboard.press("Tab")
        await keyboard.press("Enter")
        await expect(viewer.page.get_by_role("dialog")).to_be_visible()
        await keyboard.press("Escape")
        await keyboard.press("Tab")
        await expect(viewer.key("Skill 1")).to_be_focused()
        for key in ("Enter", "Space"):
            for _ in range(3):  # without a release between them: a held key
                await keyboard.down(key)
            await keyboard.up(key)
        await until(lambda: counts(services, room.room_id, "skill1", 2))
        await viewer.shows("Skill 1", "3 more")


async def test_a_finger_that_moves_the_page_presses_nothing(
    services: Services, browser: Browser
) -> None:
    """Where the buttons need scrolling, a tap presses and a swipe over the same button does not."""
    async with many_buttons(services, browser) as viewer:
        touch = await Touch.on(viewer.page)
        await touch.swipe(await place_on(viewer.key("Button 4")), up=120)
        await viewer.page.wait_for_function("() => scrollY > 50")
        await touch.swipe(await place_on(viewer.key("Button 4")), up=0)
        await viewer.shows("Button 4", "4 more")


async def test_each_finger_on_a_button_presses(services: Services, browser: Browser) -> None:
    """Two of them are two presses, whether the page may move under them or not."""
    async with many_buttons(services, browser) as viewer:
        touch = await Touch.on(viewer.page)
        key = viewer.key("Button 4")
        await touch.down(await place_on(key), await place_on(key, aside=50))
        await touch.lift()
        await viewer.shows("Button 4", "3 more")
        await expect(key).not_to_have_attribute("data-down", "")
    async with (
        running_game(services) as (_, room),
        phone(browser, services, room.room_id) as viewer,
    ):
        touch = await Touch.on(viewer.page)
        key = viewer.key("Skill 1")
        await touch.down(await place_on(key), await place_on(key, aside=50))
        await viewer.shows("Skill 1", "3 more")
        await touch.lift()
        await viewer.shows("Skill 1", "3 more")


async def test_a_tap_counts_once_though_the_page_grows_under_it(
    services: Services, browser: Browser
) -> None:
    """What it is has been decided as the finger came down."""
    async with (
        running_game(services) as (_, room),
        phone(browser, services, room.room_id) as viewer,
    ):
        touch = await Touch.on(viewer.page)
        await touch.down(await place_on(viewer.key("Skill 1")))
        await viewer.page.evaluate(
            "() => { document.documentElement.style.paddingBottom = '3000px'; }"
        )
        await touch.lift()
        await touch.swipe(await place_on(viewer.key("Enemy 1")), up=0)
        await viewer.shows("Enemy 1", "4 more")
        await viewer.shows("Skill 1", "4 more")


async def test_touches_go_through_a_burst(services: Services, browser: Browser) -> None:
    """What fills the screen makes the page no larger, and presses count from its first frame."""
    async with (
        running_game(services) as (_, room),
        phone(browser, services, room.room_id, moves=True, stands=True) as viewer,
    ):
        touch = await Touch.on(viewer.page)
        key = viewer.key("Skill 2")
        await viewer.page.wait_for_selector(".flood", state="attached")
        await viewer.page.evaluate(NOTE_SIZES)
        place = await place_on(key)
        for _ in range(7):
            await touch.swipe(place, up=0)
        burst = viewer.page.locator(".flood-burst")
        await touch.swipe(place, up=0)
        await viewer.page.clock.run_for(SENT)
        await expect(burst).to_be_visible()
        for _ in range(3):
            await touch.swipe(place, up=0)
        assert await burst.is_visible()
        await viewer.shows(
            "Skill 2", "5 more, On its way, 8 presses spent, You’re in, 3 presses yours, fired once"
        )
        await viewer.page.clock.run_for(BURST)
        await expect(burst).to_be_hidden()
        assert await viewer.page.evaluate("[...sizes]") == ["390 390 844"]


async def test_whoever_sees_little_zooms_the_page(services: Services, browser: Browser) -> None:
    """Two fingers may do so on the buttons too, and one then moves the page without pressing."""
    async with (
        running_game(services) as (_, room),
        phone(browser, services, room.room_id) as viewer,
    ):
        touch = await Touch.on(viewer.page)
        key = viewer.key("Skill 1")
        await expect(key).to_have_css("touch-action", "manipulation")
        await touch.zoom(2)
        await touch.swipe(await place_on(key), up=60)
        await viewer.page.wait_for_function("() => visualViewport.pageTop > 20")
        await viewer.shows("Skill 1", "5 more")
        await touch.zoom(1)
        await touch.swipe(await place_on(key), up=0)
        await viewer.shows("Skill 1", "4 more")


async def test_a_press_is_felt_once_the_browser_lets_it(
    services: Services, browser: Browser
) -> None:
    """Before the first touch has ended it refuses to vibrate, and would complain."""
    async with running_game(services) as (_, room), opened_page(browser, phone=True) as page:
        await page.add_init_script(NOTE_VIBRATIONS)
        await go(page, f"{services.api.url}/play/{room.room_id}")
        viewer, touch = PlayPage(page), await Touch.on(page)
        await viewer.begins()
        for _ in range(2):
            await touch.down(await place_on(viewer.key("Skill 1")))
            await touch.lift()
        await viewer.shows("Skill 1", "3 more")
        assert await page.evaluate("felt") == [8]


async def test_pressing_faster_than_counts_is_said_softly(
    services: Services, browser: Browser
) -> None:
    """Who presses far too fast is told, and what the buttons say goes on."""
    room = await room_with(services, buttons=[button("wave", "Wave", base=100, min=100, max=100)])
    async with game_of(room), play_page(browser, services, room.room_id) as viewer:
        await viewer.begins()
        # As an assistive technology clicks: without a pointer.
        await viewer.key("Wave").evaluate("key => { for (let n = 0; n < 260; n++) key.click(); }")
        await viewer.announces("That was fast.")
        await until(lambda: _accepted_some(services, room.room_id))


async def test_presses_that_are_gathered_for_long_are_noted(
    services: Services, browser: Browser
) -> None:
    """In a large room it takes seconds until they are sent; the count shows them at once."""
    async with running_game(services) as (_, room), opened_page(browser) as page:
        await page.route_web_socket("**/ws-viewer*", lambda socket: socket.close())
        await page.route(re.compile("/(join|stats|events)$"), _say_that_the_room_is_large)
        await load(page, f"{services.api.url}/play/{room.room_id}")
        viewer = PlayPage(page)
        await viewer.shows("Skill 1", "5 more")
        await viewer.press("Skill 1", times=2)
        await viewer.announces("2 presses noted, sent soon.")
        await viewer.shows("Skill 1", "3 more")
        await until(lambda: counts(services, room.room_id, "skill1", 2))


async def _say_that_the_room_is_large(route: Route) -> None:
    answer = await route.fetch()
    body = await answer.json()
    stats = body.get("stats", {}) if route.request.url.endswith("/join") else body
    stats.update(LARGE_ROOM)
    await route.fulfill(response=answer, json=body)


@asynccontextmanager
async def phone(
    browser: Browser,
    services: Services,
    room_id: str,
    *,
    moves: bool = False,
    stands: bool = False,
) -> AsyncIterator[PlayPage]:
    """A phone with the default buttons, which all fit on it."""
    async with play_page(
        browser, services, room_id, phone=True, moves=moves, stands=stands
    ) as viewer:
        await viewer.begins()
        yield viewer


@asynccontextmanager
async def many_buttons(services: Services, browser: Browser) -> AsyncIterator[PlayPage]:
    """A phone with more buttons than fit on it."""
    room = await room_with(services, buttons=[button(f"b{n}", f"Button {n}") for n in range(24)])
    async with game_of(room), play_page(browser, services, room.room_id, phone=True) as viewer:
        await viewer.begins()
        yield viewer


async def place_on(key: Locator, aside: float = 0) -> Place:
    """A place on a button, so many px aside of another one."""
    box = await key.bounding_box()
    assert box is not None
    return box["x"] + 40 + aside, box["y"] + 40


async def _accepted_some(services: Services, room_id: str) -> bool:
    async with httpx.AsyncClient() as http:
        stats = (await http.get(f"{services.api.url}/api/rooms/{room_id}/stats")).json()["stats"]
    return any(stat["current_count"] for stat in stats)
