"""How long a page gathers presses before it sends them, and what makes it send at once."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest
from playwright.async_api import Error as PlaywrightError

from tests.browser.conftest import opened_page
from tests.clients.web.browser_room import BrowserRoom
from tests.clients.web.rooms import button
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Request, Route

    from tests.browser.conftest import Services
    from tests.clients.web.browser_room import TappedLine
    from tests.clients.web.rooms import WebRoom

pytestmark = pytest.mark.anyio

SHORT, LONG = 300, 5_000  # ms of gathering, in small rooms and in the largest
SPREAD: Final = 250  # ms within which pages send what an update lets fill a button
LAST: Final = "/readyz"  # what the page itself never asks for
ASK_LAST: Final = f"fetch('{LAST}').then((answer) => answer.text())"
HIDE: Final = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
SHOW: Final = """() => {
  Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


class Page(BrowserRoom):
    """A page whose time stands still, except where the test lets it pass."""

    line: TappedLine

    def __init__(self, *place: Any) -> None:
        super().__init__(*place)
        self.sent: list[dict[str, Any]] = []
        self.send_every_ms = LONG  # what the server's answers say
        self._asked: list[Request] = []
        self._answered: list[Request] = []
        self.page.on("request", self._note)
        self.page.on("requestfinished", self._note_answer)

    def _note(self, request: Request) -> None:
        if request.url.endswith(LAST):
            return
        self._asked.append(request)
        if request.url.endswith("/events"):
            self.sent.append(msgspec.json.decode(request.post_data or ""))

    @property
    def batches(self) -> list[dict[str, int]]:
        """The presses of each request, by button."""
        return [
            {event["button_name"]: event["push_count"] for event in body["push_events"]}
            for body in self.sent
        ]

    async def pace(self, route: Route) -> None:
        """Change what an answer says."""
        with suppress(PlaywrightError):  # the page is gone: nobody waits for the answer
            answer = await route.fetch()
            body = {**await answer.json(), "send_every_ms": self.send_every_ms}
            await route.fulfill(response=answer, json=body)

    async def told(self, **update: Any) -> None:
        """Send an update in place of the gateway."""
        self.line.tell({"type": "stats_update", "stats": [], "viewer_count": 7, **update})
        viewers = update.get("viewer_count", 7)
        await self._shown(f"room.state.viewerCount === {viewers}")

    async def _shown(self, condition: str) -> None:
        # Not the page's own waiting, whose timers stand still too.
        await until(lambda: self.page.evaluate(condition))

    def _note_answer(self, request: Request) -> None:
        if not request.url.endswith(LAST):
            self._answered.append(request)

    async def joined(self) -> None:
        """Wait until nothing is under way that says how many viewers there are."""

        async def is_quiet() -> bool:
            await self.page.evaluate(ASK_LAST)  # what was asked before this is noted by now
            has_joined = any(request.url.endswith("/join") for request in self._answered)
            return has_joined and len(self._answered) == len(self._asked)

        await until(is_quiet)
        await self.page.evaluate(ASK_LAST)  # the page has taken the answers before this one

    async def answered(self) -> None:
        """Wait until every press has its answer; timers stand still meanwhile."""
        await self._shown("room.state.pending === 0")

    async def passes(self, ms: int) -> None:
        await self.page.clock.run_for(ms)


@pytest.fixture
async def viewer(browser: Browser, services: Services, room: WebRoom) -> AsyncIterator[Page]:
    """A viewer of a large room; what the gateway sends once it is told so does not arrive."""
    await room.change(buttons=[button("skill1", 5), button("skill2")])
    async with opened_page(browser) as page:
        viewer = Page(page, services, room.room_id)
        await page.add_init_script("Math.random = () => 0.9999")
        await page.route(re.compile("/(stats|events)$"), viewer.pace)
        await page.clock.install()
        viewer.line = await viewer.tapped()
        await viewer.opened_live(gatherMs=None)
        viewer.line.holds_back = True
        await page.clock.pause_at(await page.evaluate("Date.now() + 1000"))
        await viewer.joined()
        await viewer.told(send_every_ms=LONG)
        yield viewer


async def test_a_page_gathers_for_as_long_as_the_server_asks(viewer: Page, room: WebRoom) -> None:
    """The presses of five seconds are one request, and show at once."""
    assert await viewer.page.evaluate("room.state.gatherMs") == LONG
    for pressed in (1, 2, 3):
        await viewer.press("skill2")
        state = await viewer.state()
        assert (state.count("skill2"), state.pending) == (pressed, pressed)
        await viewer.passes(1_600)
    assert viewer.batches == []
    await viewer.passes(LONG - 3 * 1_600)
    await viewer.answered()
    assert viewer.batches == [{"skill2": 3}]
    assert await room.accepted("skill2") == 3


async def test_pages_begin_out_of_step(viewer: Page, room: WebRoom) -> None:
    """After a break the first batch waits a random part of that time, then one follows another."""
    await viewer.page.evaluate("Math.random = () => 0")
    await viewer.press("skill2")
    await viewer.passes(LONG)
    await viewer.answered()
    await viewer.passes(LONG)
    await viewer.press("skill2")
    await viewer.passes(SHORT)
    await viewer.answered()
    assert viewer.batches == [{"skill2": 1}] * 2
    await viewer.press("skill2")
    await viewer.passes(LONG - 500)
    assert len(viewer.batches) == 2
    await viewer.passes(500)
    await viewer.answered()
    assert len(viewer.batches) == 3


async def test_the_newest_time_counts(viewer: Page, room: WebRoom) -> None:
    """Also that of an answer: in a small room pages gather for 300 ms."""
    viewer.send_every_ms = SHORT
    await viewer.press("skill2")
    await viewer.passes(LONG)
    await viewer.answered()
    assert await viewer.page.evaluate("room.state.gatherMs") == SHORT
    await viewer.press("skill2")
    await viewer.passes(SHORT)
    await viewer.answered()
    assert viewer.batches == [{"skill2": 1}] * 2


async def test_presses_that_fill_a_button_go_at_once(viewer: Page, room: WebRoom) -> None:
    await viewer.press("skill2")
    await viewer.press("skill1", 4)
    await viewer.passes(1_000)
    assert viewer.batches == []
    await viewer.press("skill1")
    await viewer.passes(1)
    await viewer.answered()
    assert viewer.batches == [{"skill2": 1, "skill1": 5}]
    state = await viewer.state()
    assert (state.buttons[0].level, state.count("skill1")) == (1, 0)


async def test_a_button_that_has_just_fired_needs_no_hurry(viewer: Page, room: WebRoom) -> None:
    """In a large room it fires faster than pages send: hurrying would undo the gathering."""
    await viewer.told(stats=[fired(1)], viewer_count=8)
    await viewer.press("skill1", 5)
    await viewer.passes(1_000)
    assert viewer.batches == []
    await viewer.passes(LONG - 1_000)
    await viewer.answered()
    assert viewer.batches == [{"skill1": 5}]


def fired(times: int, count: int = 0) -> dict[str, Any]:
    """The state of skill1 after so many triggers, with this count."""
    counts = {"current_count": count, "required_count": 5, "progress": count / 5}
    waits = {"cooldown_left_ms": 0, "ready_in_ms": 0}
    usable = {"enabled": True, "available": True, "reason": None}
    level = {"current_level": times, "accepted": 5 * times + count}
    return {"event_type": "skill1", **counts, **level, **usable, **waits}


async def test_a_full_bar_that_is_not_ready_needs_no_hurry(viewer: Page, room: WebRoom) -> None:
    """However many press before its time, none of them sends sooner."""
    await viewer.told(stats=[fired(0, 4) | {"ready_in_ms": 2 * LONG}], viewer_count=8)
    await viewer.press("skill1", 1)
    await viewer.passes(1_000)
    assert viewer.batches == []
    await viewer.passes(LONG - 1_000)
    await viewer.answered()
    assert viewer.batches == [{"skill1": 1}]


async def test_presses_go_soon_once_others_let_them_fill_a_button(
    viewer: Page, room: WebRoom
) -> None:
    """All pages hear of it at once: each waits for a random part of the time between updates."""
    await viewer.press("skill1", 2)
    await viewer.passes(1_000)
    await viewer.told(stats=[fired(0, count=3)], viewer_count=8)
    assert viewer.batches == []
    await viewer.passes(SPREAD)
    await viewer.answered()
    assert viewer.batches == [{"skill1": 2}]


async def test_what_others_have_filled_meanwhile_is_gathered_on(
    viewer: Page, room: WebRoom
) -> None:
    """Only the pages that come first hurry."""
    await viewer.press("skill1", 2)
    await viewer.passes(1_000)
    await viewer.told(stats=[fired(0, count=3)], viewer_count=8)
    await viewer.told(stats=[fired(1)], viewer_count=9)
    await viewer.passes(SPREAD)
    assert viewer.batches == []


async def test_a_page_that_hides_while_a_batch_is_unanswered(viewer: Page, room: WebRoom) -> None:
    """It sends the rest as another sender: whichever is counted first, both count."""
    held = asyncio.Event()

    async def hold(route: Route) -> None:
        await held.wait()
        await route.fallback()

    await viewer.page.route("**/events", hold, times=1)
    await viewer.press("skill2", 2)
    await viewer.page.evaluate("void room.flush()")
    await viewer.press("skill2", 3)
    await viewer.page.evaluate(HIDE)
    await room.has_accepted(3, "skill2")
    await viewer.page.evaluate(SHOW)
    held.set()
    await room.has_accepted(5, "skill2")
    await viewer.answered()
    (first, one), (second, other) = (sender_and_number(body) for body in viewer.sent[:2])
    assert first != second
    assert (one, other) == (1, 1)


def sender_and_number(body: dict[str, Any]) -> tuple[str, int]:
    sender, _, number = body["batch_id"].partition("#")
    assert number == str(body["batch_no"])
    return sender, body["batch_no"]


async def test_a_page_has_unanswered_batches_of_two_senders_at_most(
    viewer: Page, room: WebRoom
) -> None:
    """The server remembers a viewer's last four: the rest waits in the storage."""
    held = asyncio.Event()

    async def hold(route: Route) -> None:
        await held.wait()
        await route.fallback()

    await viewer.page.route("**/events", hold)
    await viewer.press("skill2", 2)
    await viewer.page.evaluate("void room.flush()")
    for presses in (3, 4):
        await viewer.press("skill2", presses)
        await viewer.page.evaluate(HIDE)
        await viewer.page.evaluate(SHOW)
    assert viewer.batches == [{"skill2": 2}, {"skill2": 3}]
    held.set()
    await room.has_accepted(9, "skill2")
    await viewer.answered()
    assert len({body["batch_id"] for body in viewer.sent}) == 3
