"""The console while a round runs: its tiles, and beside them what happened."""

import json
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, Locator, Page, Request, Route, expect

from shared.wire.room_settings import Button
from tests.browser.axe import grave_findings
from tests.browser.conftest import opened_page
from tests.browser.page_time import stand
from tests.browser.staged_room import HOME, NEED, ROOM, StagedRoom, staged_button

BUTTONS = (
    staged_button("heal", "Heal Luna", "ルナを回復", weight=2, color="#ff77b2", icon="💖"),
    staged_button("meteor", "Meteor", "隕石", weight=0.5, color="#ffb01f", icon="☄️"),
    staged_button("swarm", "Swarm", "ハチの大群", color="#86cc36", icon="🐝"),
)
ENTRY = {
    "room_id": ROOM,
    "room_token": "token",
    "web_url": f"{HOME}/play/{ROOM}",
    "ws_url": "ws://stage.test/ws-unity",
    "title": "Duel",
    "used_at": 0,
}
STORE = """([id, entry]) => {
  localStorage[`streamario.console.room.${id}`] = entry;
  sessionStorage["streamario.console.at_desk"] = JSON.stringify(id);
}"""

COVERED = """() => [...document.querySelectorAll(".tile")].flatMap((tile) => {
  const names = [".plate", "h3", ".switch", ".lacks", ".says", ".line", ".fire"];
  const parts = names.map((name) => tile.querySelector(name)?.getBoundingClientRect());
  const covers = (one, other) =>
    one?.width && other?.width && one.left < other.right - 1 && other.left < one.right - 1 &&
    one.top < other.bottom - 1 && other.top < one.bottom - 1;
  const covered = (n) => names.filter((_, m) => m > n && covers(parts[n], parts[m]));
  return names.flatMap((name, n) => covered(n).map((other) => `${name} ${other}`));
})"""
SELECTED = ("aria-selected", "true")
TWO_HOURS_AHEAD = """Date = class extends Date {
  constructor(...parts) { parts.length > 0 ? super(...parts) : super(Date.now()); }
  static now() { return super.now() + 7_200_000; }
};"""
WATCH_TILES = """() => {
  const { animate } = Element.prototype;
  window.changed = [];
  Element.prototype.animate = function (frames, ...others) {
    if (this.matches(".tile")) window.changed.push(...frames.flatMap(Object.keys));
    return animate.call(this, frames, ...others);
  };
}"""
RECORDED = {"threshold": 5, "viewer_name": None, "status": None, "reason": None}


class Desk(StagedRoom):
    """A room with a running round, at the desk of its streamer."""

    asked: list[tuple[str, str, Any]]
    recorded: list[dict[str, Any]] | None = None  # of the second round, instead of the usual

    async def begin(self, number: int = 1) -> None:
        """Open the desk; the round of this number has just begun, without a countdown."""
        self.asked = []
        stored = json.dumps([ROOM, json.dumps(ENTRY)])
        await self.page.add_init_script(f"({STORE})({stored})")
        self.status |= {"status": "in_game", "round": number, "opened_by_press": True}
        await self.open("console")
        await self.page.route(f"{HOME}/api/rooms/{ROOM}/*", self._hear)
        await expect(self.page.locator(".tile")).to_have_count(len(self.settings.buttons))

    def tile(self, name: str) -> Locator:
        return self.page.locator(".tile", has=self.page.get_by_role("heading", name=name))

    def row(self, seq: int) -> Locator:
        return self.page.locator(f".trigger[data-seq='{seq}']")

    async def refuse(self, path: str, code: str, status: int = 409) -> None:
        """Have the API refuse what is asked at this path from now on."""
        answer = {"code": code, "detail": code, "status": status}
        await self.page.route(
            f"{HOME}/api/rooms/{ROOM}/{path}",
            lambda route: route.fulfill(status=status, json=answer),
        )

    def _json(self, path: str) -> dict[str, Any]:
        if "/rounds/" in path:
            round_ = recorded(int(path[-1]))
            return round_ if self.recorded is None else round_ | {"triggers": self.recorded}
        return super()._json(path)

    async def _hear(self, route: Route) -> None:
        request: Request = route.request
        if request.method != "GET":
            path = request.url.rsplit("/", 1)[1]
            self.asked.append((request.method, path, request.post_data_json))
        await route.fallback()


