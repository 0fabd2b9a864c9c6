"""Take the pictures in docs/images of the pages as they are now: `make pictures`.

It starts the pair with embedded servers in a folder that it removes, plays a round with a crowd in
each language, and overwrites the pictures. Look at them before you commit them.
"""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal, NamedTuple

from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.conftest import PHONE, go, load, open_chromium
from tests.browser.console_page import ConsolePage
from tests.browser.documents import DOCS, code, served
from tests.browser.overlay_pictures import take_overlay
from tests.conftest import free_ports

IMAGES: Final = DOCS / "images"
STREAMARIO: Final = Path(sys.executable).with_name("streamario")
HOST: Final = "studio.local"  # what the pages show instead of this machine's name
API: Final = f"http://{HOST}:8888"
VIEWERS: Final = 60
TRIGGERS: Final = 8
GATHERED: Final = "least => Number(document.querySelector('.here b').innerText) >= least"
# So many triggers have fired, and one more is near.
FIRED: Final = """least => document.querySelector(".tile[data-kind=close]")
  && document.querySelectorAll(".live [data-seq]").length >= least"""
# The podium stands, and no confetti falls any more.
IS_REVEALED: Final = """() => {
  scrollTo(0, 0);
  return document.getAnimations().every(({ playState }) => playState === "finished");
}"""
PRESSES: Final = 9  # of one's own, on each button
DESK: Final = (1440, 900)  # px, the streamer's window


class Words(NamedTuple):
    """What the pictures' room is called, who watches it, and the desk's colours, by language."""

    locale: str
    scheme: Literal["dark", "light"]
    title: str
    viewer: str
    quickstart: str


WORDS: Final = {
    "en": Words("en-US", "light", "Dragon night", "Momo", "quickstart-frontend.md"),
    "ja": Words("ja-JP", "dark", "ドラゴンの夜", "もも", "quickstart-frontend.ja.md"),
}


class Studio:
    """A running pair, and a browser that reaches it as `HOST`."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url

    async def page(
        self,
        stack: AsyncExitStack,
        locale: str,
        size: tuple[int, int],
        scale: float = 1,
        scheme: Literal["dark", "light"] = "light",
        *,
        touch: bool = False,
    ) -> Page:
        """A page of a new visitor, which the stack closes."""
        context = await self.browser.new_context(
            locale=locale,
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=scale,
            color_scheme=scheme,
            has_touch=touch,
            is_mobile=touch,
            bypass_csp=True,
        )
        stack.push_async_callback(context.close)
        context.set_default_timeout(0)
        return await context.new_page()

    async def take(self, language: str) -> None:
        """Play a round in this language, and take its pictures."""
        words = WORDS[language]
        async with AsyncExitStack() as stack:
            page = partial(self.page, stack, words.locale)
            console = ConsolePage(await page(DESK, scheme=words.scheme))
            phone = await page((PHONE["width"], PHONE["height"]), scale=1.5, touch=True)
            own = await page((420, 200), scale=1.5)

            await load(console.page, f"{API}/console")
            await console.open_from_start(words.title)
            await join(phone, console.room_id, words.viewer)
            site = stack.enter_context(own_page_of(words.quickstart))
            await go(own, f"{site}/?room={console.room_id}")
            async with self.crowd(console.room_id):
                await console.page.wait_for_function(GATHERED, arg=VIEWERS)
                await save(console.page, "console-lobby", language)
                await console.start()
                await press_all(phone)
                await console.page.wait_for_function(FIRED, arg=TRIGGERS)
                await save(console.page, "console", language)
                await expect(phone.locator(".flood:not([hidden])")).to_have_count(0)
                await save(phone, "play", language)
                await save(own, "own-page", language)
            await save(await opened_settings(console), "settings", language)
            await console.place("right").click()
            await console.confirm()
            await expect(phone.locator("#tables")).to_be_visible()
            await phone.wait_for_function(IS_REVEALED)
            await save(phone, "results", language)

    @asynccontextmanager
    async def crowd(self, room_id: str) -> AsyncIterator[None]:
        """Viewers press as long as this is open."""
        options = ("--url", self.url, "--room", room_id, "--viewers", str(VIEWERS))
        async with started("simulate", *options, "--duration", "0"):
            yield


async def join(phone: Page, room_id: str, name: str) -> None:
    """Open the viewers' page, and give a name."""
    await go(phone, f"{API}/play/{room_id}")
    await phone.locator("#name").click()
    await phone.locator("#name-field").fill(name)
    await phone.locator("#name-save").click()
    await expect(phone.locator("#name")).to_have_text(name)


@contextmanager
def own_page_of(quickstart: str) -> Iterator[str]:
    """The page of the front-end quick start, as its reader serves it; gives its address."""
    (html,) = code(quickstart, "html")
    with TemporaryDirectory() as folder:
        Path(folder, "index.html").write_text(html.replace("http://localhost:8888", API))
        with served(Path(folder)) as site:
            yield site


async def press_all(phone: Page) -> None:
    """Press each button once the round has begun, so that the results have presses of one's own."""
    await expect(phone.locator("#keys .key[aria-disabled=true]")).to_have_count(0)
    for key in await phone.locator("#keys .key").all():
        await key.click(click_count=PRESSES)


async def opened_settings(console: ConsolePage) -> Locator:
    """The settings, with the first button's fields."""
    await console.view("settings")
    await console.page.locator(".button-rows .unfold").first.click()
    return console.page.locator("main#settings")


async def save(shown: Page | Locator, name: str, language: str) -> None:
    file = IMAGES / f"{name}-{language}.png"
    await shown.screenshot(path=file)
    print(file.relative_to(DOCS.parent))


@asynccontextmanager
async def started(*command: str, **variables: str) -> AsyncIterator[Process]:
    """A command of ours while it runs."""
    process = await asyncio.create_subprocess_exec(
        STREAMARIO,
        *command,
        env={**os.environ, **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        await process.communicate()


@asynccontextmanager
async def open_studio() -> AsyncIterator[Studio]:
    """Both services with embedded servers, and a browser."""
    port, ws_port = free_ports(2)
    rules = f"MAP {HOST}:8888 127.0.0.1:{port},MAP {HOST}:8890 127.0.0.1:{ws_port}"
    with TemporaryDirectory() as folder:
        variables = {
            "DATA_DIR": folder,
            "PORT": str(port),
            "UNITY_WS_PORT": str(ws_port),
            "PUBLIC_API_URL": API,
            "PUBLIC_WS_URL": f"ws://{HOST}:8890",
        }
        async with (
            started("up", **variables) as pair,
            open_chromium(f"--host-resolver-rules={rules}") as browser,
        ):
            assert pair.stdout
            await pair.stdout.readuntil(b"simulate")
            yield Studio(browser, f"http://127.0.0.1:{port}")


async def main() -> None:
    async with open_studio() as studio:
        for language in WORDS:
            await studio.take(language)
            await take_overlay(studio.browser, language)


if __name__ == "__main__":
    asyncio.run(main())
