"""The console as a room's game: its socket, and its room, are lost and come back."""

from __future__ import annotations

import asyncio
import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from shared.identity.tokens import new_room_id
from shared.wire.game_messages import RoomReady
from tests.browser.conftest import open_services
from tests.browser.console_page import STORED, TAMPER, ConsolePage, console_page
from tests.flow.play import viewers
from tests.waiting import until
from tests.ws_gateway.game_end import connected

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser, Page, WebSocket, WebSocketRoute

    from tests.browser.conftest import Services

pytestmark = pytest.mark.anyio

SKILL_1 = 5  # presses for a trigger, with one viewer
CUT = 3001  # a close code that says nothing
STATES = """() => {
  window.states = [];
  const shown = document.querySelector("[data-part=connection]");
  new MutationObserver(() => window.states.push(shown.dataset.state))
    .observe(shown, { attributes: true, attributeFilter: ["data-state"] });
}"""
HISTORY = """
  window.history_ = [];
  const note = (what, seq) => window.history_.push([what, seq, performance.now()]);
  const { setItem } = Storage.prototype;
  Storage.prototype.setItem = function (name, value) {
    const { feed } = (name.endsWith(".desk") && JSON.parse(value)) || {};
    if (feed) note("stored", feed.rows[0]?.seq ?? 0);
    setItem.call(this, name, value);
  };
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (text) {
    const message = JSON.parse(text);
    if (message.type === "ack") note("ack", message.seq);
    send.call(this, text);
  };
"""
ACKNOWLEDGED = "(number) => window.history_.some(([what, seq]) => what === 'ack' && seq === number)"


async def test_a_reload_repeats_nothing_and_loses_nothing(
    services: Services, browser: Browser
) -> None:
    """Triggers that fire while the page is away are in the feed once, marked as replayed."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room()
        await console.without_pace()
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": 2 * SKILL_1 + 1})
        assert await console.numbers(2) == [1, 2]
        await console.page.goto("about:blank")
        await viewer.press(services.api, console.room_id, {"skill1": 3 * SKILL_1})
        await console.page.goto(f"{services.api.url}/console")
        assert await console.numbers(5) == [1, 2, 3, 4, 5]
        await expect(console.page.locator("#feed .badge")).to_have_count(3)
        await console.shows_presses("Skill 1", "1 / 5526")


async def test_triggers_are_acknowledged_once_they_are_stored(
    services: Services, browser: Browser
) -> None:
    """They show at once; at most once a second they are stored, and then acknowledged."""
    async with console_page(browser, services) as console, viewers(services.api, 3) as crowd:
        await console.page.add_init_script(HISTORY)
        await console.page.reload()
        await console.open_room()
        await console.without_pace()
        await console.start()
        for turn, viewer in enumerate(crowd):
            for fired in range(4 * turn + 1, 4 * turn + 5):
                await viewer.press(services.api, console.room_id, {"skill1": SKILL_1})
                await console.numbers(fired)
            await console.page.wait_for_function(ACKNOWLEDGED, arg=4 * turn + 4)
        history: list[list[Any]] = await console.page.evaluate("window.history_")
        acks = [at for at, (what, _, _) in enumerate(history) if what == "ack"]
        assert [history[at - 1][:2] for at in acks] == [["stored", history[at][1]] for at in acks]
        stored = [ms for what, _, ms in history if what == "stored"]
        assert min(after - before for before, after in pairwise(stored)) > 950


async def test_a_gateway_that_comes_back_is_waited_for(
    own_services: Services, browser: Browser
) -> None:
    """While it is away the console says so; then it has all that fired."""
    async with (
        console_page(browser, own_services) as console,
        viewers(own_services.api, 1) as (viewer,),
    ):
        await console.open_room()
        await console.without_pace()
        await console.start()
        await viewer.press(own_services.api, console.room_id, {"skill1": SKILL_1})
        assert await console.numbers(1) == [1]
        await own_services.gateway.kill()
        await expect(console.part("notice")).to_contain_text("nothing is lost")
        await expect(console.part("pause")).to_be_disabled()
        await viewer.press(own_services.api, console.room_id, {"skill1": 2 * SKILL_1})
        await own_services.gateway.start()
        await console.connected()
        assert await console.numbers(3) == [1, 2, 3]
        await expect(console.part("notice")).to_be_hidden()


async def test_a_game_that_takes_over_is_not_fought(services: Services, browser: Browser) -> None:
    """The console says who has the room now, and takes it back only when it is told to."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room()
        await console.start()
        socket = services.gateway.url.replace("http", "ws", 1)
        query = f"room_id={console.room_id}&token={console.room_token}"
        async with connected(f"{socket}/ws-unity?{query}") as game:
            await game.next_of(RoomReady)
            await expect(console.part("notice")).to_contain_text("took over this room")
            await viewer.press(services.api, console.room_id, {"skill1": SKILL_1})
            assert await game.seqs(1) == [1]
            await console.part("take-back").click()
            assert await game.error() == "replaced"
        await console.connected()
        assert await console.numbers(1) == [1]


