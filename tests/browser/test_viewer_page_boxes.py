"""The viewers' page in every size and with any number of buttons: nothing overlaps or is cut."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from shared.wire.room_settings import Button
from tests.browser.conftest import opened_page
from tests.browser.page_time import pass_until_seen, stand
from tests.browser.staged_room import StagedRoom, staged_button

SIZES: Final[tuple[ViewportSize, ...]] = (
    {"width": 320, "height": 740},
    {"width": 360, "height": 640},
    {"width": 390, "height": 844},
    {"width": 768, "height": 1024},
    {"width": 1280, "height": 800},
)
ON_ITS_SIDE: Final[ViewportSize] = {"width": 844, "height": 390}
LARGE_LETTERS: Final[ViewportSize] = {"width": 195, "height": 422}  # 200 % of 390
LOCALES: Final = ("en-US", "ja-JP")
COUNTS: Final = (24, 12, 8, 6, 5, 1)
WIDE: Final = "とても長い名前の視聴者さんがここに来ましたよ！！"  # 24 letters
LABELS: Final = (
    ("Heal Luna", "ルナを回復"),
    ("Summon the ancient fire dragon of the North", "いにしえの火竜を北の山から召喚する"),
    ("Donaudampfschifffahrtsgesellschaft", "サンダー"),
)
TITLE: Final = "The Boss Rush of all Boss Rushes, with everything that anybody ever wished for"
LOW: Final[tuple[ViewportSize, ...]] = (
    {"width": 320, "height": 568},
    {"width": 320, "height": 640},
    {"width": 320, "height": 740},
    {"width": 360, "height": 560},
    {"width": 390, "height": 664},
)
WORDS: Final = ("アヒル大発生！", "スピードアップ", "スローモーション")
REASON: Final = "Luna is in the shop and buys everything that a hero needs in this chapter"
SENT: Final = 2_000  # ms, in which presses are sent
LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC).isoformat()
IS_CUT: Final = "it => it.scrollWidth > it.clientWidth + 1 || it.scrollHeight > it.clientHeight + 6"
FADED_IN: Final = "Promise.all(document.getAnimations().map((each) => each.finished)).then(() => 0)"
DRAWN: Final = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
UPRIGHT: Final = ".card, .names li, .flood-what { transform: none !important; }"
# Parts that must each have a place of their own, and what in them may be shortened by an ellipsis.
FINDINGS: Final = """(parts) => {
  const found = [];
  const seen = (node) =>
    node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const nameOf = (node) => `${node.className || node.tagName} "${node.textContent.slice(0, 30)}"`;
  const boxOf = (node) => node.getBoundingClientRect();
  const meets = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 0.6 &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 0.6;
  const shown = [...document.querySelectorAll(parts)].filter(seen);
  if (shown.length === 0) return ["nothing is shown"];
  const apart = (nodes, inside) => nodes.forEach((node, index) => {
    const box = boxOf(node);
    const { left, top, right, bottom } = inside;
    const isBeside = box.left < left - 0.6 || box.right > right + 0.6;
    if (isBeside || box.top < top - 0.6 || box.bottom > bottom + 0.6)
      found.push(`beyond its edge: ${nameOf(node)}`);
    for (const other of nodes.slice(index + 1)) {
      if (!node.contains(other) && meets(box, boxOf(other)))
        found.push(`${nameOf(node)} meets ${nameOf(other)}`);
    }
  });
  const bottom = document.documentElement.scrollHeight;
  const page = { left: 0, top: 0, right: innerWidth, bottom };
  apart(shown, page);
  const isShortened = (node) => {
    const style = getComputedStyle(node);
    return style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
  };
  const mayBeCut = ".key-face, .key-icon, .names, .preview-icon, .board";
  for (const part of shown) {
    for (const node of [part, ...part.querySelectorAll("*")]) {
      if (!seen(node) || node.closest("svg") || node.closest(".key-fill, .unseen")) continue;
      if (getComputedStyle(node).overflowX === "visible" || node.matches(mayBeCut)) continue;
      if (!isShortened(node) && node.scrollWidth > node.clientWidth + 1)
        found.push(`cut: ${nameOf(node)} ${node.scrollWidth} in ${node.clientWidth}`);
    }
    for (const face of part.querySelectorAll(":scope > .key-face")) {
      const tape = face.querySelector(".key-tape");
      const words = [...face.querySelectorAll(":scope > .key-words > *")].filter(seen);
      const inside = boxOf(face);
      const { left, top, right } = inside;
      apart(words, { left, top, right, bottom: seen(tape) ? boxOf(tape).top : inside.bottom });
      const reachesOut = ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1;
      for (const node of words.filter(reachesOut)) found.push(`no margin: ${nameOf(node)}`);
      const said = [...tape.querySelectorAll(".key-said > *, .number, .key-back")].filter(seen);
      apart(said, boxOf(tape));
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page is too wide");
  return [...new Set(found)];
}"""
# How many lines each button's name has, which is drawn twice.
LINES_OF: Final = """labels => labels.map(({ firstChild }) => {
  const range = document.createRange();
  range.selectNodeContents(firstChild);
  return range.getClientRects().length;
})"""
# The podium's words on which confetti lies.
CONFETTI_ON: Final = """() => {
  const boxes = (parts) => [...document.querySelectorAll(parts)]
    .map((node) => ({ ...node.getBoundingClientRect().toJSON(), words: node.textContent }));
  const bits = boxes(".confetti i");
  return boxes(".stand-name, .stand .stamp")
    .filter((box) => bits.some((bit) => bit.top < box.bottom && bit.bottom > box.top &&
      bit.left < box.right && bit.right > box.left))
    .map(({ words }) => words);
}"""
HEAD: Final = ".head > .title, .head > .viewers, .head > .sound, .head > .name"
GATHER: Final = f"{HEAD}, .hero, .soon, .crowd, .names, .look .caption, .rename, .card, .preview li"
ROUND: Final = f"{HEAD}, .timer, .score, .board-text, .key, .number-keys"
LOST: Final = f"{HEAD}, #scan, .board-text, .key"
BURST: Final = ".flood-icon, .flood-you, .flood-others, .flood-what, .flood-share"
COUNT: Final = ".flood-top, .flood-foot"


def buttons(count: int) -> list[Button]:
    """As many buttons, with labels of any length."""
    return [staged_button(f"b{n}", *LABELS[n % 3], icon="✨💣🐉"[n % 3]) for n in range(count)]


async def opened(page: Page, shown: Sequence[Button]) -> StagedRoom:
    room = StagedRoom(page, shown, title=TITLE)
    room.viewer_count = 12_345
    room.viewer_name = WIDE
    await stand(page)
    await room.open("play")
    await expect(page.locator("#sound")).to_be_visible()
    await page.add_style_tag(content=UPRIGHT)
    await page.evaluate("document.fonts.ready.then(() => 0)")
    return room


async def findings(
    page: Page, parts: str, sizes: tuple[ViewportSize, ...] = SIZES
) -> dict[str, list[str]]:
    """What is wrong, by the size in which it is."""
    found = {}
    for size in sizes:
        await page.set_viewport_size(size)
        await page.evaluate(DRAWN)
        if wrong := await page.evaluate(FINDINGS, parts):
            found[f"{size['width']}"] = wrong
    return found


async def tops(page: Page) -> list[int]:
    """Where the first button begins, in each size."""
    found = []
    for size in SIZES:
        await page.set_viewport_size(size)
        found.append(await page.locator(".key").first.evaluate("key => key.offsetTop"))
    return found


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("count", COUNTS)
async def test_before_a_round_all_have_their_place(
    browser: Browser, locale: str, count: int
) -> None:
    async with opened_page(browser, language=locale) as page:
        room = await opened(page, buttons(count))
        room.people(12_345, WIDE, "Captain Thunderpants of N", "نور ✨", "a")
        await pass_until_seen(page, ".names li:nth-child(4)")
        assert await findings(page, GATHER) == {}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("count", COUNTS)
async def test_in_a_round_all_have_their_place(browser: Browser, locale: str, count: int) -> None:
    """Each state of a button, figures of any length, news of anybody."""
    async with opened_page(browser, language=locale) as page:
        room = await opened(page, buttons(count))
        room.be("in_game", started_at=LONG_AGO)
        await expect(page.locator(".key")).to_have_count(count)
        assert await findings(page, ROUND) == {}
        states = (
            {"current_count": 34, "people": 1},
            {"current_count": 47, "people": 12},
            {"current_count": 488, "required_count": 632, "people": 102},
            {"current_count": 1_234, "required_count": 5_000, "people": 1_102},
            {"current_count": 11_000, "required_count": 12_001, "people": 5_102},
            {"current_count": 50, "people": 50},
            {"current_count": 50, "people": 50, "ready_in_ms": 600_000},
            {"cooldown_left_ms": 3_600_000},
            {"available": False, "reason": REASON},
        )
        for n in range(count):
            room.count(f"b{n}", **states[n % len(states)])
        room.fire("b0", WIDE, people=12_345)
        await expect(page.locator(".board-text")).to_contain_text("12,344")
        assert await findings(page, ROUND) == {}
        room.answer("b0", 1, "failed", reason=REASON, returned=50)
        await expect(page.locator(".key").first).to_have_attribute("data-state", "failed")
        assert await findings(page, ROUND) == {}


@pytest.mark.parametrize("paused", [False, True])
async def test_no_word_of_a_japanese_name_is_broken(browser: Browser, *, paused: bool) -> None:
    """Each is one word, and stands on one line, on the lowest phone as well."""
    named = [staged_button(f"b{n}", "X", WORDS[n % 3], icon="🦆") for n in range(6)]
    async with opened_page(browser, language="ja-JP") as page:
        room = await opened(page, named)
        room.be("in_game", started_at=LONG_AGO, paused=paused)
        await expect(page.locator(".key[data-taped]")).to_have_count(6 if paused else 0)
        for size in LOW:
            await page.set_viewport_size(size)
            labels = page.locator(".key-label")
            assert await labels.evaluate_all(LINES_OF) == [1] * 12, size
        assert await findings(page, ROUND, LOW) == {}


@pytest.mark.parametrize("locale", LOCALES)
async def test_what_to_do_at_a_lost_address_has_room(browser: Browser, locale: str) -> None:
    """In the figures' place: no button moves."""
    async with opened_page(browser, language=locale) as page:
        room = await opened(page, buttons(6))
        room.be("in_game", started_at=LONG_AGO)
        key = page.locator(".key").first
        await expect(key).to_be_enabled()
        before = await tops(page)
        room.away = {"status": 502, "body": "<html>"}
        await key.click()
        await page.clock.run_for(2_000)
        await expect(page.locator("#viewers")).to_have_attribute("data-connection", "offline")
        await page.clock.run_for(10_000)
        await expect(page.locator("#scan")).to_be_visible()
        assert await tops(page) == before
        assert await findings(page, LOST) == {}


@pytest.mark.parametrize("locale", LOCALES)
async def test_whatever_a_button_lacks_and_whoever_is_in_its_name_stays(
    browser: Browser, locale: str
) -> None:
    """Presses or seconds, of any number of digits, from nobody to thousands."""
    async with opened_page(browser, language=locale) as page:
        room = await opened(page, buttons(6))
        room.be("in_game", started_at=LONG_AGO)
        label = page.locator(".key .key-label").first
        lack = page.locator(".key-lack .number").first
        for size in SIZES[:3]:
            await page.set_viewport_size(size)
            tops = set()
            for count, need, more in (
                (0, 50, {"people": 0}),
                (1_000, 6_000, {"people": 5_000}),
                (41, 50, {"people": 3}),
                (42, 50, {"people": 3, "ready_in_ms": 26_000, "cooldown_left_ms": 26_000}),
                (43, 50, {"people": 3, "ready_in_ms": 9_000, "cooldown_left_ms": 9_000}),
                (47, 50, {"people": 3, "ready_in_ms": 0, "cooldown_left_ms": 0}),
                (50, 50, {"people": 3}),
            ):
                room.count("b0", current_count=count, required_count=need, **more)
                told = f"{more.get('ready_in_ms', 0) // 1_000 or max(1, need - count):,}"
                await expect(lack).to_have_text(told)
                tops.add(await label.evaluate("node => node.getBoundingClientRect().top"))
            assert len(tops) == 1, (size, tops)


@pytest.mark.parametrize("locale", LOCALES)
async def test_the_head_has_room_where_letters_are_twice_as_large(
    browser: Browser, locale: str
) -> None:
    async with opened_page(browser, language=locale) as page:
        await opened(page, buttons(6))
        assert await findings(page, HEAD, (LARGE_LETTERS,)) == {}
        viewers = page.locator("#viewers")
        assert await viewers.evaluate("node => node.scrollWidth <= node.clientWidth")
        await page.evaluate("document.getElementById('nudge').hidden = false")
        assert await findings(page, ".nudge > *", (LARGE_LETTERS,)) == {}


@pytest.mark.parametrize("locale", LOCALES)
async def test_a_burst_and_the_board_that_wears_it_have_room(browser: Browser, locale: str) -> None:
    """A short caption is never shortened on the board."""
    for n, by_streamer in ((0, False), (1, False), (2, False), (0, True), (1, True)):
        async with opened_page(browser, language=locale) as page:
            room = await opened(page, [staged_button("b0", *LABELS[n], icon="🐉")])
            room.be("in_game", started_at=LONG_AGO)
            key = page.locator(".key")
            async with page.expect_response("**/events"):
                await key.click()
                await page.clock.run_for(SENT)
            await expect(page.locator("#score-presses")).to_have_text("1")
            name = None if by_streamer else WIDE
            room.fire("b0", name, people=12_345, by_streamer=by_streamer)
            await expect(page.locator(".flood-burst")).to_be_visible()
            await page.evaluate(FADED_IN)
            assert await findings(page, BURST, (*SIZES, ON_ITS_SIDE)) == {}
            assert await findings(page, f"{HEAD}, .board-icon, .board-text") == {}
            await expect(page.locator(".board-text")).to_have_css("border-top-width", "0px")
            for size in SIZES if n == 0 else ():
                await page.set_viewport_size(size)
                text = page.locator(".board-text [data-part=text]")
                assert not await text.evaluate(IS_CUT), (size, await text.inner_text())


@pytest.mark.parametrize("locale", LOCALES)
async def test_three_two_one_has_room(browser: Browser, locale: str) -> None:
    async with opened_page(browser, language=locale) as page:
        room = await opened(page, buttons(6))
        starts = datetime.now(UTC) + timedelta(minutes=1)
        room.be("in_game", started_at=starts.isoformat())
        await expect(page.locator(".flood-digit")).to_have_text("3")
        await page.evaluate(FADED_IN)
        assert await findings(page, COUNT) == {}
        await expect(page.locator(".key").first).to_have_attribute("aria-disabled", "true")


@pytest.mark.parametrize("locale", LOCALES)
async def test_three_equal_ones_stand_clear_of_the_confetti(browser: Browser, locale: str) -> None:
    """Their blocks are as high as the first one's, and each has a title above the name."""
    async with opened_page(browser, language=locale, moves=True) as page:
        room = await opened(page, buttons(6))
        room.results = {
            "viewer_totals": [
                {"viewer_id": each, "viewer_name": WIDE, "count": 312} for each in "ABC"
            ],
            "event_totals": {"b0": 936},
            "titles": [
                {"title": title, "viewer_id": each, "viewer_name": WIDE}
                for title, each in zip(("finisher", "steady", "first"), "ABC", strict=True)
            ],
        }
        room.be("in_game", opened_by_press=True)
        await expect(page.locator(".key").first).to_be_visible()
        room.be("ended")
        await pass_until_seen(page, ".confetti i")
        await expect(page.locator(".stand")).to_have_count(3)
        await expect(page.locator(".confetti i").first).to_be_visible()
        for size in SIZES:
            await page.set_viewport_size(size)
            await page.evaluate(FADED_IN)
            assert await page.evaluate(CONFETTI_ON) == [], size
