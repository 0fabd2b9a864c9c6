"""The viewers' page, in a real browser: what people see and feel, and what the game gets of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import expect

from shared.messages import GameEnd, GameEvent, GameStart, Pause, Resume
from shared.tokens import new_room_id
from tests.browser.axe import grave_findings
from tests.browser.conftest import opened_page
from tests.browser.play_page import PlayPage, button, game_of, play_page, room_with, running_game
from tests.flow.play import viewers
from tests.waiting import until

if TYPE_CHECKING:
    from playwright.async_api import Browser, Locator, Page, Request, Route

    from tests.browser.conftest import Pair

pytestmark = pytest.mark.anyio

MOST_BYTES = 60 * 1024  # of the first load
COLORS = ("#000000", "#ffffff", "#ffff00", "#0000ff", "#808080", "#7c3aed", "")


async def test_a_press_reaches_every_page_and_a_full_button_the_game(
    pair: Pair, browser: Browser
) -> None:
    """A press moves the bar on all pages, and the last one is announced to all and to the game."""
    async with (
        running_game(pair) as (game, room),
        play_page(browser, pair, room.room_id, phone=True) as mine,
        play_page(browser, pair, room.room_id) as theirs,
    ):
        await expect(mine.page.locator("#viewers")).to_have_text("2 here")
        await mine.press("Skill 1", 2)
        await mine.shows("Skill 1", "2 of 5 presses")
        await theirs.shows("Skill 1", "2 of 5 presses")
        await expect(theirs.key("Skill 1").locator(".key-fill")).to_have_css(
            "transform", re.compile(r"matrix\(1, 0, 0, 1, 0, [1-9]")
        )
        await theirs.press("Skill 1", 3)
        event = await game.next_of(GameEvent)
        assert (event.event_type, event.trigger_count) == ("skill1", 5)
        await mine.announces("Skill 1!")
        await theirs.announces("Skill 1!")
        await expect(mine.page.get_by_role("status")).to_contain_text("Skill 1!")
        await mine.shows("Skill 1", "0 of 5 presses, went off once")


async def test_the_page_follows_the_room_from_before_the_game_to_a_pause(
    pair: Pair, browser: Browser
) -> None:
    """Before the game it says what will happen; paused, buttons fill up and wait."""
    room = await room_with(pair, title="Dragon Night", buttons=[button("wave", "Wave")])
    async with play_page(browser, pair, room.room_id) as viewer:
        await viewer.heading("Dragon Night")
        await viewer.heading("The game is about to begin")
        await expect(viewer.page.locator("#preview")).to_contain_text("Wave")
        await _has_no_grave_findings(viewer.page)
        async with game_of(room) as game:
            await viewer.shows("Wave", "0 of 5 presses")
            await game.say(Pause())
            await viewer.announces("Paused")
            await viewer.press("Wave", 5)
            await until(lambda: _counts(pair, room.room_id, "wave", 5))
            async with viewer.page.expect_response("**/events") as answer:
                await viewer.press("Wave")
            assert (await (await answer.value).json())["rejected_by"]["paused"] == 1
            await viewer.shows("Wave", "5 of 5 presses, Full")
            await game.say(Resume())
            assert (await game.next_of(GameEvent)).trigger_count == 5
            await viewer.shows("Wave", "0 of 5 presses, went off once")


async def test_settings_change_on_the_page_at_once(pair: Pair, browser: Browser) -> None:
    """A button that is switched off says so and cannot be pressed; one that cools down counts."""
    room = await room_with(pair, buttons=[button("wave", "Wave", cooldown_ms=60_000)])
    async with game_of(room), play_page(browser, pair, room.room_id) as viewer:
        await viewer.press("Wave", 5)
        await expect(viewer.key("Wave")).to_contain_text(re.compile(r"Ready in \d\d s"))
        renamed = [button("wave", "Tide", enabled=False), button("gift", "Gift", icon="🎁")]
        async with httpx.AsyncClient() as http:
            await http.patch(
                f"{pair.api.url}/api/rooms/{room.room_id}/settings",
                json={"buttons": renamed, "title": "Second half"},
                headers={"Authorization": f"Bearer {room.room_token}"},
            )
        await viewer.shows("Gift", "0 of 5 presses")
        await viewer.heading("Second half")
        await expect(viewer.key("Tide")).to_be_disabled()
        await expect(viewer.key("Tide")).to_contain_text("Off")


async def test_a_room_that_is_not_there_is_explained(pair: Pair, browser: Browser) -> None:
    """Who comes too late, or by a wrong link, is told what to do."""
    async with play_page(browser, pair, new_room_id()) as viewer:
        await viewer.heading("There is no such room")
        await expect(viewer.page.get_by_role("button", name="Try again")).to_be_visible()
        assert await grave_findings(viewer.page) == []


async def test_a_server_that_does_not_answer_is_waited_for(pair: Pair, browser: Browser) -> None:
    """A page that gets no answer says what it does, and goes on by itself once there is one."""
    async with running_game(pair) as (_, room), opened_page(browser) as page:
        await page.route("**/api/**", lambda route: route.abort())
        await page.goto(f"{pair.api.url}/play/{room.room_id}")
        viewer = PlayPage(page)
        await viewer.announces("Joining the room")
        await viewer.announces("No connection. Trying again")
        await page.unroute("**/api/**")
        await page.evaluate("() => { dispatchEvent(new Event('online')); }")
        await viewer.shows("Skill 1", "0 of 5 presses")
        await viewer.announces("Press together")


async def test_presses_without_a_network_count_once_it_is_back(
    pair: Pair, browser: Browser
) -> None:
    """The page says how many presses wait; they count exactly once."""
    async with (
        running_game(pair) as (_, room),
        play_page(browser, pair, room.room_id) as viewer,
    ):
        await viewer.shows("Enemy 3", "0 of 17 presses")
        await viewer.page.context.set_offline(True)
        await viewer.press("Enemy 3", 4)
        await viewer.announces("4 presses kept for later")
        await viewer.page.context.set_offline(False)
        await expect(viewer.board).not_to_contain_text("No connection", timeout=15_000)
        await until(lambda: _counts(pair, room.room_id, "enemy3", 4))
        await viewer.shows("Enemy 3", "4 of 17 presses")


async def test_the_end_shows_results_with_me_and_the_next_round_the_buttons(
    pair: Pair, browser: Browser
) -> None:
    """After the end one finds oneself, even below the first ten; the next round comes by itself."""
    room = await room_with(pair, buttons=[button("wave", "Wave"), button("gift", "Gift")])
    async with (
        game_of(room) as game,
        viewers(pair.api, 11) as others,
        play_page(browser, pair, room.room_id, phone=True) as viewer,
    ):
        for other in others:
            await other.press(pair.api, room.room_id, {"gift": 3})
        await viewer.press("Wave", 2)
        await until(lambda: _counts(pair, room.room_id, "wave", 2))
        await viewer.page.route("**/results*", results_pending)
        await game.say(GameEnd())
        await viewer.heading("That was the round")
        await expect(viewer.page.locator(".ended")).to_contain_text("are being counted")
        await viewer.page.unroute("**/results*")
        mine = viewer.page.locator(".rank[data-me]")
        await expect(mine).to_have_text("12Somebodyyou2", timeout=20_000)
        await expect(viewer.page.locator(".rank")).to_have_count(11)
        await expect(viewer.page.locator(".ended .panel")).to_contain_text("2 presses were yours")
        await expect(viewer.page.locator("#totals")).to_contain_text("2 of them yours")
        await _has_no_grave_findings(viewer.page)
        await game.say(GameStart())
        await viewer.shows("Wave", "0 of 5 presses")


async def test_a_name_is_set_and_shown_with_the_trigger(pair: Pair, browser: Browser) -> None:
    """The name is as the server cleaned it, at most 24 characters, and the game is told it."""
    async with (
        running_game(pair) as (game, room),
        play_page(browser, pair, room.room_id) as viewer,
    ):
        await viewer.page.get_by_role("button", name="Add your name").click()
        dialog = viewer.page.get_by_role("dialog", name="Your name")
        await dialog.get_by_label("Name").fill("<b>🐧" + "x" * 40)
        await _has_no_grave_findings(viewer.page)
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_be_hidden()
        name = "＜b＞🐧" + "x" * 20
        await expect(viewer.page.locator("#name")).to_have_text(name)
        await viewer.press("Skill 1", 5)
        assert (await game.next_of(GameEvent)).viewer_name == name
        await viewer.announces(f"Skill 1! by {name}")
        await expect(viewer.key("Skill 1")).to_contain_text(f"last: {name}")


async def test_a_japanese_browser_gets_japanese(pair: Pair, browser: Browser) -> None:
    """Texts, buttons and the page's own language are Japanese."""
    async with (
        running_game(pair) as (_, room),
        play_page(browser, pair, room.room_id, language="ja-JP", phone=True) as viewer,
    ):
        await expect(viewer.page.locator("html")).to_have_attribute("lang", "ja")
        await viewer.press("スキル1", 5)
        await viewer.announces("スキル1発動！")
        await expect(viewer.page.get_by_role("button", name="名前を入れる")).to_be_visible()


