"""The web client in a browser: what the game says of its triggers and its buttons."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Route

from shared.wire.game_messages import Available, GameEvent, Outcome
from tests.browser.conftest import Services, opened_page
from tests.clients.web.browser_room import BrowserRoom
from tests.clients.web.rooms import WebRoom, button
from tests.waiting import until

LASTING = "state.buttons[0].effects"


@pytest.fixture
async def viewer(browser: Browser, services: Services, room: WebRoom) -> AsyncIterator[BrowserRoom]:
    """A viewer whose page is live, in a room where three presses fire."""
    await room.change(buttons=[button("skill1", 3)])
    async with opened_page(browser) as page:
        viewer = BrowserRoom(page, services, room.room_id)
        await viewer.opened_live()
        yield viewer


async def test_an_effect_lasts_until_the_game_says_that_it_is_done(
    viewer: BrowserRoom, room: WebRoom
) -> None:
    """The button has it meanwhile, with its end on the page's clock."""
    await viewer.page.evaluate("room.setName('Mika')")
    event = await fired(viewer, room)
    await answer(room, event, "started", duration_ms=60_000)
    await viewer.until(f"{LASTING}.length === 1")
    (effect,) = await viewer.page.evaluate("room.state.buttons[0].effects")
    assert (effect["seq"], effect["viewerName"]) == (event.seq, "Mika")
    left = effect["endsAt"] - await viewer.page.evaluate("performance.now()")
    assert 50_000 < left <= 60_000
    await answer(room, event, "done")
    await viewer.until(f"{LASTING}.length === 0")
    told = await viewer.page.evaluate("effects.map(({ status, seq }) => [status, seq])")
    assert told == [["started", event.seq], ["done", event.seq]]


async def test_a_page_that_comes_later_knows_what_lasts(viewer: BrowserRoom, room: WebRoom) -> None:
    """Also after its socket was lost, and what has ended meanwhile is gone."""
    over, lasting = await fired(viewer, room), await fired(viewer, room)
    for event in (over, lasting):
        await answer(room, event, "started", duration_ms=60_000)
    await viewer.until(f"{LASTING}.length === 2")
    await viewer.page.context.set_offline(True)
    await viewer.page.evaluate("() => { dispatchEvent(new Event('offline')); }")
    await viewer.until("state.connection === 'offline'")
    await answer(room, over, "done")
    await viewer.page.context.set_offline(False)
    await viewer.until(f"{LASTING}.length === 1 && {LASTING}[0].seq === {lasting.seq}")
    await viewer.opened_live()
    await viewer.until(f"{LASTING}.length === 1 && {LASTING}[0].seq === {lasting.seq}")


async def test_the_end_does_not_depend_on_the_pages_clock(
    browser: Browser, services: Services, room: WebRoom
) -> None:
    """A phone whose clock is an hour wrong counts down the same."""
    await room.change(buttons=[button("skill1", 3)])
    async with opened_page(browser) as page:
        await page.clock.install(time=0)
        viewer = BrowserRoom(page, services, room.room_id)
        await viewer.opened_live()
        await answer(room, await fired(viewer, room), "started", duration_ms=60_000)
        await viewer.until(f"{LASTING}.length === 1")
        left = await page.evaluate("room.state.buttons[0].effects[0].endsAt - performance.now()")
        assert 50_000 < left <= 60_000
        await page.clock.run_for(61_000)
        await viewer.until(f"{LASTING}.length === 0")


async def test_what_did_not_work_gives_the_presses_back(viewer: BrowserRoom, room: WebRoom) -> None:
    event = await fired(viewer, room)
    await viewer.until("state.buttons[0].level === 1 && state.buttons[0].count === 0")
    await answer(room, event, "failed", reason="No target")
    await viewer.until("state.buttons[0].count === 3 && effects.length === 1")
    (effect,) = await viewer.page.evaluate("effects")
    assert (effect["status"], effect["reason"], effect["endsAt"]) == ("failed", "No target", None)


async def test_a_button_that_the_game_cannot_use_takes_no_presses(
    viewer: BrowserRoom, room: WebRoom
) -> None:
    """Presses that the server refuses for it do not stay shown."""
    sent = asyncio.Event()

    async def send_late(route: Route) -> None:
        await sent.wait()
        await route.continue_()

    await viewer.page.route("**/events", send_late)
    await viewer.press("skill1", 2)
    await viewer.until("state.buttons[0].count === 2")
    await room.game.say(Available("skill1", available=False, reason="In a cutscene"))
    await viewer.until("!state.buttons[0].available && state.buttons[0].count === 0")
    assert await viewer.page.evaluate("room.press('skill1')") == 0
    sent.set()
    assert (await viewer.settled()).count("skill1") == 0
    assert await viewer.page.evaluate("room.state.buttons[0].reason") == "In a cutscene"
    await room.game.say(Available("skill1", available=True))
    await viewer.until("state.buttons[0].available && state.buttons[0].reason === null")
    assert await viewer.page.evaluate("room.press('skill1')") == 1


async def test_a_late_answer_does_not_make_a_button_available(
    viewer: BrowserRoom, room: WebRoom
) -> None:
    """It was given before the game said so, and shows the same count."""
    answers: list[Any] = []
    late = asyncio.Event()

    async def answer_late(route: Route) -> None:
        answers.append(await route.fetch())
        await late.wait()
        await route.fulfill(response=answers[0])

    async def is_answered() -> bool:
        return bool(answers)

    await viewer.page.route("**/events", answer_late)
    await viewer.press("skill1", 2)
    await until(is_answered)
    await room.game.say(Available("skill1", available=False))
    await viewer.until("state.buttons[0].count === 2 && !state.buttons[0].available")
    late.set()
    await viewer.settled()
    assert not await viewer.page.evaluate("room.state.buttons[0].available")


async def fired(viewer: BrowserRoom, room: WebRoom) -> GameEvent:
    """A trigger that the viewer's presses have fired."""
    await viewer.press("skill1", 3)
    return await room.game.next_of(GameEvent)


async def answer(room: WebRoom, event: GameEvent, status: Any, **told: Any) -> None:
    """Have the game say what became of the trigger."""
    await room.game.say(Outcome(event.epoch, event.seq, status, **told))
