"""Clients send the same head with each press; each press has a body and an answer of its own."""

import asyncio
import json
import logging
import os
import random
import socket
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import pairwise, takewhile
from typing import Final, NamedTuple

import httpx
import pytest

from api_service.http import middleware, server
from api_service.http.requests import BODY_LIMIT
from api_service.http.server import ApiConnection
from shared.engine.engine import Engine
from shared.process.settings import Settings
from shared.redis_store.batcher import Batcher
from shared.redis_store.store import Store
from tests.api_service.conftest import SIGNER, GameRoom
from tests.api_service.http.exchange import (
    BUTTON,
    H2C,
    LINE,
    ROOM,
    VIEWER,
    Client,
    Seen,
    Step,
    answer_on,
    body_of,
    chunk,
    client_of,
    filled,
    head,
    in_chunks,
    press,
    seen,
)
from tests.api_service.http.held_presses import hold_presses
from tests.api_service.http.raw_connection import wire
from tests.api_service.http.request_log import BALANCER, told
from tests.api_service.room_requests import books
from tests.api_service.running import ready_client
from tests.waiting import until
from tests.wire import Wire, wired

Framing = Callable[[bytes], bytes]


PRESSES: Final = 40
VIEWERS: Final = 8
MANY: Final = 600  # requests of any kind, of which some come together
TOGETHER: Final = 6
BUTTONS: Final = ("skill1", "skill2", "skill3", "enemy1", "enemy2", "enemy3")
SIZE: Final = len(body_of())
LENGTH: Final = f"Content-Length: {SIZE}"
READ: Final = Step.READ
PRESS: Final = press()
BODY: Final = body_of(2)  # of the second press
HEAD: Final = PRESS[:-SIZE]
EXPECTING: Final = head(LENGTH, "Expect: 100-continue")
TRAILERS: Final = b"X-Request-Id: mine\r\nExpect: 100-continue\r\nHost: y\r\n"
A_WHILE: Final = 3.0  # s, in which a slow machine gets and answers a request
SMALL: Final = 4096  # bytes of the send buffer of a connection whose client does not read


