"""Take the pictures of the overlay in docs/images: `python -m tests.browser.overlay_pictures`.

`make pictures` takes them, too. They are of a room that is only played, so that each beat is there.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from playwright.async_api import Browser, Page, expect

from shared.wire.room_settings import DEFAULT_BUTTONS
from tests.browser.conftest import open_chromium
from tests.browser.documents import DOCS
from tests.browser.staged_room import StagedRoom, staged_button

LANGUAGES: Final = {"en": "Dragon night", "ja": "ドラゴンの夜"}
LABELS: Final = (
    ("Heal", "回復"),
    ("Thunder", "サンダー"),
    ("Rainbow shield", "にじの盾"),
    ("Invaders", "インベーダー"),
    ("Bomb rain", "爆弾の雨"),
    ("Dragon", "ドラゴン"),
)
BUTTONS: Final = [
    staged_button(button.event_type, *labels, icon=button.icon, color=button.color)
    for button, labels in zip(DEFAULT_BUTTONS, LABELS, strict=True)
]
HEAL, THUNDER, SHIELD, INVADERS, BOMBS, DRAGON = (button.event_type for button in BUTTONS)
NAMES: Final = (
    "さくら",
    "Koala 10",
    "Reynard",
    "Tiger 108",
    "ねこ 385",
    "Fox 9",
    "くま 23",
    "Momo",
)
SCENERY: Final = "html { background: linear-gradient(#8fb4c9 78%, #6f9b64 78%) }"
STANDS_STILL: Final = """(parts) => [...document.querySelectorAll(parts)]
  .every((part) => part.getAnimations().length === 0)"""


async def take_overlay(browser: Browser, language: str) -> None:
    """Play a round, and take its pictures."""
    context = await browser.new_context(
        locale=language, viewport={"width": 1920, "height": 1080}, device_scale_factor=2 / 3
    )
    page = await context.new_page()
    room = StagedRoom(page, BUTTONS, title=LANGUAGES[language])
    await room.open()
    await page.add_style_tag(content=SCENERY)
    await expect(page.locator(".join-card")).to_be_visible()
    for count, name in enumerate(NAMES, start=80):
        room.people(count, name)
        await expect(page.locator(".pops li").first).to_have_text(name)
    await save(page, "overlay-gather", language, ".here *")
    begin(room)
    await expect(page.locator(".bar")).to_have_count(len(BUTTONS))
    for event_type in (BOMBS, THUNDER, HEAL):
        room.fire(event_type, "Momo", 87)
    await expect(page.locator(".queue .key")).to_have_count(2)
    await save(page, "overlay", language, ".burst-by")
    end(room)
    await expect(page.locator("[data-place='1'][data-revealed]")).to_be_visible()
    await save(page, "overlay-finale", language, ".podium *")
    await context.close()


def begin(room: StagedRoom) -> None:
    """A round with three minutes left, in which a button is full and another nearly so."""
    ends = datetime.now(UTC) + timedelta(minutes=3)
    room.be("in_game", opened_by_press=True, round_ends_at=int(ends.timestamp() * 1000))
    room.count(SHIELD, current_count=50, ready_in_ms=4_000)
    room.count(INVADERS, current_count=47)
    room.count(DRAGON, current_count=14)


def end(room: StagedRoom) -> None:
    """The round ends with a podium."""
    best = [("Momo", 312), ("くま 23", 287), ("Fox 9", 264)]
    room.results["viewer_totals"] = [
        {"viewer_id": name, "viewer_name": name, "count": count} for name, count in best
    ]
    room.results["titles"] = [
        {"title": title, "viewer_id": name, "viewer_name": name}
        for title, (name, _) in zip(("finisher", "steady", "first"), best, strict=True)
    ]
    room.be("ended")


async def save(page: Page, name: str, language: str, parts: str) -> None:
    """Take a picture of the overlay once these parts have come in."""
    await page.wait_for_function(STANDS_STILL, arg=parts)
    file = DOCS / "images" / f"{name}-{language}.png"
    await page.screenshot(path=file)
    print(file.relative_to(DOCS.parent))


async def main() -> None:
    async with open_chromium() as browser:
        for language in LANGUAGES:
            await take_overlay(browser, language)


if __name__ == "__main__":
    asyncio.run(main())