@asynccontextmanager
async def desk(
    browser: Browser,
    language: str = "en-US",
    buttons: Sequence[Button] = BUTTONS,
    *,
    stands: bool = False,
    **settings: Any,
) -> AsyncIterator[Desk]:
    """The desk of a running round, twelve triggers a minute; `stands`: its time does."""
    async with opened_page(browser, language=language) as page:
        await page.set_viewport_size({"width": 1280, "height": 720})
        if stands:
            await stand(page)
        room = Desk(page, buttons, **{"triggers_per_minute": 12, **settings})
        await room.begin()
        yield room


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en-US",
            [
                ("44 more", "34 people in"),
                ("3 more!", "34 people in"),
                ("1 more!", "next press fires it"),
                ("in 4 s", "34 people in"),
                ("50 more", "not now"),
                ("zZ", "asleep"),
            ],
        ),
        (
            "ja-JP",
            [
                ("あと 44 回", "34 人が参加"),
                ("あと 3 回！", "34 人が参加"),
                ("あと 1 回！", "次の 1 回で発動"),
                ("あと 4 秒", "34 人が参加"),
                ("あと 50 回", "今は使えません"),
                ("zZ", "おやすみ中"),
            ],
        ),
    ],
)
async def test_a_tile_says_how_near_its_button_is(
    browser: Browser, language: str, words: list[tuple[str, str]]
) -> None:
    """What it lacks, and who is in, or why it cannot be pressed."""
    async with desk(browser, language, stands=True) as room:
        tile = room.page.locator(".tile").first
        states: tuple[dict[str, Any], ...] = (
            {"current_count": 6, "people": 34},
            {"current_count": NEED - 3},
            {"current_count": NEED},
            {"current_count": NEED + 20, "ready_in_ms": 3_900},
            {"current_count": 0, "ready_in_ms": 0, "available": False, "reason": "Cutscene"},
            {"enabled": False},
        )
        for state, (lacks, says) in zip(states, words, strict=True):
            room.count("heal", **state)
            await expect(tile.locator(".lacks")).to_have_text(spaced(lacks))
            await expect(tile.locator(".says")).to_have_text(spaced(says))
        await expect(tile.locator(".fire")).to_be_disabled()


async def test_a_tile_says_how_often_and_who_was_last(browser: Browser) -> None:
    """How often its pace lets it fire; who fired it, or what went wrong."""
    async with desk(browser, stands=True) as room:
        heal, meteor = room.tile("Heal Luna"), room.tile("Meteor")
        await expect(heal).to_contain_text("about every 9 s · 0 of 50")
        await expect(meteor).to_contain_text("about every 35 s · 0 of 50")
        await expect(heal.locator(".line")).to_have_text("Nobody yet")
        seq = room.fire("heal", "Mika", 87)
        await expect(heal.locator(".line")).to_have_text("Last: Mika")
        room.answer("heal", seq, "failed", reason="Arena locked", returned=389)
        await expect(heal.locator(".line")).to_have_text(
            "Did not work: 389 given back (Arena locked)"
        )
        room.answer("meteor", room.fire("meteor", "Nana"), "started", ends_at=in_ms(600_000))
        await expect(meteor.locator(".says")).to_have_text(re.compile(r"It's on · [56]\d\d s"))


async def test_a_tile_fires_its_button_once(browser: Browser) -> None:
    """While the round runs; a refusal is said."""
    async with desk(browser) as room:
        fire = room.tile("Meteor").locator(".fire")
        async with room.page.expect_response("**/fire"):
            await fire.click()
        assert room.asked == [("POST", "fire", {"event_type": "meteor"})]
        await room.refuse("fire", "ledger_full", 503)
        await fire.click()
        await expect(room.page.locator(".refused")).to_be_visible()
        room.be("in_game", paused=True)
        await expect(fire).to_be_disabled()


