"""Presses that arrive together are counted in few calls, each with a separate outcome."""

import asyncio
from pathlib import Path

import pytest

from shared.engine.engine import Engine
from shared.engine.functions import LIBRARY
from shared.engine.press import GROUP_LIMIT, SenderGone
from shared.engine.refusals import NO_BUTTON, GameNotStarted, UnknownEventType
from shared.engine.replies import Counting, RoundOver
from shared.identity.addresses import Address
from shared.redis_store.store import StoreUnavailable, open_store
from shared.wire.error_codes import LEDGER_FULL
from shared.wire.refusal import Refused
from tests.batches import batch_of, sent
from tests.room_keys import room_keys
from tests.shared.engine.rooms import (
    BURST,
    LOCAL,
    ONE_PRESS_FIRES,
    PUBLIC,
    Book,
    book,
    button,
    open_room,
    play,
    playing,
    press,
)
from tests.ws_gateway.faults import own_valkey

SLOW = playing(button("skill1", 100_000), button("enemy1", 100_000))


@pytest.fixture(scope="module")
def redis_url(standing_url: str) -> str:
    return standing_url


async def calls(engine: Engine) -> int:
    """How many functions the server has run."""
    told = await engine.store.command("INFO", "commandstats")
    return int(told["cmdstat_fcall"]["calls"])


async def crowd(engine: Engine, room_id: str, size: int, *, presses: int = 1) -> list[Counting]:
    """Have `size` viewers press at once."""
    return await asyncio.gather(
        *(press(engine, room_id, f"v{n}", skill1=presses) for n in range(size))
    )


async def test_a_crowd_shares_few_calls(engine: Engine) -> None:
    """Each viewer gets the outcome of its own presses, and the same state."""
    room_id, _, _ = await play(engine, SLOW)
    before = await calls(engine)
    found = await crowd(engine, room_id, 3 * GROUP_LIMIT, presses=2)
    assert await calls(engine) - before == 3
    assert [counting.results[0].accepted for counting in found] == [2] * len(found)
    assert {counting.state.viewer_count for counting in found[-GROUP_LIMIT:]} == {len(found)}
    counted = 2 * len(found)
    assert await book(engine, room_id, "skill1") == Book(count=counted, accepted=counted)


async def test_pages_that_poll_at_once_share_a_call(engine: Engine) -> None:
    """What was pressed before a page asked is in its answer."""
    room_id, _, _ = await play(engine, SLOW)
    await press(engine, room_id, "v", skill1=2)
    before = await calls(engine)
    states = await asyncio.gather(*(engine.stats(room_id) for _ in range(50)))
    assert await calls(engine) - before == 1
    assert {state.stats[0].current_count for state in states} == {2}
    await press(engine, room_id, "v", skill1=1)
    assert (await engine.stats(room_id)).stats[0].current_count == 3


async def test_viewers_who_join_at_once_share_few_calls(engine: Engine) -> None:
    """Each counts once; blocked viewers, and those beyond an address's limit, do not."""
    few = Engine(engine.store, active_per_address=3)
    room_id, _, _ = await play(few, SLOW)
    await few.block(room_id, "v0")
    before = await calls(few)
    counts = await asyncio.gather(
        *(few.join(room_id, f"v{n}", LOCAL) for n in range(GROUP_LIMIT - 7)),
        *(few.join(room_id, f"w{n}", PUBLIC) for n in range(5)),
        *(few.join(room_id, "w0", PUBLIC) for _ in range(2)),
        few.join(room_id, "late", LOCAL),
    )
    assert await calls(few) - before == 2
    assert counts == [GROUP_LIMIT - 8 + 3] * GROUP_LIMIT + [GROUP_LIMIT - 8 + 3 + 1]


async def test_a_crowd_fires_every_trigger_once(engine: Engine) -> None:
    """The batch that fires a trigger gets it in its outcome; their numbers have no gaps."""
    room_id, _, _ = await play(engine, playing(button("skill1", 3)))
    found = await crowd(engine, room_id, 200)
    fired = [trigger.seq for counting in found for trigger in counting.fired]
    assert sorted(fired) == list(range(1, 67))
    assert {len(counting.fired) for counting in found} == {0, 1}
    assert await book(engine, room_id, "skill1") == Book(
        count=2, accepted=200, consumed=198, fired=66
    )


async def test_one_viewers_batches_share_its_bucket(engine: Engine) -> None:
    """However many of them are in one call."""
    room_id, _, _ = await play(engine, SLOW)
    found = await asyncio.gather(*(press(engine, room_id, "v", skill1=20) for _ in range(6)))
    accepted = sum(counting.results[0].accepted for counting in found)
    assert BURST <= accepted <= BURST + 20
    assert accepted + sum(counting.rejected.rate for counting in found) == 120


async def burst(
    engine: Engine, room_id: str, *batch_ids: str, address: Address = LOCAL
) -> list[Counting]:
    """One viewer's batches of one press each, in one call."""
    before = await calls(engine)
    found = await asyncio.gather(
        *(
            press(engine, room_id, "v", batch_id=batch_id, address=address, skill1=1)
            for batch_id in batch_ids
        )
    )
    assert await calls(engine) - before == 1
    return found


