"""The gateway's plain HTTP, and which handshakes it accepts."""

import asyncio
import gc
import time
from contextlib import AsyncExitStack

import pytest
from websockets.typing import Subprotocol

from shared.identity.tokens import Signer
from shared.process import gc_tuning
from shared.wire.game_messages import PROTOCOL, SUBPROTOCOL, RoomCreated, RoomReady
from shared.wire.room_settings import decode
from tests.patience import HOUR
from tests.waiting import until
from tests.ws_gateway.game_end import code_of, connected, refusal, resume_url
from tests.ws_gateway.gateways import SECRET, Crowd, Running, gateway_settings, running_gateway
from ws_gateway.handshakes import limits
from ws_gateway.handshakes.handshakes import HEAD_LIMIT
from ws_gateway.server import serve

SIGNER = Signer([SECRET])


async def http(port: int, request: str) -> tuple[int, str, bytes]:
    """Status, head and body of the answer to a raw request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.replace("\n", "\r\n").encode() + b"\r\n\r\n")
    try:
        answer = await reader.read()
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode().lower(), body


async def test_what_a_ready_gateway_keeps_is_not_searched_for_cycles(redis_url: str) -> None:
    gc.unfreeze()
    async with running_gateway(gateway_settings(redis_url)):
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold() == gc_tuning.THRESHOLDS


# Plain HTTP.


async def test_a_gateway_that_hears_its_inbox_lives_and_is_ready(gateway: Running) -> None:
    """Readiness is for routing; liveness depends on nothing outside the process."""
    h2c = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABk"}
    for asks in ({}, h2c):  # Java's HTTP client asks for HTTP/2
        assert (await gateway.get("/healthz", **asks)).json() == {"status": "ok"}
    answer = await gateway.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "draining": False, "redis": "ok"}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/", "/ws", "/ws-unity/", "/ws-viewerx", "//[", "/%zz", "http://x/"]
)
async def test_other_paths_are_not_found(gateway: Running, path: str) -> None:
    """The answer is a problem document, whatever the path contains."""
    status, _, body = await http(gateway.port, f"GET {path} HTTP/1.1\nHost: x")
    assert (status, code_of(body)) == (404, "not_found")


async def test_a_get_without_an_upgrade_is_told_to_upgrade(gateway: Running) -> None:
    """It opens no room."""
    attached = await gateway.counted("streamario_sockets_attached_total")
    status, head, _ = await http(gateway.port, "GET /ws-unity HTTP/1.1\nHost: x")
    assert status == 426
    assert "upgrade: websocket" in head
    assert await gateway.counted("streamario_sockets_attached_total") == attached


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/healthz", 200), ("/asyncapi.json", 200), ("/nowhere", 404), ("/ws-unity", 405)],
)
async def test_the_answer_to_head_is_that_to_get_without_its_body(
    gateway: Running, path: str, expected: int
) -> None:
    """A proxy may check `/healthz` so, and would take a body for its next answer."""
    status, head, body = await http(gateway.port, f"HEAD {path} HTTP/1.1\nHost: x")
    assert (status, body) == (expected, b"")
    assert "content-length: 0" not in head


async def test_other_methods_are_not_allowed_for_games(gateway: Running) -> None:
    """With or without an upgrade."""
    asked = "POST /ws-unity HTTP/1.1\nHost: x\n"
    assert (await http(gateway.port, asked + "X: y"))[0] == 405
    assert (await http(gateway.port, asked + UPGRADE))[0] == 405


UPGRADE = """Connection: Upgrade
Upgrade: websocket
Sec-WebSocket-Version: 13
Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="""


@pytest.mark.parametrize(
    "headers",
    [
        UPGRADE.replace("13", "8"),
        UPGRADE.replace("==", ""),
        UPGRADE.partition("\nSec")[0],
        UPGRADE + "\nOrigin: a\nOrigin: b",
        UPGRADE + "\nSec-WebSocket-Protocol: a b, ,",
        "Upgrade: websocket\n" + UPGRADE,
    ],
)
async def test_a_broken_handshake_is_a_bad_request(gateway: Running, headers: str) -> None:
    """Never a 5xx."""
    status, _, _ = await http(gateway.port, f"GET /ws-unity HTTP/1.1\nHost: x\n{headers}")
    assert status in {400, 403, 426}


async def test_headers_that_are_too_long_together_are_refused_unparsed(gateway: Running) -> None:
    """The library takes 0.4 s for a megabyte of subprotocols, in which no game gets anything."""
    offer = "\nSec-WebSocket-Protocol: " + "a," * 4_000
    for times, status in ((4, 200), (5, 431), (110, 431)):
        assert (await http(gateway.port, "GET /healthz HTTP/1.1\nHost: x" + offer * times))[
            0
        ] == status
    longest = "".join(f"\nX: {'x' * 4095}" for _ in range(HEAD_LIMIT // 4096 - 1))
    for last, status in ((4090, 200), (4091, 431)):
        head = f"GET /healthz HTTP/1.1\nHost: x{longest}\nX: {'x' * last}"
        assert (await http(gateway.port, head))[0] == status
    refusals = 'streamario_refused_handshakes_total{status="431"}'
    before = await gateway.counted(refusals)
    handshake = f"GET /ws-unity HTTP/1.1\nHost: x\n{UPGRADE}"
    assert (await http(gateway.port, handshake + offer * 5))[0] == 431
    assert await gateway.counted(refusals) == before + 1


# A new room.


async def test_a_game_that_asks_for_nothing_gets_a_room_of_its_own(
    gateway: Running, crowd: Crowd
) -> None:
    """The welcome has the page's URL, the token and the position to resume from."""
    async with connected(gateway.url) as game:
        room = await game.next_of(RoomCreated)
        assert room.web_url == f"http://127.0.0.1:8888/play/{room.room_id}"
        assert room.api_url == "http://127.0.0.1:8888"
        assert SIGNER.verify_room_token(room.room_token, room.room_id, time.time())
        assert (room.protocol, room.seq) == (PROTOCOL, 0)
        found = await crowd.engine.describe(room.room_id)
        assert (found.status, found.round, found.connected) == ("active", 0, True)


