"""The web client in a browser: the socket, closed and restored pages, network failures."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Request, Route

from shared.wire.game_messages import Pause, Resume
from tests.browser.conftest import Services, load, opened_page
from tests.browser.page_time import stand
from tests.clients.web.browser_room import BrowserRoom
from tests.clients.web.node_client import opened_client
from tests.clients.web.rooms import WebRoom, button, unopened_room
from tests.waiting import until

PRESSES = "**/events"
SILENCE = 45_000  # ms, and more than that
FRESH_FOR = 285_000  # ms that a batch may be sent
HIDE = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden" });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
NEVER = 600_000  # ms of gathering: only what flushes sends


@pytest.fixture
async def viewer(browser: Browser, services: Services, room: WebRoom) -> AsyncIterator[BrowserRoom]:
    """A new viewer with an empty page."""
    async with opened_page(browser) as page:
        yield BrowserRoom(page, services, room.room_id)


async def test_a_page_is_one_viewer(viewer: BrowserRoom) -> None:
    """A page that becomes visible while it opens joins once, which gives it an identity."""
    await stand(viewer.page)  # so that it does not join again
    asked: list[str] = []
    viewer.page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    await viewer.opened_live()
    state = await viewer.until("state.viewerCount > 0")
    assert state.viewer_count == 1
    assert (asked.count("viewers"), asked.count("join")) == (0, 1)


async def test_an_overlay_sees_who_comes_and_what_its_streamer_tries(
    browser: Browser, services: Services
) -> None:
    """A name that is set while the viewer waits comes at once, and once."""
    async with (
        unopened_room(services) as room,
        opened_page(browser) as page,
        opened_client(services.api.url, room.room_id) as viewer,
    ):
        overlay = BrowserRoom(page, services, room.room_id)
        await overlay.open(viewer=False, preview=True)
        await overlay.until("state.connection === 'live'")
        assert await viewer.call("setName", "Mika") == "Mika"
        await overlay.until("arrivals.length > 0")
        await room.preview("skill2")
        await overlay.until("previews.length > 0")
        assert await page.evaluate("arrivals") == [{"names": ["Mika"], "viewerCount": 1}]
        assert await page.evaluate("previews") == [{"eventType": "skill2", "viewerName": None}]


async def test_a_page_that_waits_for_the_round_stays_one_of_those_who_are_there(
    browser: Browser, services: Services
) -> None:
    """It joins again before the server forgets it, as long as somebody may be looking."""
    async with unopened_room(services) as room, opened_page(browser) as page:
        joined: list[str] = []
        page.on("request", lambda request: note_joining(request, joined))
        await stand(page)
        viewer = BrowserRoom(page, services, room.room_id)
        await viewer.opened_live()
        await viewer.until("state.viewerCount === 1")
        assert len(joined) == 1
        await page.clock.run_for(30_000)
        await until(lambda: has_more_than(1, joined))
        await page.evaluate(HIDE)
        until_hidden = len(joined)
        await page.clock.run_for(60_000)
        assert len(joined) == until_hidden


def note_joining(request: Request, joined: list[str]) -> None:
    if request.url.endswith("/join"):
        joined.append(request.url)


async def has_more_than(least: int, things: list[str]) -> bool:
    return len(things) > least


async def test_everybody_sees_a_press(
    viewer: BrowserRoom, services: Services, room: WebRoom
) -> None:
    """The socket shows what others press, and own presses are not shown twice."""
    await viewer.opened_live()
    async with opened_client(services.api.url, room.room_id) as other:
        await other.press("skill1", 3)
        await viewer.until("state.buttons[0].count === 3 && state.viewerCount === 2")
    for _ in range(5):
        await viewer.press("skill1", 2)
    await viewer.settled()
    counts = await viewer.page.evaluate("counts")
    assert counts == sorted(counts)
    assert counts[-1] == 13


async def test_a_trigger_is_told_with_who_tipped_it(viewer: BrowserRoom, room: WebRoom) -> None:
    """The page gets the trigger once, and the button keeps the name."""
    await room.change(buttons=[button("skill1", 3)])
    await viewer.opened_live()
    await viewer.page.evaluate("room.setName('Mika')")
    await viewer.press("skill1", 4)
    await viewer.until("triggers.length && state.buttons[0].lastTippedBy === 'Mika'")
    (trigger,) = await viewer.page.evaluate("triggers")
    assert (trigger["eventType"], trigger["viewerName"]) == ("skill1", "Mika")
    state = await viewer.settled()
    assert (state.buttons[0].level, state.count("skill1")) == (1, 1)


async def test_the_socket_tells_the_rooms_life(viewer: BrowserRoom, room: WebRoom) -> None:
    """Pause, settings, the end and the next round show as they happen."""
    await viewer.opened_live()
    await room.game.say(Pause())
    await viewer.until("state.paused")
    await room.game.say(Resume())
    await viewer.until("!state.paused")
    await room.change(title="Night", buttons=[button("enemy1")])
    await viewer.until("state.title === 'Night' && state.buttons[0].eventType === 'enemy1'")
    await viewer.press("enemy1", 2)
    await viewer.settled()
    await room.end()
    await viewer.until("state.status === 'ended'")
    await room.start()
    state = await viewer.until("state.status === 'in_game'")
    assert (state.round, state.mine, state.count("enemy1")) == (2, 0, 0)


async def test_presses_under_way_are_not_shown_twice(viewer: BrowserRoom, room: WebRoom) -> None:
    """The socket may report presses before their answer arrives."""
    told = asyncio.Event()

    async def answer_late(route: Route) -> None:
        answer = await route.fetch()
        await told.wait()
        await route.fulfill(response=answer)

    line = await viewer.tapped()
    await viewer.opened_live()
    await viewer.page.route(PRESSES, answer_late)
    await viewer.press("skill1", 5)
    await line.heard("stats_update")
    await viewer.press("skill1", 2)
    told.set()
    await viewer.settled()
    counts = await viewer.page.evaluate("counts")
    assert counts == sorted(counts)
    assert set(counts) == {0, 5, 7}


async def test_an_old_message_takes_nothing_back(viewer: BrowserRoom, room: WebRoom) -> None:
    """Late socket messages are not shown; if one was right after all, a poll finds out."""
    line = await viewer.tapped()
    await viewer.opened_live()
    old = await line.heard("stats")
    line.holds_back = True
    await viewer.press("skill1", 5)
    await viewer.settled()
    line.tell({"type": "stats_update", "stats": old["stats"], "viewer_count": 7})
    state = await viewer.until("state.viewerCount === 7")
    assert state.count("skill1") == 5
    await viewer.until("state.viewerCount === 1")
    await room.reset()
    line.tell({"type": "stats_update", "stats": old["stats"], "viewer_count": 7})
    await viewer.until("state.buttons[0].count === 0")


async def test_a_socket_that_leads_nowhere_is_left(
    viewer: BrowserRoom, services: Services, room: WebRoom
) -> None:
    """A silent socket is checked; if it missed an update, the client opens a new one."""
    await stand(viewer.page)
    line = await viewer.tapped()
    await viewer.opened_live()
    line.holds_back = True
    async with opened_client(services.api.url, room.room_id) as other:
        await other.press("skill1", 5)
        await other.settled()
    await viewer.page.clock.fast_forward(SILENCE)
    await viewer.until("state.buttons[0].count === 5")
    line.holds_back = False
    await viewer.page.clock.fast_forward(SILENCE)
    await viewer.until("state.connection === 'live'")
    assert line.openings == 2


async def test_a_page_that_goes_sends_its_presses(viewer: BrowserRoom, room: WebRoom) -> None:
    """When the page closes, it sends the presses that it is still collecting."""
    await viewer.opened_live(gatherMs=NEVER)
    await viewer.press("skill1", 3)
    await load(viewer.page, "about:blank")
    await room.has_accepted(3)


async def test_the_rounds_sum_has_what_is_answered_after_it(
    viewer: BrowserRoom, room: WebRoom
) -> None:
    """Presses whose answer arrives after the round's total are not added to it."""
    told = asyncio.Event()

    async def answer_late(route: Route) -> None:
        answer = await route.fetch()
        await told.wait()
        await route.fulfill(response=answer)

    line = await viewer.tapped()
    await viewer.opened_live()
    await viewer.page.route(PRESSES, answer_late, times=1)
    await viewer.press("skill1", 5)
    await room.has_accepted(5)
    line.holds_back = True
    await room.end()
    await viewer.press("skill1", 2)
    await viewer.page.evaluate(HIDE)
    await viewer.until("state.status === 'ended' && state.mine === 5")
    told.set()
    await viewer.page.evaluate("room.flush()")
    assert (await viewer.settled()).mine == 5


