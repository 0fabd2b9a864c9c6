"""A room that is only played: a page hears what a test says, and there is no server behind it."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from mimetypes import guess_type
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from playwright.async_api import Page, Route, WebSocketRoute

from api_service.http.qr_codes import qr_code
from api_service.pages.pages import HASHED
from shared.wire.room_settings import Button, Label, RoomSettings
from tests.browser.conftest import load

HOME: Final = "http://stage.test"
ROOM: Final = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
FILES: Final = files("api_service.pages")
NEED: Final = 50  # presses of a button
PICTURE: Final = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200"/>'


def staged_button(event_type: str, *labels: str, **fields: Any) -> Button:
    """A button with a label in English and one in Japanese."""
    texts = tuple(
        Label(lang=lang, text=text) for lang, text in zip(("en", "ja"), labels, strict=False)
    )
    return Button(event_type=event_type, labels=texts, base=NEED, min=NEED, max=NEED, **fields)


class StagedRoom:
    """What the API and the gateway would say of a room, to one page."""

    def __init__(self, page: Page, buttons: Sequence[Button], **settings: Any) -> None:
        self.page = page
        self.settings = RoomSettings(buttons=tuple(buttons), **settings)
        self.stats: dict[str, dict[str, Any]] = {
            button.event_type: {
                "event_type": button.event_type,
                "current_count": 0,
                "current_level": 0,
                "required_count": button.base,
                "accepted": 0,
                "enabled": True,
                "available": True,
                "reason": None,
                "cooldown_left_ms": 0,
                "ready_in_ms": 0,
            }
            for button in buttons
        }
        self.status: dict[str, Any] = {
            "status": "active",
            "round": 0,
            "paused": False,
            "started_at": None,
            "opened_by_press": False,
            "stopped": False,
        }
        self.code: str | None = "CWT9C9"
        self.invitation: dict[str, Any] = {
            "url": f"{HOME}/play/{ROOM}",
            "reach": "anywhere",
            "lasts": True,
            "handle": None,
        }
        self.away: dict[str, Any] | None = None  # what a provider answers in the API's place
        self.viewer_count = 0
        self.viewer_name: str | None = None
        self.results: dict[str, Any] = {"viewer_totals": [], "event_totals": {}, "titles": []}
        self._sockets: list[WebSocketRoute] = []
        self._connected = asyncio.Event()
        self._seq = 0

    async def open(self, path: str = "overlay", query: str = "") -> None:
        """Open the page, and wait until it listens."""
        await self.page.route(f"{HOME}/**", self._answer)
        await self.page.route_web_socket("ws://stage.test/**", self._connect)
        self._connected.clear()
        await load(self.page, f"{HOME}/{path}/{ROOM}{query}")
        await self._connected.wait()

    async def reload(self) -> None:
        """Load the page again, and wait until it listens."""
        self._connected.clear()
        await self.page.reload()
        await self._connected.wait()

    def say(self, kind: str, **fields: Any) -> None:
        """Send the page a message."""
        for socket in self._sockets:
            socket.send(json.dumps({"type": kind, **fields}))

    def be(self, status: str, **fields: Any) -> None:
        """The room's status is this from now on."""
        begins = status == "in_game" and self.status["status"] != "in_game"
        self.status |= {"status": status, "round": self.status["round"] + begins, **fields}
        self.say("status", time=_now(), **self.status)

    def count(self, event_type: str, **fields: Any) -> None:
        """A button's state is another."""
        self.stats[event_type] |= fields
        self._tell([self.stats[event_type]])

    def people(self, viewer_count: int, *names: str) -> None:
        """So many viewers are there, of whom these have just come."""
        self.viewer_count = viewer_count
        self._tell([])
        if names:
            self.say("arrived", names=list(names), viewer_count=viewer_count)

    def fire(
        self,
        event_type: str,
        viewer_name: str | None = None,
        people: int = 1,
        *,
        by_streamer: bool = False,
    ) -> int:
        """A button fires; returns the trigger's number."""
        self._seq += 1
        level = self.stats[event_type]["current_level"] + 1
        self.say(
            "trigger",
            event_type=event_type,
            viewer_name=viewer_name,
            people=people,
            epoch=1,
            seq=self._seq,
            trigger_count=NEED,
            by_streamer=by_streamer,
            round=self.status["round"],
        )
        self.count(event_type, current_count=0, current_level=level)
        return self._seq

    def answer(self, event_type: str, seq: int, status: str, **fields: Any) -> None:
        """The game says what became of a trigger."""
        told = {"viewer_name": None, "reason": None, "ends_at": None, "returned": 0, **fields}
        self.say("effect", event_type=event_type, epoch=1, seq=seq, status=status, **told)

    def _tell(self, stats: list[dict[str, Any]]) -> None:
        self.say("stats_update", stats=stats, viewer_count=self.viewer_count, send_every_ms=300)

    @property
    def _shown(self) -> dict[str, Any]:
        counts = {"stats": list(self.stats.values()), "viewer_count": self.viewer_count}
        return {**counts, "send_every_ms": 300, "time": _now()}

    def _connect(self, socket: WebSocketRoute) -> None:
        self._sockets = [socket]
        settings = msgspec.to_builtins(self.settings)
        socket.send(json.dumps({"type": "stats", "room_id": ROOM, **self._shown, **self.status}))
        socket.send(json.dumps({"type": "settings", "settings": settings}))
        self._connected.set()

    async def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if self.away is not None:
            await route.fulfill(**self.away)
        elif path.startswith("/api/media/"):
            await route.fulfill(body=PICTURE, content_type="image/svg+xml")
        elif path.endswith("qr.svg"):
            drawn = qr_code(str(self.invitation["url"]))
            await route.fulfill(body=drawn, content_type="image/svg+xml")
        elif path.endswith("/events"):
            await route.fulfill(json=self._counted(route.request.post_data_json or {}))
        elif path.startswith("/api/"):
            await route.fulfill(json=self._json(path))
        else:
            await fulfil_file(route, path)

    def _counted(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Count the page's presses; they fire nothing."""
        counted = {press["button_name"]: press["push_count"] for press in batch["push_events"]}
        for event_type, presses in counted.items():
            stat = self.stats[event_type]
            stat["current_count"] += presses
            stat["accepted"] += presses
        results = [
            {"event_type": name, "accepted": presses, "triggers_fired": 0, "last_seq": None}
            for name, presses in counted.items()
        ]
        return {
            "round": self.status["round"],
            "duplicate": False,
            "accepted": sum(counted.values()),
            "rejected_by": {"rate": 0, "clamp": 0},
            "event_results": results,
            **self._shown,
        }

    def _json(self, path: str) -> dict[str, Any]:
        if path.endswith("/results"):
            return self.results
        if path.endswith("/stats"):
            return self._shown
        if path.endswith("/join"):
            viewer = {"viewer_id": f"{ROOM}.secret", "name": self.viewer_name}
            joined = {"status": "joined", "viewer_count": self.viewer_count, "viewer": viewer}
            return {**joined, "room": self._room, "stats": self._shown}
        return self._room

    @property
    def _room(self) -> dict[str, Any]:
        return {
            "room_id": ROOM,
            "settings": msgspec.to_builtins(self.settings),
            "viewer_count": self.viewer_count,
            "code": self.code,
            "invitation": self.invitation,
            "game_connected": True,
            "time": _now(),
            "ws_viewer_url": "ws://stage.test/ws-viewer",
            **self.status,
        }


async def fulfil_file(route: Route, path: str) -> None:
    """Answer with a page or an asset, as the API would."""
    page = path.split("/")[1]
    name = path.removeprefix("/assets/") if page == "assets" else f"{page}.html"
    name = HASHED.sub(r"\1\2", name)
    for folder in ("bundles/", "web/", ""):  # fonts are beside these
        file = FILES / f"{folder}{name}"
        if file.is_file():
            body = file.read_bytes().replace(b'data-home=""', f'data-home="{HOME}"'.encode())
            kind = guess_type(name)[0] or "application/octet-stream"
            await route.fulfill(body=body, content_type=kind)
            return
    await route.fulfill(status=404)


def _now() -> str:
    return datetime.now(UTC).isoformat()
