"""The console while its server is away, and as a room's game: beside another game, or alone."""

import asyncio
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, Route, WebSocket, WebSocketRoute, expect

from shared.wire.game_messages import GameEvent, RoomReady
from tests.browser.axe import grave_findings
from tests.browser.conftest import Services, load, open_services
from tests.browser.console_page import TAMPER, ConsolePage, console_page, staged_console
from tests.browser.staged_room import StagedRoom, staged_button
from tests.flow.play import viewers
from tests.room_keys import new_room_id
from tests.waiting import has_any, until
from tests.ws_gateway.game_end import connected, resumed

SKILL_1: Final = 5  # presses for a trigger, with one viewer
BUTTONS: Final = (staged_button("skill1", "Heal", "回復"),)


class Away:
    """A staged room's server, which may be away: what it was asked to do with the round.

    A stop may come twice: a page that has no answer to it for 1.5 s sends it again.
    """

    def __init__(self, console: ConsolePage, stage: StagedRoom) -> None:
        self.console = console
        self.stage = stage
        self.commands: list[str] = []
        self.unheard: list[str] = []  # commands while it was away
        self.is_away = False
        self.is_silent = False  # it hears commands without a word

    async def open(self) -> None:
        """Open the desk in its second round."""
        self.stage.status |= {"status": "in_game", "round": 2, "started_at": "2026-01-01T00:00:00Z"}
        await self.stage.open("console")
        await self.console.page.route("**/api/**", self.answer)
        await self.console.phase("running")

    async def go(self) -> None:
        self.is_away = True
        await self.console.phase("lost")

    async def come_back(self) -> None:
        self.is_away = False
        await expect(self.console.bar).not_to_have_attribute("data-state", "lost")

    async def answer(self, route: Route) -> None:
        is_command = route.request.url.endswith("/round")
        if self.is_away:
            if is_command:
                self.unheard.append((route.request.post_data_json or {})["command"])
            await route.abort()
        elif is_command:
            await self._carry_out(route)
        else:
            await route.fallback()

    async def _carry_out(self, route: Route) -> None:
        body = route.request.post_data_json or {}
        command = body["command"]
        self.commands.append(command)
        if self.is_silent:
            return
        if body["round"] != self.stage.status["round"]:
            problem = {"code": "game_not_started", "detail": "No such round"}
            await route.fulfill(status=409, json=problem)
        else:
            self.stage.be("in_game", paused=command in {"stop", "pause"}, stopped=command == "stop")
            discarded = [{"event_type": "skill1", "count": 7}] if command == "stop" else []
            await route.fulfill(json={**self.stage.status, "discarded": discarded})


async def test_stop_works_while_the_server_is_away(browser: Browser) -> None:
    """It is said at once, and sent once the server answers."""
    async with staged_console(browser, BUTTONS) as (console, stage):
        server = Away(console, stage)
        await server.open()
        await server.go()
        await expect(console.place("left")).to_have_attribute("aria-disabled", "true")
        await console.place("stop").click()
        alert = console.page.locator("p.unseen[role=alert]")
        await expect(alert).to_have_text("Stop is sent once the server answers.")
        await expect(console.bar).to_contain_text("Stop will be sent")
        await console.phase("stopping")
        assert await grave_findings(console.page) == []
        await server.come_back()
        await console.phase("stopped")
        await expect(alert).to_have_text("Stopped: nothing fires")
        assert set(server.commands) == {"stop"}


async def test_a_stop_is_kept_over_a_reload(browser: Browser) -> None:
    """Of the desk: it is sent when the server is there again."""
    async with staged_console(browser, BUTTONS) as (console, stage):
        server = Away(console, stage)
        await server.open()
        await server.go()
        await console.place("stop").click()
        server.is_away = False
        await stage.reload()
        await console.phase("stopped")
        assert set(server.commands) == {"stop"}


async def test_going_on_takes_back_a_stop_that_was_not_sent(browser: Browser) -> None:
    """And so does a round that has ended meanwhile: the next one runs."""
    async with staged_console(browser, BUTTONS) as (console, stage):
        server = Away(console, stage)
        await server.open()
        await server.go()
        await console.place("stop").click()
        await until(lambda: has_any(server.unheard))  # one that it hears would be undone instead
        await console.press("Go on")
        await server.come_back()
        await console.phase("running")
        await server.go()
        await console.press("Stop")
        stage.be("in_game", round=3)
        await server.come_back()
        await console.phase("running")
        await expect(console.bar).to_contain_text("Round 3")
        assert set(server.commands) == {"stop"}  # refused: that round is over


