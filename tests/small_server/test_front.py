"""Requests through Caddy: client addresses, access, limits, retries, errors, TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from api_service.http.requests import BODY_LIMIT
from api_service.http.server import KEEP_ALIVE
from api_service.studio.media_files import SOUND_LIMIT
from shared.wire.error_codes import ERRORS
from tests.attacks.trailers import chunked, naming
from tests.conftest import free_ports
from tests.small_server.running import (
    SHARED,
    Front,
    Places,
    nobody_behind,
    open_front,
    request,
    stranger,
)


async def status_of(reader: asyncio.StreamReader) -> int:
    return int((await reader.readuntil(b"\r\n")).split()[1])


# Client addresses.


async def test_what_a_stranger_says_behind_its_body_counts_as_little(front: Front) -> None:
    """Caddy passes no trailers on."""
    head = chunked("POST /api/viewers", "Trailer: X-Forwarded-For", body=b"{}")
    statuses = []
    for number in range(3):
        async with stranger(front, "203.0.113.71") as (reader, writer):
            writer.write(head.replace(b"Host: x", b"Host: localhost") + naming(f"10.0.0.{number}"))
            statuses.append(await status_of(reader))
    assert statuses == [200, 200, 429]


async def test_every_answer_asks_for_tls_from_now_on(front: Front) -> None:
    """Whoever answers: the API, the gateway or Caddy."""
    for path in ("/get_viewer_id", "/asyncapi.json", "/metrics"):
        answer = await front.get(path)
        assert answer.headers.get_list("Strict-Transport-Security") == ["max-age=31536000"]


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


async def test_a_page_of_another_site_may_ask_whether_the_gateway_is_well(front: Front) -> None:
    answer = await front.get("/healthz")
    assert answer.status_code == 200
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


# Errors and limits.


def test_its_sentences_are_those_of_the_services() -> None:
    for code in (
        "no_server_ready",
        "not_found",
        "body_too_large",
        "bad_gateway",
        "gateway_timeout",
    ):
        kind = ERRORS[code]
        title = "Content Too Large" if kind.status == 413 else HTTPStatus(kind.status).phrase
        english, japanese = (kind.sentence.spoken(language) for language in ("en", "ja"))
        told = f'import problem {kind.status} "{title}" {code} "{english}" "{japanese}"'
        assert told in SHARED.read_text()


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


async def test_a_request_that_does_not_come_is_waited_for_no_longer(tmp_path: Path) -> None:
    begun = [b"", b"GET /slow HTTP/1.1\r\nHost: local"]
    async with open_front(tmp_path, nobody_behind(), timeouts=300) as brisk:
        while begun:
            # On a machine that stalls, the handshake may last longer.
            with suppress(OSError):
                async with stranger(brisk, "203.0.113.11") as (reader, writer):
                    writer.write(begun[-1])
                    assert await reader.read() == b""
                    begun.pop()


async def test_the_port_without_tls_waits_no_longer(tmp_path: Path) -> None:
    async with open_front(tmp_path, nobody_behind(), timeouts=300) as brisk:
        reader, writer = await asyncio.open_connection("127.0.0.1", brisk.http_port)
        writer.write(b"GET / HTTP/1.1\r\nHost: local")
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
