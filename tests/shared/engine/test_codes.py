"""Short codes of rooms: one room each, kept while it is open, forgiving to who types them."""

import asyncio
from collections.abc import Callable

import pytest

from shared.engine import keys
from shared.engine.engine import Engine
from shared.engine.open_room import ALPHABET, code_in, code_of, first_code, new_code, room_of
from shared.engine.refusals import RoomNotFound
from tests.room_keys import new_room_id, room_keys
from tests.shared.engine.rooms import open_room, play

TWO_HOURS, TWO_DAYS = 2 * 3600, 2 * 24 * 3600  # s


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Determines the next random codes."""

    def draw(*wanted: str) -> None:
        left = list(wanted)
        monkeypatch.setattr(
            "shared.engine.open_room.new_code", lambda: left.pop(0) if left else new_code()
        )

    return draw


async def asked(engine: Engine, room_id: str) -> str | None:
    return await code_of(engine, room_id, await engine.describe(room_id))


def test_a_code_has_no_look_alikes() -> None:
    for pair in ("0O", "1I", "1L", "2Z", "5S", "8B", "UV"):
        assert len(set(pair) & set(ALPHABET)) <= 1
    assert code_in(new_code())


@pytest.mark.parametrize(
    "typed",
    ["K5VQ8M", "k5vq8m", " k5v q8m ", "K5V-Q8M", "Ｋ５ＶＱ８Ｍ", "KSU0BM", "ksvobm"],
)
def test_what_people_type_is_understood(typed: str) -> None:
    assert code_in(typed) == "K5VQ8M"


@pytest.mark.parametrize(
    "typed", ["", "K5VQ8", "K5VQ8MM", "K5VQ8I", "K5VQ81", "カタカナ名前", "../../"]
)
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert code_in(typed) is None


async def test_a_room_has_one_code_however_many_ask_at_once(engine: Engine) -> None:
    """That also holds for rooms that another release opened. Codes that lost lead nowhere."""
    room_id = await open_room(engine)
    room = await engine.describe(room_id)
    found = await asyncio.gather(*(code_of(engine, room_id, room) for _ in range(30)))
    (code,) = {*found}
    assert code is not None
    assert await room_of(engine, code) == room_id
    assert await asked(engine, room_id) == code


async def test_losers_give_their_codes_back(engine: Engine, drawn: Callable[..., None]) -> None:
    room_id, (first, second) = await open_room(engine), (new_code(), new_code())
    drawn(first, second)
    assert {await first_code(engine, room_id), await first_code(engine, room_id)} == {first}
    assert await engine.store.command("EXISTS", keys.code(second)) == 0


async def test_no_two_open_rooms_have_the_same_code(
    engine: Engine, drawn: Callable[..., None]
) -> None:
    """Also if both draw it at the same moment."""
    room_ids = [await open_room(engine) for _ in range(10)]
    drawn(*[new_code()] * 10)
    found = await asyncio.gather(*(first_code(engine, room_id) for room_id in room_ids))
    assert len({*found}) == 10
    assert [await room_of(engine, code) for code in found] == room_ids


async def test_a_code_is_kept_while_its_room_is_used(engine: Engine) -> None:
    """It is claimed again when it was last claimed an hour ago: by who asks, and who types it."""
    room_id = await open_room(engine)
    code = await first_code(engine, room_id)
    for ask in (asked(engine, room_id), room_of(engine, code)):
        at = (await engine.describe(room_id)).now - TWO_HOURS * 1000
        await engine.store.write("HSET", room_keys(room_id).room, "code_at", at)
        await engine.store.write("EXPIRE", keys.code(code), 60)
        assert await ask in (code, room_id)
        assert await engine.store.command("TTL", keys.code(code)) > TWO_DAYS - 60


async def test_a_code_that_another_room_got_meanwhile_is_replaced(engine: Engine) -> None:
    """That takes two days in which nobody asked for the room, or a server that forgot."""
    room_id, other = await open_room(engine), await open_room(engine)
    code = await first_code(engine, room_id)
    await engine.store.write("SET", keys.code(code), other)
    await engine.store.write("HSET", room_keys(room_id).room, "code_at", 0)
    replaced = await asked(engine, room_id)
    assert replaced not in (None, code)
    assert await room_of(engine, str(replaced)) == room_id


async def test_between_rounds_a_code_leads_to_the_room_and_after_the_last_nowhere(
    engine: Engine,
) -> None:
    """The last round is over when its game has the summary and is gone."""
    room_id, term, log_epoch = await play(engine)
    code = str(await asked(engine, room_id))
    seq = await engine.finish(room_id, term)
    await engine.ack(room_id, term, log_epoch, seq)
    assert await room_of(engine, code) == room_id, "its game may start the next round"
    await engine.detach(room_id, term, written=seq, clean=True)
    assert await room_of(engine, code) is None
    assert await asked(engine, room_id) is None


async def test_a_code_of_a_room_that_is_gone_leads_nowhere(engine: Engine) -> None:
    room_id = await open_room(engine)
    code = await first_code(engine, room_id)
    await engine.store.free("DEL", room_keys(room_id).room)
    assert await room_of(engine, code) is None
    assert await room_of(engine, new_code()) is None
    with pytest.raises(RoomNotFound):
        await first_code(engine, new_room_id())
