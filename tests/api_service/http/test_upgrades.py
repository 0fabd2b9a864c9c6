"""A request that asks for an upgrade is answered as any other (RFC 9110, section 7.8).

Java's HTTP client asks for HTTP/2 at each request, if it is not told otherwise. Its bytes are those
of `java.net.http.HttpClient` of Java 17, whose bodies come in a piece of their own. That any press
is framed alike with an upgrade and without is in `test_conformance.py`.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest

from api_service.http.server import HEAD_LIMIT, TRAILERS_LIMIT
from tests.api_service.conftest import GameRoom
from tests.api_service.http.exchange import H2C
from tests.api_service.http.raw_connection import Wire, pressed, wire

Answer = tuple[int, dict[str, Any]]


def java(path: str, *framing: str) -> bytes:
    """The head that Java sends."""
    length = [field for field in framing if field.startswith(("Content-Length", "Expect"))]
    chunks = [field for field in framing if field not in length]
    lines = (
        *(f"POST {path} HTTP/1.1", "Connection: Upgrade, HTTP2-Settings", *length),
        *(
            "Host: 127.0.0.1:8888",
            "HTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA",
        ),
        *(*chunks, "Upgrade: h2c", "User-Agent: Java-http-client/17.0.21"),
        *("Content-Type: application/json", "", ""),
    )
    return "\r\n".join(lines).encode()


def of_string(path: str, body: bytes) -> tuple[bytes, ...]:
    """With `BodyPublishers.ofString`."""
    return java(path, f"Content-Length: {len(body)}"), body


def of_input_stream(path: str, body: bytes) -> tuple[bytes, ...]:
    """With `BodyPublishers.ofInputStream`, whose length Java does not know."""
    return java(path, "Transfer-encoding: chunked"), b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


async def send(api: httpx.AsyncClient, line: Wire, pieces: Sequence[bytes]) -> None:
    """Send pieces, each of which the server reads by itself."""
    for piece in pieces:
        line.writer.write(piece)
        await line.writer.drain()
        assert (await api.get("/healthz")).status_code == 200


async def answer_to(api: httpx.AsyncClient, line: Wire, pieces: Sequence[bytes]) -> Answer:
    """The status of the answer to a request in pieces, and its JSON."""
    await send(api, line, pieces)
    head, body = await line.answer()
    assert b"connection: close" not in head
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize("sent", [of_string, of_input_stream])
async def test_java_opens_a_room_plays_in_it_and_keeps_its_connection(
    api: httpx.AsyncClient, sent: Callable[[str, bytes], Sequence[bytes]]
) -> None:
    """Each body counts, on every route."""

    async def post(path: str, **body: object) -> Answer:
        return await answer_to(api, line, sent(path, json.dumps(body).encode()))

    async with wire(api) as line:
        status, opened = await post("/api/rooms", settings={"title": "Java", "starts": "press"})
        assert (status, opened["settings"]["title"]) == (201, "Java")
        room = f"/api/rooms/{opened['room_id']}"
        _, viewer = await post("/api/viewers")
        viewer_id = viewer["viewer_id"]
        assert (await post(f"{room}/join", viewer_id=viewer_id))[0] == 200
        named = await post("/api/viewers/set_name", viewer_id=viewer_id, name="Duke")
        assert named == (200, {"viewer_id": viewer_id, "name": "Duke"})
        owner = {"Authorization": f"Bearer {opened['room_token']}"}
        started = await api.post(f"{room}/round", json={"command": "start"}, headers=owner)
        assert started.status_code == 200
        for number in (1, 2, 3):
            batch = {"viewer_id": viewer_id, "batch_id": "java", "batch_no": number}
            events = [{"button_name": "skill1", "push_count": number}]
            status, told = await post(f"{room}/events", **batch, push_events=events)
            assert (status, told["accepted"], told["duplicate"]) == (200, number, False)


async def test_java_is_told_to_continue(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    """At a press and at another request, each of whose bodies waits for it."""
    name = json.dumps({"viewer_id": viewer_id, "name": "Duke"}).encode()
    press = pressed(viewer_id, skill1=1)
    async with wire(api) as line:
        for path, body in (("/api/viewers/set_name", name), (f"{game.path}/events", press)):
            line.writer.write(java(path, f"Content-Length: {len(body)}", "Expect: 100-Continue"))
            assert await line.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            assert (await answer_to(api, line, [body]))[0] == 200


async def test_the_limits_of_heads_and_trailers_hold(
    api: httpx.AsyncClient, game: GameRoom
) -> None:
    """The field that is ignored counts with the head, too."""
    head = "\r\n".join(("GET /healthz HTTP/1.1", "Host: x", *H2C, "", "")).encode()
    long = (head.replace(b"h2c", b"h2c, " + b"x" * HEAD_LIMIT),)
    chunks = java(f"{game.path}/events", "Transfer-Encoding: chunked") + b"0\r\n"
    trailers = (chunks, b"X: " + b"x" * TRAILERS_LIMIT)
    for pieces, sees in ((long, b"HTTP/1.1 400 "), (trailers, b"HTTP/1.1 431 ")):
        async with wire(api) as line:
            await send(api, line, pieces)
            answer = await line.rest()
            assert (answer[: len(sees)], answer.count(b"HTTP/1.1 ")) == (sees, 1)
