"""Trailers, the fields behind a body in chunks (RFC 9112, section 7.1.2), say nothing and end."""

import asyncio
from itertools import pairwise

import httpx
import pytest

from api_service.http import server
from api_service.http.requests import BODY_LIMIT
from api_service.http.server import HEAD_LIMIT, TRAILERS_LIMIT
from shared.engine.engine import Engine
from shared.engine.replies import Description
from tests.api_service.conftest import GameRoom
from tests.api_service.http.raw_connection import Wire, pressed, wire
from tests.attacks.trailers import chunked
from tests.wire import get

ALIVE = get("/healthz")
END = b"\r\n"
TOO_LONG = b"X: " + b"x" * TRAILERS_LIMIT
HALF = b"X: " + b"x" * (TRAILERS_LIMIT // 2) + END
REFUSAL = b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
# What is around a body, and never ends.
ENDLESS = {
    "trailers": b"X: 1\r\n" * 8_000,
    "a trailer": TOO_LONG,
    "a trailer's name": b"x" * TRAILERS_LIMIT * 2,
}
IN_CHUNKS = {
    "a chunk's extension": b"1;x=" + b"x" * TRAILERS_LIMIT * 2,
    "a chunk's length": b"0" * TRAILERS_LIMIT * 2,
}


def press(game: GameRoom, viewer_id: str) -> bytes:
    """A press up to its trailers."""
    return chunked(f"POST {game.path}/events", body=pressed(viewer_id, skill1=1))


async def sent(api: httpx.AsyncClient, line: Wire, *pieces: bytes) -> None:
    """Send pieces, each of which the server reads by itself."""
    for piece in pieces:
        line.writer.write(piece)
        await line.writer.drain()
        assert (await api.get("/healthz")).status_code == 200


async def counted(api: httpx.AsyncClient, game: GameRoom) -> int:
    stats = (await api.get(f"{game.path}/stats")).json()["stats"]
    return int(stats[0]["current_count"])


@pytest.mark.parametrize("rest", [*ENDLESS.values()], ids=[*ENDLESS])
@pytest.mark.parametrize("is_whole", [True, False])
async def test_trailers_without_end_are_refused(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, rest: bytes, *, is_whole: bool
) -> None:
    """Whether they arrive with the press or behind it; it does not count."""
    head = press(game, viewer_id)
    async with wire(api) as line:
        if is_whole:
            await sent(api, line, head + rest, rest)
        else:
            await sent(api, line, head, rest)
        answer = await line.rest()
    assert answer.startswith(REFUSAL)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert await counted(api, game) == 0


@pytest.mark.parametrize("rest", [*IN_CHUNKS.values()], ids=[*IN_CHUNKS])
async def test_a_chunks_first_line_without_end_is_refused(
    api: httpx.AsyncClient, game: GameRoom, rest: bytes
) -> None:
    """Before the first chunk, and behind it."""
    head = chunked(f"POST {game.path}/events")[: -len(b"0\r\n")]
    for first in (head, head + b"1\r\n{\r\n"):
        async with wire(api) as line:
            await sent(api, line, first, rest)
            answer = await line.rest()
        assert answer.startswith(REFUSAL)


async def test_trailers_within_the_limit_do_no_harm(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    """What is pipelined behind them is answered, and has a limit of its own."""
    once = press(game, viewer_id) + HALF + END
    async with wire(api) as line:
        for start in (0, 1):
            data = (once * 3 + ALIVE)[start:]
            cuts = range(0, len(data), 10_000)
            await sent(api, line, (once * 3 + ALIVE)[:start])
            await sent(api, line, *(data[cut : cut + 10_000] for cut in cuts))
            for _ in range(4):
                assert (await line.answer())[0].startswith(b"HTTP/1.1 200 ")
    assert await counted(api, game) == 1


async def test_as_many_trailers_are_refused_in_one_piece_as_in_many(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    """Also if the message is complete when it is read."""
    async with wire(api) as line:
        line.writer.write(press(game, viewer_id) + HALF * 2 + END + ALIVE)
        assert (await line.rest()).startswith(REFUSAL)


async def test_a_body_in_small_chunks_is_read(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str
) -> None:
    """However much more than the body its chunks' lines are."""
    body = pressed(viewer_id, skill1=1)
    body += b" " * (BODY_LIMIT - len(body))
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body)
    assert len(chunks) - len(body) > TRAILERS_LIMIT * 2
    whole = chunked(f"POST {game.path}/events")[: -len(b"0\r\n")] + chunks + b"0\r\n\r\n"
    cuts = [*range(0, len(whole), 20_000), len(whole)]
    async with wire(api) as line:
        await sent(api, line, *(whole[start:end] for start, end in pairwise(cuts)))
        assert (await line.answer())[0].startswith(b"HTTP/1.1 200 ")


async def test_an_answered_request_gets_no_second_answer_for_its_trailers(
    api: httpx.AsyncClient,
) -> None:
    """The client would take it for the answer to its next request."""
    async with wire(api) as line:
        line.writer.write(chunked("GET /healthz"))
        await line.answer()
        line.writer.write(TOO_LONG)
        assert await line.rest() == b""


@pytest.mark.parametrize(
    "rest",
    [b"X\r\n", b"GET /" + b"x" * (HEAD_LIMIT + 1), chunked("GET /healthz") + b"X: 1\r\n" * 9 + END],
    ids=["garbage", "a head", "trailers"],
)
async def test_whose_answer_is_under_way_takes_no_refusal_for_it(
    api: httpx.AsyncClient, game: GameRoom, monkeypatch: pytest.MonkeyPatch, rest: bytes
) -> None:
    """Neither of garbage, nor of a head or trailers too long: the connection is aborted."""
    describe, may_answer = Engine.describe, asyncio.Event()

    async def slow(engine: Engine, room_id: str) -> Description:
        await may_answer.wait()
        return await describe(engine, room_id)

    monkeypatch.setattr(server, "TRAILERS_LIMIT", 50)  # so that one read has them all
    monkeypatch.setattr(Engine, "describe", slow)
    async with wire(api) as line:
        await sent(api, line, get(game.path))
        line.writer.write(rest)
        assert await line.rest() == b""
    may_answer.set()
