"""A page's time, which stands while a test looks at what shows only for a while."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from playwright.async_api import Page

from tests.waiting import until

STEP: Final = 50  # ms
# Playwright's clock would hold frames, too. Here they are drawn before the next timer runs: real
# ones come late on a busy machine, when what shows for a while is over. `timed`: real time.
FRAMES: Final = """
  globalThis.timed = setTimeout.bind(window);
  const frame = requestAnimationFrame.bind(window);
  let isDrawing = false;
  const run = (draw) => {
    isDrawing = true;
    try { draw(performance.now()); } finally { isDrawing = false; }
  };
  const request = (draw) => (isDrawing ? frame : queueMicrotask)(() => run(draw));
  Object.defineProperty(window, "requestAnimationFrame", { get: () => request, set() {} });
"""


async def stand(page: Page) -> None:
    """Let the page's time stand from when it is opened; `page.clock.run_for` lets some pass."""
    await page.context.add_init_script(FRAMES)
    now = datetime.now(UTC).timestamp()
    await page.clock.install(time=now)
    await page.clock.pause_at(now + 1)


async def pass_until(page: Page, condition: Callable[[], Awaitable[bool]]) -> None:
    """Let the page's time pass, a little at a time, until this holds."""

    async def holds() -> bool:
        if await condition():
            return True
        await page.clock.run_for(STEP)
        return False

    await until(holds)


async def pass_until_seen(page: Page, part: str) -> None:
    """Let the page's time pass until something of this selector is seen."""
    await pass_until(page, page.locator(part).first.is_visible)
