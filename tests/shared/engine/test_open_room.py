"""How many rooms an address may open per minute, and have open at once."""

import asyncio
from uuid import uuid4

import pytest

from shared.engine.engine import Engine, Payer
from shared.engine.keys import address_rooms
from shared.engine.open_room import open_room
from shared.engine.refusals import RateLimited
from shared.identity.addresses import Address
from shared.process.settings import PerAddress
from shared.wire.room_settings import DEFAULT_SETTINGS
from tests.room_keys import room_keys
from tests.shared.engine.rooms import ELSEWHERE, LOCAL

THREE = PerAddress(per_minute=1_000, burst=3)
HOUR = 3_600_000  # ms


def somewhere() -> Address:
    return Address(text=ELSEWHERE.text, key=uuid4().hex, limited=True)


async def opened(engine: Engine, address: Address) -> str:
    return await open_room(engine, DEFAULT_SETTINGS, Payer(address), THREE, keyed=False)


async def is_refused(engine: Engine, address: Address) -> bool:
    try:
        await opened(engine, address)
    except RateLimited:
        return True
    return False


async def test_of_many_that_come_at_once_only_so_many_are_opened(engine: Engine) -> None:
    """The others are refused, also while each call checks rooms of the others."""
    address = somewhere()
    refused = await asyncio.gather(*(is_refused(engine, address) for _ in range(30)))
    assert refused.count(False) == 3
    assert not await is_refused(engine, somewhere()), "each address has its own"
    assert await asyncio.gather(*(is_refused(engine, LOCAL) for _ in range(9))) == [False] * 9


async def test_a_room_that_is_over_gives_its_quota_back(engine: Engine) -> None:
    """It is given to one room only, however many request it."""
    address = somewhere()
    room_ids = [await opened(engine, address) for _ in range(3)]
    assert await is_refused(engine, address)
    held = await engine.attach(room_ids[0], "here", log_epoch=None, last_seq=None, skip=False)
    await engine.start(room_ids[0], held.term)
    assert await is_refused(engine, address)
    await engine.finish(room_ids[0], held.term)
    refused = await asyncio.gather(*(is_refused(engine, address) for _ in range(9)))
    assert refused.count(False) == 1


@pytest.mark.parametrize("stepped", [0, HOUR, -HOUR])
async def test_a_quota_whose_room_is_nowhere_is_soon_free(engine: Engine, stepped: int) -> None:
    """The room was never opened, or has expired; setting Redis's clock makes no difference."""
    address = somewhere()
    room_ids = [await opened(engine, address) for _ in range(3)]
    await engine.store.command("DEL", room_keys(room_ids[0]).room)
    assert await is_refused(engine, address), "it may be about to open"
    await engine.store.command("ZINCRBY", address_rooms(address.key), stepped - 10_001, room_ids[0])
    assert not await is_refused(engine, address)
    assert await is_refused(engine, address)
