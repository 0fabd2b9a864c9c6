"""Books that lack what Redis has counted, as after PostgreSQL was put back to an older moment."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from api_service.audit.holding import holding
from shared.engine.keys import shard
from tests.api_service.audit.audits import TWO_BUTTONS, audited, book
from tests.api_service.ledger.loss import open_stage
from tests.shared.engine.rooms import ONE_PRESS_FIRES, fire, play, press

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from shared.engine.engine import Engine
    from tests.api_service.ledger.books import Books
    from tests.api_service.ledger.loss import Stage

    Stretch = Callable[[Engine, str, int], Awaitable[object]]

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stage(tmp_path: Path, own_database_url: str) -> AsyncIterator[Stage]:
    """Separate books, since tests remove entries from them."""
    async with open_stage(tmp_path, own_database_url) as opened:
        yield opened


async def lose_unread(books: Books, room_id: str) -> None:
    """Trim unread entries, as if they had been booked and PostgreSQL had lost that."""
    tail = await books.shards.tail(shard(room_id))
    await books.shards.trim(shard(room_id), tail.last)


async def fill(engine: Engine, room_id: str, _term: int) -> None:
    await press(engine, room_id, enemy1=2)


async def reset(engine: Engine, room_id: str, _term: int) -> None:
    await engine.reset(room_id)


async def go_on(engine: Engine, room_id: str, term: int) -> None:
    """Resume, which fires the button that filled up in the pause."""
    await engine.pause(room_id, term, paused=False)


async def finish(engine: Engine, room_id: str, term: int) -> None:
    await engine.finish(room_id, term)


STRETCHES: dict[str, tuple[Stretch, set[str]]] = {
    "presses": (fill, {"round 1, enemy1: Redis counted 3, 1 here"}),
    "a reset": (reset, {"round 1, skill1: Redis discarded 5, 0 here"}),
    "triggers of resume": (go_on, {"the log stands at number 1 in Redis, 0 here"}),
    "the end": (finish, {"the log stands at number 1 in Redis, 0 here"}),
}


async def test_what_redis_counted_and_the_books_lack_is_told_while_the_round_runs(
    stage: Stage,
) -> None:
    """Each kind of lost entry is found, also if later entries are booked."""
    books, engine = stage.books, stage.engine
    for name, (stretch, sentences) in STRETCHES.items():
        room_id, term, _ = await play(engine, TWO_BUTTONS)
        await engine.pause(room_id, term, paused=True)
        await press(engine, room_id, skill1=5, enemy1=1)
        await book(books, room_id)
        assert (await audited(books, room_id)).balanced, name
        await stretch(engine, room_id, term)
        assert (await audited(books, room_id)).balanced, name
        await lose_unread(books, room_id)
        found = await audited(books, room_id)
        assert {each.sentence for each in found.differences} == sentences, name
        assert [each.kind for each in found.differences] == ["missing entries"], name


async def test_entries_that_come_after_those_that_are_missing_hide_nothing(stage: Stage) -> None:
    """Later entries are presses of another button."""
    books, engine = stage.books, stage.engine
    room_id = (await play(engine, TWO_BUTTONS)).room_id
    await press(engine, room_id, skill1=2)
    await book(books, room_id)
    await press(engine, room_id, skill1=1)
    await lose_unread(books, room_id)
    await press(engine, room_id, enemy1=4)
    await book(books, room_id)
    (found,) = (await audited(books, room_id)).differences
    assert found.sentence == "round 1, skill1: Redis counted 3, 2 here"


async def test_a_room_whose_opening_the_books_lack_is_told(stage: Stage) -> None:
    """An opening that is still unread is not missing."""
    books = stage.books
    room_id = (await play(stage.engine, TWO_BUTTONS)).room_id
    held = await holding(stage.engine.store, room_id)
    assert held is not None
    assert not held.opened
    await lose_unread(books, room_id)
    found = await audited(books, room_id)
    assert [each.kind for each in found.differences] == ["missing entries"]
    assert await holding(stage.engine.store, "nowhere") is None


async def test_presses_on_their_way_to_the_books_are_not_missing(stage: Stage) -> None:
    """Audits run while presses are counted and booked, and never find a difference."""
    books = stage.books
    room_id = (await play(stage.engine, ONE_PRESS_FIRES)).room_id
    await book(books, room_id)
    async with asyncio.TaskGroup() as group:
        pressing = group.create_task(fire(stage.engine, room_id, 1_000))
        while not pressing.done():
            booking = group.create_task(books.book_all())
            assert (await audited(books, room_id)).differences == ()
            await booking
