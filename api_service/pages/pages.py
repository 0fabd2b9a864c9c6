"""Serves the pages (viewers' page, console, overlay, codes): static files, held in memory.

A page loads one script and one style sheet, which `make generate` writes from `web` to `bundles`,
and the fonts that its words need, which it writes to `fonts`. The viewers' page has a second pair,
for what its first screen does not need.
Browsers get errors as a page, too, unless they asked for a route of the API.

Files are read once a process, and compressed once, when they are first asked for: a crowd that
opens the page must not slow down presses.
"""

import asyncio
import gzip
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cache, cached_property, lru_cache, partial
from hashlib import sha256
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api_service.http.headers import FOR_ANY_PAGE, FOR_GOOD, OF_JSON, hash_source, of_page
from api_service.http.problems import Handler, ProblemResponse
from api_service.http.qr_codes import qr_code
from api_service.http.requests import accepts_gzip, room_id_of, viewers_ws_url
from api_service.studio.handles import HandleRooms, target_of
from api_service.studio.invitations import Invitations
from shared.engine.engine import Engine
from shared.identity.tokens import is_ulid
from shared.process.cache import Cache
from shared.process.settings import Settings
from shared.redis_store.store import StoreError
from shared.wire.error_codes import NOT_FOUND
from shared.wire.refusal import Refused
from shared.wire.room_settings import decode

MEDIA_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "png": "image/png",
    "js": "text/javascript; charset=utf-8",
    "map": "application/json",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "woff2": "font/woff2",
}
COMPRESSED: Final = ("png", "woff2")  # in itself
ASSETS: Final = "/assets/"
ASSET: Final = re.compile(rf'(?<={ASSETS})[^"]+')
HASHED: Final = re.compile(r"(.+)-[\w-]{12}(\.\w+)")  # see File.hashed
SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
REVALIDATE: Final = "no-cache"  # cached, and revalidated each time
CODES_CACHED: Final = 1_000
PAGES_CACHED: Final = 200
TITLES_CACHED: Final = 1_000
TITLES_KEPT: Final = 10.0  # s, while a crowd opens the page
TITLE_WITHIN: Final = 0.3  # s; the page does not wait longer for a title
# What programs use: there an error is JSON, also for a browser.
FOR_PROGRAMS: Final = ("/api/", ASSETS, "/get_viewer_id")
COPIED: Final = ("Allow", "Retry-After")
# For the previews of links, which other sites show: a title for each room, a URL with its host.
NO_TITLE: Final = 'property="og:title" content="Streamario"'
NO_HOST: Final = f'property="og:image" content="{ASSETS}'
NO_HOME: Final = 'data-home=""'  # the URL under which everybody reaches this service
# The viewers' page of a handle does not find its room in its own URL.
NO_ROOM: Final = 'data-room=""'
NO_HANDLE: Final = 'data-handle=""'
NO_PROBLEM: Final = 'data-problem=""'


class File:
    """A file as it is sent: its bytes, plain and compressed, and its ETag.

    `hashed` is its name with a hash of its content.
    """

    def __init__(self, name: str, body: bytes) -> None:
        stem, _, kind = name.rpartition(".")
        digest = b64encode(sha256(body).digest()[:9], b"-_").decode()
        self._body = body
        self._compressible = kind not in COMPRESSED
        self._media_type = MEDIA_TYPES[kind]
        self.etag = f'W/"{digest}"'  # weak: compressed or not (RFC 9110, section 8.8.3)
        self.hashed = f"{stem}-{digest}.{kind}"

    def answer(self, request: Request, headers: Mapping[str, str]) -> Response:
        """The file, or 304 if the browser's copy is current."""
        sent = {"ETag": self.etag, "Vary": "Accept-Encoding", **headers}
        if self._is_known(request):
            return Response(status_code=304, headers=sent)
        body = self._body
        if self._compressible and accepts_gzip(request):
            body = self._gzipped
            sent["Content-Encoding"] = "gzip"
        return Response(body, headers=sent, media_type=self._media_type)

    @cached_property
    def _gzipped(self) -> bytes:
        return gzip.compress(self._body, mtime=0)

    def _is_known(self, request: Request) -> bool:
        """Whether the browser's copy is current: RFC 9110, section 13.1.2."""
        known = ",".join(request.headers.getlist("If-None-Match")).split(",")
        return any(tag.strip() in ("*", self.etag, self.etag.removeprefix("W/")) for tag in known)


