"""The guarantees of the Python game client when sockets and gateways fail."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from websockets.protocol import State

from clients.python import (
    GameClient,
    GameNote,
    GatewayAddress,
    GatewayAway,
    NumbersMissing,
    RoomGone,
    SavedRoom,
    SecretRefused,
    TakenOver,
    game_client,
)
from clients.python.game_socket import GameSocket, open_game_socket
from shared.wire.game_messages import (
    GameEnd,
    GameEndSummary,
    GameEvent,
    GameStart,
    Gap,
    Pong,
    Reconnect,
    RoomCreated,
    RoomReady,
    RoundUpdate,
)
from tests.clients.python.playing import answered, begin, next_of, playing, seqs
from tests.clients.unity.servers import answering, serving
from tests.ws_gateway.faults import link_to
from tests.ws_gateway.gateways import (
    Crowd,
    Running,
    gateway_settings,
    running_gateway,
)


def saved(game: GameClient) -> SavedRoom:
    """The room after writing it to JSON and reading it back."""
    return msgspec.json.decode(msgspec.json.encode(game.room), type=SavedRoom)


async def acknowledged(crowd: Crowd, room: SavedRoom) -> int:
    """The number after which a game that has applied nothing would resume."""
    held = await crowd.engine.attach(
        room.room_id, "other", log_epoch=room.epoch, last_seq=0, skip=False
    )
    return held.start


@pytest.mark.parametrize(
    ("last_seq", "missing"), [(31, []), (32, []), (40, [NumbersMissing(33, 40)])]
)
def test_a_gap_is_noted_for_the_numbers_that_the_game_has_not(
    last_seq: int, missing: list[NumbersMissing]
) -> None:
    """A server that lost what the game has already applied took nothing from it."""
    notes: list[GameNote] = []
    room = SavedRoom("r", "t", "", epoch=1, last_seq=32)
    game = GameClient(GatewayAddress("ws://127.0.0.1:9"), room, note=notes.append)
    game._handle(Gap(epoch=2, last_seq=last_seq))
    assert notes == missing


async def test_a_later_run_gets_exactly_what_it_has_not_applied(
    gateway: Running, crowd: Crowd
) -> None:
    """The saved room has the position to resume from."""
    async with playing(gateway, crowd) as (game, room_id):
        await crowd.fire(room_id, 3)
        assert await seqs(game, 3) == [1, 2, 3]
        room = saved(game)
    await crowd.fire(room_id, 2)
    async with GameClient(GatewayAddress(gateway.url), room) as later:
        assert (await next_of(later, RoomReady)).replayed == 2
        assert not later.caught_up
        assert await seqs(later, 2) == [4, 5]
        assert later.caught_up


async def test_what_a_game_failed_to_apply_comes_again(gateway: Running, crowd: Crowd) -> None:
    """Asking for the next message acknowledges the last; a game that never asks sends no ack."""
    async with playing(gateway, crowd) as (game, room_id):
        await crowd.fire(room_id, 3)
        assert await seqs(game, 2) == [1, 2]
        room = saved(game)
        assert await seqs(game, 1) == [3]
    async with GameClient(GatewayAddress(gateway.url), room) as again:
        assert await seqs(again, 1) == [3]


async def test_leaving_acknowledges_what_was_applied(gateway: Running, crowd: Crowd) -> None:
    async with playing(gateway, crowd) as (game, room_id):
        await crowd.fire(room_id, 3)
        assert await seqs(game, 3) == [1, 2, 3]
        await answered(game)
        room = saved(game)
    assert await acknowledged(crowd, room) == 3


async def test_waiting_may_be_given_up_and_nothing_is_lost(gateway: Running, crowd: Crowd) -> None:
    async with playing(gateway, crowd) as (game, room_id):
        pressing = asyncio.create_task(crowd.fire(room_id, 20))
        given: list[int] = []
        while len(given) < 20:
            try:
                async with asyncio.timeout(0.001):
                    message = await game.receive()
            except TimeoutError:
                continue
            if isinstance(message, GameEvent):
                given.append(message.seq)
        await pressing
        assert given == list(range(1, 21))


async def test_a_lost_gateway_is_noted_once_and_nothing_is_missed(
    redis_url: str, crowd: Crowd
) -> None:
    settings, notes = gateway_settings(redis_url), list[GameNote]()
    address = GatewayAddress(f"ws://127.0.0.1:{settings.unity_ws_port}")
    async with GameClient(address, note=notes.append) as game:
        async with running_gateway(settings):
            room_id = await begin(game)
            await crowd.ease(room_id)
            await crowd.fire(room_id, 2)
            assert await seqs(game, 2) == [1, 2]
            notes.clear()
            waiting = asyncio.create_task(seqs(game, 2))
        await crowd.fire(room_id, 2)
        async with running_gateway(settings):
            assert await waiting == [3, 4]
    assert len(notes) == 1
    assert str(notes[0]).endswith("trying until it is back.")


async def test_where_a_gateway_drains_the_next_socket_is_opened_first(
    redis_url: str, crowd: Crowd
) -> None:
    """The client returns every trigger once and in order, and reports no lost socket."""
    notes: list[GameNote] = []
    settings = gateway_settings(redis_url, socket_max_age=1.5)
    address = GatewayAddress(f"ws://127.0.0.1:{settings.unity_ws_port}")
    async with running_gateway(settings), GameClient(address, note=notes.append) as game:
        room_id = await begin(game)
        await crowd.ease(room_id)
        given: list[int] = []
        told = moved = False
        while not moved:
            await crowd.fire(room_id, 1)
            while not isinstance(message := await game.receive(), GameEvent):
                told = told or isinstance(message, Reconnect)
                moved = moved or isinstance(message, RoomReady)
            given.append(message.seq)
        assert told
        assert given == list(range(1, len(given) + 1))
    assert notes == []


async def test_the_newest_game_has_the_room_and_the_older_one_stays_away(
    gateway: Running, crowd: Crowd
) -> None:
    async with (
        playing(gateway, crowd) as (older, room_id),
        GameClient(GatewayAddress(gateway.url), saved(older)) as newer,
    ):
        await next_of(newer, RoomReady)
        for _ in range(2):
            with pytest.raises(TakenOver):
                await next_of(older, Pong)
        await crowd.fire(room_id, 1)
        assert await seqs(newer, 1) == [1]


async def test_a_room_that_is_gone_is_told(gateway: Running) -> None:
    room = SavedRoom("01HZZZZZZZZZZZZZZZZZZZZZZZ", "1.x")
    async with GameClient(GatewayAddress(gateway.url), room) as game:
        with pytest.raises((RoomGone, SecretRefused)):
            await game.receive()
        with pytest.raises(GatewayAway, match="not connected"):
            await game.send(GameStart())


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


async def test_a_game_key_is_asked_for(redis_url: str) -> None:
    async with running_gateway(gateway_settings(redis_url, game_keys=("a key",))) as gateway:
        async with GameClient(GatewayAddress(gateway.url)) as game:
            with pytest.raises(SecretRefused, match="asks for a game key"):
                await game.receive()
        async with GameClient(GatewayAddress(gateway.url, key="a key")) as game:
            assert isinstance(await game.receive(), RoomCreated)


async def test_a_room_that_was_opened_ahead_of_its_game_needs_no_number(
    gateway: Running, crowd: Crowd
) -> None:
    """As for a room that `POST /api/rooms` opened: id and token are enough."""
    opened = await crowd.open_room()
    room = SavedRoom(opened.room_id, opened.room_token)
    async with GameClient(GatewayAddress(gateway.url), room) as game:
        await next_of(game, RoomReady)
        await game.send(GameStart())
        await answered(game)
        await crowd.fire(opened.room_id, 2)
        assert await seqs(game, 2) == [1, 2]
        assert saved(game).last_seq == 2


async def test_a_start_that_is_lost_on_its_way_costs_no_room(
    gateway: Running, crowd: Crowd
) -> None:
    """The next socket resumes before the summary until the round is known to run."""
    async with (
        link_to(gateway.port) as link,
        GameClient(GatewayAddress(f"ws://127.0.0.1:{link.port}")) as game,
    ):
        room_id = await begin(game)
        await game.send(GameEnd())
        await next_of(game, GameEndSummary)
        await answered(game)
        link.cut()
        await game.send(GameStart())
        link.drop()
        assert (await next_of(game, RoomReady)).status == "ended"
        await answered(game)
        assert await acknowledged(crowd, saved(game)) == 0
        assert saved(game).room_id == room_id


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


async def test_a_summary_is_acknowledged_with_the_next_round(
    gateway: Running, crowd: Crowd
) -> None:
    """An earlier one would end the room, as would a restart that resumes after the summary."""
    async with playing(gateway, crowd) as (game, _):
        await game.send(GameEnd())
        assert (await next_of(game, GameEndSummary)).seq == 1
        await answered(game)
        room = saved(game)
    assert await acknowledged(crowd, room) == 0
    for _ in range(2):
        async with GameClient(GatewayAddress(gateway.url), room) as again:
            await next_of(again, GameEndSummary)
            room = saved(again)
    async with GameClient(GatewayAddress(gateway.url), room) as game:
        await next_of(game, GameEndSummary)
        await game.send(GameStart())
        await answered(game)
    assert await acknowledged(crowd, room) == 1


async def test_a_game_that_asks_is_told_of_its_round(gateway: Running, crowd: Crowd) -> None:
    """In a new room, and in one to which it returns."""
    async with GameClient(GatewayAddress(gateway.url), round_changes=True) as game:
        room_id = await begin(game)
        await crowd.engine.pause(room_id, None, paused=True)
        while not (await next_of(game, RoundUpdate)).paused:
            pass
        room = saved(game)
    async with GameClient(GatewayAddress(gateway.url), room, round_changes=True) as game:
        assert await next_of(game, RoundUpdate) == RoundUpdate("in_game", 1, True, False)
