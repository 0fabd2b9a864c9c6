"""A viewer's page, as tests drive and read it; and the rooms that they need."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, Literal

import httpx
import msgspec
from playwright.async_api import Browser, Locator, Page, Route, expect

from shared.wire.game_messages import GameEvent, GameStart, Outcome, RoomCreated
from tests.browser import told
from tests.browser.axe import grave_findings
from tests.browser.conftest import Services, go, opened_page
from tests.browser.page_time import stand
from tests.countdown import end_countdown
from tests.flow.play import Viewer
from tests.ws_gateway.game_end import Game, connected, new_game

SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


class Opened(msgspec.Struct):
    """What a test needs of a room that was opened ahead of its game."""

    room_id: str
    room_token: str
    ws_url: str
    redis_url: str = ""


class PlayPage:
    """The page of one viewer."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.board = page.locator("#board")

    def key(self, caption: str) -> Locator:
        """The button with this caption."""
        return self.page.get_by_role("button", name=re.compile(rf"^{re.escape(caption)}[,、]"))

    async def begins(self) -> None:
        """Wait until the buttons can be pressed: 3-2-1 is over."""
        await expect(self.page.locator(".key").first).to_be_enabled()

    async def press(self, caption: str, times: int = 1) -> None:
        """Press a button with the mouse."""
        for _ in range(times):
            await self.key(caption).click()

    async def shows(self, caption: str, progress: str) -> None:
        """Wait until the button says this of its progress ("3 more")."""
        name = self.page.get_by_role("button", name=f"{caption}, {progress}")
        await expect(name).to_be_visible()

    async def announces(self, text: str) -> None:
        """Wait until the score board says this, or has since what it announced before."""
        await told.find(self.page, "board-text", text)

    async def reads_out(self, text: str) -> None:
        """Wait until this is read out to whoever listens, or has been since the last such wait."""
        await told.find(self.page, "spoken", text)

    async def heading(self, text: str) -> None:
        """Wait for the screen with this heading."""
        await expect(self.page.get_by_role("heading", name=text)).to_be_visible()

    async def has_no_grave_findings(self) -> None:
        """Whoever sees or hears it otherwise than most can use it, by day and by night."""
        for scheme in SCHEMES:
            await self.page.emulate_media(color_scheme=scheme)
            assert await grave_findings(self.page) == [], scheme


@asynccontextmanager
async def play_page(
    browser: Browser,
    services: Services,
    room_id: str,
    *,
    language: str = "en-US",
    phone: bool = False,
    moves: bool = False,
    stands: bool = False,
) -> AsyncIterator[PlayPage]:
    """The page of somebody new in this room. `stands`: its time does, see `page_time`."""
    async with opened_page(browser, language=language, phone=phone, moves=moves) as page:
        if stands:
            await stand(page)
        await go(page, f"{services.api.url}/play/{room_id}")
        yield PlayPage(page)


@asynccontextmanager
async def running_game(services: Services) -> AsyncIterator[tuple[Game, RoomCreated]]:
    """A game that opened a room and started its round, whose countdown is over."""
    url = f"{services.gateway.url.replace('http', 'ws', 1)}/ws-unity"
    async with new_game(url) as (game, room):
        await end_countdown(services.redis_url, room.room_id)
        yield game, room


async def room_with(services: Services, **settings: Any) -> Opened:
    """A room that was opened ahead of its game, with these settings."""
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{services.api.url}/api/rooms", json={"settings": settings})
    assert answer.status_code == 201, answer.text
    opened = msgspec.json.decode(answer.content, type=Opened)
    return msgspec.structs.replace(opened, redis_url=services.redis_url)


async def change(services: Services, room: Opened, **settings: Any) -> None:
    """Change the room's settings."""
    async with httpx.AsyncClient() as http:
        answer = await http.patch(
            f"{services.api.url}/api/rooms/{room.room_id}/settings",
            json=settings,
            headers={"Authorization": f"Bearer {room.room_token}"},
        )
    assert answer.status_code == 200, answer.text


async def counts(services: Services, room_id: str, event_type: str, count: int) -> bool:
    """Whether the server has counted exactly so many presses; it must never have more."""
    async with httpx.AsyncClient() as http:
        stats = (await http.get(f"{services.api.url}/api/rooms/{room_id}/stats")).json()["stats"]
    (found,) = (stat for stat in stats if stat["event_type"] == event_type)
    assert found["current_count"] <= count
    return bool(found["current_count"] == count)


@asynccontextmanager
async def game_of(room: Opened) -> AsyncIterator[Game]:
    """The room's game, in a round whose countdown is over."""
    async with connected(f"{room.ws_url}?room_id={room.room_id}&token={room.room_token}") as game:
        await game.say(GameStart())
        await game.settle()
        await end_countdown(room.redis_url, room.room_id)
        yield game


def button(event_type: str, caption: str, **fields: Any) -> dict[str, Any]:
    """A button's settings: five presses make a trigger, however many viewers there are."""
    label = {"lang": "en", "text": caption}
    return {"event_type": event_type, "labels": [label], "base": 5, "min": 5, "max": 5, **fields}


async def set_name(services: Services, viewer: Viewer, name: str) -> None:
    """Have a viewer called so."""
    async with httpx.AsyncClient() as http:
        body = {"viewer_id": viewer.viewer_id, "name": name}
        answer = await http.post(f"{services.api.url}/api/viewers/set_name", json=body)
    assert answer.status_code == 200, answer.text


async def block(services: Services, room: Opened | RoomCreated, viewer_id: str) -> None:
    async with httpx.AsyncClient(base_url=services.api.url) as http:
        answer = await http.post(
            f"/api/rooms/{room.room_id}/block",
            json={"viewer_id": viewer_id},
            headers={"Authorization": f"Bearer {room.room_token}"},
        )
        answer.raise_for_status()


async def tell(game: Game, event: GameEvent, status: Any, **told: Any) -> None:
    """Have the game say what became of a trigger."""
    await game.say(Outcome(event.epoch, event.seq, status, **told))


async def results_pending(route: Route) -> None:
    """The answer while the ledger has not passed the round's end."""
    problem = {"code": "results_pending", "error": "Not yet.", "status": 503}
    await route.fulfill(status=503, json=problem, headers={"Retry-After": "1"})
