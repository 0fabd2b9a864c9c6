"""The pages that people see, as they are sent."""

import gzip
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from urllib.parse import urljoin

import httpx
import pytest
from websockets.uri import parse_uri

from api_service.http.qr_codes import qr_code
from shared.process.settings import Settings, Tunnel
from tests.api_service.running import api_settings, running
from tests.room_keys import new_room_id

ROOM = new_room_id()
PAGES = ("/console", f"/play/{ROOM}", f"/overlay/{ROOM}", f"/moderate/{ROOM}")
ASSET = re.compile(r'(?:href|src)="(/assets/[^"]+)"')


def connections(answer: httpx.Response) -> list[str]:
    """What a page may call."""
    policy = answer.headers["Content-Security-Policy"]
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    return str(directives["connect-src"]).split(" ")


@pytest.fixture(scope="module")
async def site(redis_url: str, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser."""
    settings = api_settings(redis_url, database_url)
    async with running(settings):
        url = f"http://127.0.0.1:{settings.port}"
        async with httpx.AsyncClient(base_url=url) as http:
            yield http


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_loads_one_script_and_one_style_sheet_that_may_be_kept_for_good(
    site: httpx.AsyncClient, path: str
) -> None:
    """The page itself is revalidated each time, so a new release is seen at once."""
    page = await site.get(path)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Cache-Control"] == "no-cache"
    assets = {*ASSET.findall(page.text)}
    assert sorted(asset.rpartition(".")[2] for asset in assets) == ["css", "js", "svg"]
    for asset in assets:
        answer = await site.get(asset)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", [PAGES[0], PAGES[1], PAGES[2]])
async def test_a_page_names_fonts_that_may_be_kept_for_good(
    site: httpx.AsyncClient, path: str
) -> None:
    """They come as they are, since they are compressed in themselves."""
    page = await site.get(path)
    assert "font-src 'self';" in page.headers["Content-Security-Policy"]
    for sheet in re.findall(r'data-fonts[a-z-]*="([^"]+)"', page.text):
        rules = await site.get(sheet)
        assert "immutable" in rules.headers["Cache-Control"]
        fonts = re.findall(r'url\("([^"]+)"\)', rules.text)
        assert len(fonts) > 50
        for font in fonts[:3] + fonts[-3:]:
            answer = await site.get(urljoin(sheet, font))
            assert answer.headers["Content-Type"] == "font/woff2"
            assert "immutable" in answer.headers["Cache-Control"]
            assert "Content-Encoding" not in answer.headers
            assert answer.content.startswith(b"wOF2")


async def test_a_rooms_first_sheet_of_fonts_is_small(site: httpx.AsyncClient) -> None:
    sheet = await site.get("/assets/fonts/fonts.css", headers={"Accept-Encoding": "gzip"})
    assert int(sheet.headers["Content-Length"]) <= 14_000


async def test_the_fonts_licence_lies_beside_them(site: httpx.AsyncClient) -> None:
    licence = await site.get("/assets/fonts/OFL.txt")
    assert licence.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "SIL Open Font License, Version 1.1" in licence.text
    assert licence.text.count("Copyright 20") == 6


@pytest.mark.parametrize("asset", ["play.js", "play.css", "console.js", "streamario.js"])
async def test_a_source_map_leads_from_a_bundle_to_the_modules(
    site: httpx.AsyncClient, asset: str
) -> None:
    bundle = await site.get(f"/assets/{asset}")
    (link,) = re.findall(r"# sourceMappingURL=(\S+)", bundle.text)
    source_map = (await site.get(f"/assets/{link}")).json()
    # What others wrote is in their packages; it is not served.
    modules = [source for source in source_map["sources"] if "/node_modules/" not in source]
    assert len(modules) > 5
    for source in modules:
        # Relative to `sourceRoot`, as the source map specification says (ECMA-426).
        answer = await site.get(urljoin(source_map["sourceRoot"], source))
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
        assert len(answer.text) > 20


async def test_the_script_in_the_viewers_page_may_run_and_no_other(site: httpx.AsyncClient) -> None:
    page = await site.get(f"/play/{ROOM}")
    (script,) = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = page.headers["Content-Security-Policy"]
    assert f"script-src 'self' 'sha256-{digest}';" in policy
    console = await site.get("/console")
    assert "script-src 'self';" in console.headers["Content-Security-Policy"]


async def test_what_a_browser_has_is_not_sent_again(site: httpx.AsyncClient) -> None:
    first = await site.get(PAGES[0])
    known = {"If-None-Match": first.headers["ETag"]}
    again = await site.get(PAGES[0], headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


async def test_what_a_browser_has_is_recognised_by_its_whole_tag(site: httpx.AsyncClient) -> None:
    """RFC 9110, section 13.1.2: a list, any of these, or `*`; weak and strong tags are alike."""
    tag = (await site.get(PAGES[0])).headers["ETag"]
    strong = tag.removeprefix("W/")
    for known in (strong, f'"other", {tag}', f"{tag},W/{strong}", "*"):
        again = await site.get(PAGES[0], headers={"If-None-Match": known})
        assert again.status_code == 304, known
    for other in (f"x{tag}", f"{tag}x", f'"{tag}"', tag[:-2] + '"', "", '""'):
        again = await site.get(PAGES[0], headers={"If-None-Match": other})
        assert again.status_code == 200, other
    two_lines = [("If-None-Match", '"other"'), ("If-None-Match", tag)]
    assert (await site.get(PAGES[0], headers=two_lines)).status_code == 304


async def test_pages_are_compressed_for_those_who_can_read_it(site: httpx.AsyncClient) -> None:
    async with site.stream("GET", PAGES[0], headers={"Accept-Encoding": "br, gzip"}) as packed:
        sent = b"".join([part async for part in packed.aiter_raw()])
    plain = await site.get(PAGES[0], headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(sent) == plain.content
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["Vary"] == "Accept-Encoding, Origin"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("GZIP;Q=0.001", "gzip"),
        ("x-gzip", "gzip"),
        ("*", "gzip"),
        ("identity;q=0.5, *;q=0.7", "gzip"),
        ("gzip ;\tq=0.000 , *", None),
        ("*;q=0", None),
        ("gzip;q=0.5, identity", None),
        ("not-gzip", None),
        ("gzip;q=2", None),
        ("", None),
    ],
)
async def test_nobody_gets_a_compressed_page_who_refuses_it(
    site: httpx.AsyncClient, accepted: str, encoding: str | None
) -> None:
    answer = await site.get(PAGES[0], headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.text.startswith("<!")


async def test_what_is_accepted_may_stand_in_several_headers(site: httpx.AsyncClient) -> None:
    for lists, encoding in ((("br", "gzip"), "gzip"), (("gzip;q=0", "*"), None)):
        headers = [("Accept-Encoding", each) for each in lists]
        answer = await site.get(PAGES[0], headers=headers)
        assert answer.headers.get("Content-Encoding") == encoding


async def test_the_web_client_is_there_for_pages_of_other_sites(site: httpx.AsyncClient) -> None:
    """Its URL is stable, and is revalidated each time."""
    answer = await site.get("/assets/streamario.js", headers={"Origin": "https://pages.example"})
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert re.search(r"export\{[^}]*\bas Room\b", answer.text)


@pytest.mark.parametrize(
    "asset",
    [
        "play-anotherhash0.js",
        # As releases before bundles named modules.
        "anotherhash0/play/results.js",
        "streamario/api.js",
    ],
)
async def test_a_page_of_another_release_still_finds_its_parts(
    site: httpx.AsyncClient, asset: str
) -> None:
    """During a rollout, a page may come from one release and its assets from another."""
    answer = await site.get(f"/assets/{asset}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/play/nowhere/qr.svg", "room_not_found"),
        ("/assets/", "not_found"),
        ("/assets/nothing.js", "not_found"),
        ("/assets/../pages.py", "not_found"),
        ("/assets/%2e%2e/pages.py", "not_found"),
        ("/assets/play.html", "not_found"),
    ],
)
async def test_what_is_no_page_is_not_found(site: httpx.AsyncClient, path: str, code: str) -> None:
    answer = await site.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, code)


@pytest.mark.parametrize("page", ["play", "overlay"])
async def test_an_id_that_no_room_can_have_gets_the_page(
    site: httpx.AsyncClient, page: str
) -> None:
    """The page itself finds that there is no such room, and says so in words."""
    answer = await site.get(f"/{page}/nowhere")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


async def test_people_can_type_a_code_and_streamers_are_led_to_the_console(
    site: httpx.AsyncClient,
) -> None:
    """So they can at `/`, unless it leads to an only streamer: test_handle_page.py."""
    answer = await site.get("/j")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
    assert 'id="code-form"' in answer.text
    assert 'href="/console"' in answer.text


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        *((path, "not_found") for path in ("/play", "/overlay", "/nothing", f"/play/{ROOM}/x")),
        ("/play/nowhere/qr.svg", "room_not_found"),
    ],
)
async def test_people_get_errors_as_a_page_and_programs_as_json(
    site: httpx.AsyncClient, path: str, code: str
) -> None:
    """The page says the error's sentence, and has a field for a code."""
    page = await site.get(path, headers=BROWSER)
    assert (page.status_code, page.headers["Vary"]) == (404, "Accept, Origin")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f'data-problem="{code}"' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for accept in ("*/*", "application/json", "application/problem+json"):
        answer = await site.get(path, headers={"Accept": accept})
        assert (answer.status_code, answer.json()["code"]) == (404, code)


async def test_a_page_of_an_error_keeps_what_the_error_says(site: httpx.AsyncClient) -> None:
    answer = await site.post("/console", headers=BROWSER)
    assert answer.status_code == 405
    assert {*answer.headers["Allow"].split(", ")} == {"GET", "HEAD"}
    assert 'data-problem="method_not_allowed"' in answer.text


@pytest.mark.parametrize("path", ["/api/rooms/nowhere", "/api/nothing", "/assets/nothing.js"])
async def test_what_programs_use_answers_browsers_with_json_too(
    site: httpx.AsyncClient, path: str
) -> None:
    answer = await site.get(path, headers=BROWSER)
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_page_by_an_ipv6_address_may_call_all_gateways(settings: Settings) -> None:
    """CSP cannot name an IPv6 address; browsers would ignore it, and block the gateways."""
    everywhere = replace(settings, host="0.0.0.0")
    async with running(everywhere), httpx.AsyncClient() as http:
        url = f"http://127.0.0.1:{settings.port}"
        host = {"Host": "[fe80::1]:8888"}
        assert connections(await http.get(f"{url}/console", headers=host)) == ["'self'", "ws:"]
        room = (await http.post(f"{url}/api/rooms", headers=host)).json()
        assert room["ws_url"] == f"ws://[fe80::1]:{settings.unity_ws_port}/ws-unity"


async def test_what_is_configured_goes_before_what_a_request_says(settings: Settings) -> None:
    """Behind a proxy, the Host of a request may be known only to the proxy."""
    public = replace(settings, host="0.0.0.0", public_api_url="http://play.example")
    async with running(public), httpx.AsyncClient() as http:
        url = f"http://127.0.0.1:{settings.port}"
        room = (await http.post(f"{url}/api/rooms", headers={"Host": "api-7f9c"})).json()
        assert room["ws_url"] == f"ws://play.example:{settings.unity_ws_port}/ws-unity"


async def test_pages_over_https_without_a_gateway_over_wss_are_warned_of(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Browsers allow such pages only wss: sockets."""
    async with running(replace(settings, public_api_url="https://play.example")):
        assert "PUBLIC_WS_URL" in caplog.text


async def test_a_link_in_a_chat_shows_the_rooms_title_and_an_image(
    settings: Settings,
) -> None:
    """Chats read them from the page, which runs no script there; the image's URL has its host."""
    public = replace(settings, public_api_url="https://play.example", public_ws_url="wss://x")
    async with running(public):
        url = f"http://127.0.0.1:{settings.port}"
        async with httpx.AsyncClient(base_url=url) as http:
            body = {"settings": {"title": 'Tom & "Jerry" <3'}}
            room_id = (await http.post("/api/rooms", json=body)).json()["room_id"]
            page = (await http.get(f"/play/{room_id}")).text
            assert 'og:title" content="Tom &amp; &quot;Jerry&quot; &lt;3"' in page
            image = re.findall(r'og:image" content="https://play\.example([^"]+)"', page)
            answer = await http.get(image[0])
            assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert 'data-home="https://play.example"' in (await http.get("/console")).text
            other = (await http.get(f"/play/{ROOM}")).text
            assert 'og:title" content="Streamario"' in other


async def test_what_other_machines_get_has_this_machines_name_in_their_network(
    settings: Settings,
) -> None:
    """Codes to type and links to pages, as the viewers' link has it."""
    tunnel, name = Tunnel(), "192.0.2.2"
    at_home = replace(settings, host="0.0.0.0", web_url="", network_host=name, tunnel=tunnel)
    home = f"http://192.0.2.2:{settings.port}"
    url = f"http://127.0.0.1:{settings.port}"
    async with running(at_home), httpx.AsyncClient(base_url=url) as http:
        opened = (await http.post("/api/rooms")).json()
        assert opened["web_url"] == f"{home}/play/{opened['room_id']}"
        assert f'data-home="{home}"' in (await http.get("/console")).text
        key = (await http.post("/api/studios")).json()["studio_key"]
        headers = {"Authorization": f"Bearer {key}"}
        drawn = await http.get("/api/studio/qr.svg", headers=headers)
        assert drawn.content == qr_code(f"{home}/console#studio={key}")
        # No studio is reached through a tunnel.
        tunnel.url = "https://tunnel.example"
        drawn = await http.get("/api/studio/qr.svg", headers=headers)
        assert drawn.content == qr_code(f"{home}/console#studio={key}")


async def test_the_code_for_phones_is_a_drawing(site: httpx.AsyncClient) -> None:
    room = (await site.post("/api/rooms")).json()
    answer = await site.get(f"/play/{room['room_id']}/qr.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.text.startswith("<svg")
    assert answer.headers["Cache-Control"] == "no-cache"


async def test_a_page_may_call_its_own_service_and_the_gateways(settings: Settings) -> None:
    """They may call nothing else, so no third party learns who watches."""
    public = replace(settings, public_ws_url="wss://games.example/path")
    async with running(public), httpx.AsyncClient() as http:
        answer = await http.get(f"http://127.0.0.1:{settings.port}/console")
        assert connections(answer) == ["'self'", "wss://games.example"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("host", "gateways"),
    [
        ("192.168.1.20:8888", "ws://192.168.1.20"),
        ("my-laptop.local", "ws://my-laptop.local"),
        ("my_pc:8888", "ws://my_pc"),
        ("evil; script-src *", "ws://localhost"),
        ("a b", "ws://localhost"),
    ],
)
async def test_a_phone_is_sent_to_the_machine_by_the_name_that_it_knows(
    settings: Settings, host: str, gateways: str
) -> None:
    """This holds without a configured public URL; unsafe Host headers are ignored."""
    everywhere = replace(settings, host="0.0.0.0")
    expected = f"{gateways}:{settings.unity_ws_port}"
    async with running(everywhere), httpx.AsyncClient() as http:
        url = f"http://127.0.0.1:{settings.port}"
        answer = await http.get(f"{url}/console", headers={"Host": host})
        assert connections(answer) == ["'self'", expected]
        room = (await http.post(f"{url}/api/rooms", headers={"Host": host})).json()
        assert room["ws_url"] == f"{expected}/ws-unity"
        assert parse_uri(room["ws_url"]).port == settings.unity_ws_port