async def test_a_mark_and_a_key_fire_a_button(browser: Browser) -> None:
    """The number is the tile's place."""
    async with desk(browser) as room:
        await room.page.keyboard.press("3")
        await expect(room.tile("Swarm")).to_have_attribute("data-marked", "")
        async with room.page.expect_response("**/fire"):
            await room.page.keyboard.press("f")
        assert room.asked == [("POST", "fire", {"event_type": "swarm"})]
        marked = room.page.locator(".tile[aria-current=true]")
        await expect(marked).to_have_attribute("aria-label", "Swarm")
        # Neither where no tile shows, nor where it cannot be fired.
        await room.page.get_by_role("tab", name="Settings").click()
        await room.page.keyboard.press("1")
        await room.page.keyboard.press("f")
        await room.page.get_by_role("tab", name="Live").click()
        await expect(marked).to_have_attribute("aria-label", "Swarm")
        room.count("swarm", available=False)
        await expect(room.tile("Swarm").locator(".fire")).to_be_disabled()
        await room.page.keyboard.press("f")
        async with room.page.expect_response("**/fire"):
            await room.tile("Heal Luna").locator(".fire").click()
        fired = [body for _, path, body in room.asked if path == "fire"]
        assert fired == [{"event_type": "swarm"}, {"event_type": "heal"}]


async def test_a_switch_turns_one_button_off(browser: Browser) -> None:
    """It shows at once, and goes back where the server refuses."""
    async with desk(browser) as room:
        switch = room.tile("Meteor").get_by_role("switch", name="On: Meteor")
        async with room.page.expect_response("**/settings"):
            await switch.click()
        await expect(switch).to_have_attribute("aria-checked", "true")  # as the staged room says
        [(method, path, body)] = room.asked
        assert (method, path, list(body)) == ("PATCH", "settings", ["buttons"])
        sent = {button["event_type"]: button["enabled"] for button in body["buttons"]}
        assert sent == {"heal": True, "meteor": False, "swarm": True}
        assert body["buttons"][0]["weight"] == 2
        await room.refuse("settings", "rate_limited", 429)
        await switch.click()
        await expect(room.page.locator(".refused")).to_be_visible()
        await expect(switch).to_have_attribute("aria-checked", "true")


async def test_triggers_stand_beside_the_tiles(browser: Browser) -> None:
    """The newest one large, those before it in rows: who pressed, and what came of it."""
    async with desk(browser) as room:
        heading = room.page.locator(".feed .nothing")
        await expect(heading).to_contain_text("The first one shows here.")
        first = room.fire("heal", "Panda 46", 87)
        latest = room.page.locator(".latest")
        await expect(latest).to_contain_text("Heal Luna")
        await expect(latest).to_contain_text("Panda 46 and 86 others")
        failed = room.fire("swarm", "Tiger 108", 2)
        room.fire("meteor", None, 3)
        await expect(latest).to_contain_text("3 viewers")
        room.answer("heal", first, "done")
        room.answer("swarm", failed, "failed", reason="Arena locked", returned=389)
        await expect(room.row(first)).to_contain_text("✓ Done")
        await expect(room.row(failed)).to_contain_text("Tiger 108 and 1 other")
        await expect(room.row(failed).locator(".why")).to_have_text("Arena locked · 389 given back")
        assert await grave_findings(room.page) == []
        await room.page.get_by_label("Show the triggers of").select_option("Heal Luna")
        await expect(room.page.locator(".trigger")).to_have_count(1)


async def test_tiles_keep_their_size_when_they_fire(browser: Browser) -> None:
    """They light up instead."""
    async with desk(browser) as room:
        await room.page.emulate_media(reduced_motion="no-preference")
        await room.page.evaluate(WATCH_TILES)
        room.fire("heal", "Mika", 2)
        await room.page.wait_for_function("changed.length > 0")
        assert set(await room.page.evaluate("changed")) == {"filter"}


