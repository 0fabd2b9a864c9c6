"""A round's life: paused, held, reset, started, ended."""

import asyncio
from uuid import uuid4

import msgspec
import pytest

from shared.engine.engine import Engine, Payer
from shared.engine.ledger_entries import BatchesCounted
from shared.engine.refusals import RateLimited
from shared.identity.addresses import ROW, STORAGE, Address
from shared.wire.room_settings import RoomSettings, decode
from tests.shared.engine.fired_trigger import entries
from tests.shared.engine.rooms import (
    ONE_PRESS_FIRES,
    button,
    play,
    playing,
    press,
)


async def test_another_engine_that_knows_an_older_round_finds_the_running_one(
    engine: Engine,
) -> None:
    """Each process guesses the round; a wrong guess changes nothing."""
    other = type(engine)(engine.store)
    room_id, term, _ = await play(engine, ONE_PRESS_FIRES)
    await press(other, room_id, skill1=1)
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    assert (await press(other, room_id, skill1=1)).state.round == 2
    assert (await other.reset(room_id)).round == 2
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    assert await other.finish(room_id, term) == 5


async def test_settings_changed_at_once_are_all_changed(engine: Engine) -> None:
    """The second change applies to the result of the first."""
    room_id, _, _ = await play(engine)

    def longer(settings: RoomSettings) -> RoomSettings:
        return msgspec.structs.replace(settings, title=settings.title + "x")

    await asyncio.gather(*(engine.change_settings(room_id, longer) for _ in range(10)))
    assert decode((await engine.describe(room_id)).settings).title == "x" * 10


async def test_a_change_pays_once_however_often_others_come_first(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id, _, _ = await play(engine)
    size = len((await engine.describe(room_id)).settings.encode())
    monkeypatch.setitem(STORAGE, "burst", 10 * (ROW + size))
    monkeypatch.setitem(STORAGE, "per_minute", 60)
    sender = Payer(Address(text="192.0.2.1", key=uuid4().hex, limited=True))
    changes = (engine.change_settings(room_id, lambda same: same, of=sender) for _ in range(10))
    await asyncio.gather(*changes)
    with pytest.raises(RateLimited):
        await engine.change_settings(room_id, lambda same: same, of=sender)


async def test_the_ledger_has_each_viewers_name_once_a_round(engine: Engine) -> None:
    """Triggers aside: they have names of their own."""
    room_id, term, _ = await play(engine, playing(button("skill1", 100)))
    for _ in range(2):
        await press(engine, room_id, "ann", name="Ann", skill1=1)
        await press(engine, room_id, "ann", name="Ann", skill1=1)
        await engine.finish(room_id, term)
        await engine.start(room_id, term)
    counted = [each for each in await entries(engine, room_id) if isinstance(each, BatchesCounted)]
    names = [(entry.round, batch.name) for entry in counted for batch in entry.batches]
    assert names == [(1, "Ann"), (1, None), (2, "Ann"), (2, None)]
