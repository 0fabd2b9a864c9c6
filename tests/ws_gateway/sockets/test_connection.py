"""A socket coalesces writes, releases its handshake, and detects a peer that is gone."""

from collections.abc import Awaitable, Callable

import pytest
from websockets.frames import Opcode

from clients.python import GatewayAway
from tests.waiting import until
from tests.ws_gateway.game_end import connected, new_game, resume_url
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, gone, running_gateway
from ws_gateway import upkeep
from ws_gateway.games.session import GameSession
from ws_gateway.sockets import connection
from ws_gateway.sockets.connection import Connection

Handler = Callable[[str | bytes], Awaitable[None]]


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch) -> list[Connection]:
    """The sockets of the gateways in this process."""
    connections: list[Connection] = []
    begin = GameSession.run

    async def noted(session: GameSession, handle: Handler) -> None:
        connections.append(session.socket)
        await begin(session, handle)

    monkeypatch.setattr(GameSession, "run", noted)
    return connections


async def test_a_burst_of_triggers_is_a_few_writes(
    gateway: Running, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system call for each message would be the most expensive part."""
    sent: list[int] = []
    send = Connection._send_together

    def counted(socket: Connection) -> None:
        sent.append(len(socket.protocol.writes))
        send(socket)

    async with new_game(gateway.url) as (game, room):
        await crowd.ease(room.room_id)
        monkeypatch.setattr(Connection, "_send_together", counted)
        await crowd.press(room.room_id, 20)
        assert await game.seqs(20) == list(range(1, 21))
    assert sent[0] == 1  # the first one waits for nobody
    assert len([frames for frames in sent if frames]) < 20


async def test_a_handshakes_secrets_are_forgotten(
    gateway: Running, crowd: Crowd, sockets: list[Connection]
) -> None:
    """No part of the request stays in memory, wherever the game put its token."""
    room = await crowd.open_room()
    async with connected(resume_url(gateway.url, room)) as game:
        await game.settle()
        (socket,) = sockets
        assert socket.request is not None
        assert (socket.request.path, list(socket.request.headers)) == ("", [])
        assert socket.response is None


async def test_what_is_written_to_a_closed_socket_is_not_written(
    gateway: Running, sockets: list[Connection]
) -> None:
    """`write` returns False."""
    async with new_game(gateway.url) as (game, _):
        (socket,) = sockets
        assert socket.write("{}")
        socket.transport.abort()
        assert not socket.write("{}")  # before anybody was told
        assert socket.is_alive(0.0)  # its end is somebody else's to find
        await socket.wait_closed()
        assert not socket.write("{}")
        with pytest.raises(GatewayAway):
            await game.settle()


@pytest.fixture
def quick_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ping every 0.1 s, and 0.5 s to answer it."""
    monkeypatch.setattr(upkeep, "PING_EVERY", 0.1)
    monkeypatch.setattr(connection, "GIVE_UP_AFTER", 0.5)


@pytest.mark.usefixtures("quick_pings")
async def test_a_game_that_is_gone_without_a_word_is_let_go(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked to reconnect, in case it only stalled; a game that answers pings stays."""
    monkeypatch.setattr(connection, "LINGER", 0.3)
    async with (
        running_gateway(gateway_settings(redis_url)) as gateway,
        new_game(gateway.url) as (alive, _),
        new_game(gateway.url) as (silent, room),
    ):
        take = silent.socket.protocol.recv_frame
        monkeypatch.setattr(
            silent.socket.protocol,
            "recv_frame",
            lambda frame: None if frame.opcode is Opcode.PING else take(frame),
        )
        assert await silent.error() == "going_away"
        assert await silent.closed() == 1001
        await gone(crowd, room.room_id)
        await alive.settle()


async def fill(socket: Connection) -> int:
    """Write until the game falls behind; return the number of unread bytes."""

    async def is_full() -> bool:
        while socket.write('{"type":"pong"}' * 1_000):
            pass
        return socket.paused

    await until(is_full)
    return socket.transport.get_write_buffer_size()


async def test_a_game_that_stands_still_is_given_up_though_nothing_more_is_to_be_said(
    gateway: Running, sockets: list[Connection]
) -> None:
    """A slow peer is not dropped as long as it reads."""
    patience = connection.GIVE_UP_AFTER
    async with new_game(gateway.url) as (game, _):
        (socket,) = sockets
        game.socket.transport.pause_reading()
        left = await fill(socket)
        assert socket.is_alive(0.0)
        assert socket.is_alive(patience - 1)
        game.socket.transport.resume_reading()
        while socket.transport.get_write_buffer_size() >= left:
            await game.socket.recv()
        assert socket.is_alive(patience + 1)
        game.socket.transport.pause_reading()
        await fill(socket)
        assert socket.is_alive(2 * patience)
        assert not socket.is_alive(4 * patience)
        socket.transport.abort()
        game.socket.transport.abort()
