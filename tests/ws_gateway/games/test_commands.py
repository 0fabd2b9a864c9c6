"""A game's messages are carried out in order, or answered with an error that changes nothing."""

import pytest
from websockets.typing import Subprotocol

from shared.engine.refusals import NO_BUTTON, NOT_STARTED
from shared.wire import room_settings
from shared.wire.game_messages import (
    SUBPROTOCOL,
    Error,
    GameEnd,
    Pause,
    Ping,
    Pong,
    Resume,
    RoomCreated,
)
from tests.ws_gateway.game_end import Game, connected, new_game
from tests.ws_gateway.gateways import Crowd, Running
from ws_gateway.games.commands import UNKNOWN_TYPES
from ws_gateway.sockets.connection import BAD_MESSAGES

LIMIT = 64 * 1024

# What else cannot be decoded: tests/shared/wire/test_game_messages.py.
BAD = {
    "nothing": "",
    "two messages": '{"type":"ping"}{"type":"ping"}',
    "a text": '"game_end"',
    "no type": '{"epoch":1,"seq":1}',
    "a second type": '{"type":"ping","type":"game_end"}',
    "an ack with a huge number": '{"type":"ack","epoch":1,"seq":' + "9" * 5000 + "}",
    "an ack with infinity": '{"type":"ack","epoch":1,"seq":1e999}',
    "a ping with an endless number": '{"type":"ping","t":1e999}',
    "a ping with half a character": '{"type":"ping","t":"\\ud800"}',
    "a ping with something deep beside": '{"type":"ping","x":' + "[" * 30_000 + "]" * 30_000 + "}",
    "an outcome that lasts for no time": '{"type":"outcome","epoch":1,"seq":1,"status":"started"}',
    "settings with something deep": '{"type":"settings","title":' + "[" * 60_000 + "}",
    "settings that nobody can count": '{"type":"settings","buttons":' + "9" * 60_000 + "}",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
async def test_what_is_no_message_is_answered_with_an_error(
    gateway: Running, crowd: Crowd, text: str
) -> None:
    """The error is the only effect."""
    async with new_game(gateway.url) as (game, room):
        await game.socket.send(text)
        error = await game.next_of(Error)
        assert error.code == "bad_message"
        assert error.message
        await unharmed(game, crowd, room.room_id)


UNKNOWN = {
    "of a newer game": '{"type":"dance","epoch":1,"seq":1}',
    "of ours": '{"type":"game_event"}',
    "that is empty": '{"type":""}',
    "with something deep beside": '{"x":' + "[" * 500 + "]" * 500 + ',"type":"deep"}',
}


@pytest.mark.parametrize("text", UNKNOWN.values(), ids=UNKNOWN.keys())
async def test_a_type_that_is_not_known_is_told_once_and_passed_over(
    gateway: Running, crowd: Crowd, text: str
) -> None:
    """However often it arrives: newer games may connect to an older gateway."""
    before = await gateway.counted("streamario_bad_messages_total")
    async with new_game(gateway.url) as (game, room):
        for _ in range(BAD_MESSAGES + 5):
            await game.socket.send(text)
        assert await game.error() == "unknown_type"
        await unharmed(game, crowd, room.room_id)
    assert await gateway.counted("streamario_bad_messages_total") == before


async def test_a_game_that_thinks_of_ever_more_types_is_told_of_the_first_ones(
    gateway: Running, crowd: Crowd
) -> None:
    """And quotes at most 64 characters of each, because the gateway remembers the types."""
    async with new_game(gateway.url) as (game, room):
        for n in range(10 * UNKNOWN_TYPES):
            await game.socket.send(f'{{"type":"{n}{"x" * 1_000}"}}')
        for _ in range(UNKNOWN_TYPES):
            error = await game.next_of(Error)
            assert (error.code, len(error.message) < 150) == ("unknown_type", True)
        await unharmed(game, crowd, room.room_id)


async def unharmed(game: Game, crowd: Crowd, room_id: str) -> None:
    """The round still runs as it did, and the socket still serves its game."""
    await game.settle()
    assert game.unasked(Error) == []
    found = await crowd.engine.describe(room_id)
    assert (found.status, found.round, found.paused) == ("in_game", 1, False)
    assert found.settings_version == 1
    await crowd.press(room_id, 5)
    assert await game.seqs(1) == [1]


async def test_a_binary_frame_is_no_message(gateway: Running, crowd: Crowd) -> None:
    """Even if it contains a valid message."""
    async with new_game(gateway.url) as (game, room):
        await game.socket.send(b'{"type":"game_end"}')
        assert await game.error() == "bad_message"
        await unharmed(game, crowd, room.room_id)


@pytest.mark.parametrize("frame", ["é" * (LIMIT // 2) + "x", "x" * (LIMIT + 1), b"x" * (LIMIT + 1)])
@pytest.mark.usefixtures("short_linger")
async def test_a_message_above_64_kib_is_the_last_one(
    gateway: Running, crowd: Crowd, frame: str | bytes
) -> None:
    """Bytes count, not characters; an `error` comes before the close."""
    async with new_game(gateway.url) as (game, room):
        await game.socket.send(frame)
        assert await game.error() == "message_too_big"
        await game.socket.send('{"type":"game_end"}')
        assert await game.closed() == 1009
        assert (await crowd.engine.describe(room.room_id)).status == "in_game"


async def test_a_message_of_64_kib_is_read(gateway: Running) -> None:
    """To the last byte."""
    async with new_game(gateway.url) as (game, _):
        text = '{"type":"ping","t":"' + "x" * (LIMIT - 22) + '"}'
        assert len(text) == LIMIT
        await game.socket.send(text)
        assert (await game.next_of(Pong)).t == "x" * (LIMIT - 22)


@pytest.mark.usefixtures("short_linger", "no_old_bad_messages")
async def test_more_than_20_bad_messages_in_10_s_end_the_socket_and_not_the_round(
    gateway: Running, crowd: Crowd
) -> None:
    """Twenty are answered, one by one."""
    async with new_game(gateway.url) as (game, room):
        for _ in range(20):
            await game.socket.send("?")
            assert await game.error() == "bad_message"
        await unharmed(game, crowd, room.room_id)
        await game.socket.send("?")
        assert await game.error() == "too_many_bad_messages"
        assert await game.closed() == 4009
        assert (await crowd.engine.describe(room.room_id)).status == "in_game"


@pytest.mark.parametrize(("ahead", "seq"), [(0, 2), (1, 0)])
async def test_an_ack_beyond_what_was_sent_is_refused(
    gateway: Running, crowd: Crowd, ahead: int, seq: int
) -> None:
    """It acknowledges nothing."""
    async with new_game(gateway.url) as (game, room):
        await crowd.press(room.room_id, 5)
        await game.events(1)
        await game.socket.send(f'{{"type":"ack","epoch":{room.epoch + ahead},"seq":{seq}}}')
        assert await game.error() == "bad_ack"


async def test_commands_before_the_start_are_answered(gateway: Running) -> None:
    """They are valid but too early, and do not count as bad messages."""
    async with connected(gateway.url, subprotocols=[Subprotocol(SUBPROTOCOL)]) as game:
        await game.next_of(RoomCreated)
        for message in (GameEnd(), Pause(), Resume()) * 9:
            await game.say(message)
            assert await game.error() == "game_not_started"


@pytest.mark.parametrize("t", [10**30, -1.5, "a\n"])
async def test_a_pong_repeats_what_the_ping_said(gateway: Running, t: float | str | None) -> None:
    """Any value of `t` is returned unchanged."""
    async with new_game(gateway.url) as (game, _):
        await game.say(Ping(t=t))
        assert (await game.next_of(Pong)).t == t
        await game.socket.send('{"type":"ping"}')
        assert (await game.next_of(Pong)).t is None


async def test_settings_merge_and_every_wrong_value_is_named(
    gateway: Running, crowd: Crowd
) -> None:
    """One invalid value makes the whole change fail."""
    async with new_game(gateway.url) as (game, room):

        async def current() -> room_settings.RoomSettings:
            await game.settle()
            return room_settings.decode((await crowd.engine.describe(room.room_id)).settings)

        await game.socket.send('{"title":"あ","type":"settings"}')
        assert (await current()).title == "あ"
        await game.socket.send('{"type":"settings","show_names":false}')
        found = await current()
        assert (found.title, found.show_names) == ("あ", False)
        await game.socket.send('{"type":"settings","title":5,"buttons":[],"colour":"red"}')
        error = await game.next_of(Error)
        assert error.code == "invalid_settings"
        assert all(field in error.message for field in ("title", "buttons", "colour"))
        assert await current() == found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"type":"game_end"}', NOT_STARTED.en),
        (
            '{"type":"available","event_type":"nothing","available":false}',
            NO_BUTTON.about(name="nothing").en,
        ),
    ],
    ids=["no round", "no such button"],
)
async def test_an_error_says_as_exactly_as_rest_why_a_command_is_refused(
    gateway: Running, text: str, told: str
) -> None:
    async with new_game(gateway.url) as (game, _):
        if "game_end" in text:
            await game.say(GameEnd())
        await game.socket.send(text)
        assert (await game.next_of(Error)).message == told