class Titles:
    """Reads rooms' titles, for the previews that chats show of a link, and caches them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._titles = Cache(self._found, limit=TITLES_CACHED, ttl=TITLES_KEPT)

    async def of(self, room_id: str) -> str:
        """The room's title; "" if it has none, or if nobody answers in time."""
        return await self._titles.get(room_id) if is_ulid(room_id) else ""

    async def _found(self, room_id: str) -> str:
        try:
            async with asyncio.timeout(TITLE_WITHIN):
                return decode((await self._engine.describe(room_id)).settings).title
        except (TimeoutError, Refused, StoreError):
            return ""


class Sources(NamedTuple):
    """What pages are filled from."""

    engine: Engine
    titles: Titles
    handle_rooms: HandleRooms
    invitations: Invitations


class Filling(NamedTuple):
    """What is written into a page when it is sent."""

    home_url: str
    title: str = ""
    room_id: str = ""
    handle: str = ""


class Pages:
    """The pages and their assets.

    Pages load assets by names with a hash, which browsers may cache for ever. Other sites use the
    plain names. The modules from which bundles are made are there for the bundles' source maps.
    """

    def __init__(self, settings: Settings, sources: Sources) -> None:
        self._assets, self._texts = _files()
        self._lasting = {file.hashed: file for file in self._assets.values()}
        self._scripts = {
            name: [hash_source(script) for script in SCRIPT.findall(text)]
            for name, text in self._texts.items()
        }
        self._settings = settings
        self._sources = sources
        self._filled = lru_cache(PAGES_CACHED)(self._fill)
        self._codes = Cache(self._draw, limit=CODES_CACHED)

    def routes(self) -> list[BaseRoute]:
        """The routes of the pages and assets."""
        overlay = partial(self._page, "overlay.html", own_style=True)
        return [
            Route("/", self._home),
            Route("/j", partial(self._page, "code.html")),
            Route("/@{handle}", self._play_at_handle),
            Route("/play/{room_id}", self._play),
            Route("/play/{room_id}/qr.svg", self._qr_code),
            Route("/overlay/{room_id}", overlay),
            Route("/overlay/studio/{studio_id}", overlay),
            Route("/console", partial(self._page, "console.html")),
            Route("/moderate/{room_id}", partial(self._page, "moderate.html")),
            Route(ASSETS + "{name:path}", self._asset),
        ]

    def showing(
        self, handlers: Mapping[type[Exception], Handler]
    ) -> dict[type[Exception], Handler]:
        """The handlers of errors, so that people in a browser get a page."""

        def shown(handler: Handler) -> Handler:
            async def answer(request: Request, error: Exception) -> Response:
                response = await handler(request, error)
                if isinstance(response, ProblemResponse) and _is_for_people(request):
                    return self._of_problem(response, request)
                return response

            return answer

        return {kind: shown(handler) for kind, handler in handlers.items()}

    def _of_problem(self, problem: ProblemResponse, request: Request) -> Response:
        page = self._text("code.html", Filling(self._settings.home_url))
        page = page.replace(NO_PROBLEM, f'data-problem="{problem.code}"')
        rest = {name: problem.headers[name] for name in COPIED if name in problem.headers}
        headers = {
            **self._headers("code.html", request),
            "Cache-Control": "no-store",
            "Vary": "Accept",
            **rest,
        }
        return Response(page, problem.status_code, headers, MEDIA_TYPES["html"])

    # An id that no room can have gets the page too: it says in words that there is no such room.

    async def _play(self, request: Request) -> Response:
        title = await self._sources.titles.of(request.path_params["room_id"])
        return await self._page("play.html", request, title=title)

    async def _play_at_handle(self, request: Request) -> Response:
        """The viewers' page of the studio's newest open room, or one that waits for it."""
        rooms, trusted = self._sources.handle_rooms, self._settings.trusted_proxies
        handle, target = await target_of(request, rooms, trusted)
        title, room_id = target.title or "", target.room_id or ""
        return await self._page("play.html", request, title=title, room_id=room_id, handle=handle)

    async def _home(self, request: Request) -> Response:
        """The only streamer's address where there is one, else the page that asks for a code."""
        if _is_of_one_streamer(self._settings):
            handle = await self._sources.handle_rooms.only_handle()
            if handle:
                return RedirectResponse(f"/@{handle}", 302, OF_JSON)
        return await self._page("code.html", request)

    async def _page(
        self, name: str, request: Request, *, own_style: bool = False, **filling: str
    ) -> Response:
        headers = {**self._headers(name, request, own_style=own_style), "Cache-Control": REVALIDATE}
        page = self._filled(name, Filling(self._settings.home_url, **filling))
        return page.answer(request, headers)

    def _fill(self, name: str, filling: Filling) -> File:
        return File(name, self._text(name, filling).encode())

    def _text(self, name: str, filling: Filling) -> str:
        """The page with what is written into it."""
        home_url, title, room_id, handle = map(escape, filling)
        text = self._texts[name]
        for empty, filled in (
            (NO_HOME, f'data-home="{home_url}"'),
            (NO_HOST, NO_HOST.replace(ASSETS, f"{home_url}{ASSETS}")),
            (NO_TITLE, NO_TITLE.replace("Streamario", title or "Streamario")),
            (NO_ROOM, f'data-room="{room_id}"'),
            (NO_HANDLE, f'data-handle="{handle}"'),
        ):
            text = text.replace(empty, filled)
        return text

    def _headers(self, name: str, request: Request, *, own_style: bool = False) -> dict[str, str]:
        ws_url = viewers_ws_url(request, self._settings)
        return of_page(ws_url, own_style=own_style, scripts=self._scripts[name])

    async def _qr_code(self, request: Request) -> Response:
        """A QR code of the URL where people join the room, for phones."""
        room_id = room_id_of(request)
        invitation = await self._sources.invitations.to(room_id)
        drawing = await self._codes.get((room_id, invitation.url))
        return drawing.answer(request, {**FOR_ANY_PAGE, "Cache-Control": REVALIDATE})

    async def _draw(self, code: tuple[str, str]) -> File:
        """A room's URL as a QR code. Raises Refused, and draws nothing, if there is no such room.

        Drawing takes as long as a hundred presses. What is drawn is there while Redis is away.
        """
        room_id, url = code
        await self._sources.engine.describe(room_id)
        return File("qr.svg", qr_code(url))

    async def _asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if file := self._lasting.get(name):
            return file.answer(request, {**FOR_ANY_PAGE, "Cache-Control": FOR_GOOD})
        # Without a hash, or with that of another replica's release. Releases before bundles named
        # modules without `web`, with a version or without.
        _, _, module = name.partition("/")
        for path in (name, HASHED.sub(r"\1\2", name), f"web/{name}", f"web/{module}"):
            if path in self._assets:
                headers = {**FOR_ANY_PAGE, "Cache-Control": REVALIDATE}
                return self._assets[path].answer(request, headers)
        raise Refused(NOT_FOUND)


