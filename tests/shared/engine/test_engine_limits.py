"""What one viewer, one batch id and one address may do."""

import asyncio
import time

import pytest

from shared.engine.engine import Engine
from shared.engine.keys import Limit, bucket
from shared.engine.refusals import GameNotStarted, RateLimited, UnknownEventType
from shared.engine.replies import Counting
from shared.identity.addresses import ROW, STORAGE, Address
from tests.batches import counted
from tests.press_limits import PRESS_BURST, PRESSES_PER_SECOND
from tests.room_keys import room_keys
from tests.shared.engine.rooms import (
    BURST,
    ELSEWHERE,
    LOCAL,
    ONE_PRESS_FIRES,
    PER_REQUEST,
    PUBLIC,
    Book,
    book,
    button,
    engine_at,
    open_room,
    play,
    playing,
    press,
)
from tests.waiting import until

FIVE_MINUTES = 300_000  # ms
# Moves batches without a number that a viewer remembers into the past: the last eight (1), or those
# before them (2).
AGE = """
local viewer = { cmsgpack.unpack(redis.call('HGET', KEYS[1], ARGV[1])) }
local memory = { cmsgpack.unpack(viewer[#viewer]) }
local records, aged, first = memory[tonumber(ARGV[2])], '', 1
while first < #records do
    local seconds, length = struct.unpack('>I4B', records, first + 8)
    aged = aged .. string.sub(records, first, first + 7)
        .. struct.pack('>I4', seconds - ARGV[3] / 1000)
        .. string.sub(records, first + 12, first + 12 + length)
    first = first + 13 + length
end
memory[tonumber(ARGV[2])] = aged
viewer[#viewer] = cmsgpack.pack(unpack(memory))
redis.call('HSET', KEYS[1], ARGV[1], cmsgpack.pack(unpack(viewer)))
"""
LAST_EIGHT, OLDER = 1, 2


async def age_batches(engine: Engine, room_id: str, which: int, ms: int) -> None:
    key = room_keys(room_id).viewers(1)
    await engine.store.command("EVAL", AGE, 1, key, "viewer", which, ms)


async def size_of_viewer(engine: Engine, room_id: str) -> int:
    key = room_keys(room_id).viewers(1)
    return int(await engine.store.command("HSTRLEN", key, "viewer"))


three = playing(button("skill1", 1000), button("skill2", 1000), button("enemy1", 1000))


async def test_a_button_counts_twenty_presses_a_request(engine: Engine) -> None:
    """More is clamped, for each button separately."""
    room_id, _, _ = await play(engine, three)
    counting = await press(engine, room_id, skill1=21, enemy1=100_000, skill2=20)
    assert [result.accepted for result in counting.results] == [20, 20, 20]
    assert counting.rejected.clamp == 1 + 99_980


async def test_a_viewer_has_a_burst_and_then_so_many_presses_a_second(engine: Engine) -> None:
    """Tokens are taken in the order of requests, and refill by Redis's clock."""
    room_id, _, _ = await play(engine, three)
    begun = time.monotonic()
    counted = 0
    for _ in range(5):
        counting = await press(engine, room_id, skill1=15, enemy1=15)
        accepted = sum(result.accepted for result in counting.results)
        assert accepted + counting.rejected.rate == 30
        counted += accepted
    refilled = PRESSES_PER_SECOND * (time.monotonic() - begun)
    assert PRESS_BURST <= counted <= PRESS_BURST + refilled + 1

    async def pays_again() -> bool:
        return (await press(engine, room_id, skill1=1)).results[0].accepted == 1

    await until(pays_again)


async def test_an_empty_bucket_serves_the_first_button_first(engine: Engine) -> None:
    """Tokens are taken in the order of the request, not of the settings."""
    room_id, _, _ = await play(engine, three)
    await press(engine, room_id, skill1=20, skill2=20)
    counting = await press(engine, room_id, enemy1=19, skill1=20)
    accepted = [(result.event_type, result.accepted) for result in counting.results]
    assert accepted[0] == ("enemy1", 19)
    assert accepted[1][1] >= 1
    assert counting.rejected.rate == 20 - accepted[1][1]


async def test_presses_of_disabled_buttons_and_blocked_viewers_cost_nothing(
    engine: Engine,
) -> None:
    """They are refused before tokens are taken."""
    off = playing(button("skill1", 1000), button("enemy1", enabled=False))
    room_id, _, _ = await play(engine, off)
    for _ in range(4):
        assert (await press(engine, room_id, enemy1=25)).rejected.disabled == 25
    await engine.block(room_id, "viewer")
    for _ in range(4):
        assert (await press(engine, room_id, skill1=25)).rejected.blocked == 25
    assert await book(engine, room_id, "skill1") == Book()
    assert (await engine.stats(room_id)).viewer_count == 0