async def test_pauses_stops_and_moods_divide_the_triggers(browser: Browser) -> None:
    """A thin line for each, with its time, as the room tells it."""
    async with desk(browser) as room:
        lines = room.page.locator(".divider")
        room.be("in_game", paused=True)
        await expect(lines.first).to_have_text(re.compile(r"Paused\d+:\d+:\d+"))
        room.be("in_game", paused=False)
        await expect(lines.first).to_contain_text("Went on")
        room.settings = msgspec.structs.replace(room.settings, triggers_per_minute=60)
        room.say("settings", settings=msgspec.to_builtins(room.settings))
        await expect(lines.first).to_contain_text("How much happens: Wild 60")
        room.be("in_game", paused=True, stopped=True)
        await expect(lines.first).to_contain_text("Stopped")
        await expect(lines).to_have_count(5)


async def test_rounds_divide_the_triggers(browser: Browser) -> None:
    """Those of an older round fold to a line."""
    async with desk(browser) as room:
        old = room.fire("heal", "Mika", 2)
        await expect(room.page.locator(".latest")).to_be_visible()
        room.be("ended")
        await expect(room.page.get_by_role("tab", name="Results")).to_have_attribute(*SELECTED)
        room.be("in_game")
        fold = room.page.get_by_role("button", name="Round 1 · 1 trigger")
        await expect(room.page.locator(".divider.now")).to_contain_text("Round 2")
        await expect(room.row(old)).to_have_count(0)
        await fold.click()
        await expect(room.row(old)).to_be_visible()
        await expect(fold).to_have_attribute("aria-expanded", "true")


async def test_triggers_outlive_a_reload_and_come_twice(browser: Browser) -> None:
    """What two sources tell is one row, and nothing is said to be missing."""
    async with desk(browser) as room:
        seqs = [room.fire("heal", f"Viewer {n}", 2) for n in range(3)]
        await expect(room.row(seqs[0])).to_be_visible()
        room.say(
            "trigger", event_type="heal", viewer_name="Viewer 0", people=2, epoch=1, seq=seqs[0]
        )
        await room.reload()
        await expect(room.page.locator(".latest")).to_contain_text("Viewer 2")
        await expect(room.page.locator(".trigger")).to_have_count(2)
        room.fire("heal", "Viewer 9", 2)
        await expect(room.page.locator(".trigger")).to_have_count(3)


async def test_a_window_that_knows_nothing_says_nothing_false(browser: Browser) -> None:
    """Where triggers fired before it was opened, it does not ask for the first one."""
    async with desk(browser) as room:
        room.count("heal", current_level=7)
        await expect(room.page.locator(".feed .nothing")).to_contain_text(
            "Earlier triggers are under Results."
        )


async def test_who_fired_is_blocked_from_the_feed(browser: Browser) -> None:
    """The row says so at once."""
    async with desk(browser) as room:
        answers = {"fired_by?epoch=1&seq=1": {"viewer_id": ROOM}, "block": {}}
        for path, answer in answers.items():
            await answer_with(room.page, path, answer)
        seq = room.fire("heal", "Mika", 2)
        room.fire("swarm", "Nana", 2)
        await room.row(seq).get_by_role("button", name="Mika").click()
        dialog = room.page.get_by_role("dialog", name="Mika")
        await expect(dialog).to_contain_text("presses no longer count")
        assert await grave_findings(room.page) == []
        await dialog.get_by_role("button", name="Block").click()
        await expect(dialog).to_be_hidden()
        await expect(room.row(seq)).to_contain_text("blocked")


async def test_a_second_enter_on_a_name_does_nobody_harm(browser: Browser) -> None:
    """It closes what the first one opened."""
    async with desk(browser) as room:
        await answer_with(room.page, "fired_by?epoch=1&seq=1", {"viewer_id": ROOM})
        asked: list[str] = []
        room.page.on("request", lambda request: asked.append(request.url))
        seq = room.fire("heal", "Mika", 2)
        room.fire("swarm", "Nana", 2)
        name = room.row(seq).get_by_role("button", name="Mika")
        await name.press("Enter")
        dialog = room.page.get_by_role("dialog", name="Mika")
        await expect(dialog.get_by_role("button", name="Close")).to_be_focused()
        await room.page.keyboard.press("Enter")
        await expect(dialog).to_have_count(0)
        await expect(name).to_be_focused()
        assert [url for url in asked if "hide_names" in url or "block" in url] == []


