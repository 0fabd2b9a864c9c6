"""Security headers of every answer: content type, embedding, caching, content security policy."""

import re
from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Final

import httpx
import pytest

from tests.attacks.access_rights import IDS, ROUTES, SOCKETS
from tests.room_keys import new_room_id
from tests.wire import get, upgrade, wired
from tests.ws_gateway.gateways import Running

ROOM: Final = new_room_id()
SNIFF, HOLDS = "X-Content-Type-Options", "Cross-Origin-Resource-Policy"
PAGES: Final = ("/", "/console", f"/play/{ROOM}", f"/overlay/{ROOM}", f"/moderate/{ROOM}")
FOR_OTHERS: Final = ("/assets/streamario.js", "/play/{room_id}/qr.svg")
ERRORS: Final = ("/nowhere", "/play/nowhere/qr.svg", "/assets/nothing.js", "/%00", "/api/rooms/x")
PAGE: Final = {
    SNIFF: "nosniff",
    HOLDS: "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
POLICY: Final = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "frame-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'self'",
}
SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
OVERLAY: Final = {"style-src": "'self' 'unsafe-inline'"}  # OBS writes "Custom CSS" into the page
UNUSED: Final = ("camera", "microphone", "geolocation", "usb")


@pytest.fixture
async def http(api: int) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{api}") as http:
        yield http


def said(answer: httpx.Response, names: dict[str, str]) -> dict[str, str | None]:
    return {name: answer.headers.get(name) for name in names}


def _source_of(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def policy_of(answer: httpx.Response) -> dict[str, str]:
    """The content security policy (CSP level 3) by directive."""
    text: str = answer.headers["Content-Security-Policy"]
    return dict(directive.split(" ", 1) for directive in text.split("; "))


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_runs_and_calls_its_own_alone_and_is_held_by_nobody_else(
    http: httpx.AsyncClient, path: str
) -> None:
    page = await http.get(path)
    known = await http.get(path, headers={"If-None-Match": page.headers["ETag"]})
    assert known.status_code == 304
    for answer in (page, known):
        assert said(answer, PAGE) == PAGE
        policy = policy_of(answer)
        connects = policy.pop("connect-src").split(" ")
        # The one script that is written into a page, which joins the room while its files load.
        scripts = [_source_of(script) for script in SCRIPT.findall(page.text)]
        assert len(scripts) == ("play" in path)
        assert policy.pop("script-src") == " ".join(["'self'", *scripts])
        assert policy == POLICY | (OVERLAY if "overlay" in path else {})
        assert (connects[0], len(connects)) == ("'self'", 2)
        assert connects[1].startswith("ws://127.0.0.1:")
        refused = answer.headers["Permissions-Policy"].split(", ")
        assert {f"{feature}=()" for feature in UNUSED} <= set(refused)


@pytest.mark.parametrize("path", FOR_OTHERS)
async def test_modules_and_codes_are_for_pages_of_other_sites_and_run_nothing_by_themselves(
    http: httpx.AsyncClient, path: str
) -> None:
    room = (await http.post("/api/rooms")).json()
    answer = await http.get(path.format(room_id=room["room_id"]))
    assert answer.status_code == 200
    assert (answer.headers[SNIFF], answer.headers[HOLDS]) == ("nosniff", "cross-origin")
    assert policy_of(answer)["default-src"] == "'none'"


async def test_json_is_kept_by_nobody_and_run_by_no_other_page(http: httpx.AsyncClient) -> None:
    """For every route, whatever it answers, and for unknown paths."""
    asked = [route.format(room_id=ROOM, **IDS).split(" ") for route in ROUTES]
    for method, path in [*asked, *(("GET", path) for path in ERRORS), ("PUT", "/healthz")]:
        answer = await http.request(method, path)
        names = {SNIFF: "nosniff", HOLDS: "same-origin", "Cache-Control": "no-store"}
        assert said(answer, names) == names, (method, path, answer.status_code)
        assert answer.headers["X-Request-Id"]


async def test_nobody_is_told_what_serves_here(http: httpx.AsyncClient, gateway: Running) -> None:
    """Neither its name nor its version."""
    for answer in (await http.get("/healthz"), await gateway.get("/healthz")):
        assert not {"server", "x-powered-by", "via"} & set(answer.headers)


async def test_what_the_http_server_refuses_by_itself_is_not_guessed_at(api: int) -> None:
    for data, status in ((b"nonsense\r\n\r\n", b"400"), (b"GET / HT", b"408")):
        async with wired(api) as wire:
            wire.write(data)
            head = await wire.head()
            assert head.split()[1] == status
            assert b"x-content-type-options: nosniff\r\n" in head


@pytest.mark.parametrize(
    "request_",
    [
        *(upgrade(target.format(room_id=ROOM)) for target in SOCKETS if "ws-viewer" in target),
        *(get(target.format(room_id=ROOM)) for target in SOCKETS if target != "/healthz"),
        get("/nowhere"),
        get("/ws-unity").replace(b"GET", b"POST"),
        upgrade("/ws-unity").replace(b"Sec-WebSocket-Key", b"X"),
    ],
)
async def test_a_gateways_plain_answers_are_what_they_say(
    gateway: Running, request_: bytes
) -> None:
    """Those of the websockets library, too."""
    async with wired(gateway.port) as wire:
        wire.write(request_)
        head = (await wire.head()).lower()
        assert b" 101 " not in head.split(b"\r\n")[0]
        assert b"\r\nx-content-type-options: nosniff\r\n" in head
        assert b"\r\ncross-origin-resource-policy: same-origin\r\n" in head


async def test_a_game_on_another_site_may_see_that_a_gateway_lives(gateway: Running) -> None:
    """It distinguishes refusals from outages by that, and can read nothing else."""
    answer = await gateway.get("/healthz", Origin="https://game.example")
    assert (answer.status_code, answer.headers[SNIFF]) == (200, "nosniff")
    assert answer.headers[HOLDS] == "cross-origin"
    for path in ("/readyz", "/healthz/", "/asyncapi.json"):
        assert (await gateway.get(path)).headers[HOLDS] == "same-origin"