async def test_a_keyboard_suffices_and_a_held_key_presses_once(
    pair: Pair, browser: Browser
) -> None:
    """Tab reaches the buttons, Enter and Space press them; what the keyboard repeats is ignored."""
    async with (
        running_game(pair) as (_, room),
        play_page(browser, pair, room.room_id) as viewer,
    ):
        keyboard = viewer.page.keyboard
        await viewer.shows("Skill 1", "0 of 5 presses")
        await expect(viewer.page.get_by_role("button", name="Add your name")).to_be_visible()
        await keyboard.press("Tab")
        await keyboard.press("Enter")
        await expect(viewer.page.get_by_role("dialog")).to_be_visible()
        await keyboard.press("Escape")
        await keyboard.press("Tab")
        await expect(viewer.key("Skill 1")).to_be_focused()
        for key in ("Enter", "Space"):
            for _ in range(3):  # without a release between them: a held key
                await keyboard.down(key)
            await keyboard.up(key)
        await until(lambda: _counts(pair, room.room_id, "skill1", 2))
        await viewer.shows("Skill 1", "2 of 5 presses")


async def test_a_finger_that_moves_the_page_presses_nothing(pair: Pair, browser: Browser) -> None:
    """Where the buttons need scrolling, a tap presses and a swipe over the same button does not."""
    many = [button(f"b{n}", f"Button {n}") for n in range(24)]
    room = await room_with(pair, buttons=many)
    async with game_of(room), play_page(browser, pair, room.room_id, phone=True) as viewer:
        await viewer.shows("Button 4", "0 of 5 presses")
        await swipe(viewer.page, viewer.key("Button 4"), up=120)
        await viewer.page.wait_for_function("() => scrollY > 50")
        await swipe(viewer.page, viewer.key("Button 4"), up=0)
        await viewer.shows("Button 4", "1 of 5 presses")


