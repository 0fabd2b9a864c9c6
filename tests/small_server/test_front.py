"""Requests through Caddy: client addresses, access, limits, retries, errors, TLS."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from pathlib import Path

import httpx
import msgspec
import pytest

from api_service.http.requests import BODY_LIMIT
from api_service.http.server import KEEP_ALIVE
from api_service.studio.media_files import SOUND_LIMIT
from shared.wire.error_codes import ERRORS
from shared.wire.languages import Language
from shared.wire.refusal import problem_details
from tests.accepted_languages import ACCEPTED
from tests.attacks.trailers import chunked, naming
from tests.conftest import free_ports
from tests.small_server.running import (
    PROXIED_FROM,
    SHARED,
    Front,
    Places,
    nobody_behind,
    open_front,
)
from tests.ws_gateway.game_end import refusal


@asynccontextmanager
async def stranger(
    front: Front, client: str
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect over TLS as a client with this address."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", front.https_port, local_addr=(PROXIED_FROM, 0)
    )
    writer.write(f"PROXY TCP4 {client} 127.0.0.1 4000 443\r\n".encode())
    await writer.start_tls(front.trust, server_hostname="localhost")
    try:
        yield reader, writer
    finally:
        writer.close()


def request(line: str, *headers: str, body: str = "") -> bytes:
    head = (f"{line} HTTP/1.1", "Host: localhost", "Connection: close")
    length = f"Content-Length: {len(body)}"
    return "\r\n".join((*head, length, *headers, "", body)).encode()


async def status_of(reader: asyncio.StreamReader) -> int:
    return int((await reader.readuntil(b"\r\n")).split()[1])


@asynccontextmanager
async def fragile(answer: bytes) -> AsyncIterator[tuple[Places, list[bytes]]]:
    """A server that answers each request so and closes; the requests that it got."""
    came: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        writer.close()

    http, https, api = free_ports(3)
    async with await asyncio.start_server(serve, "127.0.0.1", api):
        yield Places(http, https, f"127.0.0.1:{api}", f"127.0.0.1:{api}"), came


# Client addresses.


async def test_what_a_stranger_says_of_itself_is_replaced(front: Front) -> None:
    """An address may create two viewers; a forged private address, never limited, has no effect."""
    lies = ("X-Forwarded-For: 10.0.0.1", "X-Forwarded-For: 10.0.0.2", "Forwarded: for=10.0.0.3")
    new_viewer = request("POST /api/viewers", "Content-Type: application/json", *lies, body="{}")
    for client, expected in (("203.0.113.7", [200, 200, 429]), ("203.0.113.8", [200])):
        statuses = []
        for _ in expected:
            async with stranger(front, client) as (reader, writer):
                writer.write(new_viewer)
                statuses.append(await status_of(reader))
        assert statuses == expected


async def test_what_a_stranger_says_behind_its_body_counts_as_little(front: Front) -> None:
    """Caddy passes no trailers on."""
    head = chunked("POST /api/viewers", "Trailer: X-Forwarded-For", body=b"{}")
    statuses = []
    for number in range(3):
        async with stranger(front, "203.0.113.71") as (reader, writer):
            writer.write(head.replace(b"Host: x", b"Host: localhost") + naming(f"10.0.0.{number}"))
            statuses.append(await status_of(reader))
    assert statuses == [200, 200, 429]


async def test_headers_for_the_service_are_replaced(tmp_path: Path) -> None:
    async with (
        fragile(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (places, came),
        open_front(tmp_path, places) as front,
        stranger(front, "203.0.113.9") as (reader, writer),
    ):
        told = ("X-Forwarded-For: 10.0.0.1", "Forwarded: for=10.0.0.3")
        writer.write(request("GET /", *told, "X-Forwarded-Proto: http", "X-Request-Id: mine"))
        assert await status_of(reader) == 200
    (head,) = came
    lines = head.decode().lower().splitlines()
    sent = {line.partition(": ")[0]: line.partition(": ")[2] for line in lines[1:] if line}
    assert (sent["x-forwarded-for"], sent["x-forwarded-proto"]) == ("203.0.113.9", "https")
    assert "forwarded" not in sent
    assert len(sent["x-request-id"]) == 36


@pytest.mark.parametrize("path", ["/get_viewer_id", "/healthz", "/asyncapi.json", "/metrics"])
async def test_every_answer_has_one_id_and_asks_for_tls_from_now_on(
    front: Front, path: str
) -> None:
    """Whoever answers: the API, the gateway or Caddy."""
    answer = await front.get(path, **{"X-Request-Id": "mine"})
    (request_id,) = answer.headers.get_list("X-Request-Id")
    assert len(request_id) == 36
    assert answer.headers.get_list("Strict-Transport-Security") == ["max-age=31536000"]
    assert answer.headers.get_list("X-Content-Type-Options") == ["nosniff"]
    assert "Server" not in answer.headers


# Access.


async def test_plain_http_is_sent_to_https(front: Front) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"http://localhost:{front.http_port}/play/x?round=1")
    assert answer.status_code == 308
    assert answer.headers["Location"] == "https://localhost/play/x?round=1"


async def test_it_speaks_http_2_and_tls_from_1_2(front: Front) -> None:
    trust = ssl.create_default_context(cafile=str(front.authority))
    for offered, chosen in ((["h2", "http/1.1"], "h2"), (["http/1.1"], "http/1.1")):
        trust.set_alpn_protocols(offered)
        _, writer = await asyncio.open_connection("localhost", front.https_port, ssl=trust)
        found = writer.get_extra_info("ssl_object")
        assert found.selected_alpn_protocol() == chosen
        assert found.version() in {"TLSv1.2", "TLSv1.3"}
        writer.close()


async def test_pages_come_over_tls_with_secure_cookies(front: Front) -> None:
    assert (await front.get("/console")).status_code == 200
    assert "Secure" in (await front.get("/get_viewer_id")).headers["Set-Cookie"]


@pytest.mark.parametrize("path", ["/metrics", "/%6detrics", "/metrics/", "/metrics?x=1"])
async def test_metrics_are_not_reached_from_outside(front: Front, path: str) -> None:
    answer = await front.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_page_of_another_site_may_ask_whether_the_gateway_is_well(front: Front) -> None:
    answer = await front.get("/healthz")
    assert answer.status_code == 200
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


async def test_the_log_holds_no_query_and_no_secret(front_without_service: Front) -> None:
    """Failed requests are logged, since there is nobody behind."""
    secret = "hush-hush-hush-hush"
    url = f"{front_without_service.ws_url}/ws-unity?key={secret}&token={secret}"
    await refusal(
        url, ssl=front_without_service.trust, subprotocols=["streamario.v1", f"token.{secret}"]
    )
    await front_without_service.get(f"/play/x?secret={secret}", Authorization=secret, Cookie=secret)
    async with stranger(front_without_service, "203.0.113.10") as (reader, writer):
        writer.write(request(f"GET /elsewhere?{secret}", f"X-Secret: {secret}"))
        assert await status_of(reader) == 503
    logged = front_without_service.log.read_text()
    assert secret not in logged
    assert "203.0.113.10" not in logged
    paths = {line["request"]["uri"] for line in front_without_service.lines() if "request" in line}
    assert {"/ws-unity", "/play/x", "/elsewhere"} <= paths


# Errors and limits.


async def test_where_no_server_is_the_refusal_says_so_and_when_to_come_again(
    front_without_service: Front,
) -> None:
    answer = await front_without_service.get("/api/rooms/x", Origin="https://elsewhere.example")
    assert (answer.status_code, answer.json()["code"]) == (503, "no_server_ready")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    refused = await refusal(
        f"{front_without_service.ws_url}/ws-unity", ssl=front_without_service.trust
    )
    assert refused == (503, "no_server_ready")
    assert (await front_without_service.get("/readyz")).status_code == 503


@pytest.mark.parametrize(("accepted", "language"), ACCEPTED)
async def test_the_refusal_is_in_the_language_of_who_asks(
    front: Front, accepted: str, language: Language
) -> None:
    answer = await front.get("/metrics", **{"Accept-Language": accepted})
    told = answer.json()
    assert told["detail"] == told["error"] == ERRORS["not_found"].sentence.spoken(language)
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize(
    "code", ["no_server_ready", "not_found", "body_too_large", "bad_gateway", "gateway_timeout"]
)
def test_its_sentences_are_those_of_the_services(code: str) -> None:
    kind = ERRORS[code]
    title = "Content Too Large" if kind.status == 413 else HTTPStatus(kind.status).phrase
    english, japanese = (kind.sentence.spoken(language) for language in ("en", "ja"))
    told = f'import problem {kind.status} "{title}" {code} "{english}" "{japanese}"'
    assert told in SHARED.read_text()


async def test_its_errors_have_the_members_of_the_services(front: Front) -> None:
    told = msgspec.json.decode((await front.get("/metrics")).content)
    services = problem_details(ERRORS["not_found"], "en")
    assert told == msgspec.json.decode(msgspec.json.encode(services))


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_may_be_as_large_as_the_services_allow(front: Front, announced: bool) -> None:
    """Whether its length is announced or not."""

    async def pieces(size: int) -> AsyncIterator[bytes]:
        for _ in range(size // 1024):
            yield b" " * 1024

    async with front.client() as http:
        for size, expected in (
            (BODY_LIMIT, (400, "invalid_body")),
            (BODY_LIMIT + 1024, (413, "body_too_large")),
            (SOUND_LIMIT + 1024, (413, "body_too_large")),
        ):
            body = b" " * size if announced else pieces(size)
            answer = await http.post("/api/rooms/x/events", content=body)
            assert (answer.status_code, answer.json()["code"]) == expected


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /slow HTTP/1.1\r\nHost: local",
    ],
    ids=["nothing", "part of a head"],
)
async def test_a_request_that_does_not_come_is_waited_for_no_longer(
    tmp_path: Path, begun: bytes
) -> None:
    is_given_up = False
    async with open_front(tmp_path, nobody_behind(), timeouts=300) as brisk:
        while not is_given_up:
            # On a machine that stalls, the handshake may last longer.
            with suppress(OSError):
                async with stranger(brisk, "203.0.113.11") as (reader, writer):
                    writer.write(begun)
                    assert await reader.read() == b""
                    is_given_up = True


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: local"])
async def test_the_port_without_tls_waits_no_longer(tmp_path: Path, begun: bytes) -> None:
    async with open_front(tmp_path, nobody_behind(), timeouts=300) as brisk:
        reader, writer = await asyncio.open_connection("127.0.0.1", brisk.http_port)
        writer.write(begun)
        assert await reader.read() == b""
        writer.close()


async def test_a_body_that_does_not_come_does_not_occupy_the_service(tmp_path: Path) -> None:
    """Caddy hangs up on the service; only the client's own connection stays."""
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert (await reader.read()).endswith(b"\r\n\r\n{")
        ended.set()
        writer.close()

    http, https, api = free_ports(3)
    places = Places(http, https, f"127.0.0.1:{api}", f"127.0.0.1:{api}")
    async with (
        await asyncio.start_server(serve, "127.0.0.1", api),
        open_front(tmp_path, places, timeouts=300) as brisk,
    ):
        while not ended.is_set():
            # On a machine that stalls, the handshake or the head may last longer.
            with suppress(OSError):
                async with stranger(brisk, "203.0.113.11") as (reader, writer):
                    writer.write(request("POST /api/viewers", body="{}")[:-1])
                    await either(ended.wait(), reader.read())