async def test_the_welcome_names_the_api_by_the_host_that_the_game_knows(redis_url: str) -> None:
    """Where no URL is configured: `localhost` is this machine only for games that run on it.

    By a name in the public DNS they may come through a proxy that ends TLS: they are not told to
    send the token in clear.
    """
    async with (
        running_gateway(gateway_settings(redis_url, host="0.0.0.0")) as gateway,
        connected(gateway.url) as game,
    ):
        room = await game.next_of(RoomCreated)
        assert room.api_url == "http://127.0.0.1:8888"
        async with connected(resume_url(gateway.url.replace("127.0.0.1", "localhost"), room)) as at:
            assert (await at.next_of(RoomReady)).api_url == "http://localhost:8888"
        public = resume_url(gateway.url.replace("127.0.0.1", "games.example"), room)
        async with connected(public, host="127.0.0.1", port=gateway.port) as at:
            assert (await at.next_of(RoomReady)).api_url == ""


async def test_the_games_start_their_rounds_where_that_is_configured(
    redis_url: str, crowd: Crowd
) -> None:
    """GAME_STARTS=game: older games that have a lobby."""
    settings = gateway_settings(redis_url, game_starts="game")
    async with running_gateway(settings) as running, connected(running.url) as game:
        room = await game.next_of(RoomCreated)
        found = await crowd.engine.describe(room.room_id)
        assert decode(found.settings).starts == "game"