async def test_a_reconnect_opens_the_next_socket_first(
    browser: Browser, tmp_path: Path, redis_url: str, own_database_url: str
) -> None:
    """When the gateway asks for it, the console changes sockets and is connected all the time."""
    async with (
        open_services(tmp_path, redis_url, own_database_url, SOCKET_MAX_AGE="1") as services,
        console_page(browser, services) as console,
    ):
        happened: list[str] = []
        console.page.on("websocket", lambda socket: _note(socket, happened))
        await console.open_room()
        await console.page.evaluate(STATES)
        await console.page.wait_for_event("websocket", lambda socket: "ws-unity" in socket.url)
        await console.start()
        await until(lambda: asyncio.sleep(0, len(happened) >= 3))
        assert happened[:3] == ["open", "open", "close"]
        assert set(await console.page.evaluate("window.states")) == {"open"}


async def test_a_round_that_a_dying_socket_did_not_start_is_started_by_the_next(
    services: Services, browser: Browser
) -> None:
    """The ended round is not acknowledged before, or the room would be over."""
    async with console_page(browser, services) as console:
        doomed: list[str] = []
        await _lose(console.page, doomed)
        await console.open_room()
        await console.start()
        await console.end()
        doomed.append("game_start")
        await console.command("next")
        await expect(console.part("status")).to_have_text("Round 2 is running")
        await console.connected()
        assert not doomed


async def test_a_window_that_lost_its_room_keeps_out_of_the_way(
    services: Services, browser: Browser
) -> None:
    """What the window that took the room has stored stays when the other one goes."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room("One")
        await console.start()
        other = ConsolePage(await console.page.context.new_page())
        await other.page.goto(f"{services.api.url}/console")
        await other.go_on("One")
        await expect(console.part("notice")).to_contain_text("took over this room")
        await viewer.press(services.api, console.room_id, {"skill1": SKILL_1})
        assert await other.numbers(1) == [1]
        await other.page.wait_for_function(f"{STORED}.last_seq === 1")
        await console.page.goto("about:blank")
        assert (await other.page.evaluate(STORED))["last_seq"] == 1


async def test_a_new_room_is_stored_though_a_window_shows_the_one_before(
    services: Services, browser: Browser
) -> None:
    """The window of the older room goes on running it; the newer one's token is not lost."""
    async with console_page(browser, services) as console:
        await console.open_room("Old")
        other = ConsolePage(await console.page.context.new_page())
        await other.page.goto(f"{services.api.url}/console")
        await other.open_room("New")
        await console.start()
        await console.page.goto("about:blank")
        await other.leave()
        await other.go_on("New")
        await other.leave()
        await other.go_on("Old")


async def test_a_room_that_cannot_be_taken_is_not_tried_for_ever(
    services: Services, browser: Browser
) -> None:
    """A token that is not valid, and a room that is gone, are told apart and end the attempts."""
    async with console_page(browser, services) as console:
        await console.open_room()
        for name, value, reason in (
            ("room_token", console.room_token[:-4] + "AAAA", "not valid for this room"),
            ("room_id", new_room_id(), "There is no such room"),
        ):
            await console.leave()
            await console.page.evaluate(TAMPER, [name, value])
            await console.page.reload()
            await expect(console.part("notice")).to_contain_text(reason)
            await expect(console.part("connection")).to_have_attribute("data-state", "ended")
            tabs = console.page.get_by_role("tab")
            await expect(tabs).to_have_text(["Live", "Results"])
            await tabs.first.press("ArrowRight")
            await expect(tabs.last).to_be_focused()


async def _lose(page: Page, doomed: list[str]) -> None:
    """Cut the game's socket at each command that is named, which then does not arrive."""

    async def pass_on(socket: WebSocketRoute, server: WebSocketRoute, message: str | bytes) -> None:
        command = json.loads(message)["type"]
        if command not in doomed:
            server.send(message)
            return
        doomed.remove(command)
        socket.on_message(lambda _: None)
        await server.close(code=CUT)
        await socket.close(code=CUT)

    def between(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda message: pass_on(socket, server, message))

    await page.route_web_socket(re.compile("/ws-unity"), between)


def _note(socket: WebSocket, happened: list[str]) -> None:
    if "ws-unity" in socket.url:
        happened.append("open")
        socket.on("close", lambda _: happened.append("close"))