async def test_a_repeated_batch_is_counted_once(engine: Engine) -> None:
    """Also under concurrency; the reply repeats its outcome and has the current counts."""
    batch_id = "b" * 64
    room_id, _, _ = await play(engine, playing(button("skill1", 2)))
    answers = await asyncio.gather(
        *(press(engine, room_id, batch_id=batch_id, skill1=25) for _ in range(50))
    )
    assert sorted(answer.duplicate for answer in answers) == [False] + [True] * 49
    assert {counted(answer) for answer in answers} == {counted(answers[0])}
    assert {answer.rejected.clamp for answer in answers} == {5}
    assert await book(engine, room_id, "skill1") == Book(0, 20, 20, 0, 10)
    await press(engine, room_id, "other", skill1=1)
    again = await press(engine, room_id, batch_id=batch_id, skill1=1)
    assert again.duplicate
    assert again.fired == ()
    assert again.state.stats[0].current_count == 1


async def test_a_repeated_batch_of_a_blocked_viewer_is_refused_as_any_other(
    engine: Engine,
) -> None:
    """Even if it was counted before the block. Its earlier presses stay counted."""
    room_id, _, _ = await play(engine, three)
    await press(engine, room_id, batch_id="b", skill1=3, enemy1=1)
    await engine.block(room_id, "viewer")
    for _ in range(2):
        again = await press(engine, room_id, batch_id="b", skill1=3, enemy1=1)
        assert not again.duplicate
        assert [(each.event_type, each.accepted) for each in again.results] == [
            ("skill1", 0),
            ("enemy1", 0),
        ]
        assert again.rejected.blocked == 4
    assert (await book(engine, room_id, "skill1")).accepted == 3


async def test_batch_ids_are_each_viewers_own(engine: Engine) -> None:
    """The same id of two viewers is two batches."""
    room_id, _, _ = await play(engine, three)
    for viewer in ("ann", "bob"):
        assert not (await press(engine, room_id, viewer, batch_id="same", skill1=1)).duplicate


@pytest.mark.parametrize(("age", "known"), [(14_000, True), (16_000, False)])
async def test_a_batch_is_known_for_15_s_however_many_came_after_it(
    engine: Engine, age: int, known: bool
) -> None:
    """After that only the last eight batches are."""
    room_id, _, _ = await play(engine, three)
    ids = [f"{'a long id' * (n % 2)} b{n}" for n in range(BURST)]

    async def pressed(*batches: str) -> list[Counting]:
        """All at once: the first batch must be less than a second old at the end."""
        return await asyncio.gather(
            *(press(engine, room_id, batch_id=batch_id, skill1=1) for batch_id in batches)
        )

    first = await pressed(*ids)
    await age_batches(engine, room_id, OLDER, age)
    assert await size_of_viewer(engine, room_id) < 2_000
    for again, earlier in zip(await pressed(*ids[: BURST - 8]), first, strict=False):
        assert again.duplicate is known
        assert counted(again) == counted(earlier) or not known


