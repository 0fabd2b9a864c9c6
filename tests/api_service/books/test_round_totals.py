"""Totals of rounds, added up by PostgreSQL whatever the size of the crowd."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator

import psycopg
import pytest

from api_service.books import round_totals, shares
from api_service.books.database import open_database
from api_service.books.errors import DatabaseBusy, DatabaseUnavailable
from api_service.books.round_totals import TOP_VIEWERS, Totals
from shared.wire.rest_bodies import NOBODY, ButtonOutcomes, Title
from shared.wire.room_settings import DEFAULT_SETTINGS, RoomSettings, encode
from tests.shared.engine.rooms import button, playing
from tests.waiting import until

ROOM = "01JD0000000000000000000000"
CROWD = 30_000


@pytest.fixture
async def totals(own_database_url: str) -> AsyncIterator[Totals]:
    async with open_database(own_database_url) as database:
        yield Totals(database)


def write(url: str, *statements: tuple[str, tuple[object, ...]]) -> None:
    with psycopg.connect(url) as connection:
        for statement, values in statements:
            connection.execute(statement.encode(), values)


def ended_room(settings: RoomSettings = DEFAULT_SETTINGS) -> list[tuple[str, tuple[object, ...]]]:
    room = (
        "INSERT INTO rooms VALUES (%s, '00', now(), now(), false, %s, 'ended', 1, 1, 1)",
        (ROOM, encode(settings)),
    )
    round_ = ("INSERT INTO rounds VALUES (%s, 1, now(), now(), 1, 1, '{}')", (ROOM,))
    return [room, round_]


def pressed(
    viewer: str, event_type: str, count: int, minute: int = 0
) -> tuple[str, tuple[object, ...]]:
    row = (ROOM, viewer, event_type, minute, count)
    return ("INSERT INTO presses VALUES (%s, 1, %s, %s, %s, %s)", row)


def account(event_type: str, booked: int) -> tuple[str, tuple[object, ...]]:
    values = (ROOM, event_type, booked, booked)
    return ("INSERT INTO accounts VALUES (%s, 1, %s, %s, 0, 0, %s)", values)


def fired(seq: int, viewer: str | None) -> tuple[str, tuple[object, ...]]:
    statement = (
        "INSERT INTO triggers (room_id, epoch, seq, round, event_type, threshold, viewer_count,"
        " viewer_id, fired_at) VALUES (%s, 1, %s, 1, 'skill1', 5, 1, %s, now())"
    )
    return (statement, (ROOM, seq, viewer))


def seen(viewer: str, name: str | None, *, blocked: bool = False) -> tuple[str, tuple[object, ...]]:
    return ("INSERT INTO room_viewers VALUES (%s, %s, %s, %s)", (ROOM, viewer, name, blocked))


async def test_a_large_crowd_is_added_up_without_loading_it(
    totals: Totals, own_database_url: str
) -> None:
    """Each pressed two buttons; a hundred requests at the same time share one query."""
    crowd = (
        "INSERT INTO presses SELECT %s, 1, lpad(v::text, 26, '0'), e, 1, v"
        " FROM generate_series(1, %s) v, unnest(ARRAY['skill1', 'enemy1']) e"
    )
    everyone = CROWD * (CROWD + 1) // 2
    booked = [account(each, everyone) for each in ("skill1", "enemy1")]
    write(own_database_url, *ended_room(), (crowd, (ROOM, CROWD)), *booked)
    tracemalloc.start()
    try:
        found, *others = await asyncio.gather(*(totals.of_round(ROOM, 1) for _ in range(100)))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found is not None
    assert all(other is found for other in others)
    assert most < 5_000_000
    assert len(found.viewer_totals) == TOP_VIEWERS
    assert [top.count for top in found.viewer_totals[:2]] == [2 * CROWD, 2 * (CROWD - 1)]
    assert found.event_totals == {
        **dict.fromkeys((b.event_type for b in DEFAULT_SETTINGS.buttons), 0),
        "skill1": everyone,
        "enemy1": everyone,
    }
    best = found.top_by_event["enemy1"]
    assert (best.viewer_id, best.count) == (str(CROWD).zfill(26), CROWD)
    assert found.top_by_event["skill2"] == NOBODY


async def test_minutes_add_up_and_of_equals_the_greater_id_comes_first(
    totals: Totals, own_database_url: str
) -> None:
    """The summary for the game has the same order."""
    rows = [pressed("ann", "skill1", 2, minute) for minute in (1, 2)]
    rows += [pressed("bob", "skill1", 4), pressed("carl", "enemy1", 3)]
    write(own_database_url, *ended_room(), *rows)
    found = await totals.of_round(ROOM, 1)
    assert found is not None
    assert [(top.viewer_id, top.count) for top in found.viewer_totals] == [
        ("bob", 4),
        ("ann", 4),
        ("carl", 3),
    ]
    best = found.top_by_event["skill1"]
    assert best.viewer_id == "bob"


async def test_a_round_gives_each_title_to_one_viewer(
    totals: Totals, own_database_url: str
) -> None:
    """Of equals the one with more presses has it, then the greater id; the streamer has none."""
    rows = [pressed("ann", "skill1", 2, minute) for minute in (1, 2)]
    rows += [pressed("bob", "skill1", 9, 1), pressed("bob", "enemy1", 1, 2)]
    rows += [pressed("carl", "skill1", 50, 1)]
    rows += [fired(seq, viewer) for seq, viewer in enumerate(["ann", "carl", None, None])]
    first = ("UPDATE rounds SET first_viewer_id = 'ann' WHERE room_id = %s", (ROOM,))
    names = [seen("ann", "Ann", blocked=True), seen("bob", "Bob"), seen("carl", "Carl")]
    write(own_database_url, *ended_room(), *rows, first, *names)
    found = await totals.of_round(ROOM, 1)
    assert found is not None
    assert found.titles == (
        Title("finisher", "carl", "Carl"),
        Title("steady", "bob", "Bob"),
        Title("first", "ann", None),
    )
    assert {"bob", "carl"} <= found.named()
    hidden = found.without_names_of(frozenset({"bob"})).titles
    assert [title.viewer_name for title in hidden] == ["Carl", None, None]


async def test_a_title_that_nobody_has_is_left_out(totals: Totals, own_database_url: str) -> None:
    """Nobody pressed, and only the streamer fired; or no trigger fired."""
    write(own_database_url, *ended_room(), fired(1, None))
    found = await totals.of_round(ROOM, 1)
    assert found is not None
    assert found.titles == ()


async def test_a_viewer_sees_every_button_of_the_round_and_its_own_name(
    totals: Totals, own_database_url: str
) -> None:
    """Buttons that were removed from the settings come last."""
    gone = ("INSERT INTO accounts VALUES (%s, 1, 'gone', 3, 0, 0, 3)", (ROOM,))
    settings = playing(button("skill1"), button("enemy1"))
    rows = [pressed("ann", "gone", 3), pressed("ann", "enemy1", 1), seen("ann", "Ann")]
    write(own_database_url, *ended_room(settings), gone, *rows)
    found = await totals.of_viewer(ROOM, 1, "ann")
    assert found.viewer_name == "Ann"
    assert list(found.counts.items()) == [("skill1", 0), ("enemy1", 1), ("gone", 3)]


async def test_outcomes_are_counted_for_the_buttons_that_have_any(
    totals: Totals, own_database_url: str
) -> None:
    """In the settings' order; what has only started, or was never told, does not count."""
    settings = playing(button("skill1"), button("enemy1"), button("skill2"))
    statement = (
        "INSERT INTO triggers (room_id, epoch, seq, round, event_type, threshold, viewer_count,"
        " fired_at, status) VALUES (%s, 1, %s, 1, %s, 5, 1, now(), %s)"
    )
    told = [
        ("enemy1", "failed"),
        ("skill1", "done"),
        ("skill1", "failed"),
        ("skill1", "done"),
        ("skill1", "started"),
        ("skill2", "started"),
        ("skill2", None),
    ]
    rows = [(statement, (ROOM, seq, *each)) for seq, each in enumerate(told)]
    booked = "INSERT INTO accounts VALUES (%s, 1, %s, 9, 0, 0, 9, %s)"
    returned = [(booked, (ROOM, "skill1", 5)), (booked, (ROOM, "skill2", 0))]
    write(own_database_url, *ended_room(settings), *rows, *returned)
    found = await totals.of_round(ROOM, 1)
    assert found is not None
    assert found.outcomes == (
        ButtonOutcomes("skill1", done=2, failed=1, returned=5),
        ButtonOutcomes("enemy1", done=0, failed=1, returned=0),
    )


