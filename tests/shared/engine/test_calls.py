"""A room's calls: one under way, and each counts once, however often it is sent."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from shared.engine.engine import Engine
from shared.engine.press import GROUP_LIMIT, Outcome, PressBatch, press_batcher
from shared.engine.replies import Counting
from shared.redis_store.batcher import Batcher
from shared.redis_store.store import ConnectionLost, Store, StoreUnavailable
from tests.batches import batch_of, sent
from tests.shared.engine.rooms import Book, book, button, play, playing

LIMITS = (0, 0, f"{10**6} {10**9}")  # of an address (none), tap, of the ledger
SLOW = playing(button("skill1", 100_000))


class AnswerLost:
    """A store whose connection is lost under each first call, after the server has run it."""

    def __init__(self, store: Store, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self.acquire_slot = store.acquire_slot
        self._store = store
        self._meanwhile = meanwhile
        self._calls = 0

    def call(self, *call: Any) -> asyncio.Future[list[Any]]:
        self._calls += 1
        if self._calls > 1:
            return self._store.call(*call)
        return asyncio.ensure_future(self._lose(self._store.call(*call)))

    async def _lose(self, reply: asyncio.Future[list[Any]]) -> list[Any]:
        await reply
        await self._meanwhile()
        raise ConnectionLost("the connection was closed")


class Overtaken:
    """A store whose first call seems lost, and reaches the server only when `arrive` is called."""

    def __init__(self, store: Store) -> None:
        self.acquire_slot = store.acquire_slot
        self._store = store
        self._held: tuple[Any, ...] | None = None

    def call(self, *call: Any) -> asyncio.Future[list[Any]]:
        if self._held is not None:
            return self._store.call(*call)
        self._held = call
        lost: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        lost.set_exception(ConnectionLost("the connection was closed"))
        return lost

    async def arrive(self) -> list[Any]:
        assert self._held is not None
        return await self._store.call(*self._held)


async def nothing() -> None:
    """Let nothing happen meanwhile."""


def of_crowd(
    pressing: Batcher[PressBatch, Outcome], room_id: str, size: int
) -> list[asyncio.Future[Outcome]]:
    """Let `size` viewers press at once, in batches without an id."""
    return [sent(pressing, room_id, batch_of(f"v{n}", {"skill1": 2})) for n in range(size)]


async def test_a_call_whose_answer_was_lost_is_known_by_its_number(engine: Engine) -> None:
    """Sent again it counts nothing, and its batches, which have no ids, get their outcomes."""
    room_id, _, _ = await play(engine, playing(button("skill1", 100)))
    losing = press_batcher(AnswerLost(engine.store, nothing), LIMITS)  # type: ignore[arg-type]
    found = [counted(each) for each in await asyncio.gather(*of_crowd(losing, room_id, 60))]
    assert [(each.accepted, each.duplicate) for each in found] == [(2, False)] * 60
    assert [fired.seq for each in found for fired in each.fired] == [1]
    assert await book(engine, room_id, "skill1") == Book(
        count=20, accepted=120, consumed=100, fired=1
    )


async def test_a_call_whose_first_sending_comes_after_its_second_counts_once(
    engine: Engine,
) -> None:
    """However much later: also after the process's next call. Something between held it back."""
    room_id, _, _ = await play(engine, SLOW)
    store = Overtaken(engine.store)
    pressing = press_batcher(store, LIMITS)  # type: ignore[arg-type]
    for presses in (10, 20):
        await asyncio.gather(*of_crowd(pressing, room_id, 5))
        with suppress(StoreUnavailable):  # nobody waits for the reply
            await store.arrive()
        assert (await book(engine, room_id, "skill1")).accepted == presses


async def test_batches_without_an_id_count_each_time(engine: Engine) -> None:
    """Another call is no repetition, though the same viewers press the same."""
    room_id, _, _ = await play(engine, SLOW)
    pressing = press_batcher(engine.store, LIMITS)
    for _ in range(3):
        await asyncio.gather(*of_crowd(pressing, room_id, 5))
    assert (await book(engine, room_id, "skill1")).accepted == 30


async def test_a_call_is_known_though_the_buttons_have_changed_since(engine: Engine) -> None:
    """Nobody knows any more which buttons its outcomes name; it counts nothing all the same."""
    room_id, _, _ = await play(engine, SLOW)

    async def change() -> None:
        others = playing(button("enemy1", 100_000), button("skill1", 100_000))
        await engine.change_settings(room_id, lambda _: others)

    losing = press_batcher(AnswerLost(engine.store, change), LIMITS)  # type: ignore[arg-type]
    (found,) = await asyncio.gather(*of_crowd(losing, room_id, 1))
    assert counted(found).results == ()
    assert (await book(engine, room_id, "skill1")).accepted == 2


async def test_a_call_is_known_though_its_round_has_ended_since(engine: Engine) -> None:
    """The presses counted, so their viewers are told so."""
    room_id, term, _ = await play(engine, SLOW)
    losing = press_batcher(
        AnswerLost(engine.store, lambda: engine.finish(room_id, term)),  # type: ignore[arg-type]
        LIMITS,
    )
    (found,) = await asyncio.gather(*of_crowd(losing, room_id, 1))
    assert counted(found).accepted == 2


async def test_a_room_has_one_call_under_way_and_answers_when_the_next_has_left(
    engine: Engine,
) -> None:
    """So Redis counts one crowd while the process answers another."""
    room_id, _, _ = await play(engine, SLOW)
    answered: list[int] = []

    class Noting:
        """A store that notes how many batches are answered when a call leaves."""

        acquire_slot = engine.store.acquire_slot

        def call(self, *call: Any) -> asyncio.Future[list[Any]]:
            answered.append(sum(each.done() for each in crowd))
            return engine.store.call(*call)

    pressing = press_batcher(Noting(), LIMITS)  # type: ignore[arg-type]
    crowd: list[asyncio.Future[Outcome]] = of_crowd(pressing, room_id, 2 * GROUP_LIMIT + 1)
    await asyncio.gather(*crowd)
    assert answered == [0, 0, GROUP_LIMIT]


async def test_who_waits_while_redis_does_not_answer_is_told_with_those_before(
    engine: Engine,
) -> None:
    """Their own calls would wait for as long again, one after another."""
    room_id, _, _ = await play(engine, SLOW)

    class Frozen:
        """A store whose server takes a call and does not answer."""

        acquire_slot = engine.store.acquire_slot
        sent = 0

        def call(self, *_: object) -> asyncio.Future[list[Any]]:
            self.sent += 1
            reply: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
            reply.set_exception(StoreUnavailable("no answer in time"))
            return reply

    store = Frozen()
    crowd = of_crowd(press_batcher(store, LIMITS), room_id, 3 * GROUP_LIMIT)  # type: ignore[arg-type]
    found = await asyncio.gather(*crowd, return_exceptions=True)
    assert {type(each) for each in found} == {StoreUnavailable}
    assert len({id(each) for each in found}) == 3 * GROUP_LIMIT
    assert store.sent == 1


def counted(outcome: object) -> Counting:
    """The outcome of a batch that was counted."""
    assert isinstance(outcome, Counting)
    return outcome
