"""The widths in which streamers use the console: a dock in OBS, half a screen, a whole one."""

from typing import Final

from playwright.async_api import Page

from tests.browser.axe import grave_findings

WIDTHS: Final = (320, 768, 1440)  # px
TIGHT: Final = (705, 720, 1089, 1120, 1240)  # px; where the console's columns are narrow
CUT: Final = """() => [...document.querySelectorAll(".scroll, .tabs, .bar, .nav")]
  .filter((box) => box.checkVisibility() && box.scrollWidth > box.clientWidth + 1)
  .map((box) => `${box.className}: ${box.scrollWidth} px in ${box.clientWidth}`)"""


async def fits(page: Page) -> None:
    """In each width nothing is cut off, and nothing is wrong for people who use it otherwise."""
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        assert await page.evaluate(CUT) == [], width
        assert await grave_findings(page) == [], width
    for width in TIGHT:
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate(CUT) == [], width
    await page.set_viewport_size({"width": WIDTHS[-1], "height": 800})