async def test_a_round_without_an_end_in_the_books_has_no_totals_yet(
    totals: Totals, own_database_url: str
) -> None:
    """Waiting requests share one query per interval."""

    async def are_there() -> bool:
        return await totals.of_round(ROOM, 1) is not None

    assert not await are_there()
    assert await totals.last_ended(ROOM) is None
    write(own_database_url, *ended_room())
    await until(are_there)
    assert await totals.last_ended(ROOM) == 1


@pytest.mark.usefixtures("real_limits")
async def test_a_rooms_audience_waits_for_itself_alone(
    own_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "USES_OF_OWNER", 1)
    async with open_database(own_database_url) as database:
        totals = Totals(database)
        async with database.results.transaction(5, ROOM):
            for asked in (
                totals.of_round(ROOM, 1),
                totals.last_ended(ROOM),
                totals.of_viewer(ROOM, 1, "ann"),
            ):
                with pytest.raises(DatabaseBusy):
                    await asked
            assert await totals.last_ended("other") is None


@pytest.mark.usefixtures("real_limits")
async def test_those_who_wait_for_a_database_that_is_stuck_are_refused_together(
    totals: Totals, own_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are refused at the same time, not one timeout after another."""
    monkeypatch.setattr(round_totals, "ADDED_UP_WITHIN", 0.3)
    with psycopg.connect(own_database_url) as connection:
        connection.execute("LOCK TABLE rounds IN ACCESS EXCLUSIVE MODE")
        asked = (totals.of_round(ROOM, 1) for _ in range(10))
        refused = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(each, DatabaseUnavailable) for each in refused)
    assert len({id(each.__cause__) for each in refused if isinstance(each, Exception)}) == 1
