"""The streamer's console, in a real browser: a whole stream is run from it, whatever happens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from shared.messages import RoomReady
from shared.tokens import new_room_id
from tests.browser.axe import grave_findings
from tests.browser.conftest import open_pair
from tests.browser.console_page import console_page
from tests.browser.play_page import play_page
from tests.flow.play import viewers
from tests.ws_gateway.games import connected

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser, WebSocket

    from tests.browser.conftest import Pair
    from tests.browser.console_page import ConsolePage

pytestmark = pytest.mark.anyio

SKILL_1 = 5  # presses for a trigger, with one viewer
TAMPER = """([name, value]) => {
  const kept = JSON.parse(localStorage["streamario.console.room"]);
  localStorage["streamario.console.room"] = JSON.stringify({ ...kept, [name]: value });
}"""
STATES = """() => {
  window.states = [];
  const shown = document.querySelector("[data-part=connection]");
  new MutationObserver(() => window.states.push(shown.dataset.state))
    .observe(shown, { attributes: true, attributeFilter: ["data-state"] });
}"""


async def test_a_stream_is_run_without_a_game(pair: Pair, browser: Browser) -> None:
    """From opening a room to a trigger in the feed: who tipped it, its number, its latency."""
    async with console_page(browser, pair) as console:
        await console.open_room("Boss rush")
        code = console.page.locator("#share img")
        assert await code.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
        link = f"{pair.api.url}/play/{console.room_id}"
        await expect(console.page.get_by_label("Viewers' link")).to_have_value(link)
        await expect(console.page.locator(".warning")).to_contain_text("A phone cannot reach")
        await console.start()
        async with play_page(browser, pair, console.room_id) as viewer:
            await viewer.heading("Boss rush")
            await viewer.press("Skill 1", SKILL_1 + 2)
            await expect(console.triggers()).to_have_text(re.compile(r"Skill 1.*5#1\d+ ms$"))
            await console.shows_presses("Skill 1", "2 / 517")
        drawn = console.page.locator("#chart g path").first
        await expect(drawn).to_have_attribute("d", re.compile("^M"))
        await console.page.get_by_text("Presses by minute").click()
        minutes = console.page.locator("#chart tbody tr").first
        await expect(minutes).to_have_text(re.compile("Skill 1000.*7"))


async def test_the_round_is_paused_resumed_and_reset(pair: Pair, browser: Browser) -> None:
    """Paused, buttons fill up and wait; resume fires them; a reset asks, and starts from zero."""
    async with console_page(browser, pair) as console, viewers(pair.api, 1) as (viewer,):
        await console.open_room()
        await console.start()
        await console.command("pause")
        await console.phase("paused")
        held = await viewer.press(pair.api, console.room_id, {"skill1": SKILL_1 + 4})
        assert (held.accepted, held.rejected) == (SKILL_1, 4)
        await console.command("resume")
        await console.phase("running")
        assert await console.numbers(1) == [1]
        await expect(console.part("viewers")).to_have_text("1")
        await viewer.press(pair.api, console.room_id, {"skill1": 3})
        await console.shows_presses("Skill 1", "3 / 518")
        await console.command("reset")
        await console.page.get_by_role("button", name="Cancel").click()
        await console.shows_presses("Skill 1", "3 / 518")
        await console.command("reset")
        await console.confirm()
        await console.shows_presses("Skill 1", "0 / 518")


async def test_a_blocked_viewer_counts_no_more(pair: Pair, browser: Browser) -> None:
    """The list names who presses most; blocked, presses of a viewer are refused."""
    async with console_page(browser, pair) as console, viewers(pair.api, 2) as (nice, rude):
        await console.open_room()
        await console.start()
        await nice.press(pair.api, console.room_id, {"skill1": 2})
        await rude.press(pair.api, console.room_id, {"enemy1": 4})
        await console.view("viewers")
        rows = console.page.locator("#viewers tbody tr")
        await expect(rows).to_have_count(2)
        await expect(rows.first).to_contain_text("4")
        await rows.first.get_by_role("button").click()
        await console.confirm()
        await expect(rows.first).to_contain_text("blocked")
        refused = await rude.press(pair.api, console.room_id, {"enemy1": 3})
        assert (refused.accepted, refused.rejected) == (0, 3)
        assert (await nice.press(pair.api, console.room_id, {"skill1": 1})).accepted == 1


async def test_a_round_ends_with_results_and_another_begins(pair: Pair, browser: Browser) -> None:
    """Results show at the end, also after a reload; the next round begins with nothing."""
    async with console_page(browser, pair) as console, viewers(pair.api, 2) as (one, other):
        await console.open_room()
        await console.start()
        await one.press(pair.api, console.room_id, {"skill1": 12})
        await other.press(pair.api, console.room_id, {"enemy1": 3})
        await console.end()
        results = console.page.locator("#results")
        await expect(results.get_by_role("heading", name="Results of round 1")).to_be_visible()
        await expect(results.locator("[data-part=tops]")).to_contain_text("12 presses")
        await expect(results.locator("[data-part=totals]")).to_contain_text("All buttons15")
        await expect(results.locator("[data-part=ranking] tr")).to_have_count(2)
        await console.page.reload()
        await console.connected()
        await expect(results.locator("[data-part=ranking] tr")).to_have_count(2)
        await expect(results.locator("[data-part=totals]")).to_contain_text("Skill 112")
        await console.command("next")
        await console.phase("running")
        await console.view("live")
        await one.press(pair.api, console.room_id, {"skill1": SKILL_1 + 5})
        await console.shows_presses("Skill 1", "/ 5")
        await expect(console.part("status")).to_have_text("Round 2 is running")
        assert (await console.numbers(4))[-1] == 5  # the summary of round 1 has a number too


async def test_a_reload_repeats_nothing_and_loses_nothing(pair: Pair, browser: Browser) -> None:
    """Triggers that fire while the page is away are in the feed once, marked as replayed."""
    async with console_page(browser, pair) as console, viewers(pair.api, 1) as (viewer,):
        await console.open_room()
        await console.start()
        await viewer.press(pair.api, console.room_id, {"skill1": 2 * SKILL_1 + 1})
        assert await console.numbers(2) == [1, 2]
        await console.page.goto("about:blank")
        await viewer.press(pair.api, console.room_id, {"skill1": 3 * SKILL_1})
        await console.page.goto(f"{pair.api.url}/console")
        assert await console.numbers(5) == [1, 2, 3, 4, 5]
        await expect(console.page.locator("#feed .badge")).to_have_count(3)
        await console.shows_presses("Skill 1", "1 / 5526")


async def test_a_gateway_that_comes_back_is_waited_for(own_pair: Pair, browser: Browser) -> None:
    """While it is away the console says so; then it has all that fired."""
    async with console_page(browser, own_pair) as console, viewers(own_pair.api, 1) as (viewer,):
        await console.open_room()
        await console.start()
        await viewer.press(own_pair.api, console.room_id, {"skill1": SKILL_1})
        assert await console.numbers(1) == [1]
        await own_pair.gateway.kill()
        await expect(console.part("notice")).to_contain_text("nothing is lost")
        await expect(console.part("pause")).to_be_disabled()
        await viewer.press(own_pair.api, console.room_id, {"skill1": 2 * SKILL_1})
        await own_pair.gateway.start()
        await console.connected()
        assert await console.numbers(3) == [1, 2, 3]
        await expect(console.part("notice")).to_be_hidden()


async def test_a_game_that_takes_over_is_not_fought(pair: Pair, browser: Browser) -> None:
    """The console says who has the room now, and takes it back only when it is told to."""
    async with console_page(browser, pair) as console, viewers(pair.api, 1) as (viewer,):
        await console.open_room()
        await console.start()
        socket = pair.gateway.url.replace("http", "ws", 1)
        query = f"room_id={console.room_id}&token={console.room_token}"
        async with connected(f"{socket}/ws-unity?{query}") as game:
            await game.next_of(RoomReady)
            await expect(console.part("notice")).to_contain_text("The game took over")
            await viewer.press(pair.api, console.room_id, {"skill1": SKILL_1})
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
        open_pair(tmp_path, redis_url, own_database_url, SOCKET_MAX_AGE="1") as pair,
        console_page(browser, pair) as console,
    ):
        happened: list[str] = []
        console.page.on("websocket", lambda socket: _note(socket, happened))
        await console.open_room()
        await console.page.evaluate(STATES)
        await console.page.wait_for_event("websocket", lambda socket: "ws-unity" in socket.url)
        await console.start()
        assert happened[:3] == ["open", "open", "close"]
        assert set(await console.page.evaluate("window.states")) == {"open"}


async def test_a_game_key_is_asked_for_when_the_server_wants_one(
    browser: Browser, tmp_path: Path, redis_url: str, own_database_url: str
) -> None:
    """The field shows after the server asked; the key is not kept where it outlives the window."""
    async with (
        open_pair(tmp_path, redis_url, own_database_url, GAME_KEYS="open-sesame") as pair,
        console_page(browser, pair) as console,
    ):
        page = console.page
        key = page.get_by_label("Game key")
        await expect(key).to_be_hidden()
        await page.locator("#open-form button").click()
        await expect(key).to_be_focused()
        await key.fill("wrong")
        await key.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("not valid")
        await key.fill("open-sesame")
        await console.open_room()
        assert "open-sesame" not in await page.evaluate("JSON.stringify({...localStorage})")
        assert "open-sesame" not in page.url


async def test_a_room_is_left_gone_on_with_and_forgotten(pair: Pair, browser: Browser) -> None:
    """Who leaves can go on with the room, or forget it after a question."""
    async with console_page(browser, pair) as console:
        await console.open_room("Kept")
        await console.page.get_by_role("button", name="Leave the room").click()
        await expect(console.page.locator("#kept")).to_contain_text("Kept")
        await console.page.get_by_role("button", name="Go on").click()
        await console.connected()
        await console.page.get_by_role("button", name="Leave the room").click()
        await console.page.get_by_role("button", name="Forget it").click()
        await console.confirm()
        await expect(console.page.locator("#kept")).to_be_hidden()
        await console.page.reload()
        await expect(console.page.locator("#title")).to_be_visible()
        await expect(console.page.locator("#kept")).to_be_hidden()


async def test_a_room_that_cannot_be_taken_is_not_tried_for_ever(
    pair: Pair, browser: Browser
) -> None:
    """A token that is not valid, and a room that is gone, are told apart and end the attempts."""
    async with console_page(browser, pair) as console:
        await console.open_room()
        for name, value, reason in (
            ("room_token", console.room_token[:-4] + "AAAA", "no longer valid"),
            ("room_id", new_room_id(), "This room is gone"),
        ):
            await console.page.get_by_role("button", name="Leave the room").click()
            await console.page.evaluate(TAMPER, [name, value])
            await console.page.reload()
            await console.page.get_by_role("button", name="Go on").click()
            await expect(console.part("notice")).to_contain_text(reason)
            await expect(console.part("connection")).to_have_attribute("data-state", "ended")


async def test_every_screen_can_be_used_by_everybody(pair: Pair, browser: Browser) -> None:
    """No screen has a serious fault for people who use it otherwise, in light and dark."""
    async with console_page(browser, pair) as console, viewers(pair.api, 1) as (viewer,):
        await _is_sound(console, "start")
        await console.open_room()
        await console.start()
        await viewer.press(pair.api, console.room_id, {"skill1": 20, "enemy3": 3})
        await console.numbers(4)
        await _is_sound(console, "running")
        await console.page.locator("#tab-live").press("ArrowRight")
        await expect(console.page.locator("#settings")).to_be_visible()
        await console.page.locator("#settings summary").first.click()
        await console.field("buttons[0].min").fill("0")
        await console.save()
        await expect(console.page.locator('[aria-invalid="true"]')).to_have_count(1)
        await _is_sound(console, "settings with an error")
        await console.view("viewers")
        await expect(console.page.locator("#viewers tbody tr")).to_have_count(1)
        await _is_sound(console, "viewers")
        await console.command("end")
        await _is_sound(console, "question")
        await console.confirm()
        await console.view("results")
        await expect(console.page.locator("[data-part=ranking] tr")).to_have_count(1)
        await _is_sound(console, "results")


async def test_the_console_speaks_japanese(pair: Pair, browser: Browser) -> None:
    """Texts, buttons' labels and the server's problems are in the browser's language."""
    async with console_page(browser, pair, language="ja-JP") as console:
        await expect(console.page.locator("html")).to_have_attribute("lang", "ja")
        await console.open_room()
        await expect(console.part("start")).to_have_text("ラウンドを開始")
        await expect(console.page.locator("#buttons")).to_contain_text("スキル1")
        await console.view("settings")
        await console.page.locator("#settings summary").first.click()
        await console.field("buttons[0].base").fill("")
        await console.save()
        await expect(console.field("buttons[0].base")).to_have_accessible_description(
            "1〜100000 の整数にしてください"
        )
        assert await console.page.evaluate(SAME_TEXTS, await _assets(console)) == []


SAME_TEXTS = """async (assets) => {
  const [{ en }, { ja }] = await Promise.all(
    ["en", "ja"].map((language) => import(`${assets}/console/texts/${language}.js`)),
  );
  const names = (texts, path = "") => Object.entries(texts).flatMap(([name, text]) =>
    typeof text === "object" ? names(text, `${path}${name}.`) : `${path}${name} ${typeof text}`);
  const [english, japanese] = [names(en), names(ja)];
  return [
    ...english.filter((name) => !japanese.includes(name)),
    ...japanese.filter((name) => !english.includes(name)),
  ];
}"""


async def _assets(console: ConsolePage) -> str:
    """Where the page's modules are: their address names a version."""
    address: str = await console.page.evaluate("document.querySelector('script').src")
    return address.removesuffix("/console/console.js")


async def _is_sound(console: ConsolePage, screen: str) -> None:
    for scheme in ("light", "dark"):
        await console.page.emulate_media(color_scheme=scheme)
        assert await grave_findings(console.page) == [], f"{screen}, {scheme}"


def _note(socket: WebSocket, happened: list[str]) -> None:
    if "ws-unity" in socket.url:
        happened.append("open")
        socket.on("close", lambda _: happened.append("close"))
