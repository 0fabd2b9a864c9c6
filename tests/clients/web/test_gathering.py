"""A page gathers presses before it sends them, and sends at once what fills a button."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Final

import msgspec
import pytest
from playwright.async_api import Browser, Request, Route
from playwright.async_api import Error as PlaywrightError

from tests.browser.conftest import Services, opened_page
from tests.clients.web.browser_room import BrowserRoom, TappedLine
from tests.clients.web.rooms import WebRoom, button
from tests.waiting import until

LONG: Final = 5_000  # ms of gathering, in the largest rooms
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