async def test_a_stop_offers_what_one_needs_next(browser: Browser) -> None:
    """What was thrown away; hiding names, blocking who fired last, looking at the viewers."""
    async with desk(browser) as room:
        discarded = [{"event_type": "heal", "count": 152}, {"event_type": "swarm", "count": 3}]
        stopped = {
            "room_id": ROOM,
            "status": "in_game",
            "round": 1,
            "paused": True,
            "stopped": True,
        }
        await answer_with(room.page, "round", {**stopped, "discarded": discarded, "time": ""})
        await answer_with(room.page, "fired_by?epoch=1&seq=1", {"viewer_id": ROOM})
        await answer_with(room.page, "block", {})
        await answer_with(room.page, "viewers", {"viewers": []})
        await answer_with(room.page, "viewers?blocked=true", {"viewers": []})
        await answer_with(room.page, "tokens", {"tokens": []})
        seq = room.fire("heal", "Mika", 2)
        await expect(room.page.locator(".latest")).to_be_visible()
        await room.page.keyboard.press("x")
        room.be("in_game", paused=True, stopped=True)
        note = room.page.locator(".note.stopped")
        alerts = room.page.get_by_role("alert").filter(has_text="Stopped")
        await expect(alerts).to_have_count(1)  # it is said once
        await expect(note).not_to_have_attribute("role", "alert")
        await expect(note).to_contain_text("155 presses were thrown away.")
        await expect(room.tile("Heal Luna").locator(".line")).to_have_text("152 thrown away")
        await expect(room.tile("Meteor").locator(".line")).to_have_text("")
        await expect(room.page.locator(".divider.stopped")).to_contain_text(
            "155 presses thrown away"
        )
        await expect(room.tile("Heal Luna").locator(".fire")).to_be_disabled()
        assert await grave_findings(room.page) == []
        await note.get_by_role("button", name="Block Mika, who fired last").click()
        await expect(room.row(seq)).to_contain_text("blocked")
        await expect(note.get_by_role("button", name="Mika is blocked")).to_be_disabled()
        await note.get_by_role("button", name="Look at the viewers").click()
        await expect(room.page.get_by_role("tab", name="Viewers")).to_have_attribute(*SELECTED)


async def test_presses_are_behind_a_fold(browser: Browser) -> None:
    """A figure, and the five minutes of each button once they are unfolded."""
    async with desk(browser) as room:
        fold = room.page.locator(".presses")
        await expect(fold.locator("summary")).to_contain_text("0 presses a second")
        await expect(fold.locator("svg")).to_have_count(0)
        await fold.locator("summary").click()
        await expect(fold.get_by_role("img")).to_be_visible()
        room.count("heal", accepted=40, current_count=40)
        await expect(fold.get_by_role("row", name="Heal Luna")).to_contain_text("40")
        headings = await fold.get_by_role("columnheader").all_inner_texts()
        assert headings == ["Minutes ago", "5", "4", "3", "2", "1"]
        await expect(fold.locator("path[d]:not([d=''])")).to_have_count(1)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1440, 900), (1920, 1080)])
async def test_all_tiles_are_whole(browser: Browser, width: int, height: int) -> None:
    """From 1280 by 720 up, without scrolling; six of them in two columns."""
    six = [staged_button(f"b{n}", f"Button {n}") for n in range(6)]
    async with desk(browser, buttons=six) as room:
        await room.page.set_viewport_size({"width": width, "height": height})
        boxes = [await tile.bounding_box() for tile in await room.page.locator(".tile").all()]
        bottoms = [box["y"] + box["height"] for box in boxes if box]
        assert len(bottoms) == 6
        assert max(bottoms) <= height
        assert min(box["height"] for box in boxes if box) >= 168
        assert len({box["x"] for box in boxes if box}) == 2


