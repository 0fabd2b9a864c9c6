"""The web client in a page of a real browser, controlled by tests."""

import asyncio
from typing import Any, Final

import msgspec
from playwright.async_api import Page, WebSocketRoute

from tests.browser.conftest import Services, load
from tests.clients.web.node_client import State

# Any page of the API's origin that has no script of its own.
EMPTY: Final = "/healthz"
OPEN: Final = """async ([roomId, options]) => {
  const { Room } = await import("/assets/streamario.js");
  window.room = new Room(roomId, { gatherMs: 20, ...options });
  window.triggers = [];
  window.effects = [];
  window.errors = [];
  window.counts = [];
  window.arrivals = [];
  window.previews = [];
  room.on("trigger", (trigger) => triggers.push(trigger));
  room.on("effect", (effect) => effects.push(effect));
  room.on("arrived", (arrived) => arrivals.push(arrived));
  room.on("preview", (preview) => previews.push(preview));
  room.on("error", ({ code }) => errors.push(code));
  room.on("change", ({ buttons: [button] }) => button && counts.push(button.count));
  const opening = room.open();
  // As pages are shown: while their scripts have begun already.
  dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  await opening;
}"""


class TappedLine:
    """A proxy of the page's socket that records messages, and can hold them back."""

    def __init__(self) -> None:
        self.openings = 0
        self.holds_back = False
        self._messages: dict[str, dict[str, Any]] = {}
        self._page: WebSocketRoute | None = None
        self._news = asyncio.Condition()

    async def heard(self, kind: str) -> dict[str, Any]:
        """The latest message of this type."""
        async with self._news:
            await self._news.wait_for(lambda: kind in self._messages)
        return self._messages[kind]

    def tell(self, message: dict[str, Any]) -> None:
        """Send a message in place of the gateway."""
        assert self._page is not None
        self._page.send(msgspec.json.encode(message).decode())

    def opened(self, page: WebSocketRoute) -> None:
        """Forward a socket of the page."""
        self.openings += 1
        self._page = page
        gateway = page.connect_to_server()
        gateway.on_message(lambda text: self._pass_on(page, str(text)))

    async def _pass_on(self, page: WebSocketRoute, text: str) -> None:
        message: dict[str, Any] = msgspec.json.decode(text)
        async with self._news:
            self._messages[message["type"]] = message
            self._news.notify_all()
        if not self.holds_back:
            page.send(text)


class BrowserRoom:
    """One page, and the room in it."""

    def __init__(self, page: Page, services: Services, room_id: str) -> None:
        self.page = page
        self._url = services.api.url + EMPTY
        self._room_id = room_id

    async def open(self, **options: Any) -> None:
        """Open the room in a reloaded page."""
        await load(self.page, self._url)
        await self.page.evaluate(OPEN, [self._room_id, options])

    async def opened_live(self, **options: Any) -> None:
        """Open the room, and wait until its socket is live."""
        await self.open(**options)
        await self.until("state.connection === 'live' && state.viewer")

    async def tapped(self) -> TappedLine:
        """Proxy the sockets that the page will open."""
        line = TappedLine()
        await self.page.route_web_socket("**/ws-viewer*", line.opened)
        return line

    async def press(self, event_type: str, times: int = 1) -> None:
        """Press a button; the state shows the result."""
        await self.page.evaluate(
            "([type, times]) => void room.press(type, times)", [event_type, times]
        )

    async def state(self) -> State:
        return msgspec.convert(await self.page.evaluate("room.state"), State)

    async def until(self, condition: str) -> State:
        """Wait until a condition in JavaScript holds, in which `state` is the room's state."""
        await self.page.wait_for_function(
            f"() => {{ const {{ state }} = room; return {condition}; }}"
        )
        return await self.state()

    async def settled(self) -> State:
        """Wait until every press has its answer."""
        return await self.until("state.pending === 0")
