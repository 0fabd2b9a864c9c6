"""What a phone does to a page: fingers on it, vibrations, a page that is hidden."""

from playwright.async_api import CDPSession, Page

Place = tuple[float, float]  # px from the page's upper left

HIDE = """(hidden) => Object.defineProperty(document, "hidden", {
  configurable: true,
  get: () => hidden,
})"""
NOTE_SIZES = """() => {
    globalThis.sizes = new Set();
    const { documentElement: page } = document;
    (function note() {
        sizes.add(`${innerWidth} ${page.scrollWidth} ${page.scrollHeight}`);
        requestAnimationFrame(note);
    })();
}"""
NOTE_VIBRATIONS = """
globalThis.felt = [];
navigator.vibrate = (pattern) => felt.push(pattern);
// A page that a test looks into counts as active.
const activation = { hasBeenActive: false };
Object.defineProperty(navigator, "userActivation", { value: activation });
addEventListener("pointerup", () => (activation.hasBeenActive = true));
"""


class Touch:
    """Fingers on a page."""

    def __init__(self, page: Page, session: CDPSession) -> None:
        self._page = page
        self._session = session

    @classmethod
    async def on(cls, page: Page) -> "Touch":
        """The page of somebody with a phone."""
        session = await page.context.new_cdp_session(page)
        await session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
        size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
        await session.send("Emulation.setDeviceMetricsOverride", size)
        return cls(page, session)

    async def down(self, *places: Place) -> None:
        """Put one more finger down for each place; those before it stay where they are."""
        for last in range(len(places)):
            await self._touch("touchStart", places[: last + 1])

    async def lift(self) -> None:
        """Lift all fingers."""
        await self._touch("touchEnd", ())

    async def swipe(self, start: Place, *, up: int) -> None:
        """Put a finger down, move it up by so many px, and lift it."""
        x, y = start
        await self.down(start)
        for moved in range(0, up, 10):
            await self._touch("touchMove", ((x, y - moved),))
        await self.lift()

    async def zoom(self, factor: float) -> None:
        """As two fingers that move apart do."""
        await self._session.send("Emulation.setPageScaleFactor", {"pageScaleFactor": factor})
        await self._page.wait_for_function("zoom => visualViewport.scale === zoom", arg=factor)

    async def _touch(self, kind: str, places: tuple[Place, ...]) -> None:
        points = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(places)]
        await self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