async def test_presses_that_waited_too_long_are_told(viewer: BrowserRoom, room: WebRoom) -> None:
    """The server may no longer recognise their batch: they are dropped, with an `error` event."""
    await viewer.page.clock.install()
    await viewer.opened_live()
    await viewer.page.context.route(PRESSES, lambda route: route.abort())
    await viewer.press("skill1", 3)
    await viewer.until("state.connection === 'offline'")
    await viewer.page.clock.fast_forward(FRESH_FOR)
    state = await viewer.settled()
    assert await viewer.page.evaluate("errors") == ["too_late"]
    assert state.count("skill1") == 0


async def test_offline_and_back(viewer: BrowserRoom, room: WebRoom) -> None:
    """Presses are kept while there is no network, and count once when there is."""
    await viewer.opened_live()
    await viewer.page.context.set_offline(True)
    await viewer.press("skill1", 3)
    state = await viewer.until("state.connection === 'offline'")
    assert (state.count("skill1"), state.pending) == (3, 3)
    await viewer.page.context.set_offline(False)
    await viewer.until("state.connection === 'live' && state.pending === 0")
    assert await room.accepted("skill1") == 3


async def test_two_tabs_are_one_viewer(
    viewer: BrowserRoom, services: Services, room: WebRoom
) -> None:
    """Tabs share an identity, and each sends its own presses."""
    await viewer.opened_live()
    other = BrowserRoom(await viewer.page.context.new_page(), services, room.room_id)
    await other.opened_live()
    await asyncio.gather(viewer.press("skill1", 3), other.press("skill1", 4))
    for tab in (viewer, other):
        await tab.page.bring_to_front()
        state = await tab.until("state.pending === 0 && state.buttons[0].count === 7")
        assert state.viewer_count == 1
    assert await room.accepted("skill1") == 7