async def test_a_stop_is_called_done_once_it_is_answered(browser: Browser) -> None:
    """The first request hangs: it is sent again soon, and nothing is read out before."""
    async with staged_console(browser, BUTTONS) as (console, stage):
        server = Away(console, stage)
        await server.open()
        server.is_silent = True
        await console.press("Stop")
        await console.phase("stopping")
        await until(lambda: has_any(server.commands))  # the page shows it before it has arrived
        await expect(console.bar).to_contain_text("Stopping…")
        await expect(console.page.locator("p.unseen[role=alert]")).to_be_empty()
        await expect(console.page.locator(".note.stopped")).to_have_count(0)
        server.is_silent = False
        await console.phase("stopped")
        assert server.commands[:2] == ["stop", "stop"]
        assert set(server.commands) == {"stop"}


async def test_a_round_that_begins_without_its_server_is_stopped(browser: Browser) -> None:
    """What cannot be taken back at once is kept as a stop."""
    async with staged_console(browser, BUTTONS) as (console, stage):
        server = Away(console, stage)
        await server.open()
        server.is_away = True
        stage.be("ended")
        now = datetime.now(UTC)
        stage.be("in_game", round=3, started_at=now.isoformat(), opened_by_press=False)
        await console.phase("lost")
        await console.page.keyboard.press("x")
        await console.phase("stopping")
        await server.come_back()
        await console.phase("stopped")
        assert set(server.commands) == {"stop"}


async def test_a_refusal_is_said_and_shows_what_is_so(browser: Browser) -> None:
    """What a command would have brought does not stay."""
    async with staged_console(browser, BUTTONS) as (console, stage):
        server = Away(console, stage)
        await server.open()
        problem = {"code": "rate_limited", "detail": "Later"}
        await console.page.route("**/round", lambda route: route.fulfill(status=429, json=problem))
        await console.press("Pause")
        await expect(console.page.locator(".refused")).not_to_be_empty()
        await console.phase("running")
        await console.page.keyboard.press("Escape")
        await expect(console.page.locator(".refused")).to_have_count(0)


async def test_without_a_server_no_game_is_said_to_be_connected(browser: Browser) -> None:
    """Neither by the light nor by the list of what to do before a round."""
    async with staged_console(browser, BUTTONS) as (console, stage):
        server = Away(console, stage)
        await stage.open("console")
        await console.page.route("**/api/**", server.answer)
        tick = console.page.locator("[data-step=game] .tick.done")
        await expect(tick).to_be_visible()
        await server.go()
        await expect(tick).to_be_hidden()
        await expect(console.light).not_to_contain_text("connected")
        await server.come_back()
        await expect(tick).to_be_visible()


