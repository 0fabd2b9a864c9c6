"""A stand-in keeps a room while no game is connected, and takes nothing from any game."""

import asyncio

import pytest

from shared.engine.engine import Engine
from shared.engine.refusals import GameConnected
from shared.engine.refusals import SocketReplaced as ReplacedError
from shared.engine.replies import Attachment
from tests.room_keys import room_keys
from tests.shared.engine.rooms import ONE_PRESS_FIRES, fire, open_room, play, whole_log

LIMIT = 10_000  # triggers that a room's log holds


async def stand_in(engine: Engine, room_id: str, gateway_id: str = "desk") -> Attachment:
    return await engine.attach(
        room_id, gateway_id, log_epoch=None, last_seq=None, skip=False, stand_in=True
    )


async def game(engine: Engine, room_id: str, last_seq: int | None = None) -> Attachment:
    return await engine.attach(room_id, "game", log_epoch=None, last_seq=last_seq, skip=False)


async def test_a_stand_in_replaces_no_game(engine: Engine) -> None:
    """Its attach is refused and changes nothing."""
    room_id, term, _ = await play(engine)
    before = await engine.store.command("HGETALL", room_keys(room_id).room)
    with pytest.raises(GameConnected):
        await stand_in(engine, room_id)
    assert await engine.store.command("HGETALL", room_keys(room_id).room) == before
    assert await engine.check(room_id, term) is not None


async def test_a_game_replaces_a_stand_in(engine: Engine) -> None:
    """The newest socket wins, as among games."""
    room_id = await open_room(engine)
    held = await stand_in(engine, room_id)
    await game(engine, room_id)
    with pytest.raises(ReplacedError):
        await engine.check(room_id, held.term)


async def test_of_stand_ins_the_newest_has_the_room(engine: Engine) -> None:
    """The other may be its own socket, which is dead and not known to be."""
    room_id = await open_room(engine)
    held = await stand_in(engine, room_id)
    newer = await stand_in(engine, room_id)
    assert newer.term > held.term
    with pytest.raises(ReplacedError):
        await engine.check(room_id, held.term)


async def test_a_stand_in_takes_the_room_of_a_game_that_left_or_died(engine: Engine) -> None:
    """A gateway that died with its game tells of it no more."""
    room_id, term, _ = await play(engine)
    await engine.detach(room_id, term, written=0, clean=False)
    held = await stand_in(engine, room_id)
    await game(engine, room_id)
    await engine.store.command("HINCRBY", room_keys(room_id).room, "seen_at", -15_001)
    assert (await stand_in(engine, room_id)).term > held.term
    assert (await engine.describe(room_id)).connected


async def test_whoever_attaches_at_the_same_moment_no_game_is_replaced(engine: Engine) -> None:
    """Of 30 stand-ins and a game in between, the game has the room."""
    for _ in range(5):
        room_id = await open_room(engine)
        ins = [stand_in(engine, room_id, f"desk {n}") for n in range(30)]
        tries = [*ins[:15], game(engine, room_id), *ins[15:]]
        results = await asyncio.gather(*tries, return_exceptions=True)
        held = results.pop(15)
        refused = [each for each in results if isinstance(each, BaseException)]
        assert all(isinstance(each, GameConnected) for each in refused)
        assert not isinstance(held, BaseException)
        assert await engine.check(room_id, held.term) is not None


async def test_a_stand_in_that_redis_forgot_attaches_again_as_one(engine: Engine) -> None:
    """Beside the game that Redis remembers in its place, too: its term is the greater one."""
    room_id, _, _ = await play(engine)
    room = room_keys(room_id).room
    await engine.store.command("HSET", room, "owner", "")
    held = await stand_in(engine, room_id)
    await engine.store.command("HSET", room, "term", held.term - 1, "stand_in", 0)
    again = await engine.attach_again(room_id, "desk", held.term, stand_in=True)
    assert again.term == held.term
    assert await engine.store.command("HGET", room, "stand_in") == "1"


@pytest.mark.parametrize("acks", [True, False])
async def test_what_fires_meanwhile_waits_for_the_game(engine: Engine, acks: bool) -> None:
    """A stand-in starts from now, and acknowledges nothing: not by its position, either."""
    room_id, term, log_epoch = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, room_id, 3)
    if acks:
        await engine.ack(room_id, term, log_epoch, 2)
    await engine.detach(room_id, term, written=3, clean=False)
    held = await engine.attach(
        room_id, "desk", log_epoch=log_epoch, last_seq=3, skip=True, stand_in=True
    )
    assert (held.start, held.recovered) == (held.seq, True)
    await fire(engine, room_id, 4)
    await engine.written(room_id, held.term, held.seq + 4)
    await engine.detach(room_id, held.term, written=held.seq + 4, clean=False)
    assert (await game(engine, room_id, 2)).start == 2


async def test_a_log_is_trimmed_while_a_stand_in_has_the_room(engine: Engine) -> None:
    """A room does not stand still because its game acknowledged once; it hears of the gap."""
    room_id, term, log_epoch = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, room_id, 3)
    await engine.ack(room_id, term, log_epoch, 3)
    await engine.detach(room_id, term, written=3, clean=False)
    held = await stand_in(engine, room_id)
    await fire(engine, room_id, LIMIT)
    await engine.written(room_id, held.term, LIMIT + 3)
    await fire(engine, room_id, 200)
    assert (await engine.describe(room_id)).paused is False
    log = await whole_log(engine, room_id)
    assert log[-1].seq == LIMIT + 203
    assert LIMIT <= len(log) < LIMIT + 100
    back = await game(engine, room_id, 3)
    assert (back.start, back.recovered) == (log[0].seq - 1, False)