def _is_of_one_streamer(settings: Settings) -> bool:
    """Whether no stranger opens a studio here: there is one key for that, or no way from outside.

    A tunnel passes no new studios. Without a key, whoever reaches `PUBLIC_API_URL` may open one.
    """
    is_closed = bool(settings.game_keys) or not settings.public_api_url
    return is_closed and len(settings.game_keys) <= 1 and not settings.web_url


def _is_for_people(request: Request) -> bool:
    """Whether a browser asks for a page."""
    wants_page = "text/html" in request.headers.get("Accept", "")
    return wants_page and not request.url.path.startswith(FOR_PROGRAMS)


@cache
def _files() -> tuple[Mapping[str, File], Mapping[str, str]]:
    """The assets, and the texts of the pages, which name assets with their hashes."""
    folder = files("api_service.pages")
    found = dict(_read(folder / "web"))
    pages = {name: found.pop(name) for name in [*found] if name.endswith(".html")}
    # Modules keep their folder's name.
    bodies = {f"web/{n}" if n.endswith((".js", ".css")) else n: found[n] for n in found}
    bodies.update(_read(folder / "bundles"))
    bodies.update(_read(folder / "fonts", "fonts/"))
    assets = {name: File(name, body) for name, body in bodies.items()}
    texts = {
        name: ASSET.sub(lambda asset: assets[asset[0]].hashed, body.decode())
        for name, body in pages.items()
    }
    return assets, texts


def _read(folder: Traversable, path: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _read(entry, f"{path}{entry.name}/")
        elif entry.name.rpartition(".")[2] in MEDIA_TYPES:
            yield path + entry.name, entry.read_bytes()
