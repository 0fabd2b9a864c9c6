"""A game of the Python client through real gateways; each promise by itself is in `behaviour/`."""

import asyncio
from typing import Any, TypeVar

import msgspec
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.frames import CloseCode
from websockets.protocol import State

from clients.python import (
    GameClient,
    GameNote,
    GameSocketError,
    GatewayAddress,
    GatewayAway,
    NumbersMissing,
    RoomGone,
    SavedRoom,
    SecretRefused,
    game_client,
)
from clients.python.game_errors import end_by_close_code
from clients.python.game_socket import GameSocket, open_game_socket
from shared.wire.game_messages import (
    Error,
    GameEnd,
    GameEndSummary,
    GameEvent,
    GameStart,
    Gap,
    Message,
    Ping,
    Pong,
    RoomCreated,
    RoomReady,
    encode,
)
from shared.wire.viewer_messages import Effect
from tests.clients.unity.servers import answering, serving
from tests.waiting import has_any, until
from tests.ws_gateway.game_end import resumed
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, running_gateway
from tests.ws_gateway.viewer_end import watching

Expected = TypeVar("Expected", bound=Message)


async def next_of(game: GameClient, kind: type[Expected]) -> Expected:
    """The next message of this type; others are skipped."""
    while True:
        if isinstance(message := await game.receive(), kind):
            return message


async def seqs(game: GameClient, count: int) -> list[int]:
    """The numbers of its next triggers."""
    return [(await next_of(game, GameEvent)).seq for _ in range(count)]


async def answered(game: GameClient) -> None:
    """Wait until the gateway has carried out what the game said before."""
    await game.send(Ping())
    await next_of(game, Pong)


def saved(game: GameClient) -> SavedRoom:
    """The room after writing it to JSON and reading it back."""
    return msgspec.json.decode(msgspec.json.encode(game.room), type=SavedRoom)


async def test_a_game_plays_two_rounds_in_three_runs(redis_url: str, crowd: Crowd) -> None:
    """What the second run failed to apply, and what fired while none ran, comes to the third."""
    async with running_gateway(gateway_settings(redis_url, game_keys=("a key",))) as gateway:
        async with GameClient(GatewayAddress(gateway.url)) as game:
            with pytest.raises(SecretRefused, match="asks for a game key"):
                await game.receive()
        address = GatewayAddress(gateway.url, key="a key")
        async with GameClient(address) as game:
            room_id = (await next_of(game, RoomCreated)).room_id
            await game.send(GameStart())
            await answered(game)
            await crowd.ease(room_id)
            async with watching(gateway, room_id) as (page, _):
                pressing = asyncio.create_task(crowd.fire(room_id, 20, name="Panda"))
                events = await given_up_between(game, 20)
                await pressing
                assert [event.seq for event in events] == list(range(1, 21))
                await asyncio.gather(*(game.done(event) for event in events[1:]))
                await game.failed(events[0], "敵を置けません。")
                effects = [await page.next_of(Effect) for _ in range(20)]
            assert [effect.seq for effect in effects] == [*range(2, 21), 1]
            assert (effects[-1].status, effects[-1].reason) == ("failed", "敵を置けません。")
        async with GameClient(address, saved(game)) as again:
            await crowd.fire(room_id, 2)  # and again the press that came back
            assert await seqs(again, 2) == [21, 22]
            room = saved(again)
            assert await seqs(again, 1) == [23]
        await crowd.fire(room_id, 2)
        async with GameClient(address, room) as last:
            replayed = (await next_of(last, RoomReady)).replayed
            assert (replayed, last.caught_up) == (3, False)
            assert (await seqs(last, 3), last.caught_up) == ([23, 24, 25], True)
            await last.send(GameEnd())
            summary = await next_of(last, GameEndSummary)
            assert (summary.round, summary.seq) == (1, 26)
            await last.send(GameStart())
            await answered(last)
            await crowd.fire(room_id, 1)
            assert await seqs(last, 1) == [27]
            await answered(last)
        created = RoomCreated(room_id, "", room.room_token, epoch=1, seq=0)
        async with resumed(gateway.url, created) as (_, ready):
            assert (ready.seq, ready.replayed) == (27, 0)