async def test_the_dock_has_tiles_and_nothing_beside_them(browser: Browser) -> None:
    """420 px wide: one column of tiles, each with its words, its switch and Fire once."""
    six = [staged_button(f"b{n}", f"Button {n}") for n in range(6)]
    async with desk(browser, buttons=six) as room:
        await room.page.set_viewport_size({"width": 420, "height": 772})
        last = room.page.locator(".tile").last
        box = await last.bounding_box()
        assert box
        assert (round(box["height"]), box["y"] + box["height"] <= 772) == (92, True)
        for part in (".lacks", ".switch", ".fire"):
            await expect(last.locator(part)).to_be_visible()
        await expect(room.page.locator(".live .side")).to_be_hidden()


def recorded(number: int) -> dict[str, Any]:
    """What the history has of a round: in the second one a trigger failed, and another is new."""
    row = {"threshold": 5, "fired_at": "2026-01-01T12:00:00Z", "status": None, "reason": None}
    failed = {"status": "failed", "reason": "Arena locked"}
    rows = [
        {**row, "seq": 1, "event_type": "heal", "viewer_name": None},
        {**row, "seq": 2, "event_type": "swarm", "viewer_name": "Nana", **failed},
        {**row, "seq": 3, "event_type": "heal", "viewer_name": "Mika"},
    ]
    triggers = rows[:1] if number == 1 else rows[1:]
    span = {"started_at": "2026-01-01T11:59:00Z", "ended_at": None}
    return {"round": number, **span, "triggers": triggers}


def spaced(text: str) -> re.Pattern[str]:
    """This text and no more, with any kind of space."""
    return re.compile(rf"^\s*{text}\s*$".replace(" ", r"\s"))