async def test_pressing_faster_than_counts_is_said_softly(pair: Pair, browser: Browser) -> None:
    """Who presses far too fast is told, and what the buttons say goes on."""
    room = await room_with(pair, buttons=[button("wave", "Wave", base=100, min=100, max=100)])
    async with game_of(room), play_page(browser, pair, room.room_id) as viewer:
        await viewer.shows("Wave", "0 of 100 presses")
        # As an assistive technology clicks: without a pointer.
        await viewer.key("Wave").evaluate("key => { for (let n = 0; n < 260; n++) key.click(); }")
        await viewer.announces("Easy…")
        await until(lambda: _accepted_some(pair, room.room_id))


async def test_an_update_touches_only_the_button_that_changed(pair: Pair, browser: Browser) -> None:
    """Of many buttons, those that stay as they were cost a slow phone nothing."""
    room = await room_with(pair, buttons=[button(f"b{n}", f"Button {n}") for n in range(24)])
    async with (
        game_of(room),
        play_page(browser, pair, room.room_id, phone=True) as viewer,
        viewers(pair.api, 1) as (other,),
    ):
        await viewer.shows("Button 23", "0 of 5 presses")
        await viewer.page.evaluate(NOTE_CHANGES)
        await other.press(pair.api, room.room_id, {"b3": 2})
        await viewer.shows("Button 3", "2 of 5 presses")
        assert await viewer.page.evaluate("() => [...changed]") == ["Button 3"]


async def test_who_wants_less_motion_gets_none(pair: Pair, browser: Browser) -> None:
    """A press and a trigger are felt by fading alone: nothing moves or grows."""
    async with running_game(pair) as (game, room), opened_page(browser) as page:
        await page.emulate_media(reduced_motion="reduce")
        await page.goto(f"{pair.api.url}/play/{room.room_id}")
        viewer = PlayPage(page)
        await page.evaluate(NOTE_ANIMATIONS)
        await viewer.press("Skill 1", 5)
        await game.next_of(GameEvent)
        await viewer.shows("Skill 1", "0 of 5 presses, went off once")
        animated: list[str] = await page.evaluate("animated")
        assert set(animated) == {"opacity"}