async def test_the_page_beside_a_game_leaves_it_alone(services: Services, browser: Browser) -> None:
    """It runs the round all the same, and shows triggers; once the game is away, it plays."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room()
        await expect(console.light).to_contain_text("No game yet")
        await expect(console.light.locator(".lamp.on")).to_have_count(0)
        socket = services.gateway.url.replace("http", "ws", 1)
        query = f"room_id={console.room_id}&token={console.room_token}"
        async with connected(f"{socket}/ws-unity?{query}") as game:
            await game.next_of(RoomReady)
            await expect(console.light).to_have_text("Game connected")
            await console.start()
            await viewer.press(services.api, console.room_id, {"skill1": SKILL_1})
            assert await game.seqs(1) == [1]
            await expect(console.bar).to_contain_text("1 trigger")
            await expect(console.page.locator(".refused")).to_have_count(0)
        await expect(console.light).to_contain_text(re.compile("away since"))
        await expect(console.light).to_contain_text("this page plays it")


class Line:
    """The page's way to the gateway's game sockets, which may be cut."""

    def __init__(self) -> None:
        self.dialled = 0
        self.errors: list[str] = []  # the gateway's
        self._is_cut = False
        self._sockets: list[tuple[WebSocketRoute, WebSocketRoute]] = []

    async def cut(self) -> None:
        self._is_cut = True
        page, gateway = self._sockets[-1]
        await gateway.close(code=3000)
        await page.close(code=1011)

    def mend(self) -> None:
        self._is_cut = False

    async def dial(self, page: WebSocketRoute) -> None:
        self.dialled += 1
        if self._is_cut:
            await page.close(code=1011)
            return
        gateway = page.connect_to_server()
        self._sockets.append((page, gateway))
        gateway.on_message(lambda text: self._hear(page, text))

    def _hear(self, page: WebSocketRoute, text: str | bytes) -> None:
        message = json.loads(text)
        if message["type"] == "error":
            self.errors.append(message["code"])
        page.send(text)


async def test_a_game_keeps_its_room_and_misses_nothing(
    services: Services, browser: Browser
) -> None:
    """The desk plays only while no game is connected, and leaves the triggers to the game."""
    gateway = f"{services.gateway.url.replace('http', 'ws', 1)}/ws-unity"
    line = Line()
    async with console_page(browser, services) as console:
        await console.page.route_web_socket("**/ws-unity**", line.dial)
        await console.open_room()
        await console.start()
        await line.cut()
        await expect(console.light).to_contain_text("away since")
        query = f"room_id={console.room_id}&token={console.room_token}"
        async with connected(f"{gateway}?{query}") as game:
            room = await game.next_of(RoomReady)
            line.mend()
            await until(lambda: asyncio.sleep(0, line.errors == ["game_connected"]))
            await expect(console.light).to_contain_text("connected")
            await console.fire("skill1")
            (applied,) = await game.events(1)
            await game.ack()
            await game.settle()
            await game.socket.close(3000)  # 1000 would end the round
        dialled = line.dialled
        await expect(console.light).to_contain_text("this page plays it")
        await console.fire("enemy1")
        await console.fire("skill1")
        async with resumed(gateway, room, applied) as (game, ready):
            await expect(console.light).to_contain_text("connected")
            await console.fire("enemy2")
            assert (ready.replayed, await game.seqs(3)) == (2, [2, 3, 4])
            await game.settle()
            assert game.unasked(GameEvent) == []
            assert await console.numbers(4) == [1, 2, 3, 4]
        assert line.dialled == dialled + 1
        assert line.errors == ["game_connected", "replaced"]


async def test_a_socket_that_cannot_be_opened_puts_no_light_on(
    services: Services, browser: Browser
) -> None:
    """As behind a proxy that lets none through."""
    line = Line()
    async with console_page(browser, services) as console:
        await console.page.route_web_socket("**/ws-unity**", line.dial)
        await console.open_room()
        await line.cut()
        await until(console.has_no_game)  # a game that the reloaded page still sees has been there
        await console.page.reload()
        dialled = line.dialled
        await until(lambda: asyncio.sleep(0, line.dialled > dialled))
        await expect(console.light).to_have_attribute("data-light", "no")


async def test_a_second_window_does_not_take_the_room(services: Services, browser: Browser) -> None:
    """It commands it, too."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room("One")
        other = ConsolePage(await console.page.context.new_page(), services.api.url)
        await load(other.page, f"{services.api.url}/console")
        await other.page.evaluate(TAMPER, ["title", "One"])
        await other.page.reload()
        await expect(other.light).to_contain_text("connected")
        await other.start()
        await viewer.press(services.api, console.room_id, {"skill1": SKILL_1})
        await expect(console.bar).to_contain_text("1 trigger")
        await other.press("Pause")
        await console.phase("paused")
        await expect(console.light).to_contain_text("this page plays it")


async def test_a_gateway_that_goes_away_is_changed_without_a_break(
    browser: Browser, tmp_path: Path, redis_url: str, own_database_url: str
) -> None:
    """The next socket is open before the last one is closed."""
    async with (
        open_services(tmp_path, redis_url, own_database_url, SOCKET_MAX_AGE="1") as services,
        console_page(browser, services) as console,
    ):
        happened: list[str] = []
        console.page.on("websocket", lambda socket: _note(socket, happened))
        await console.open_room()
        await until(lambda: asyncio.sleep(0, len(happened) >= 3))
        assert happened[:3] == ["open", "open", "close"]


async def test_a_room_that_cannot_be_had_says_why(services: Services, browser: Browser) -> None:
    """A token that is not valid, and a room that is gone, are told apart."""
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.page.evaluate(TAMPER, ["room_token", console.room_token[:-4] + "AAAA"])
        await console.page.reload()
        await expect(console.page.locator(".refused")).to_be_visible()
        await console.page.evaluate(TAMPER, ["room_id", new_room_id()])
        await console.page.reload()
        await console.phase("missing")
        await expect(console.bar).to_contain_text("No such room")


def _note(socket: WebSocket, happened: list[str]) -> None:
    """Note when the game's sockets open and close."""
    if "ws-unity" not in socket.url:
        return
    happened.append("open")
    socket.on("close", lambda _: _note_end(happened))


def _note_end(happened: list[str], *_: Any) -> None:
    happened.append("close")
