"""redis-py's internals are as `redis_py.py` expects; a failing test names what has changed."""

import socket
from typing import Any

import pytest
from redis import exceptions

from shared.redis_store.redis_py import (
    RESET,
    RESETTING,
    Link,
    connect,
    encode_command,
    key_slot,
    new_connection,
    parsed,
)
from tests.waiting import until

SOON = 0.3  # s


async def test_a_client_retries_nothing(redis_url: str) -> None:
    """A press that is sent twice would count twice."""
    async with connect(redis_url, client_name="streamario-test") as client:
        retry = client.connection_pool.connection_kwargs["retry"]
        assert retry.get_retries() == 0


@pytest.mark.parametrize("url", ["redis://host:1", "rediss://host:1", "unix:///socket"])
def test_connection_pool_connection_class_is_what_the_url_chose(url: str) -> None:
    """`make_connection` creates connections of the class that replaced it."""
    made = new_connection(connect(url, client_name="streamario-test"))
    assert type(made) in RESETTING.values()
    assert not made.is_connected


async def test_connection_writer_is_there_from_connect_to_disconnect(redis_url: str) -> None:
    """`_connect` has created it, with its socket, before anything is written."""
    connection = new_connection(connect(redis_url, client_name="streamario-test"))
    before = connection._writer
    await connection.connect()  # type: ignore[no-untyped-call]
    writer = connection._writer
    assert before is None
    assert writer is not None
    at = writer.get_extra_info("socket")
    assert at.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, len(RESET)) == RESET
    await connection.disconnect()
    assert writer.transport.is_closing()
    assert connection._writer is None


async def test_connection_socket_timeout_ends_a_read(redis_url: str) -> None:
    """It raises and closes the connection: later replies would be taken for others."""
    client = connect(redis_url, client_name="streamario-test", answer_timeout=SOON)
    async with client:
        connection = await client.connection_pool.get_connection()  # type: ignore[no-untyped-call]
        assert connection.socket_timeout == SOON
        await client.connection_pool.release(connection)
        with pytest.raises(exceptions.TimeoutError):
            await client.execute_command("BLPOP", "nothing", 0)  # type: ignore[no-untyped-call]
        assert connection._writer is None


async def test_redis_response_callbacks_parse_replies_by_the_commands_name(redis_url: str) -> None:
    client = connect(redis_url, client_name="streamario-test")
    heard = Heard(redis_url)
    await heard.link.open()
    heard.link.send(encode_command(("INFO", "server")))
    await heard.has(1)
    heard.link.abort()
    (raw,) = heard.replies
    assert isinstance(raw, str)
    assert "redis_version" in parsed(client, "INFO", raw)
    assert parsed(client, "ECHO", raw) is raw


class Heard:
    """A link and what it calls back with."""

    def __init__(self, url: str) -> None:
        self.replies: list[Any] = []
        self.lost: list[Exception | None] = []
        client = connect(url, client_name="streamario-test")
        self.link = Link(client, self.replies.append, self.lost.append)

    async def has(self, replies: int) -> None:
        async def are_here() -> bool:
            return len(self.replies) == replies

        await until(are_here)

    async def is_lost(self) -> bool:
        return bool(self.lost)


async def test_a_link_hands_over_connections_and_parses_replies_as_redis_py_does(
    redis_url: str,
) -> None:
    """The connection no longer knows its writer, so it does not close it."""
    heard = Heard(redis_url)
    await heard.link.open()
    assert heard.link._connection._writer is None
    for command in [("NONSENSE",), ("ECHO", b"\xff"), ("CLIENT GETNAME",)]:
        heard.link.send(encode_command(command))
    await heard.has(3)
    error, text, name = heard.replies
    assert type(error) is exceptions.ResponseError
    assert (text, name) == ("\udcff", "streamario-test")
    heard.link.abort()


async def test_a_link_hears_that_the_server_has_closed_it(redis_url: str) -> None:
    """Nothing is called back after an abort."""
    heard, other = Heard(redis_url), Heard(redis_url)
    for each in (heard, other):
        await each.link.open()
    heard.link.send(encode_command(("CLIENT ID",)))
    await heard.has(1)
    other.link.send(encode_command(("CLIENT KILL", "ID", heard.replies[0])))
    await until(heard.is_lost)
    assert heard.lost == [None]
    heard.link.send(encode_command(("ECHO", "nobody")))
    other.link.abort()
    replies = [*other.replies]
    other.link.data_received(b"+late\r\n")
    other.link.connection_lost(None)
    assert (other.replies, other.lost) == (replies, [])


async def test_a_link_that_cannot_be_opened_leaves_nothing_open() -> None:
    """Not even if it is the handshake that fails."""
    heard = Heard("redis://user:wrong@localhost:1")
    with pytest.raises(exceptions.ConnectionError):
        await heard.link.open()
    assert heard.link._connection._writer is None
    heard.link.abort()


def test_crc_key_slot_finds_the_slot_that_servers_find() -> None:
    """By the hash tag if there is one; the number is from the cluster specification."""
    assert key_slot(b"123456789") == 0x31C3
    assert key_slot(b"{123456789}rest") == 0x31C3