async def either(*things: Coroutine[None, None, object]) -> None:
    """Wait for the first of these."""
    tasks = [asyncio.ensure_future(thing) for thing in things]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_press_is_sent_once_though_its_server_goes_away_with_it(tmp_path: Path) -> None:
    """It may have counted, so only the page may send it again, with the same batch_id."""
    async with (
        fragile(b"") as (places, came),
        open_front(tmp_path, places) as front,
        front.client() as http,
    ):
        for method in ("POST", "GET"):
            answer = await http.request(method, "/api/rooms/x/events", content=b"{}")
            assert (answer.status_code, answer.json()["code"]) == (502, "bad_gateway")
    assert len(came) == 2


async def test_requests_wait_for_a_server_that_starts(tmp_path: Path) -> None:
    """A restart of the one process is an interruption that nobody notices."""
    http, https, api = free_ports(3)
    places = Places(http, https, f"127.0.0.1:{api}", f"127.0.0.1:{api}")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with open_front(tmp_path, places) as front, front.client() as client:
        press = asyncio.create_task(client.post("/api/rooms/x/events", content=b"{}"))
        # The press has reached Caddy meanwhile.
        for _ in range(20):
            assert (await client.get("/metrics")).status_code == HTTPStatus.NOT_FOUND
        assert not press.done()
        async with await asyncio.start_server(serve, "127.0.0.1", api):
            assert (await press).status_code == 200


def test_connections_close_at_caddy_before_they_do_behind_it() -> None:
    """Otherwise a request could be sent on a connection that the service is closing."""
    assert "keepalive 30s" in SHARED.read_text()
    assert KEEP_ALIVE > 30