def _now(seconds: float = 0) -> str:
    """The time in so many seconds, by the server's clock."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def _minutes_between(one: str, other: str) -> int:
    """Of two times of day."""
    first, second = (int(time[:2]) * 60 + int(time[3:5]) for time in (one, other))
    return min(abs(first - second), 24 * 60 - abs(first - second))


def in_ms(ms: int) -> int:
    """The time in so many ms, since 1970."""
    return int(time.time() * 1_000) + ms


async def answer_with(page: Page, path: str, answer: dict[str, Any]) -> None:
    """Have the API answer so at this path of the room."""
    url = f"{HOME}/api/rooms/{ROOM}/{path}"
    await page.route(lambda asked: asked == url, lambda route: route.fulfill(json=answer))


async def test_few_viewers_are_invited_beside_the_round(browser: Browser) -> None:
    """Until ten are here."""
    async with desk(browser) as room:
        room.people(9)
        invite = room.page.locator(".feed .invite")
        await expect(invite).to_contain_text("CWT9C9")
        room.people(10)
        await expect(invite).to_have_count(0)


async def test_a_window_that_knows_nothing_asks_the_history(browser: Browser) -> None:
    """What the server has recorded of the round, and of the one before it."""
    async with opened_page(browser) as page:
        room = Desk(page, BUTTONS)
        await page.add_init_script('localStorage["streamario.console.studio_key"] = \'"key"\'')
        await room.begin(2)
        await expect(room.row(2)).to_contain_text("✕ Did not work")
        await expect(room.row(2)).to_contain_text("Nana")
        await expect(room.page.locator(".latest")).to_contain_text("Mika")
        await expect(room.page.get_by_role("button", name="Round 1 · 1 trigger")).to_be_visible()


@pytest.mark.parametrize("language", ["en-US", "ja-JP"])
async def test_no_part_of_a_tile_covers_another(browser: Browser, language: str) -> None:
    """In whatever width, with long names and large figures."""
    names = ("Heal the whole party of Luna", "ルナとその仲間全員を一気に回復する")
    buttons = [staged_button(f"b{n}", *names) for n in range(4)]
    async with desk(browser, language, buttons) as room:
        room.count("b3", current_count=123_456, required_count=412_345, people=12_345)
        room.count("b0", current_count=1_214, required_count=1_203, ready_in_ms=400_000, people=345)
        room.count("b1", current_count=12_389, required_count=12_389)
        room.answer("b2", room.fire("b2", "Mika"), "started", ends_at=in_ms(600_000))
        await expect(room.page.locator(".lacks").first).to_contain_text("400")
        await expect(room.page.locator("[data-kind=lasting]")).to_be_visible()
        for width in (320, 420, 521, 768, 1089, 1181, 1280, 1920):
            await room.page.set_viewport_size({"width": width, "height": 720})
            assert await room.page.evaluate(COVERED) == [], width


@pytest.mark.parametrize("width", [1280, 1920])
async def test_more_than_six_tiles_scroll(browser: Browser, width: int) -> None:
    """None is lower than 168 px, and the page itself does not scroll."""
    buttons = [staged_button(f"b{n}", f"Button {n}") for n in range(24)]
    async with desk(browser, buttons=buttons) as room:
        await room.page.set_viewport_size({"width": width, "height": 1080})
        boxes = [await tile.bounding_box() for tile in await room.page.locator(".tile").all()]
        assert min(box["height"] for box in boxes if box) >= 168
        assert await room.page.evaluate(COVERED) == []
        assert await room.page.evaluate("document.documentElement.scrollHeight") == 1080
        await room.page.locator(".tile").last.scroll_into_view_if_needed()
        await expect(room.page.locator(".tile").last).to_be_in_viewport(ratio=1)


async def test_fire_once_keeps_the_focus(browser: Browser) -> None:
    """Though it cannot be used while the round is paused."""
    async with desk(browser) as room:
        fire = room.tile("Meteor").locator(".fire")
        await fire.focus()
        room.be("in_game", paused=True)
        await expect(fire).to_be_disabled()
        await expect(fire).to_be_focused()


@pytest.mark.parametrize(
    ("language", "words", "line", "others"),
    [
        ("en-US", "You and 20 viewers", "Last: fired by you", "Fired by the desk"),
        ("ja-JP", "この画面と視聴者 20 人", "前回：この画面から発動", "コンソールから発動"),
    ],
)
async def test_what_a_desk_fired_says_so(
    browser: Browser, language: str, words: str, line: str, others: str
) -> None:
    """Also of a button that viewers had pressed. Nobody can be blocked for it."""
    async with desk(browser, language, stands=True) as room:
        tile = room.page.locator(".tile").nth(1)
        async with room.page.expect_response("**/fire"):
            await tile.locator(".fire").click()
        room.fire("meteor", None, 20, by_streamer=True)
        who = room.page.locator(".latest .who")
        await expect(who).to_have_text(re.compile(words.replace(" ", r"\s")))
        assert await who.evaluate("node => node.tagName") == "P"
        await expect(tile.locator(".line")).to_have_text(line)
        room.fire("meteor", None, 20, by_streamer=True)  # by another window
        await expect(who).to_have_text(others)
        room.fire("meteor", None, 20)
        await expect(who).to_have_text(re.compile("20"))


async def test_the_feed_is_one_stop_of_the_tab_key(browser: Browser) -> None:
    """However many names it has: the arrow keys go from one to the next."""
    async with desk(browser) as room:
        for name in ("Mika", "Sora", "Yuki", "Rin"):  # the newest stands above the list
            room.fire("heal", name, 2)
        page, names = room.page, room.page.locator(".feed ol .who")
        await expect(names).to_have_text([re.compile(name) for name in ("Yuki", "Sora", "Mika")])
        await page.locator(".feed ol").focus()
        for number in (0, 1, 2, 0):
            await page.keyboard.press("ArrowDown")
            await expect(names.nth(number)).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.locator(".feed ol :focus")).to_have_count(0)


async def test_many_triggers_are_not_read_out(browser: Browser) -> None:
    """Ten a minute are."""
    async with desk(browser, stands=True) as room:
        for _ in range(10):
            room.fire("heal", "Mika", 2)
        latest = room.page.locator(".latest")
        await expect(latest).to_have_attribute("data-seq", "10")
        await expect(latest).to_have_attribute("aria-live", "polite")
        room.fire("heal", "Mika", 2)
        await expect(latest).to_have_attribute("aria-live", "off")


async def test_what_was_missed_is_asked_of_the_history(browser: Browser) -> None:
    """Whenever the room has counted more triggers than are here, by this page's clock."""
    async with opened_page(browser) as page:
        room = Desk(page, BUTTONS)
        await page.add_init_script('localStorage["streamario.console.studio_key"] = \'"key"\'')
        await page.add_init_script(TWO_HOURS_AHEAD)
        await room.begin(2)
        await expect(room.row(2)).to_be_visible()
        seq = room.fire("heal", "Panda", 2)
        room.say("trigger", event_type="heal", viewer_name="Panda", people=2, epoch=1, seq=seq + 6)
        await expect(page.locator(".latest")).to_contain_text("Panda")
        room.recorded = [
            {**RECORDED, "seq": 4, "event_type": "swarm", "fired_at": _now(-20)},
            {**RECORDED, "seq": 5, "event_type": "swarm", "viewer_name": "Fox", "fired_at": _now()},
        ]
        room.count("heal", current_level=6)
        await expect(room.row(5)).to_contain_text("Fox")
        shown = await room.row(5).locator(".at").inner_text()
        now = await page.evaluate("new Date().toLocaleTimeString('en-US', { hourCycle: 'h23' })")
        assert _minutes_between(shown, now) <= 30  # by its clock, and not two hours before


