"""Measures how long a new viewer's first press takes, in a real browser with an empty cache."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from playwright.async_api import Browser, Page

from tests.bench.bench import BUTTON, Bench, Broken
from tests.bench.figures import Topic, percentile
from tests.bench.report import Table, number
from tests.bench.room import playing
from tests.bench.stand import open_stand
from tests.browser.conftest import CHROMIUM, open_chromium, opened_page
from tests.programs import installed

LOADS, QUICK_LOADS = 10, 3  # of a round
# No trigger fires: what one page shows of it would delay the next.
ONLY_COUNTS: Final[dict[str, Any]] = {
    "buttons": [{"event_type": BUTTON, "base": 100_000, "min": 100_000, "max": 100_000}]
}
# The page presses its button as soon as there is one; `answered` is when the answer has arrived.
PRESSES_FIRST: Final = """
window.times = {};
new MutationObserver((_, observer) => {
  const key = document.querySelector(".key:enabled:not([aria-disabled=true])");
  if (!key?.offsetHeight) return;
  observer.disconnect();
  times.button = performance.now();
  key.click();
}).observe(document, { attributes: true, childList: true, subtree: true });
new PerformanceObserver((list) => {
  const press = list.getEntries().find(({ name }) => name.endsWith("/events"));
  if (press) Object.assign(times, { answered: press.responseEnd, status: press.responseStatus });
}).observe({ type: "resource" });
"""


@dataclass(frozen=True)
class Viewer:
    """What a viewer's phone and its network are like."""

    name: str
    slower: int = 1  # times than this machine's core
    latency: float = 0.0  # ms from each request to the head of its answer
    throughput: float = -1.0  # bytes/s each way; -1 is unlimited


# Networks as DevTools throttles them. The second is what Lighthouse calls slow 4G.
VIEWERS: Final = (
    Viewer("this machine"),
    Viewer("phone, 150 ms, 1.6 Mbit/s", slower=4, latency=150.0, throughput=1.6e6 / 8),
    Viewer("phone, 400 ms, 400 kbit/s", slower=4, latency=400.0, throughput=400e3 / 8),
)


def missing() -> str | None:
    """Return a hint if no Chromium is installed, or None."""
    if installed(CHROMIUM):
        return None
    return f"{CHROMIUM}, in which pages run, is not installed (Debian: apt install {CHROMIUM})"


NEEDS: Final = (missing,)


async def measure(bench: Bench) -> None:
    """Load the page again and again, as somebody new each time."""
    figures = bench.figures.of("first_press")
    async with AsyncExitStack() as stack:
        stand = await stack.enter_async_context(open_stand(bench.folder("first_press")))
        gateway = await stand.gateway()
        # Pages open their socket there.
        gateways = f"ws://127.0.0.1:{gateway.port}"
        apis = await stack.enter_async_context(stand.apis(1, PUBLIC_WS_URL=gateways))
        room = await stack.enter_async_context(playing(apis, gateway, ONLY_COUNTS))
        browser = await stack.enter_async_context(open_chromium())
        address = f"http://127.0.0.1:{apis[0].port}/play/{room.id}"
        await _first_press(browser, address, VIEWERS[0])  # Chromium's own first page is slower
        for _ in bench.rounds("first_press"):
            for viewer in VIEWERS:
                loads = [
                    await _first_press(browser, address, viewer)
                    for _ in range(QUICK_LOADS if bench.quick else LOADS)
                ]
                for name in ("button", "answered"):
                    took = [load[name] for load in loads]
                    figures.add(viewer.name, name, "ms", percentile(took, 0.5))
                    figures.add(viewer.name, f"{name} p95", "ms", percentile(took, 0.95))


async def _first_press(browser: Browser, address: str, viewer: Viewer) -> dict[str, float]:
    async with opened_page(browser, phone=True, moves=True) as page:
        await _slow_down(page, viewer)
        await page.add_init_script(PRESSES_FIRST)
        await page.goto(address)
        await page.wait_for_function("() => times.answered", polling=100)
        times: dict[str, float] = await page.evaluate("times")
    if times["status"] != HTTPStatus.OK:
        raise Broken(f"a press was answered with {times['status']:.0f}")
    return times


async def _slow_down(page: Page, viewer: Viewer) -> None:
    devtools = await page.context.new_cdp_session(page)
    network = {
        "offline": False,
        "latency": viewer.latency,
        "downloadThroughput": viewer.throughput,
        "uploadThroughput": viewer.throughput,
    }
    await devtools.send("Network.enable")
    await devtools.send("Network.emulateNetworkConditions", network)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": viewer.slower})


MEASURES: Final = ("button", "button p95", "answered", "answered p95")
NOTE: Final = (
    "From the click on the link, with an empty cache, until a button can be pressed, and until the"
    " server's answer to its first press has arrived. p95: of the loads of a round. Phones: four"
    " times slower than this machine, with so much latency a request and throughput each way."
)


def tables(figures: Topic) -> list[Table]:
    """One table: a line for each kind of viewer."""
    rows = [
        [viewer.name, *(number(figures.median(viewer.name, name)) for name in MEASURES)]
        for viewer in VIEWERS
    ]
    heads = ("viewer", "button ms", "p95", "answered ms", "p95")
    return [Table("A new viewer's first press", heads, rows, [NOTE])]