async def test_hostile_settings_and_any_colour_stay_legible_text(
    pair: Pair, browser: Browser
) -> None:
    """Markup in titles and captions is text, and every colour keeps its caption readable."""
    markup = "<img src=x onerror=alert(1)>"
    buttons = [button(f"b{n}", f"{markup[:30]} {n}", color=color) for n, color in enumerate(COLORS)]
    room = await room_with(pair, title=markup, buttons=buttons)
    async with game_of(room), play_page(browser, pair, room.room_id, phone=True) as viewer:
        await viewer.heading(markup)
        await viewer.press(f"{markup[:30]} 1", 3)
        await expect(viewer.page.locator("img")).to_have_count(0)
        await _has_no_grave_findings(viewer.page)
        await viewer.page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
        assert await viewer.page.evaluate("() => document.documentElement.scrollWidth") <= 390


async def test_the_first_load_is_light_and_asks_nobody_else(pair: Pair, browser: Browser) -> None:
    """All that is transferred until one can press is small, and comes from this service alone."""
    async with running_game(pair) as (_, room), opened_page(browser, phone=True) as page:
        transfers: list[Transfer] = []
        sockets: list[str] = []
        page.on("requestfinished", lambda request: transfers.append(Transfer(request)))
        page.on("websocket", lambda socket: sockets.append(socket.url))
        await page.goto(f"{pair.api.url}/play/{room.room_id}")
        await PlayPage(page).shows("Skill 1", "0 of 5 presses")
        await until(lambda: _has(sockets))
        weight = sum([await transfer.size() for transfer in transfers])
        assert 0 < weight < MOST_BYTES
        assert {transfer.port for transfer in transfers} == {pair.api.port}
        assert [transfer.path for transfer in transfers].count("/api/viewers") == 1
        assert {urlsplit(url).port for url in sockets} == {pair.gateway.port}


async def results_pending(route: Route) -> None:
    """The answer while the ledger has not passed the round's end."""
    problem = {"code": "results_pending", "error": "Not yet.", "status": 503}
    await route.fulfill(status=503, json=problem, headers={"Retry-After": "1"})


async def swipe(page: Page, key: Locator, *, up: int) -> None:
    """Touch a button, move the finger up by so many px, and let go."""
    box = await key.bounding_box()
    assert box is not None
    x, y = box["x"] + 40, box["y"] + 40
    finger = await page.context.new_cdp_session(page)
    await finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    touch = {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
    await finger.send("Input.dispatchTouchEvent", touch)
    for moved in range(0, up, 10):
        touch = {"type": "touchMove", "touchPoints": [{"x": x, "y": y - moved}]}
        await finger.send("Input.dispatchTouchEvent", touch)
    await finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


class Transfer:
    """What a page asked for, and of whom."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.port = urlsplit(request.url).port
        self.path = urlsplit(request.url).path

    async def size(self) -> int:
        """Bytes of the answer's body, as transferred; none where it is in the request itself."""
        sizes = await self._request.sizes()
        return sizes["responseBodySize"]


NOTE_ANIMATIONS = """() => {
  globalThis.animated = [];
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (frames, options) {
    animated.push(...frames.flatMap(Object.keys).filter((key) => key !== "offset"));
    return animate.call(this, frames, options);
  };
}"""


NOTE_CHANGES = """() => {
  globalThis.changed = new Set();
  const note = (changes) => {
    for (const { target } of changes) {
      const key = (target.closest ? target : target.parentElement).closest(".key");
      changed.add(key.querySelector(".key-label").textContent);
    }
  };
  const all = { attributes: true, characterData: true, childList: true, subtree: true };
  new MutationObserver(note).observe(document.getElementById("keys"), all);
}"""


async def _has_no_grave_findings(page: Page) -> None:
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        assert await grave_findings(page) == [], scheme


async def _counts(pair: Pair, room_id: str, event_type: str, count: int) -> bool:
    """Whether the server has counted exactly so many presses."""
    async with httpx.AsyncClient() as http:
        stats = (await http.get(f"{pair.api.url}/api/rooms/{room_id}/stats")).json()["stats"]
    (found,) = (stat for stat in stats if stat["event_type"] == event_type)
    assert found["current_count"] <= count
    return bool(found["current_count"] == count)


async def _accepted_some(pair: Pair, room_id: str) -> bool:
    async with httpx.AsyncClient() as http:
        stats = (await http.get(f"{pair.api.url}/api/rooms/{room_id}/stats")).json()["stats"]
    return any(stat["current_count"] for stat in stats)


async def _has(things: list[str]) -> bool:
    return bool(things)