async def test_who_fired_last_can_be_blocked_though_nobody_saw_it_here(browser: Browser) -> None:
    """As after a stop that was pressed while the server was away."""
    async with opened_page(browser) as page:
        room = Desk(page, BUTTONS)
        await page.add_init_script('localStorage["streamario.console.studio_key"] = \'"key"\'')
        await room.begin()
        room.fire("heal", "Panda", 2)
        await expect(page.locator(".latest")).to_contain_text("Panda")
        room.recorded = [
            {**RECORDED, "seq": 9, "event_type": "swarm", "viewer_name": "Fox", "fired_at": _now()},
        ]
        room.count("heal", current_level=6)
        await expect(page.locator(".live")).to_contain_text("Fox")
        await answer_with(page, "fired_by?epoch=1&seq=9", {"viewer_id": ROOM})
        await answer_with(page, "block", {})
        room.be("in_game", paused=True, stopped=True)
        await page.get_by_role("button", name="Block Fox, who fired last").click()
        await expect(page.get_by_role("button", name="Fox is blocked")).to_be_visible()


@pytest.mark.parametrize("language", ["en-US", "ja-JP"])
async def test_no_width_scrolls_sideways(browser: Browser, language: str) -> None:
    """Least of all those between the dock and a tablet."""
    async with desk(browser, language) as room:
        room.people(12)
        await expect(room.page.locator(".nav .code")).to_be_visible()
        for width in (521, 560, 600, 641, 761, 861, 1061, 1181):
            await room.page.set_viewport_size({"width": width, "height": 720})
            over = await room.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, width


@pytest.mark.parametrize(("width", "is_above"), [(1180, True), (1280, False)])
async def test_what_a_stop_offers_is_in_sight(browser: Browser, width: int, is_above: bool) -> None:
    """Beside the tiles, or above them where nothing stands beside."""
    async with desk(browser) as room:
        await room.page.set_viewport_size({"width": width, "height": 720})
        stopped = {"room_id": ROOM, "status": "in_game", "round": 1, "paused": True}
        await answer_with(room.page, "round", {**stopped, "discarded": [], "time": ""})
        await room.page.keyboard.press("x")
        room.be("in_game", paused=True)
        note = room.page.locator(".note.stopped")
        await expect(note).to_be_in_viewport(ratio=1)
        box, tiles = await note.bounding_box(), await room.page.locator(".tiles").bounding_box()
        assert box
        assert tiles
        assert (box["y"] + box["height"] <= tiles["y"] + 6) == is_above
