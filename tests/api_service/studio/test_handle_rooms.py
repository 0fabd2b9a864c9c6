"""Looking up where handles lead: what it costs, and what holds during outages."""

import asyncio
from time import monotonic

import pytest

from api_service.books.database import Database
from api_service.books.errors import DatabaseUnavailable
from api_service.studio import handles
from api_service.studio.handles import HANDLE_FOUND_FOR, HandleRooms, HandleTarget
from shared.engine.engine import Engine
from shared.process import cache
from shared.process.settings import PerAddress
from shared.wire.room_settings import DEFAULT_SETTINGS
from tests.room_keys import new_room_id


class Rows:
    """A studio's newest rooms and handle, as PostgreSQL would have them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *room_ids: str) -> None:
        self.room_ids = [*room_ids]
        self.asked = 0
        self.away = False
        monkeypatch.setattr(handles, "newest_rooms", self.newest_rooms)
        monkeypatch.setattr(handles, "handle_of_room", self.handle_of_room)

    async def newest_rooms(self, _: Database, handle: str, **_known: bool) -> list[str] | None:
        self.ask()
        return self.room_ids if handle == "luna" else None

    async def handle_of_room(self, _: Database, room_id: str) -> str | None:
        self.ask()
        return "luna" if room_id in self.room_ids else None

    def ask(self) -> None:
        self.asked += 1
        if self.away:
            raise DatabaseUnavailable("away")


@pytest.fixture
async def room_id(engine: Engine) -> str:
    """An open room."""
    opened = new_room_id()
    await engine.open(opened, DEFAULT_SETTINGS, keyed=False)
    return opened


def looked_up(engine: Engine) -> HandleRooms:
    database: Database = None  # type: ignore[assignment]
    return HandleRooms(engine, database, PerAddress(per_minute=1, burst=1))


async def test_a_crowd_at_a_handle_costs_one_look_up(
    engine: Engine, room_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = Rows(monkeypatch, room_id)
    rooms = looked_up(engine)
    found = await asyncio.gather(*(rooms.target("luna") for _ in range(1_000)))
    assert {*found} == {HandleTarget(room_id, "")}
    assert rows.asked == 1


async def test_a_crowd_that_joins_costs_two(
    engine: Engine, room_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One for the room's handle, one for where that leads."""
    rows = Rows(monkeypatch, room_id)
    rooms = looked_up(engine)
    for _ in range(2):
        found = await asyncio.gather(*(rooms.handle_to(room_id) for _ in range(500)))
        assert {*found} == {"luna"}
    assert rows.asked == 2


async def test_a_crowd_waits_once_for_postgresql_while_that_does_not_answer(
    engine: Engine, room_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then it knows for a while that the handle is not known."""
    rows = Rows(monkeypatch, room_id)
    rooms = looked_up(engine)
    rows.away = True
    for _ in range(3):
        assert await rooms.handle_to(room_id) is None
    assert rows.asked == 1
    rows.away = False
    now = monotonic()
    monkeypatch.setattr(cache, "monotonic", lambda: now + HANDLE_FOUND_FOR)
    assert await rooms.handle_to(room_id) == "luna"


async def test_ids_that_somebody_invents_cost_postgresql_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = Rows(monkeypatch)
    assert await looked_up(engine).handle_to(new_room_id()) is None
    assert rows.asked == 0


async def test_what_was_found_holds_while_postgresql_is_away(
    engine: Engine, room_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However old it is; Redis still says whether the room is open."""
    rows = Rows(monkeypatch, room_id, new_room_id())
    rooms = looked_up(engine)
    target = HandleTarget(room_id, "")
    assert (await rooms.target("luna"), await rooms.handle_to(room_id)) == (target, "luna")
    rows.away = True
    monkeypatch.setattr(cache, "monotonic", lambda: 1e12)
    assert (await rooms.target("luna"), await rooms.handle_to(room_id)) == (target, "luna")
    with pytest.raises(DatabaseUnavailable):
        await rooms.target("another")
    other = new_room_id()
    await engine.open(other, DEFAULT_SETTINGS, keyed=False)
    assert await rooms.handle_to(other) is None