async def test_what_a_tab_left_is_sent_by_one(
    viewer: BrowserRoom, services: Services, room: WebRoom
) -> None:
    """If several tabs open, one of them adopts the presses of a closed tab."""
    context = viewer.page.context
    await context.route(PRESSES, lambda route: route.abort())
    await viewer.opened_live()
    await viewer.press("skill1", 5)
    await viewer.until("state.connection === 'offline'")
    await load(viewer.page, "about:blank")
    await context.unroute(PRESSES)
    sent: list[Request] = []
    context.on(
        "requestfinished", lambda asked: sent.append(asked) if asked.method == "POST" else None
    )
    tabs = [BrowserRoom(await context.new_page(), services, room.room_id) for _ in range(2)]
    await asyncio.gather(*(tab.open() for tab in tabs))
    await room.has_accepted(5)
    for tab in tabs:
        await tab.page.bring_to_front()
        await tab.settled()
    assert len([asked for asked in sent if asked.url.endswith("/events")]) == 1


async def test_without_storage_and_locks(viewer: BrowserRoom, room: WebRoom) -> None:
    """Presses also count in a page without storage and locks."""
    await viewer.page.add_init_script(
        """Object.defineProperty(window, "localStorage", { get() { throw new Error("no"); } });
        Object.defineProperty(navigator, "locks", { value: undefined });"""
    )
    await viewer.opened_live()
    await viewer.press("skill1", 2)
    state = await viewer.settled()
    assert (state.mine, await room.accepted("skill1")) == (2, 2)


async def test_a_gateway_that_goes(viewer: BrowserRoom, services: Services, room: WebRoom) -> None:
    """Polling replaces a lost socket, and a new socket replaces polling."""
    await viewer.opened_live()
    await services.gateway.kill()
    await viewer.until("state.connection === 'polling'")
    async with opened_client(services.api.url, room.room_id) as other:
        await other.press("skill1", 3)
        await viewer.until("state.buttons[0].count === 3")
    await services.gateway.start()
    await viewer.until("state.connection === 'live'")
