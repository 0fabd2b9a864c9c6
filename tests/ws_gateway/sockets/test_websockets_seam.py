"""The undocumented parts of websockets work as expected; a failure names what changed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidState
from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol

from tests.waiting import until
from ws_gateway.sockets.connection import CONTROL_FRAMES, GIVE_UP_AFTER, Connection, Wire

ConnectionAndClient = tuple[Connection, ClientConnection]


PROTOCOL_ERROR, GOING_AWAY, TOO_BIG = 1002, 1001, 1009
MANY = 40  # messages: more than the library keeps unread
MOST_ATTRIBUTES = 30  # of an object whose dictionary is a small one


@asynccontextmanager
async def connected(
    kind: type[ServerConnection],
) -> AsyncIterator[tuple[ServerConnection, ClientConnection]]:
    """A connection of this kind, and its client."""
    made: asyncio.Queue[ServerConnection] = asyncio.Queue()

    async def handler(connection: ServerConnection) -> None:
        made.put_nowait(connection)
        await connection.wait_closed()

    async with serve(handler, "127.0.0.1", 0, create_connection=kind, ping_interval=None) as server:
        port = server.sockets[0].getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}/?secret", ping_interval=None) as client:
            yield await made.get(), client


@pytest.fixture
async def connection_and_client() -> AsyncIterator[ConnectionAndClient]:
    """A connection as the gateway creates it, and its client."""
    async with connected(Connection) as (connection, client):
        assert isinstance(connection, Connection)
        yield connection, client


@pytest.mark.parametrize(
    ("kind", "protocol", "code"),
    [(Connection, Wire, GOING_AWAY), (ServerConnection, ServerProtocol, PROTOCOL_ERROR)],
)
async def test_protocol_recv_frame_and_current_size_decide_how_a_close_amid_a_message_is_answered(
    kind: type[ServerConnection], protocol: type[ServerProtocol], code: int
) -> None:
    """The class of a protocol can be changed, and must be while the library answers 1002."""
    async with connected(kind) as (connection, client):
        assert type(connection.protocol) is protocol
        for frame in (
            Frame(Opcode.TEXT, b"half", fin=False),
            Frame(Opcode.CLOSE, GOING_AWAY.to_bytes(2)),
        ):
            client.transport.write(frame.serialize(mask=True))
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == code


@pytest.mark.parametrize("opcode", [Opcode.PING, Opcode.PONG])
async def test_protocol_recv_frame_refuses_a_flood_of_control_frames(
    connection_and_client: ConnectionAndClient, opcode: Opcode
) -> None:
    """The library answers each before anything else gets its turn."""
    _, client = connection_and_client
    frame = Frame(opcode, b"").serialize(mask=True)
    client.transport.write(frame * (CONTROL_FRAMES - 1))
    await (await client.ping())
    client.transport.write(frame)
    with pytest.raises(ConnectionClosed):
        await client.recv()
    assert client.close_code == PROTOCOL_ERROR


async def test_assembler_paused_tells_that_messages_wait_to_be_received(
    connection_and_client: ConnectionAndClient,
) -> None:
    """The library reads on once they are received. Meanwhile a peer does not count as silent."""
    connection, client = connection_and_client
    for _ in range(MANY):
        await client.send("{}")
    await until(lambda: asyncio.sleep(0, connection.recv_messages.paused))
    assert connection.is_alive(0.0)
    assert connection.is_alive(4 * GIVE_UP_AFTER)
    for _ in range(MANY):
        await connection.recv()
    assert not connection.recv_messages.paused
    assert connection.is_alive(5 * GIVE_UP_AFTER - 1)


async def test_connection_has_few_enough_attributes(
    connection_and_client: ConnectionAndClient,
) -> None:
    connection, _ = connection_and_client
    assert len(vars(connection)) <= MOST_ATTRIBUTES


async def test_connection_state_refuses_what_comes_after_the_close(
    connection_and_client: ConnectionAndClient,
) -> None:
    """`protocol.send_text` would raise."""
    connection, _ = connection_and_client
    await connection.close()
    assert not connection.write("late")
    with pytest.raises(InvalidState):
        connection.protocol.send_text(b"late")