FRESH = [f"fresh{n}" for n in range(8)]


async def test_a_batch_that_was_known_when_the_call_began_stays_known(engine: Engine) -> None:
    """Even if eight new batches, as many as are remembered per viewer, precede it in the call."""
    room_id, _, _ = await play(engine, SLOW)
    await press(engine, room_id, "v", batch_id="old", skill1=1)
    *_, old = await burst(engine, room_id, *FRESH, "old")
    assert old.duplicate
    assert await book(engine, room_id, "skill1") == Book(count=9, accepted=9)


async def test_a_batch_that_stands_twice_in_a_call_counts_once(engine: Engine) -> None:
    """However many other batches of its viewer are between the two."""
    room_id, _, _ = await play(engine, SLOW)
    *_, again = await burst(engine, room_id, "new", *FRESH, "new")
    assert again.duplicate
    assert await book(engine, room_id, "skill1") == Book(count=9, accepted=9)


async def test_a_blocked_viewer_cannot_press_behind_what_it_pressed_before(
    engine: Engine,
) -> None:
    """A remembered batch after eight new ones in the call is rejected like these."""
    room_id, _, _ = await play(engine, SLOW)
    await press(engine, room_id, "v", batch_id="old", skill1=1)
    await engine.block(room_id, "v")
    *fresh, old = await burst(engine, room_id, *FRESH, "old")
    assert [counting.rejected.blocked for counting in (*fresh, old)] == [1] * 9
    assert await book(engine, room_id, "skill1") == Book(count=1, accepted=1)


async def test_an_old_batch_is_no_way_past_an_address_limit(engine: Engine) -> None:
    """It is a duplicate, so the address's limit is not applied to it."""
    room_id, _, _ = await play(engine, SLOW)
    few = Engine(engine.store, active_per_address=1)
    await press(few, room_id, "v", batch_id="old", address=PUBLIC, skill1=1)
    found = await burst(few, room_id, *FRESH, "old", address=PUBLIC)
    accepted = sum(counting.results[0].accepted for counting in found if not counting.duplicate)
    assert (accepted, found[-1].duplicate) == (8, True)
    assert (await book(engine, room_id, "skill1")).accepted == 9


async def test_each_batch_is_refused_or_counted_by_itself(engine: Engine) -> None:
    """An error of one batch does not affect the others of its call."""
    room_id, _, _ = await play(engine, SLOW)
    await engine.block(room_id, "blocked")
    before = await calls(engine)
    unknown, blocked, heartbeat, counted = await asyncio.gather(
        press(engine, room_id, "ann", skill1=1, nonsense=1),
        press(engine, room_id, "blocked", skill1=3),
        press(engine, room_id, "bob"),
        press(engine, room_id, "carl", enemy1=5, skill1=1),
        return_exceptions=True,
    )
    assert await calls(engine) - before == 1
    assert isinstance(unknown, UnknownEventType)
    assert unknown.detail == NO_BUTTON.about(name="nonsense")
    assert isinstance(blocked, Counting)
    assert (blocked.rejected.blocked, blocked.state.viewer_count) == (3, 1)
    assert isinstance(heartbeat, Counting)
    assert heartbeat.results == ()
    assert isinstance(counted, Counting)
    assert [result.accepted for result in counted.results] == [5, 1]
    assert (await book(engine, room_id, "skill1")).accepted == 1


async def test_an_address_counts_for_as_many_viewers_in_one_call(engine: Engine) -> None:
    """Viewers of other addresses in the same call do not count towards its limit."""
    room_id, _, _ = await play(engine, SLOW)
    few = Engine(engine.store, active_per_address=3)
    address = Address(text=PUBLIC.text, key=PUBLIC.key, limited=True)
    found = await asyncio.gather(
        *(press(few, room_id, f"v{n}", address=address, skill1=1) for n in range(10)),
        *(press(few, room_id, f"w{n}", address=LOCAL, skill1=1) for n in range(2)),
    )
    assert found[-1].state.viewer_count == 5
    assert (await book(engine, room_id, "skill1")).accepted == 12


async def test_names_are_each_viewers_own(engine: Engine) -> None:
    room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
    await asyncio.gather(
        press(engine, room_id, "ann", name="Ann", skill1=1), press(engine, room_id, "bob", skill1=1)
    )
    page = await engine.read(room_id, 0, 0, limit=10)
    assert {getattr(message, "viewer_name", "") for message in page.messages} == {"Ann", None}


async def test_a_crowd_finds_the_round_that_has_begun_elsewhere(engine: Engine) -> None:
    """The first call has the wrong round: the same presses are sent again, and count once."""
    room_id, term, _ = await play(engine, SLOW)
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    late = Engine(engine.store)
    found = await crowd(late, room_id, 30)
    assert {counting.state.round for counting in found} == {2}
    assert (await book(engine, room_id, "skill1", 2)).accepted == 30


