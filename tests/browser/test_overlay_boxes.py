"""The overlay in every size, place and number of buttons: nothing overlaps, and nothing is cut."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from shared.wire.room_settings import Button, TeamNames, Theme
from tests.browser.conftest import opened_page
from tests.browser.page_time import pass_until_seen, stand
from tests.browser.staged_room import NEED, ROOM, StagedRoom, staged_button
from tests.waiting import until

SIZES: Final[tuple[ViewportSize, ...]] = (
    {"width": 1920, "height": 1080},
    {"width": 1280, "height": 720},
    {"width": 854, "height": 480},
    {"width": 480, "height": 270},
)
POSITIONS: Final = ("bottom", "top", "left", "right")
LANGUAGES: Final = ("en", "ja")
COUNTS: Final = (24, 15, 14, 13, 12, 9, 8, 7, 6, 1)
WIDE: Final = "とても長い名前の視聴者さんがここに来ましたよ！！"  # 24 letters
LABELS: Final = (
    ("Heal Luna", "ルナを回復"),
    ("Summon the ancient fire dragon of the North", "いにしえの火竜を北の山から召喚する"),
    ("Donaudampfschifffahrtsgesellschaft", "サンダー"),
)
TUNNEL: Final = "https://consist-authentic-printable-arrangements.trycloudflare.com"
HANDLE: Final = "luna_and_her_96_dragon_nights_"
INVITATIONS: Final[dict[str, dict[str, Any]]] = {
    "code": {"url": f"{TUNNEL}/play/{ROOM}"},
    "handle": {"url": f"{TUNNEL}/@{HANDLE}", "handle": HANDLE},
}
# Each language with another way into the room.
WAYS_IN: Final = tuple(zip(LANGUAGES, INVITATIONS, strict=True))
TITLE: Final = "The Boss Rush of all Boss Rushes, with everything that anybody ever wished for"
DRAWN: Final = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
AWAIT_RESIZE: Final = """() => {
  globalThis.resized = new Promise((seen) =>
    addEventListener("resize", () => seen(), { once: true }));
}"""
KNOWS_ITS_HEIGHT: Final = """() => {
  const list = document.querySelector("#bars");
  const known = list.style.getPropertyValue("--room");
  return !known || Math.abs(Number.parseFloat(known) - list.clientHeight) < 1;
}"""
BURST: Final = 3_000  # ms, in which one has come and gone, or the next one come
# A box that is turned seems larger than it is.
UPRIGHT: Final = (
    ".burst, .burst-star, .pops li, .podium-stamp, .queue .key { transform: none !important; }"
)
# Each part that must have its own place, and which of its texts may be cut by their own ellipsis.
FINDINGS: Final = """(parts) => {
  const found = [];
  const seen = (node) =>
    node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const nameOf = (node) => `${node.className || node.tagName} "${node.textContent.slice(0, 30)}"`;
  const boxes = [...document.querySelectorAll(parts)].filter(seen)
    .map((node) => ({ node, box: node.getBoundingClientRect() }));
  const meets = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 0.6 &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 0.6;
  if (boxes.length === 0) return ["nothing is shown"];
  boxes.forEach(({ node, box }, index) => {
    const { left, top, right, bottom } = box;
    if (left < -0.6 || top < -0.6 || right > innerWidth + 0.6 || bottom > innerHeight + 0.6)
      found.push(`outside: ${nameOf(node)} ${[left, top, right, bottom].map(Math.round)}`);
    for (const other of boxes.slice(index + 1)) {
      if (node.contains(other.node) || !meets(box, other.box)) continue;
      found.push(`${nameOf(node)} meets ${nameOf(other.node)}`);
    }
  });
  const isShortened = (node) => {
    const style = getComputedStyle(node);
    if (node.matches(".bar-count:not([data-says])")) return false;
    const isSaid = node.matches(":is([data-state=unavailable], [data-state=failed]) .bar-count");
    if (node.matches(".bar-count") && !isSaid) return false;
    return style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
  };
  for (const { node: part } of boxes) {
    for (const node of [part, ...part.querySelectorAll("*")]) {
      if (!seen(node) || node.closest("svg") || getComputedStyle(node).overflowX === "visible")
        continue;
      if (node.matches(".bar-box, .bar-fill, .bar-icon, .queue-icon")) continue;
      if (!isShortened(node) && node.scrollWidth > node.clientWidth + 1)
        found.push(`cut: ${nameOf(node)} ${node.scrollWidth} in ${node.clientWidth}`);
    }
    const words = [...part.querySelectorAll(".bar-box > .bar-words > *")].filter(seen);
    const bar = part.getBoundingClientRect();
    words.forEach((node, index) => {
      const box = node.getBoundingClientRect();
      const bottom = box.bottom - Number.parseFloat(getComputedStyle(node).paddingBottom);
      if (box.top < bar.top - 1 || bottom > bar.bottom + 1 || box.right > bar.right + 0.6)
        found.push(`beyond its bar: ${nameOf(node)}`);
      for (const other of words.slice(index + 1)) {
        if (meets(box, other.getBoundingClientRect()))
          found.push(`in a bar ${nameOf(node)} meets ${nameOf(other)}`);
      }
    });
  }
  return [...new Set(found)];
}"""
# Letters of the way in that are lower than 2.2 % of the picture, unless all of it is made smaller.
TOO_SMALL: Final = """() => {
  const height = Math.min(innerHeight, 0.5625 * innerWidth);
  const scale = getComputedStyle(document.documentElement).getPropertyValue("--scale") || 1;
  const least = 0.022 * height * Math.min(1, scale) - 0.01;
  return [...document.querySelectorAll(".code > *, .join-place")]
    .filter((node) => node.checkVisibility())
    .map((node) => [node.className, Number.parseFloat(getComputedStyle(node).fontSize)])
    .filter(([, size]) => size < least)
    .map(([name, size]) => `${name} is ${size} px high`);
}"""
# Words whose box cuts off the tails of letters, and by how many pixels. A bar's label may go on in
# a line that is not shown.
TAILS_CUT: Final = """() => {
  const found = [];
  const context = document.createElement("canvas").getContext("2d");
  const others =
    ".bar-box, .bar-fill, .bar-label, .stage, .finale, .start, .start-band, .burst-light, " +
    "[class$=-icon]"; // emoji have no tails
  const words = [...document.querySelectorAll("#overlay *")].filter((node) =>
    node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    !node.closest("svg") && !node.matches(others) && node.textContent.trim() &&
    getComputedStyle(node).overflowY !== "visible");
  for (const node of words) {
    const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()?.data.trim() === "");
    const host = texts.currentNode.parentElement;
    const mark = document.createElement("i");
    mark.style.cssText = "display: inline-block; width: 0; height: 0";
    host.append(mark);
    const baseline = mark.getBoundingClientRect().bottom;
    mark.remove();
    const { fontWeight, fontSize, fontFamily } = getComputedStyle(host);
    context.font = `${fontWeight} ${fontSize} ${fontFamily}`;
    const tail = baseline + context.measureText("gjpqy").actualBoundingBoxDescent;
    const cut = tail - node.getBoundingClientRect().bottom;
    if (cut > 3) found.push(`${node.className || node.tagName} by ${Math.round(cut)}`);
  }
  return found;
}"""
ROUND: Final = ".bar, .facts > .plate, .qr, .logo"
BURST_PARTS: Final = ".burst-name, .burst-by, .burst-mark, .burst-star"
LINE: Final = ".bar, .facts > .plate, .burst-star, .burst-by, .queue > *"
GATHER: Final = (
    ".join-card h1, .join-how, .join-keys, .join-place, .join-qr, .here-total, .pops li, .logo"
)
FINALE: Final = (
    ".finale-head h1, .finale-teams, .qr, .podium-name, .podium-stamp, .podium-step, .logo"
)


def buttons(count: int) -> list[Button]:
    """As many buttons, with labels of any length."""
    return [
        staged_button(f"b{n}", *LABELS[n % 3], icon="✨💣🐉"[n % 3], team=("skill", "enemy")[n % 2])
        for n in range(count)
    ]


async def findings(page: Page, parts: str) -> dict[str, list[str]]:
    """What is wrong, by the size in which it is."""
    found = {}
    for size in SIZES:
        await page.evaluate(AWAIT_RESIZE)
        await page.set_viewport_size(size)
        await page.evaluate("resized")
        await page.evaluate(DRAWN)
        await until(lambda: page.evaluate(KNOWS_ITS_HEIGHT))
        wrong = [*await page.evaluate(FINDINGS, parts), *await page.evaluate(TOO_SMALL)]
        if wrong:
            found[f"{size['height']}"] = wrong
    return found


async def opened(
    page: Page,
    count: int,
    query: str,
    teams: tuple[str, str] = ("", ""),
    way_in: str = "code",
    **settings: Any,
) -> StagedRoom:
    skill, enemy = teams
    theme = Theme(logo="0" * 32, team_names=TeamNames(skill=skill, enemy=enemy))
    room = StagedRoom(page, buttons(count), theme=theme, **settings)
    room.viewer_count = 12_345
    room.invitation |= INVITATIONS[way_in]
    await room.open(query=query)
    await page.evaluate("document.fonts.ready")
    return room


def begin(room: StagedRoom) -> None:
    """A round runs whose 3-2-1 is over, with each state that a bar may have."""
    now = datetime.now(UTC)
    ends = now + timedelta(minutes=12)
    room.be("in_game", started_at=now.isoformat(), opened_by_press=True)
    room.be("in_game", round_ends_at=int(ends.timestamp() * 1000))
    vary(room)


def vary(room: StagedRoom) -> None:
    """Each button in another state."""
    states: tuple[dict[str, Any], ...] = (
        {"current_count": NEED - 3},
        {"current_count": 9_876, "required_count": 12_345},
        {"current_count": NEED, "ready_in_ms": 600_000},
        {"cooldown_left_ms": 600_000, "ready_in_ms": 600_000},
        {"available": False, "reason": "The boss is not in this room at all"},
        {"current_count": NEED},
        {"enabled": False},
    )
    for n, event_type in enumerate(room.stats):
        room.count(event_type, **states[n % len(states)])


@pytest.mark.parametrize(("language", "way_in"), WAYS_IN)
@pytest.mark.parametrize("position", POSITIONS)
async def test_bars_of_any_number_have_room(
    browser: Browser, position: str, language: str, way_in: str
) -> None:
    query = f"?position={position}&lang={language}&show=qr,logo"
    async with opened_page(browser) as page:
        room = await opened(page, max(COUNTS), query, way_in=way_in)
        begin(room)
        found = {}
        for count in COUNTS:
            settings = msgspec.structs.replace(room.settings, buttons=tuple(buttons(count)))
            room.say("settings", settings=msgspec.to_builtins(settings))
            await expect(page.locator(".bar")).to_have_count(count)
            if wrong := await findings(page, ROUND):
                found[count] = wrong
        assert found == {}


@pytest.mark.parametrize("way_in", INVITATIONS)
@pytest.mark.parametrize("scale", ["0.5", "1.5", "4"])
@pytest.mark.parametrize("position", ["bottom", "right"])
async def test_smaller_and_larger_bars_have_room(
    browser: Browser, position: str, scale: str, way_in: str
) -> None:
    async with opened_page(browser) as page:
        await stand(page)
        room = await opened(page, 6, f"?position={position}&scale={scale}", way_in=way_in)
        begin(room)
        await expect(page.locator(".bar[data-state=close]")).to_be_visible()
        assert await findings(page, ROUND) == {}
        room.fire("b1", WIDE, 12_345)
        for n in (2, 3, 4, 5):
            room.fire(f"b{n}", WIDE, 12_345)
        await expect(page.locator(".queue .key")).to_have_count(3)
        assert await page.evaluate(FINDINGS, LINE) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("position", POSITIONS)
async def test_a_burst_and_the_line_have_room_beside_the_bars(
    browser: Browser, position: str, language: str
) -> None:
    async with opened_page(browser) as page:
        await stand(page)
        room = await opened(page, 24, f"?position={position}&lang={language}")
        begin(room)
        await expect(page.locator(".bar")).to_have_count(24)
        room.fire("b1", WIDE, 12_345)
        await expect(page.locator(".burst-name")).to_be_visible()
        for n in (*range(2, 15), 12, 12):
            room.fire(f"b{n}", WIDE, 12_345)
        await expect(page.locator(".queue .key")).to_have_count(3)
        await page.clock.run_for(BURST)
        await expect(page.locator(".queue-rest")).to_have_count(2)
        assert await findings(page, LINE) == {}
        await page.add_style_tag(content=UPRIGHT)
        assert await findings(page, BURST_PARTS) == {}


@pytest.mark.parametrize(("language", "way_in"), WAYS_IN)
async def test_the_invitation_has_room_for_long_names(
    browser: Browser, language: str, way_in: str
) -> None:
    async with opened_page(browser) as page:
        room = await opened(page, 6, f"?lang={language}&show=logo", title=TITLE, way_in=way_in)
        await expect(page.locator(".join-card")).to_be_visible()
        await page.add_style_tag(content=UPRIGHT)
        for name in (WIDE, "Mika", f"{WIDE}!", "Fox", WIDE, "نور ✨", f"{WIDE}?", WIDE):
            room.people(12_345, name)
            await expect(page.locator(".pops li").first).to_have_text(name)
        assert await findings(page, GATHER) == {}


@pytest.mark.parametrize(("language", "way_in"), WAYS_IN)
async def test_the_podium_has_room_for_long_names(
    browser: Browser, language: str, way_in: str
) -> None:
    async with opened_page(browser) as page:
        await stand(page)
        teams = ("The Heroes of the Northern Realm", "魔王軍とその仲間たち")
        room = await opened(page, 6, f"?lang={language}&show=logo", teams, way_in)
        totals = [{"viewer_id": str(n), "viewer_name": WIDE, "count": 12_345 - n} for n in range(3)]
        titles = [
            {"title": title, "viewer_id": "0", "viewer_name": WIDE}
            for title in ("finisher", "steady", "first")
        ]
        room.results = {
            "viewer_totals": totals,
            "event_totals": {"b0": 9, "b1": 12_345},
            "titles": titles,
        }
        room.be("in_game")
        await expect(page.locator("#overlay")).not_to_have_attribute("data-beat", "gather")
        room.be("ended")
        await pass_until_seen(page, "#finale")
        await expect(page.locator(".podium-name")).to_have_count(3)
        await page.add_style_tag(content=UPRIGHT)
        assert await findings(page, FINALE) == {}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_countdown_has_room(browser: Browser, language: str) -> None:
    async with opened_page(browser) as page:
        await stand(page)
        room = await opened(page, 6, f"?lang={language}")
        starts = datetime.now(UTC) + timedelta(minutes=1)
        room.be("in_game", started_at=starts.isoformat())
        await expect(page.locator(".start-digit")).to_be_visible()
        assert await findings(page, ".start-ready .plate") == {}


async def test_the_tails_of_letters_are_not_cut(browser: Browser) -> None:
    async with opened_page(browser) as page:
        await stand(page)
        await page.set_viewport_size(SIZES[0])
        room = await opened(page, 6, "", title="Play along")
        await page.add_style_tag(content=UPRIGHT)
        await expect(page.locator(".join-card")).to_be_visible()
        assert await page.evaluate(TAILS_CUT) == []
        begin(room)
        for event_type in ("b0", "b1"):  # with a name of one line, and with one of two
            room.fire(event_type, "Peggy", 3)
        for name in ("Heal Luna!", "Summon the ancient fire dragon of the North!"):
            await expect(page.locator(".burst-name")).to_have_text(name)
            assert await page.evaluate(TAILS_CUT) == []
            await page.clock.run_for(BURST)
        room.results["viewer_totals"] = [{"viewer_id": "1", "viewer_name": "Peggy", "count": 3}]
        room.be("ended")
        await pass_until_seen(page, "#finale")
        await expect(page.locator(".finale-head")).to_have_text("Peggy takes the round!")
        assert await page.evaluate(TAILS_CUT) == []