async def test_what_counted_nothing_is_not_kept_beyond_the_last_eight(engine: Engine) -> None:
    """So a viewer cannot fill Redis's memory by pressing faster than its presses count."""
    room_id, _, _ = await play(engine, three)
    for _ in range(BURST // PER_REQUEST):
        await press(engine, room_id, skill1=PER_REQUEST)

    async def size_after(batches: int) -> int:
        # At once: its bucket goes on filling.
        await asyncio.gather(*(press(engine, room_id, skill1=1) for _ in range(batches)))
        return await size_of_viewer(engine, room_id)

    few, many = await size_after(12), await size_after(60)
    assert many - few < 60


@pytest.mark.parametrize(
    ("age", "remembered"), [(FIVE_MINUTES - 5_000, True), (FIVE_MINUTES, False)]
)
async def test_a_batch_is_remembered_for_five_minutes(
    engine: Engine, age: int, remembered: bool
) -> None:
    """After that a batch of the same id counts again."""
    room_id, _, _ = await play(engine, three)
    await press(engine, room_id, batch_id="old", skill1=1)
    await age_batches(engine, room_id, LAST_EIGHT, age)
    assert (await press(engine, room_id, batch_id="old", skill1=1)).duplicate is remembered


async def test_a_refused_press_is_not_remembered(engine: Engine) -> None:
    """The same batch may be sent again after the cause is gone."""
    room_id = await open_room(engine, three)
    with pytest.raises(GameNotStarted):
        await press(engine, room_id, batch_id="b", skill1=1)
    held = await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    await engine.start(room_id, held.term)
    with pytest.raises(UnknownEventType):
        await press(engine, room_id, batch_id="b", skill1=1, nonsense=1)
    assert not (await press(engine, room_id, batch_id="b", skill1=1)).duplicate


async def test_an_address_counts_for_so_many_active_viewers(redis_url: str) -> None:
    """The limit applies on entry: active viewers stay active; presses of others count anyway."""
    async with engine_at(redis_url, active_per_address=3) as engine:
        room_id, _, _ = await play(engine, three)
        for n in range(5):
            counting = await press(engine, room_id, f"v{n}", address=PUBLIC, skill1=1)
            assert counting.state.viewer_count == min(n + 1, 3)
            assert counting.state.stats[0].current_count == n + 1
        assert await engine.join(room_id, "v4", PUBLIC) == 3
        assert await engine.join(room_id, "v0", PUBLIC) == 3
        assert await engine.join(room_id, "w0", ELSEWHERE) == 4
        for n in range(10):
            await engine.join(room_id, f"local{n}", LOCAL)
        assert (await engine.stats(room_id)).viewer_count == 14


async def test_viewers_do_not_get_past_an_address_by_entering_from_another(
    redis_url: str,
) -> None:
    """An address's limit applies to the viewers that it keeps active, wherever they entered."""
    async with engine_at(redis_url, active_per_address=2) as engine:
        room_id, _, _ = await play(engine, three)
        for n in range(6):
            await engine.join(
                room_id, f"v{n}", Address(text=f"198.51.100.{n}", key=f"{n}", limited=True)
            )
        for n in range(6):
            await engine.join(room_id, f"v{n}", PUBLIC)
        room = room_keys(room_id)
        await engine.store.command("DEL", room.active)
        joined = [await engine.join(room_id, f"v{n}", PUBLIC) for n in range(6)]
        assert joined == [1, 2, 2, 2, 2, 2]


SEAT_OF = "return (select(8, cmsgpack.unpack(redis.call('HGET', KEYS[1], ARGV[1]))))"


async def seat_of(engine: Engine, viewers: str, viewer: str) -> int:
    """The tag of the address that a viewer is active from."""
    return int(await engine.store.command("EVAL", SEAT_OF, 1, viewers, viewer))


# Moves an address's viewers into the past.
AGE_SEATS = """
local tokens, at, round, pressed, seats, tag =
    cmsgpack.unpack(redis.call('HGET', KEYS[1], ARGV[1]))
local aged = {}
for second, taken in pairs(seats) do aged[second - ARGV[2]] = taken end
redis.call('HSET', KEYS[1], ARGV[1], cmsgpack.pack(tokens, at, round, pressed, aged, tag))
"""


async def test_an_addresses_place_is_free_after_thirty_seconds(redis_url: str) -> None:
    """Viewers who pressed or joined within 30 s are active, in the room and at the address."""
    async with engine_at(redis_url, active_per_address=1) as engine:
        room_id, _, _ = await play(engine, three)
        await engine.join(room_id, "ann", PUBLIC)
        now, room = (await engine.describe(room_id)).now, room_keys(room_id)
        await engine.store.command("ZADD", room.active, now - 30_001, "ann")
        addresses = f"{room.room}:addresses:{now // 300_000}"
        await engine.store.command("EVAL", AGE_SEATS, 1, addresses, PUBLIC.key, 30)
        assert (await engine.stats(room_id)).viewer_count == 0
        assert await engine.join(room_id, "bob", PUBLIC) == 1
        assert await engine.store.command("ZRANGE", room.active, 0, -1) == ["bob"]


async def test_an_address_is_kept_for_ten_minutes_at_most(redis_url: str) -> None:
    """However many others press later. It has its tag as long as it is kept."""
    async with engine_at(redis_url) as engine:
        room_id, _, _ = await play(engine, three)
        await press(engine, room_id, "ann", address=PUBLIC, skill1=1)
        room, now = room_keys(room_id).room, (await engine.describe(room_id)).now
        (key,) = await engine.store.command("KEYS", f"{room}:addresses:*")
        expires_at = int(await engine.store.command("PEXPIRETIME", key))
        assert 300_000 <= expires_at - now <= 600_000
        await press(engine, room_id, "bob", address=ELSEWHERE, skill1=1)
        assert int(await engine.store.command("PEXPIRETIME", key)) == expires_at


async def test_an_addresses_tag_tells_nothing_of_the_address(redis_url: str) -> None:
    """Viewers keep the tag for days. In another room the address has another one."""
    async with engine_at(redis_url) as engine:
        tags = set()
        for _ in range(2):
            room_id, _, _ = await play(engine, three)
            await press(engine, room_id, "ann", address=PUBLIC, skill1=1)
            await press(engine, room_id, "bob", address=PUBLIC, skill1=1)
            viewers = room_keys(room_id).viewers(1)
            tags |= {await seat_of(engine, viewers, viewer) for viewer in ("ann", "bob")}
        assert len(tags) == 2


async def test_an_address_spends_from_a_bucket_of_its_own(engine: Engine) -> None:
    """The refusal has the time until the next one is allowed."""
    address = Address(text="203.0.113.99", key=f"test {time.time()}", limited=True)
    for _ in range(3):
        await engine.spend("viewers", address, per_minute=6, burst=3)
    with pytest.raises(RateLimited) as refusal:
        await engine.spend("viewers", address, per_minute=6, burst=3)
    assert 0 < refusal.value.retry_after_ms <= 10_000
    await engine.spend("rooms", address, per_minute=6, burst=3)


async def test_a_bucket_is_forgotten_once_it_is_full_again(engine: Engine) -> None:
    key = f"test {time.time()}"
    address = Address(text="203.0.113.97", key=key, limited=True)
    await engine.spend("viewers", address, per_minute=6, burst=3)
    assert 30_000 < await engine.store.command("PTTL", bucket("viewers", key)) <= 31_000


async def test_a_bucket_fills_again_at_its_pace(engine: Engine) -> None:
    key = f"test {time.time()}"
    address = Address(text="203.0.113.95", key=key, limited=True)
    await engine.spend("storage", address, per_minute=6, burst=100, cost=60)
    await engine.store.command("HINCRBY", bucket("storage", key), "at", -60_000)  # a minute passes
    with pytest.raises(RateLimited):
        await engine.spend("storage", address, per_minute=6, burst=100, cost=47)
    await engine.spend("storage", address, per_minute=6, burst=100, cost=46)


async def test_what_costs_more_waits_longer_and_leaves_the_bucket_to_what_costs_less(
    engine: Engine,
) -> None:
    address = Address(text="203.0.113.98", key=f"test {time.time()}", limited=True)
    await engine.spend("storage", address, per_minute=6, burst=100, cost=60)
    with pytest.raises(RateLimited) as refusal:
        await engine.spend("storage", address, per_minute=6, burst=100, cost=60)
    assert 190_000 < refusal.value.retry_after_ms <= 200_000  # until 20 more are there
    await engine.spend("storage", address, per_minute=6, burst=100, cost=40)


async def test_what_is_limited_costs_one_token_unless_it_says_otherwise(engine: Engine) -> None:
    limit, key = Limit("settings", 6, 3), f"test {time.time()}"
    for _ in range(3):
        await engine.spend_of(limit, key)
    with pytest.raises(RateLimited):
        await engine.spend_of(limit, key)


async def test_a_row_without_content_costs_no_more_than_a_row(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(STORAGE, "burst", ROW)
    monkeypatch.setitem(STORAGE, "per_minute", 60)
    address = Address(text="203.0.113.96", key=f"test {time.time()}", limited=True)
    await engine.spend_storage(address)
    with pytest.raises(RateLimited):
        await engine.spend_storage(address)


async def test_loopback_and_private_peers_spend_nothing(engine: Engine) -> None:
    """They are never limited."""
    for _ in range(5):
        await engine.spend("viewers", LOCAL, per_minute=1, burst=1)
    assert await engine.store.command("EXISTS", bucket("viewers", LOCAL.key)) == 0


async def test_two_viewers_never_share_what_they_press(engine: Engine) -> None:
    """With fifty at once, the counts balance, and each summary has its own viewer's presses."""
    room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
    await asyncio.gather(
        *(press(engine, room_id, f"v{n}", name=f"n{n}", skill1=n % 7 + 1) for n in range(50))
    )
    kept = await book(engine, room_id, "skill1")
    assert kept.balanced
    assert kept.accepted == sum(n % 7 + 1 for n in range(50))
    summary = await engine.viewer_summary(room_id, 1, "v13")
    assert (summary.viewer_name, summary.total, summary.counts) == ("n13", 7, {"skill1": 7})


async def test_whoever_opens_a_round_pays_for_it(engine: Engine) -> None:
    """A round that runs already costs nothing; an address that has stored too much opens none."""
    address = Address(text="203.0.113.96", key=f"test {time.time()}", limited=True)
    room_id, term, _ = await play(engine)
    assert await engine.start(room_id, term, of=address) == 1
    await engine.finish(room_id, term)
    assert await engine.start(room_id, term, of=address) == 2
    await engine.finish(room_id, term)
    poor = Address(text="203.0.113.95", key=f"test {time.time()}", limited=True)
    await engine.spend("storage", poor, **STORAGE, cost=STORAGE["burst"])
    with pytest.raises(RateLimited):
        await engine.start(room_id, term, of=poor)
    assert await engine.start(room_id, term, of=address) == 3
    assert await engine.start(room_id, term, of=poor) == 3