async def test_a_room_without_a_position_goes_on_where_its_last_game_stopped(
    gateway: Running, crowd: Crowd
) -> None:
    """What that game applied is not missing."""
    address, notes = GatewayAddress(gateway.url), list[GameNote]()
    async with GameClient(address) as game:
        created = await next_of(game, RoomCreated)
        await game.send(GameStart())
        await answered(game)
        await crowd.ease(created.room_id)
        await crowd.fire(created.room_id, 2)
        assert await seqs(game, 2) == [1, 2]
        await answered(game)
    await crowd.fire(created.room_id)
    room = SavedRoom(created.room_id, created.room_token)
    async with GameClient(address, room, note=notes.append) as again:
        assert await seqs(again, 1) == [3]
    assert notes == []


async def given_up_between(game: GameClient, count: int) -> list[GameEvent]:
    """Its next triggers, although it often stops waiting for them."""
    events: list[GameEvent] = []
    while len(events) < count:
        try:
            async with asyncio.timeout(0.001):
                message = await game.receive()
        except TimeoutError:
            continue
        if isinstance(message, GameEvent):
            events.append(message)
    return events


def test_a_gap_is_noted_for_the_numbers_that_the_game_has_not() -> None:
    """A server that lost what the game has already applied took nothing from it."""
    notes: list[GameNote] = []
    room = SavedRoom("r", "t", "", epoch=1, last_seq=32)
    for last_seq in (31, 32, 33, 40):
        game = GameClient(GatewayAddress("ws://127.0.0.1:9"), room, note=notes.append)
        game._handle(Gap(epoch=2, last_seq=last_seq))
    assert notes == [NumbersMissing(33, 33), NumbersMissing(33, 40)]


def test_half_a_position_is_none() -> None:
    for room in (SavedRoom("r", "t", epoch=1), SavedRoom("r", "t", last_seq=1)):
        assert room.cursor is None


async def test_a_socket_on_which_no_room_is_named_is_closed() -> None:
    ended: list[int | None] = []

    async def refuse(socket: ServerConnection) -> None:
        await socket.send(encode(Error("room_over", "The room is over.")))
        await socket.wait_closed()
        ended.append(socket.close_code)

    async with serve(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(RoomGone):
            await open_game_socket(GatewayAddress(f"ws://127.0.0.1:{port}"), SavedRoom("r", "t"))
        await until(lambda: has_any(ended))
    assert ended == [CloseCode.NORMAL_CLOSURE]


@pytest.mark.parametrize(
    ("error", "text", "code"),
    [
        (end_by_close_code(4001), "another game has taken the room over", "replaced"),
        (GatewayAway("the gateway goes away", "going_away"), "the gateway goes away", "going_away"),
    ],
)
def test_an_error_is_a_sentence_and_has_a_code(
    error: GameSocketError, text: str, code: str
) -> None:
    assert (str(error), error.code) == (text, code)


async def test_a_rooms_token_follows_no_redirect() -> None:
    """It is a subprotocol, which the websockets library would send on to any other origin."""
    elsewhere: list[bytes] = []

    async def note(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        elsewhere.append(await reader.readuntil(b"\r\n\r\n"))

    async with serving(note) as other:
        redirect = b"HTTP/1.1 307 Elsewhere\r\nLocation: %b/\r\nContent-Length: 0\r\n\r\n"
        async with serving(answering(redirect % other.encode(), stays=False)) as url:
            with pytest.raises(GatewayAway):
                await open_game_socket(GatewayAddress(url), SavedRoom("R", "TOKEN"))
    assert elsewhere == []


async def test_leaving_during_a_move_closes_both_sockets_and_stays_cancellable(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[GameSocket] = []
    closing, closed = asyncio.Event(), GameSocket.close

    async def open_and_note(*given: Any, **options: Any) -> GameSocket:
        opened.append(await open_game_socket(*given, **options))
        return opened[-1]

    async def close_late(socket: GameSocket, *given: Any) -> None:
        if len(opened) == 2 and not closing.is_set():
            closing.set()
            await asyncio.Event().wait()
        await closed(socket, *given)

    monkeypatch.setattr(game_client, "open_game_socket", open_and_note)
    monkeypatch.setattr(GameSocket, "close", close_late)
    settings = gateway_settings(redis_url, socket_max_age=0.5)
    async with running_gateway(settings) as gateway:
        game = GameClient(GatewayAddress(gateway.url))
        playing_on = asyncio.create_task(next_of(game, Pong))
        await closing.wait()
        playing_on.cancel()
        leaving = asyncio.create_task(game.close())
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.wait([leaving, playing_on])
        assert leaving.cancelled()
        assert [socket.connection.state for socket in opened] == [State.CLOSED] * 2
