"""What the viewers' page requests until a button can be pressed, and after the first press.

This is the benchmarks' only list of it. A run compares it with what a real browser requests.
"""

import asyncio
import re
from collections.abc import Sequence
from functools import lru_cache
from html.parser import HTMLParser
from typing import Final

import msgspec

from tests.bench.browser import Browser, get, post, unpacked

LOADED: Final = frozenset({"stylesheet", "preload"})
LATER: Final = ("data-deferred", "data-fonts")
# The two faces' letters of an English page.
FONT: Final = re.compile(r'"((?:dela-gothic-one|m-plus-rounded-1c)-latin-(?!ext-)[^"]+)"')


class References(HTMLParser):
    """The files that a document refers to: those for the first press, and those that follow it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.files: list[str] = []
        self.later: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Note what a browser loads for this element."""
        having = {name: value or "" for name, value in attrs}
        rel = having.get("rel", "")
        self.later += [url for name, url in having.items() if name.startswith(LATER)]
        if tag == "link" and rel == "icon":
            self.later.append(having["href"])
        elif tag == "link" and rel in LOADED:
            self.files.append(having["href"])
        elif tag == "script" and "src" in having:
            self.files.append(having["src"])


class Viewer(msgspec.Struct):
    """Who the page's viewer is."""

    viewer_id: str


class Joined(msgspec.Struct):
    """The part of the answer to a join with which the page goes on."""

    viewer: Viewer


class PageLoad:
    """The requests of one page."""

    def __init__(self, browser: Browser, room_id: str) -> None:
        self._browser = browser
        self._page = f"/play/{room_id}"
        self._room = f"/api/rooms/{room_id}"
        self._after: list[str] = []

    async def until_ready(self) -> str:
        """Load what a press needs; return the viewer's id. Raises Broken."""
        references = _references(await self._get(self._page))
        self._after = references.later
        viewer_id, _ = await asyncio.gather(self._join(), self._get_all(references.files))
        return viewer_id

    async def after_press(self) -> None:
        """Load the rest, and then the letters that its style sheet names."""
        for path, file in zip(self._after, await self._get_all(self._after), strict=True):
            if "/fonts/" in path:
                await self._get_all(_fonts(path, file))

    async def _join(self) -> str:
        joined = await self._post(f"{self._room}/join", b'{"room":true}')
        return msgspec.json.decode(unpacked(joined), type=Joined).viewer.viewer_id

    async def _get_all(self, paths: Sequence[str]) -> list[bytes]:
        return await asyncio.gather(*map(self._get, paths))

    async def _get(self, path: str) -> bytes:
        return await self._browser.fetch(get(path))

    async def _post(self, path: str, body: bytes) -> bytes:
        return await self._browser.fetch(post(path, body))


@lru_cache  # all phones get the same files
def _fonts(path: str, style_sheet: bytes) -> list[str]:
    folder = path.rpartition("/")[0]
    return [f"{folder}/{name}" for name in FONT.findall(unpacked(style_sheet).decode())]


@lru_cache
def _references(document: bytes) -> References:
    return References(unpacked(document).decode())