@pytest.mark.parametrize(
    ("offered", "selected", "starts"),
    [(["x"], None, "press"), (["other", "streamario.v1"], SUBPROTOCOL, "game")],
)
async def test_the_protocol_that_both_speak_is_selected(
    gateway: Running, crowd: Crowd, offered: list[str], selected: str | None, starts: str
) -> None:
    """Browsers (WebGL builds) require that. Games without it may not send `game_start`."""
    async with connected(gateway.url, subprotocols=[Subprotocol(name) for name in offered]) as game:
        assert game.socket.subprotocol == selected
        room = await game.next_of(RoomCreated)
        found = await crowd.engine.describe(room.room_id)
        assert decode(found.settings).starts == starts


async def test_a_refused_page_may_be_refused_twenty_times_and_no_game_waits_for_it(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its refusals count as those of a game of its address without a secret."""
    monkeypatch.setattr(limits, "WINDOW", HOUR)
    async with running_gateway(gateway_settings(redis_url)) as gateway:
        for _ in range(20):
            refused = await refusal(gateway.url, origin="http://127.0.0.1:3000")
            assert refused == (403, "forbidden_origin")
        refused = await refusal(gateway.url, origin="http://127.0.0.1:3000")
        assert refused == (429, "refused_too_often")
        async with connected(gateway.url) as game:
            await game.next_of(RoomCreated)


# An old room.


async def test_a_token_is_taken_from_query_subprotocol_and_bearer(
    gateway: Running, crowd: Crowd
) -> None:
    """Each way suffices, and the welcome carries a new token."""
    room = await crowd.open_room()
    plain = f"{gateway.url}?room_id={room.room_id}"
    ways = [
        connected(resume_url(gateway.url, room)),
        connected(plain, subprotocols=[SUBPROTOCOL, f"token.{room.room_token}"]),
        connected(plain, additional_headers={"Authorization": f"Bearer {room.room_token}"}),
    ]
    for way in ways:
        async with way as game:
            ready = await game.next_of(RoomReady)
        assert (ready.room_id, ready.status, ready.round) == (room.room_id, "active", 0)
        assert (ready.recovered, ready.replayed, ready.seq) == (True, 0, 0)
        assert SIGNER.verify_room_token(ready.room_token, room.room_id, time.time())


async def test_two_bearers_are_none(gateway: Running, crowd: Crowd) -> None:
    """Even if one of them is valid."""
    room = await crowd.open_room()
    headers = [("Authorization", f"Bearer {token}") for token in (room.room_token, "x")]
    url = f"{gateway.url}?room_id={room.room_id}"
    assert await refusal(url, additional_headers=headers) == (403, "invalid_token")


async def test_a_query_that_makes_no_sense_is_refused(gateway: Running, crowd: Crowd) -> None:
    url = resume_url(gateway.url, await crowd.open_room())
    assert await refusal(f"{url}&x=%ff") == (400, "invalid_query")
    assert await refusal(f"{url}&replay=all") == (400, "invalid_query")


# Limits and faults.


async def test_a_rush_of_games_does_not_overfill_a_gateway(redis_url: str) -> None:
    """Handshakes in progress count towards the limit; a game that leaves frees its slot."""
    settings = gateway_settings(redis_url, max_sockets=3)
    async with running_gateway(settings) as gateway:
        async with AsyncExitStack() as stack:
            rush = await asyncio.gather(
                *(stack.enter_async_context(connected(gateway.url)) for _ in range(12)),
                return_exceptions=True,
            )
            assert len([game for game in rush if not isinstance(game, BaseException)]) == 3
            assert await refusal(gateway.url) == (503, "too_many_sockets")

        async def has_slot() -> bool:
            return await gateway.counted("streamario_sockets") == 0

        await until(has_slot)
        async with connected(gateway.url) as game:
            await game.next_of(RoomCreated)


async def test_a_port_that_is_taken_is_an_os_error(gateway: Running, redis_url: str) -> None:
    """The program prints one clear line for it."""
    settings = gateway_settings(redis_url, unity_ws_port=gateway.port)
    with pytest.raises(OSError, match="in use"):
        await serve(settings, stop=asyncio.Event(), ready=asyncio.Event())