async def test_a_room_that_does_not_run_refuses_everybody(engine: Engine) -> None:
    """Before its first round, and after its last one."""
    room_id = await open_room(engine, SLOW)
    found = await asyncio.gather(
        *(press(engine, room_id, f"v{n}", skill1=1) for n in range(5)), return_exceptions=True
    )
    assert [type(refused) for refused in found] == [GameNotStarted] * 5
    assert len({id(refused) for refused in found}) == 5
    room_id, term, _ = await play(engine, SLOW)
    await engine.finish(room_id, term)
    over = await asyncio.gather(
        *(sent(engine, room_id, batch_of(f"v{n}", {"skill1": 1})) for n in range(5))
    )
    assert {type(outcome) for outcome in over} == {RoundOver}


async def test_a_full_ledger_refuses_what_is_new_and_repeats_what_is_not(engine: Engine) -> None:
    room_id, _, _ = await play(engine, SLOW)
    await press(engine, room_id, "ann", batch_id="old", skill1=1)
    full = Engine(engine.store, ledger_backlog=0)
    again, new = await asyncio.gather(
        press(full, room_id, "ann", batch_id="old", skill1=1),
        press(full, room_id, "bob", skill1=1),
        return_exceptions=True,
    )
    assert isinstance(again, Counting)
    assert again.duplicate
    assert isinstance(new, Refused)
    assert new.kind is LEDGER_FULL
    assert await engine.store.command("HEXISTS", room_keys(room_id).viewers(1), "bob") == 0


async def test_a_server_that_is_away_is_told_to_each(tmp_path: Path) -> None:
    """Each gets a separate error, so that tracebacks do not accumulate."""
    async with (
        own_valkey(tmp_path) as valkey,
        open_store(valkey.url, client_name="t", library=LIBRARY) as store,
    ):
        engine = Engine(store)
        await store.inspect()
        room_id, _, _ = await play(engine, SLOW)
        await valkey.kill()
        found = await asyncio.gather(
            *(press(engine, room_id, f"v{n}", skill1=1) for n in range(10)), return_exceptions=True
        )
        assert all(isinstance(refused, StoreUnavailable) for refused in found)
        assert len({id(refused) for refused in found}) == 10


async def test_who_gives_up_disturbs_nobody(engine: Engine) -> None:
    """Its batch may have been counted; the others get their outcomes."""
    room_id, _, _ = await play(engine, SLOW)
    ann, *others = (asyncio.ensure_future(press(engine, room_id, v, skill1=1)) for v in "abcd")
    await asyncio.sleep(0)
    ann.cancel()
    found = await asyncio.gather(*others)
    assert [counting.results[0].accepted for counting in found] == [1, 1, 1]
    assert ann.cancelled()


async def test_nothing_is_sent_for_clients_who_have_all_hung_up(engine: Engine) -> None:
    """Each batch is dropped; the ones that come after them are counted."""
    room_id, _, _ = await play(engine, SLOW)
    gone = [batch_of(f"v{n}", {"skill1": 1}, is_gone=True) for n in range(3)]
    before = await calls(engine)
    found = await asyncio.gather(
        *(sent(engine, room_id, batch) for batch in gone), return_exceptions=True
    )
    assert [type(outcome) for outcome in found] == [SenderGone] * 3
    assert (await press(engine, room_id, skill1=1)).accepted == 1
    assert await calls(engine) - before == 1


# What the next release may append to a viewer.
PACK_AS_THE_NEXT_RELEASE = """
local viewer = { cmsgpack.unpack(redis.call('HGET', KEYS[1], ARGV[1])) }
viewer[#viewer + 1] = 'more'
redis.call('HSET', KEYS[1], ARGV[1], cmsgpack.pack(unpack(viewer)))
"""


async def test_what_the_next_release_remembers_is_known_here_too(engine: Engine) -> None:
    """During a rolling upgrade, a repeated batch may reach a process of either release."""
    room_id, _, _ = await play(engine, SLOW)
    key = room_keys(room_id).viewers(1)
    for n in range(8):
        await press(engine, room_id, "v", batch_id=f"b{n}", name="Ann", skill1=5)
    await engine.store.command("EVAL", PACK_AS_THE_NEXT_RELEASE, 1, key, "v")
    for n in range(8):
        again = await press(engine, room_id, "v", batch_id=f"b{n}", skill1=5)
        assert (again.duplicate, again.results[0].accepted) == (True, 5)
    counting = await press(engine, room_id, "v", skill1=20)
    assert counting.rejected.rate == 0
    assert (await press(engine, room_id, "v", skill1=20)).rejected.rate > 0
    assert (await press(engine, room_id, "v", batch_id="b7", skill1=5)).duplicate


async def test_what_another_release_packed_is_nobodys_error(engine: Engine) -> None:
    """Its viewer counts as new, and the other batches of the call are counted."""
    room_id, _, _ = await play(engine, SLOW)
    for odd in ("\x90", "nonsense", ""):
        await engine.store.command("HSET", room_keys(room_id).viewers(1), "v0", odd)
        found = await crowd(engine, room_id, 5)
        assert [counting.results[0].accepted for counting in found] == [1] * 5