class Tally:
    """Makes presses whose bodies are of one length, and knows what each viewer pressed."""

    def __init__(self) -> None:
        self._viewers = [SIGNER.new_viewer_id() for _ in range(VIEWERS)]
        self.pressed: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.counts: list[int] = []

    def bodies(self) -> Iterator[bytes]:
        """Presses of other viewers and buttons in turn; a viewer's batches are numbered."""
        for n in range(PRESSES):
            viewer, count = self._viewers[n % VIEWERS], n % 9 + 1
            button = BUTTONS[(n + n // VIEWERS) % len(BUTTONS)]
            self.pressed[viewer][button] += count
            self.counts.append(count)
            body = {"viewer_id": viewer, "batch_id": "page", "batch_no": n // VIEWERS + 1}
            events = [{"button_name": button, "push_count": count}]
            yield json.dumps({**body, "push_events": events}).encode()

    async def check(self, engine: Engine, game: GameRoom) -> None:
        """Each press was counted for its own viewer and button, none twice, none lost."""
        for viewer, expected in self.pressed.items():
            found = await engine.viewer_summary(game.room_id, 1, SIGNER.verify_viewer(viewer) or "")
            assert {button: n for button, n in found.counts.items() if n} == expected


def with_length(body: bytes) -> bytes:
    return head(f"Content-Length: {len(body)}") + body


def with_chunks(body: bytes) -> bytes:
    """In two chunks, whose sizes differ from body to body."""
    middle = 1 + sum(body) % (len(body) - 1)
    return in_chunks(chunk(body[:middle]), chunk(body[middle:]), trailers=TRAILERS)


def with_upgrade(body: bytes) -> bytes:
    """As Java's HTTP client sends it."""
    return head(*H2C, f"Content-Length: {len(body)}") + body


def with_upgrade_and_chunks(body: bytes) -> bytes:
    return in_chunks(chunk(body[:9]), chunk(body[9:]), fields=H2C, trailers=TRAILERS)


FRAMINGS: Final = (with_length, with_chunks, with_upgrade, with_upgrade_and_chunks)


# How presses are cut into pieces: behind the last piece of each group, one more is whole.


def each_whole(presses: Sequence[bytes]) -> Iterator[list[bytes]]:
    yield from ([each] for each in presses)


def all_at_once(presses: Sequence[bytes]) -> Iterator[list[bytes]]:
    yield [b"".join(presses)]


def body_behind(presses: Sequence[bytes]) -> Iterator[list[bytes]]:
    yield from ([*_parts(each)] for each in presses)


def head_in_two(presses: Sequence[bytes]) -> Iterator[list[bytes]]:
    """At another place each time, also within the line that ends it."""
    for n, each in enumerate(presses):
        start, _ = _parts(each)
        cut = len(start) - 1 - n if n < 4 else 1 + n * 7 % (len(start) - 1)
        yield [each[:cut], each[cut:]]


def body_in_three(presses: Sequence[bytes]) -> Iterator[list[bytes]]:
    for n, each in enumerate(presses):
        start, body = _parts(each)
        first, second = 1 + n, 2 + 2 * n
        yield [start + body[:first], body[first:second], body[second:]]


def body_with_next_head(presses: Sequence[bytes]) -> Iterator[list[bytes]]:
    parts = [_parts(each) for each in presses]
    first = parts[0][0]
    for (_, body), (start, _) in zip(parts, [*parts[1:], (b"", b"")], strict=True):
        yield [first, body + start] if first else [body + start]
        first = b""


def body_with_half_a_head(presses: Sequence[bytes]) -> Iterator[list[bytes]]:
    """More bytes than the length says: the next press begins with them."""
    pending = b""
    for n, (each, behind) in enumerate(zip(presses, [*presses[1:], b""], strict=True)):
        cut = min(1 + n * 5, len(behind) - 1) if behind else 0
        yield [each[len(pending) :] + behind[:cut]]
        pending = behind[:cut]


def each_otherwise(presses: Sequence[bytes]) -> Iterator[list[bytes]]:
    """First whole, then in every way that cuts one press by itself."""
    cuts = [list(way(presses)) for way in (each_whole, body_behind, head_in_two, body_in_three)]
    for n in range(len(presses)):
        yield cuts[n % len(cuts)][n]


def in_odd_pieces(presses: Sequence[bytes]) -> Iterator[list[bytes]]:
    data = b"".join(presses)
    yield [data[start : start + 97] for start in range(0, len(data), 97)]


WAYS: Final = (
    *(all_at_once, body_with_next_head, body_with_half_a_head),
    *(each_otherwise, in_odd_pieces),
)


def _parts(request: bytes) -> tuple[bytes, bytes]:
    start, end, body = request.partition(b"\r\n\r\n")
    return start + end, body


ONE_BY_ONE: Final = pytest.mark.parametrize("waits", [True, False], ids=["one by one", "pipelined"])


@ONE_BY_ONE
@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("way", WAYS)
async def test_each_press_is_counted_once_for_its_viewer_and_button(
    api: httpx.AsyncClient,
    engine: Engine,
    game: GameRoom,
    way: Callable[[Sequence[bytes]], Iterator[list[bytes]]],
    framing: Framing,
    *,
    waits: bool,
) -> None:
    tally = Tally()
    presses = [filled(framing(body), game.room_id) for body in tally.bodies()]
    assert len({_parts(each)[0] for each in presses}) == 1
    answers: list[str | None] = []
    async with client_of(api.base_url.port or 0) as client:
        for pieces in way(presses):
            await client.send(*pieces)
            if waits:
                answers.append(await client.answer())
        while len(answers) < PRESSES:
            answers.append(await client.answer())
        assert await client.is_open()
    assert answers == [f"200 {count}" for count in tally.counts]
    await tally.check(engine, game)


def any_request(chance: random.Random, framings: Sequence[Framing]) -> tuple[bytes, str]:
    """A press of a new viewer in any of the framings, or one in the body of another request."""
    count, framing = chance.randint(1, 9), chance.choice(framings)
    if chance.random() < 0.1:
        return framing(filled(press(count=count), ROOM)), "400"
    return framing(filled(body_of(count), ROOM)), f"200 {count}"


def in_any_pieces(chance: random.Random, requests: Sequence[bytes]) -> list[bytes]:
    """The requests together, or cut at any places."""
    data = b"".join(requests)
    cuts = {chance.randrange(len(data)) for _ in range(chance.choice((0, 4)))}
    return [data[start:end] for start, end in pairwise(sorted({0, len(data), *cuts}))]


async def answers_to(
    client: Client, chance: random.Random, requests: Sequence[bytes]
) -> list[str | None]:
    """Send requests one by one, so that heads are known, or in any pieces."""
    if chance.random() < 0.5:
        await client.send(*in_any_pieces(chance, requests))
        return [await client.answer() for _ in requests]
    answers = []
    for each in requests:
        client.writer.write(each)
        answers.append(await client.answer())
    return answers


async def test_each_of_many_presses_is_answered_and_counted(
    api: httpx.AsyncClient, store: Store, game: GameRoom
) -> None:
    """Of any framing, with an upgrade and without, in any pieces; none is wrong or missing."""
    chance, wrong, accepted = random.Random(1), 0, 0
    async with client_of(api.base_url.port or 0) as client:
        for _ in range(MANY // TOGETHER):
            framings = chance.sample(FRAMINGS, chance.randint(1, 2))
            sent = [any_request(chance, framings) for _ in range(TOGETHER)]
            requests = [filled(data, game.room_id, VIEWER) for data, _ in sent]
            answers = await answers_to(client, chance, requests)
            expected = [sees for _, sees in sent]
            wrong += sum(1 for pair in zip(expected, answers, strict=True) if len({*pair}) > 1)
            accepted += sum(int(sees[4:] or 0) for sees in expected)
        assert await client.is_open()
    missing = accepted - (await books(store, game, BUTTON))[0]
    print(f"{MANY} requests, {wrong} wrong, {missing} missing")
    assert (wrong, missing) == (0, 0)


class Next(NamedTuple):
    """A press, a request whose head is almost the same, and what comes of that one."""

    first: bytes
    then: bytes
    sees: str


def alike(one: bytes, other: bytes) -> int:
    """How many bytes both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


CLOSING: Final = head(LENGTH, "Connection: close") + BODY
OLDER: Final = head(LENGTH, line=LINE.replace("1.1", "1.0")) + BODY
NEXT: Final = {
    "another length": Next(PRESS, press(count=2, more=b" "), "200 2"),
    "a length of more digits": Next(PRESS, press(count=2, more=b" " * 1_000), "200 2"),
    "a body too short for its length": Next(PRESS, press(count=2)[:-1] + b" ", "400"),
    "another last field": Next(
        head(LENGTH, "X: 1") + body_of(), head(LENGTH, "X: 2") + BODY, "200 2"
    ),
    "a field more": Next(PRESS, head(LENGTH, "X: 2") + BODY, "200 2"),
    "another case": Next(PRESS, head(LENGTH.upper()) + BODY, "200 2"),
    "another room": Next(PRESS, press(count=2).replace(ROOM.encode(), ROOM[::-1].encode()), "404"),
    "another method": Next(PRESS, head(LENGTH, line=LINE.replace("POST", "PUT")) + BODY, "405"),
    "chunks": Next(PRESS, in_chunks(chunk(BODY)), "200 2"),
    "a length behind chunks": Next(in_chunks(chunk(body_of())), press(count=2), "200 2"),
    "an upgrade": Next(PRESS, head(*H2C, LENGTH) + BODY, "200 2"),
    "no upgrade": Next(head(*H2C, LENGTH) + body_of(), press(count=2), "200 2"),
    "close at the end": Next(PRESS, CLOSING, "200 2 close"),
    "an older HTTP": Next(PRESS, OLDER, "200 2 close"),
}
MALFORMED: Final = {
    "a folded end": HEAD[:-2] + b" 1\r\n\r\n" + body_of(),
    "NUL at the end": HEAD[:-2] + b"X: \0\r\n\r\n" + body_of(),
    "a length twice": HEAD[:-2] + LENGTH.encode() + b"\r\n\r\n" + body_of(),
    "another version": PRESS.replace(b"HTTP/1.1", b"HTTP/1.2"),
    "a byte too many before it": b"}" + PRESS,
}


@pytest.mark.parametrize("case", NEXT.values(), ids=NEXT)
async def test_a_head_that_is_almost_the_same_is_another_one(
    api: httpx.AsyncClient, game: GameRoom, case: Next
) -> None:
    """Between two presses with the same head, in one piece, and cut where they begin to differ."""
    first, then = (filled(each, game.room_id) for each in (case.first, case.then))
    cut = alike(first, then)
    is_last = case.sees.endswith(" close")
    expected = Seen.of(", ".join(["200 1", "200 1", case.sees] + ["200 1"] * (not is_last)))
    # What comes behind an answer that closes makes the system reset the connection (RFC 9112, 9.6).
    last = [] if is_last else [first]
    orders: list[list[bytes | Step]] = [
        [first * 2 + then + first],
        [first, first, then, *last],
        [first, READ, first, READ, then, READ, *last],
        [first, first, then[:cut], then[cut:], *last],
        [first, READ, first, READ, then[:cut], then[cut:], READ, *last],
    ]
    for steps in orders:
        assert await seen(api.base_url.port or 0, steps, expected) == expected


@pytest.mark.parametrize("then", MALFORMED.values(), ids=MALFORMED)
async def test_what_is_malformed_is_refused_however_often_its_like_came_before(
    api: httpx.AsyncClient, game: GameRoom, then: bytes
) -> None:
    """Behind an answer it is refused; behind a press without one, the connection ends."""
    first, then = (filled(each, game.room_id) for each in (PRESS, then))
    cut = max(1, alike(first, then))
    refused = Seen.of("200 1, 200 1, 400 close")
    for pieces in ([then], [then[:cut], then[cut:]]):
        steps: list[bytes | Step] = [first, READ, first, READ, *pieces]
        assert await seen(api.base_url.port or 0, steps, refused) == refused
    ended = Seen.of("200 1, closed")
    steps = [first, READ, first + then]
    assert await seen(api.base_url.port or 0, steps, ended) == ended


START: Final = f"{LINE}\r\nX: ".encode()
CHUNKED: Final = "Transfer-Encoding: chunked"
SO_LONG: Final = f"Content-Length: {len(PRESS)}"
FIRST_LINE: Final = b"%x\r\n" % len(PRESS)
REST: Final = b"\r\n0\r\n\r\n"
PUT: Final = LINE.replace("POST", "PUT")
LONG: Final = head(f"Content-Length: {BODY_LIMIT + 1 + len(PRESS)}") + b" " * (BODY_LIMIT + 1)
# What comes before a press and behind it, so that it is a part of another request.
AROUND: Final[Mapping[str, tuple[tuple[bytes | Step, ...], tuple[bytes | Step, ...], str]]] = {
    "a body": ((head(SO_LONG),), (READ,), "400"),
    "a chunk": ((head(CHUNKED), FIRST_LINE), (REST, READ), "400"),
    "a body that nobody reads": ((head(SO_LONG, line=PUT), READ), (), "405"),
    "a body that is refused": ((LONG, READ), (), "413"),
    "a field": ((START,), (READ,), "200 1"),
}


@pytest.mark.parametrize(("before", "behind", "sees"), AROUND.values(), ids=AROUND)
async def test_a_press_within_a_request_is_no_press(
    api: httpx.AsyncClient,
    store: Store,
    game: GameRoom,
    before: Sequence[bytes | Step],
    behind: Sequence[bytes | Step],
    sees: str,
) -> None:
    """Though it comes by itself, and is the same as the presses before."""
    expected = Seen.of(f"200 1, 200 1, {sees}, 200 1")
    order = (PRESS, READ, PRESS, READ, *before, PRESS, *behind, PRESS, READ)
    viewer = SIGNER.new_viewer_id()
    steps = [filled(s, game.room_id, viewer) if isinstance(s, bytes) else s for s in order]
    assert await seen(api.base_url.port or 0, steps, expected) == expected
    assert (await books(store, game, BUTTON))[0] == 3 + (sees == "200 1")


@pytest.mark.parametrize("once", [CLOSING, OLDER], ids=["close", "HTTP 1.0"])
async def test_who_closes_the_connection_closes_it_each_time(
    api: httpx.AsyncClient, store: Store, game: GameRoom, once: bytes
) -> None:
    """What is behind it, the same again, is neither answered nor counted.

    It comes with it: behind the answer, the server's closing would reset the connection.
    """
    expected, times = Seen.of("200 2 close"), 0
    for _ in range(3):
        one = filled(once, game.room_id)
        for steps in ([one], [one * 3], [one[:-9], one[-9:] + one]):
            assert await seen(api.base_url.port or 0, steps, expected) == expected
            times += 1
    assert (await books(store, game, BUTTON))[0] == 2 * times


async def test_who_waits_for_100_gets_it_each_time(api: httpx.AsyncClient, game: GameRoom) -> None:
    """Also behind a press of which it has no answer yet."""
    start, body, other = (
        filled(each, game.room_id, VIEWER) for each in (EXPECTING, body_of(), body_of(2))
    )
    async with client_of(api.base_url.port or 0) as client:
        for _ in range(3):
            for one, answer in ((body, "200 1"), (other, "200 2")):
                await client.send(start)
                assert await client.answer() == "100"
                await client.send(one)
                assert await client.answer() == answer
        for _ in range(3):
            await client.send(start + body)
            assert [await client.answer() for _ in range(2)] == ["100", "200 1"]
        await client.send(start)
        assert await client.answer() == "100"
        await client.send(body + start)
        assert [await client.answer() for _ in range(2)] == ["200 1", "100"]
        await client.send(other + start + body)
        assert [await client.answer() for _ in range(2)] == ["200 2", "200 1"]
        assert await client.is_open()


async def test_who_cannot_be_answered_yet_is_counted_in_its_turn(
    api: httpx.AsyncClient, engine: Engine, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One press after the other goes to Redis, in the order of their coming."""
    tally = Tally()
    presses = [filled(with_length(body), game.room_id) for body in tally.bodies()]
    async with client_of(api.base_url.port or 0) as client:
        with monkeypatch.context() as patch:
            held = hold_presses(patch, game.room_id)
            for each in presses:
                await client.send(each[:-9], each[-9:])
            await until(lambda: asyncio.sleep(0, bool(held)))
            assert len(held) == 1
        Batcher.add(*held[0])
        answers = [await client.answer() for _ in presses]
    assert answers == [f"200 {count}" for count in tally.counts]
    await tally.check(engine, game)


# What belongs to one request alone.


async def test_each_answer_has_an_id_of_its_own(api: httpx.AsyncClient, game: GameRoom) -> None:
    one = filled(PRESS, game.room_id)
    async with wire(api) as line:
        line.writer.write(one * 5)
        heads = [await head_of(line.reader) for _ in range(5)]
    assert len({request_id_in(each) for each in heads}) == 5


async def test_each_press_has_its_own_request_id_and_its_own_origin(
    settings: Settings, game: GameRoom
) -> None:
    """A trusted proxy names each request, and the page of each is another one."""
    pages = ("https://a.example", "https://b.example")
    trusting = replace(settings, trusted_proxies=BALANCER, frontend_url=pages)
    async with ready_client(trusting) as api, wire(api) as line:
        for name, page in zip("aabbab", (*pages, *pages, *pages), strict=True):
            fields = (LENGTH, f"X-Request-Id: {name}", f"Origin: {page}")
            line.writer.write(filled(head(*fields) + body_of(), game.room_id))
            answer = await head_of(line.reader)
            assert request_id_in(answer) == name
            assert f"access-control-allow-origin: {page}\r\n" in answer


@ONE_BY_ONE
async def test_a_refusal_leaves_no_trace_in_the_log_of_the_next_press(
    api: httpx.AsyncClient, game: GameRoom, caplog: pytest.LogCaptureFixture, *, waits: bool
) -> None:
    good, bad = filled(PRESS, game.room_id), filled(HEAD + b"x" * SIZE, game.room_id)
    expected = Seen.of("200 1, 400, 200 1")
    steps: list[bytes | Step] = [good, READ, bad, READ, good, READ]
    if not waits:
        steps = [good + bad + good]
    with caplog.at_level(logging.DEBUG, middleware.__name__):
        assert await seen(api.base_url.port or 0, steps, expected) == expected
    answered = [line for line in told(caplog, "request answered") if line["method"] == "POST"]
    (refused,) = told(caplog, "request refused")
    assert refused["code"] == "invalid_body"
    assert ["code" in line for line in answered] == [False, False]
    assert len({line["request_id"] for line in (*answered, refused)}) == 3


async def head_of(reader: asyncio.StreamReader) -> str:
    """The head of the next answer; its body is read too."""
    found = (await reader.readuntil(b"\r\n\r\n")).decode()
    _, _, rest = found.partition("content-length: ")
    await reader.readexactly(int("".join(takewhile(str.isdigit, rest))))
    return found


def request_id_in(answer: str) -> str:
    _, _, rest = answer.partition("x-request-id: ")
    return rest.partition("\r\n")[0]


# Deadlines and backpressure, which belong to one request alone, too.


# A limit, a press's pieces, of which who stops sends the first alone, and what comes of that.
STOPPED: Final[Sequence[tuple[str, Sequence[bytes], str | None]]] = (
    ("HEAD_WITHIN", (PRESS[:9], PRESS[9:]), "408 close"),
    ("HEAD_WITHIN", (b"\r\n", PRESS), None),
    ("BODY_WITHIN", (PRESS[:-9], PRESS[-9:]), "400"),
    ("KEEP_ALIVE", (PRESS,), None),
)


async def test_no_deadline_of_an_earlier_press_ends_a_later_one(
    settings: Settings, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that presses on is served while another one, who stopped, is let go."""
    for limit, _, _ in STOPPED:
        monkeypatch.setattr(server, limit, A_WHILE)

    async def press_on(port: int, pieces: Sequence[bytes], last: str | None) -> None:
        async with client_of(port) as busy, client_of(port) as stopped:
            await pressed_in(busy, game, PRESS)
            await pressed_in(stopped, game, PRESS)
            await stopped.send(*(piece for piece in pieces[:1] if piece != PRESS))
            over = asyncio.create_task(stopped.answer())
            while not over.done():
                await pressed_in(busy, game, *pieces)
            assert await over == last
            assert await busy.is_open()

    async with ready_client(settings) as api:
        port = api.base_url.port or 0
        await asyncio.gather(*(press_on(port, pieces, last) for _, pieces, last in STOPPED))


async def test_each_body_has_its_own_time(
    api: httpx.AsyncClient, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that began later is waited for when another one, of the same age as the first, is not."""
    monkeypatch.setattr(server, "BODY_WITHIN", 2 * A_WHILE)
    async with AsyncExitStack() as stack:
        busy, stopped = [
            await stack.enter_async_context(client_of(api.base_url.port or 0)) for _ in range(2)
        ]
        began = time.monotonic()
        await pressed_in(busy, game, PRESS)
        await pressed_in(busy, game, PRESS[:-9], PRESS[-9:])
        await stopped.send(filled(PRESS[:-9], game.room_id))
        while time.monotonic() < began + A_WHILE:
            await pressed_in(busy, game, PRESS)
        one = filled(PRESS, game.room_id)
        await busy.send(one[:-9])
        assert await stopped.answer() == "400"
        await busy.send(one[-9:])
        assert await busy.answer() == "200 1"


async def test_who_waits_for_an_answer_is_not_idle(
    settings: Settings, game: GameRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long that takes; meanwhile one who has its answer is let go."""
    monkeypatch.setattr(server, "KEEP_ALIVE", A_WHILE)
    async with ready_client(settings) as api, AsyncExitStack() as stack:
        waiting, idle = [
            await stack.enter_async_context(client_of(api.base_url.port or 0)) for _ in range(2)
        ]
        for client in (waiting, idle):
            await pressed_in(client, game, PRESS)
        with monkeypatch.context() as patch:
            held = hold_presses(patch, game.room_id)
            await waiting.send(filled(PRESS, game.room_id))
            assert await idle.answer() is None
        Batcher.add(*held[0])
        assert await waiting.answer() == "200 1"


async def pressed_in(client: Client, game: GameRoom, *pieces: bytes) -> None:
    """Press, in pieces that the server reads by themselves, and read the answer."""
    viewer = SIGNER.new_viewer_id()
    await client.send(*(filled(piece, game.room_id, viewer) for piece in pieces))
    assert await client.answer() == "200 1"


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[ApiConnection]:
    """The connections that are made; those that come have small buffers for answers."""
    made: list[ApiConnection] = []
    connection_made = ApiConnection.connection_made

    def noting(connection: ApiConnection, transport: asyncio.Transport) -> None:
        with socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno())) as own:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        made.append(connection)
        connection_made(connection, transport)

    monkeypatch.setattr(ApiConnection, "connection_made", noting)
    return made


class DeafPresser:
    """A client that presses without reading, each time more often; 9 presses are the most."""

    def __init__(self, wire: Wire, game: GameRoom, store: Store) -> None:
        self.wire = wire
        self._game = game
        self._store = store
        self.counts: list[int] = []

    def press(self) -> None:
        self.counts.append(len(self.counts) % 9 + 1)
        self.wire.write(filled(press(count=self.counts[-1]), self._game.room_id))

    async def counted(self) -> int:
        """How many presses the room has counted."""
        return (await books(self._store, self._game, BUTTON))[0]

    async def press_until_it_waits(self, connection: ApiConnection) -> None:
        """Press until the connection waits for the client to read; nothing is under way then."""

        async def is_answered() -> bool:
            return await self.counted() == sum(self.counts) and not connection.requests

        while connection.writable.is_set():
            self.press()
            await until(is_answered)


async def test_who_reads_late_gets_all_answers(
    api: httpx.AsyncClient, store: Store, game: GameRoom, connections: list[ApiConnection]
) -> None:
    """Meanwhile its presses wait: they are counted when their answers can be sent."""
    async with wired(api.base_url.port or 0, deaf=True) as wire:
        await until(lambda: asyncio.sleep(0, bool(connections)))
        client, (connection,) = DeafPresser(wire, game, store), connections
        await client.press_until_it_waits(connection)
        before = sum(client.counts)
        for _ in range(5):
            client.press()
        await until(lambda: asyncio.sleep(0, len(connection.requests) == 5))
        assert await client.counted() == before
        wire.writer.transport.resume_reading()  # type: ignore[attr-defined]
        answers = [await answer_on(wire.reader) for _ in client.counts]
        assert answers == [f"200 {count}" for count in client.counts]
        assert await client.counted() == sum(client.counts)
