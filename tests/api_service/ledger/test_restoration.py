"""Rooms that Redis lost come back from the books."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec
import pytest

from shared.engine.keys import room_keys
from shared.engine.press import PressBatch
from shared.engine.refusals import GameNotStarted, RoomNotFound
from shared.engine.replies import RoundOver
from shared.redis_store.store import StoreUnavailable
from shared.wire.game_messages import GameEndSummary
from tests.api_service.ledger.books import open_books
from tests.api_service.ledger.loss import open_stage, snapshot
from tests.shared.engine.rooms import (
    LOCAL,
    ONE_PRESS_FIRES,
    book,
    button,
    fire,
    let_run,
    numbers,
    open_room,
    play,
    playing,
    press,
    whole_log,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.api_service.ledger.loss import Stage

pytestmark = pytest.mark.anyio

QUARTER_HOUR, DAY = 900, 86_400  # s
EIGHT_DAYS = 8 * DAY
TEAMED = playing(
    button("skill1", 3, team="skill"),
    button("enemy1", 5, team="enemy", cooldown_ms=60_000),
    button("neither", 4),
    title="a title",
)


@pytest.fixture
async def stage(tmp_path: Path, own_database_url: str) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, own_database_url) as opened:
        yield opened


async def test_a_room_comes_back_as_it_was(stage: Stage) -> None:
    """In mid-round: counts, triggers, tops, names, blocked viewers, settings, its pause."""
    engine = stage.engine
    room_id, term, _ = await play(engine, TEAMED)
    await press(engine, room_id, "ann", name="Ann/é", skill1=4, enemy1=7, neither=1)
    await engine.reset(room_id)
    await press(engine, room_id, "bob", name="Bob", skill1=8, enemy1=2)
    await engine.change_settings(
        room_id, lambda old: msgspec.structs.replace(old, buttons=old.buttons[:2], title="other")
    )
    await press(engine, room_id, "carl", skill1=2)
    await engine.block(room_id, "bob")
    await engine.pause(room_id, term, paused=True)
    before = await snapshot(engine, room_id)
    await stage.lose_and_restore()
    assert await snapshot(engine, room_id) == before
    stats = (await engine.stats(room_id)).stats
    assert [(stat.current_count, stat.current_level) for stat in stats] == [(1, 4), (2, 1)]
    assert stage.books.counted("rooms_rebuilt_total") == 1


async def test_names_of_earlier_rounds_do_not_come_back(stage: Stage) -> None:
    """Names come back of viewers who pressed in this round, even if given in an earlier one."""
    engine = stage.engine
    room_id, term, _ = await play(engine, TEAMED)
    for viewer in ("ann", "bob"):
        await press(engine, room_id, viewer, name=viewer.title(), skill1=4)
    await engine.block(room_id, "carl")
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    await press(engine, room_id, "ann", skill1=2)
    before = await snapshot(engine, room_id)
    assert {id_: viewer.viewer_name for id_, viewer in before.viewers.items()} == {"ann": "Ann"}
    await stage.lose_and_restore()
    assert await snapshot(engine, room_id) == before


async def test_counting_and_numbers_go_on(stage: Stage) -> None:
    """They continue in a new epoch; a cooldown still runs, and the books add up."""
    engine = stage.engine
    room_id, _, log_epoch = await play(engine, TEAMED)
    await press(engine, room_id, "ann", skill1=8, enemy1=6)
    await stage.lose_and_restore()
    assert (await press(engine, room_id, "ann", skill1=1, enemy1=9)).rejected.cooldown == 5
    await press(engine, room_id, "bob", skill1=3)
    assert await numbers(engine, room_id) == [1, 2, 3, 4, 5]
    log_epochs = [message.epoch for message in await whole_log(engine, room_id)]
    assert log_epochs[:3] == [log_epoch] * 3
    assert log_epochs[3] == log_epochs[4] > log_epoch
    assert (await book(engine, room_id, "skill1")).balanced
    await stage.books.book_all()
    totals = (
        "SELECT accepted, count, booked FROM accounts"
        " WHERE room_id = :room AND booked > 0 ORDER BY event_type"
    )
    assert await stage.books.rows(totals, room=room_id) == [(10, 5, 10), (12, 0, 12)]
    assert stage.books.counted("gaps_total") == 0


async def test_a_game_gets_exactly_what_it_has_not_applied(stage: Stage) -> None:
    """The messages have the same numbers and text as before the loss."""
    engine = stage.engine
    room_id, _, log_epoch = await play(engine, ONE_PRESS_FIRES)
    await press(engine, room_id, "ann", name="Ann", skill1=12)
    before = await whole_log(engine, room_id)
    await stage.lose_and_restore()
    held = await engine.attach(room_id, "gateway", log_epoch=log_epoch, last_seq=7, skip=False)
    assert (held.start, held.seq, held.recovered) == (7, 12, True)
    page = await engine.read(room_id, log_epoch, 7, limit=100)
    assert (page.start, page.messages) == (7, before[7:])


async def test_a_game_that_had_more_than_was_booked_is_told(stage: Stage) -> None:
    """The extra messages are taken back, and their numbers return in another epoch."""
    engine = stage.engine
    room_id, _, log_epoch = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, room_id, 5)
    await stage.books.book_all()
    await fire(engine, room_id, 3)
    await stage.lose_everything()
    await stage.restore()
    held = await engine.attach(room_id, "gateway", log_epoch=log_epoch, last_seq=8, skip=False)
    assert (held.start, held.seq, held.recovered) == (5, 5, False)
    await fire(engine, room_id, 4)
    page = await engine.read(room_id, log_epoch, 8, limit=100)
    assert (page.start, [m.seq for m in page.messages]) == (5, [6, 7, 8, 9])
    assert {m.epoch for m in page.messages} == {held.log_epoch}


async def test_a_game_that_never_says_how_far_it_is_goes_on_from_the_end(stage: Stage) -> None:
    room_id, _, _ = await play(stage.engine, ONE_PRESS_FIRES)
    await fire(stage.engine, room_id, 5)
    await stage.lose_and_restore()
    held = await stage.engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    assert (held.start, held.recovered) == (5, True)


async def test_a_socket_that_stayed_open_takes_its_room_back(stage: Stage) -> None:
    """Its next check finds that the room lost it; an older socket's finds the newer socket."""
    engine = stage.engine
    room_id, older, _ = await play(engine, ONE_PRESS_FIRES)
    newer = await engine.attach(room_id, "other", log_epoch=None, last_seq=None, skip=False)
    await stage.lose_and_restore()
    assert await engine.check(room_id, newer.term) is None
    held = await engine.attach_again(room_id, "other", newer.term)
    assert held.term == newer.term > older
    assert await engine.check(room_id, held.term) is not None
    assert (await engine.describe(room_id)).connected


async def test_an_ended_room_still_gives_its_summary(stage: Stage) -> None:
    """The game gets the summary, and each viewer their totals, although the round is closed."""
    engine = stage.engine
    room_id, term, log_epoch = await play(engine, TEAMED)
    await press(engine, room_id, "ann", name="Ann", skill1=7, enemy1=1)
    await press(engine, room_id, "bob", skill1=1)
    seq = await engine.finish(room_id, term)
    before = await snapshot(engine, room_id)
    await stage.lose_and_restore()
    assert await snapshot(engine, room_id) == before
    over = await engine.press(
        room_id, PressBatch("ann", {"skill1": 1}, batch_id="b", address=LOCAL)
    )
    assert over == RoundOver(round=1, final=True)
    own = await engine.viewer_summary(room_id, 1, "ann")
    assert (own.viewer_name, own.total, own.counts["skill1"]) == ("Ann", 8, 7)
    await engine.admit(room_id)
    for cursor in ((None, None), (log_epoch, seq - 1)):
        held = await engine.attach(
            room_id, "gateway", log_epoch=cursor[0], last_seq=cursor[1], skip=False
        )
        page = await engine.read(room_id, held.log_epoch, held.start, limit=10)
        assert [type(message) for message in page.messages] == [GameEndSummary]
        assert await engine.check(room_id, held.term) is not None


async def test_a_second_round_comes_back_without_the_first_ones_counts(stage: Stage) -> None:
    """The log holds both rounds' triggers, and the summary between them."""
    engine = stage.engine
    room_id, term, _ = await play(engine, ONE_PRESS_FIRES)
    await press(engine, room_id, "ann", skill1=3)
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    await press(engine, room_id, "bob", skill1=2)
    before = await snapshot(engine, room_id)
    await stage.lose_and_restore()
    assert await snapshot(engine, room_id) == before
    assert before.tops["all"] == {"bob": 2}
    assert [isinstance(m, GameEndSummary) for m in before.log] == [False] * 3 + [True] + [False] * 2


async def test_a_round_keeps_its_end_through_a_loss(stage: Stage) -> None:
    """Also one that was paused before, one that is paused now, and one that got another limit."""
    engine = stage.engine
    limited = playing(button("skill1", 5), round_limit_s=600)
    longer = playing(button("skill1", 5), round_limit_s=900)
    room_id, term, _ = await play(engine, limited)
    paused_id, paused_term, _ = await play(engine, limited)
    changed_id, _, _ = await play(engine, limited)
    await let_run(engine, changed_id, 200)
    await engine.change_settings(changed_id, lambda _: longer)
    for played, its_term in ((room_id, term), (paused_id, paused_term)):
        await let_run(engine, played, 200)
        await engine.pause(played, its_term, paused=True)
    await engine.pause(room_id, term, paused=False)
    ids = (room_id, paused_id, changed_id)
    before = [await engine.describe(each) for each in ids]
    await stage.lose_and_restore()
    after = [await engine.describe(each) for each in ids]
    assert [(room.ends_at, room.left_ms) for room in after] == [
        (room.ends_at, room.left_ms) for room in before
    ]
    assert after[0].ends_at is not None
    assert after[1].left_ms is not None
    ends = room_keys(room_id).ends
    assert await engine.store.command("ZSCORE", ends, room_id) is not None


@pytest.mark.parametrize(("keyed", "waits"), [(False, QUARTER_HOUR), (True, DAY)])
async def test_a_room_that_waits_for_its_game_waits_on(
    stage: Stage, keyed: bool, waits: int
) -> None:
    room_id = uuid4().hex
    await stage.engine.open(room_id, TEAMED, keyed=keyed)
    await stage.lose_and_restore()
    life = await stage.engine.store.command("TTL", room_keys(room_id).room)
    assert waits - 5 <= life <= waits
    with pytest.raises(GameNotStarted):
        await press(stage.engine, room_id, skill1=1)
    held = await stage.engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    assert await stage.engine.start(room_id, held.term) == 1
    assert (await press(stage.engine, room_id, skill1=1)).results[0].accepted == 1


async def test_names_that_are_hidden_stay_hidden(stage: Stage) -> None:
    engine = stage.engine
    room_id, _, _ = await play(engine, msgspec.structs.replace(ONE_PRESS_FIRES, show_names=False))
    await press(engine, room_id, "ann", name="Ann", skill1=1)
    before = await whole_log(engine, room_id)
    await stage.lose_and_restore()
    assert await whole_log(engine, room_id) == before


async def test_a_missing_room_is_unknown_until_the_shard_has_been_gone_through(
    stage: Stage,
) -> None:
    """After that it is back, or does not exist."""
    room_id = await open_room(stage.engine)
    await stage.books.book_all()
    await stage.lose_everything()
    for asked in (room_id, "nowhere"):
        with pytest.raises(StoreUnavailable):
            await stage.engine.describe(asked)
    await stage.restore()
    assert (await stage.engine.describe(room_id)).status == "active"
    with pytest.raises(RoomNotFound):
        await stage.engine.describe("nowhere")


async def test_rooms_that_are_over_for_a_day_stay_away(stage: Stage) -> None:
    """A room that ended later comes back; one with no entry for a day does not."""
    engine = stage.engine
    rooms = [await play(engine, ONE_PRESS_FIRES) for _ in range(4)]
    for room_id, term, _ in rooms[:2]:
        await engine.finish(room_id, term)
    await stage.books.book_all()
    aged = "SET {0} = {0} - interval '1 hour' * :hours WHERE room_id = :room RETURNING {0}"
    for (room_id, _, _), hours in zip(rooms, (25, 23, 25, 23), strict=True):
        for table, column in (("rounds", "ended_at"), ("rooms", "seen_at")):
            sql = f"UPDATE {table} " + aged.format(column)
            await stage.books.rows(sql, room=room_id, hours=hours)
    await stage.lose_and_restore()
    for (room_id, _, _), lives in zip(rooms, (False, True, False, True), strict=True):
        assert await engine.store.command("EXISTS", room_keys(room_id).room) == lives


async def test_rooms_that_are_there_are_left_alone(stage: Stage) -> None:
    """A server that lost its latest writes keeps its rooms; only missing ones are rebuilt."""
    engine = stage.engine
    room_id, term, log_epoch = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, room_id, 3)
    await stage.save()
    young = await play(engine, ONE_PRESS_FIRES)
    for each in (room_id, young.room_id):
        await fire(engine, each, 2)
    await stage.books.book_all()
    await stage.lose_what_came_since()
    await stage.restore()
    assert await numbers(engine, room_id) == [1, 2, 3]
    assert await numbers(engine, young.room_id) == [1, 2]
    checked = await engine.check(room_id, term)
    assert checked is not None
    assert checked.log_epoch > log_epoch


async def test_everything_made_anew_goes_away_by_itself(stage: Stage) -> None:
    """The keys expire after the same time as if they had never been lost."""
    engine = stage.engine
    played, ended = await play(engine, TEAMED), await play(engine, TEAMED)
    for room_id, _, _ in (played, ended):
        await press(engine, room_id, "ann", name="Ann", skill1=3, enemy1=1)
        await engine.block(room_id, "bob")
    await engine.finish(ended.room_id, ended.term)
    await stage.lose_and_restore()
    keys = await engine.store.command("KEYS", "streamario:*")
    lives = {key: await engine.store.command("TTL", key) for key in keys}
    for_ever = {key for key, life in lives.items() if life < 0}
    assert all("}:ledger" in key or key.endswith(("}:running", "}:looks")) for key in for_ever)
    rounds = {key: life for key, life in lives.items() if ":1:" in key}
    assert len(rounds) == 2 * 7
    for key, life in rounds.items():
        longest = DAY if ended.room_id in key else EIGHT_DAYS
        assert longest - 5 <= life <= longest


async def test_a_server_that_somebody_flushed_is_gone_through_too(stage: Stage) -> None:
    """Its history id is the same, but its ledger ends earlier than before."""
    room_id = (await play(stage.engine, ONE_PRESS_FIRES)).room_id
    await press(stage.engine, room_id, "ann", skill1=3)
    await stage.books.book_all()
    room = room_keys(room_id)
    for key in (room.room, room.log, *room.ledger, room.running, room.counts(1)):
        await stage.engine.store.command("DEL", key)
    await stage.books.ledger.book_unread()
    assert (await stage.engine.describe(room_id)).status == "in_game"
    assert (await press(stage.engine, room_id, "bob", skill1=1)).fired[0].seq == 4


async def test_a_missing_room_of_a_flushed_server_is_unknown_until_the_next_look(
    stage: Stage,
) -> None:
    """Its history id is the same, and nothing else shows that rooms may be missing."""
    room_id = await open_room(stage.engine)
    await stage.books.book_all()
    await stage.engine.store.command("FLUSHALL", "SYNC")
    for asked in (room_id, "nowhere"):
        with pytest.raises(StoreUnavailable):
            await stage.engine.describe(asked)
    await stage.books.ledger.book_unread()
    assert (await stage.engine.describe(room_id)).status == "active"
    with pytest.raises(RoomNotFound):
        await stage.engine.describe("nowhere")


async def test_a_shard_that_is_flushed_while_somebody_goes_through_it_is_not_vouched_for(
    stage: Stage,
) -> None:
    """Its rooms may be gone; several replicas that check it at once do no harm."""
    shards = stage.books.shards
    begun = [await shards.memory("00") for _ in range(2)]
    await stage.engine.store.command("FLUSHALL", "SYNC")
    assert not await shards.mark_restored("00", begun[0])
    begun += [await shards.memory("00") for _ in range(2)]
    assert not await shards.mark_restored("00", begun[1])
    assert not (await shards.tail("00")).restored
    for history in begun[2:]:
        assert await shards.mark_restored("00", history)
    assert (await shards.tail("00")).restored


async def test_a_server_that_was_flushed_while_nobody_booked_is_gone_through_too(
    stage: Stage, own_database_url: str
) -> None:
    """A replica that starts afterwards sees from the books that its ledger ends too early."""
    room_id = (await play(stage.engine, ONE_PRESS_FIRES)).room_id
    await press(stage.engine, room_id, "ann", skill1=3)
    await stage.books.book_all()
    await stage.engine.store.command("FLUSHALL", "SYNC")
    async with open_books(stage.valkey.url, own_database_url) as fresh:
        await fresh.ledger.book_unread()
    assert (await press(stage.engine, room_id, "bob", skill1=1)).fired[0].seq == 4


async def test_a_game_in_an_epoch_that_the_room_never_heard_of_is_told(stage: Stage) -> None:
    """Another server opened that epoch, and lost it before it was booked."""
    played = await play(stage.engine, ONE_PRESS_FIRES)
    await press(stage.engine, played.room_id, "ann", skill1=3)
    await stage.lose_and_restore()
    unknown = played.log_epoch + 1
    for log_epoch, seq, recovered in ((0, 0, True), (unknown, 3, False)):
        held = await stage.engine.attach(
            played.room_id, "gateway", log_epoch=log_epoch, last_seq=seq, skip=False
        )
        assert (held.recovered, held.start) == (recovered, seq)


async def test_what_redis_forgot_of_a_room_is_not_made_anew(stage: Stage) -> None:
    """Redis loses new settings, a round's end and the next round; then it loses everything."""
    engine = stage.engine
    room_id, term, _ = await play(engine, TEAMED)
    await press(engine, room_id, "ann", skill1=4)
    await stage.save()
    await engine.change_settings(room_id, lambda _: ONE_PRESS_FIRES)
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    await press(engine, room_id, "ann", skill1=9)
    await stage.books.book_all()
    await stage.lose_what_came_since()
    await stage.restore()
    await press(engine, room_id, "bob", skill1=4)
    before = await snapshot(engine, room_id)
    await stage.books.book_all()
    ended = "SELECT round FROM rounds WHERE room_id = :room AND ended_at IS NOT NULL"
    assert await stage.books.rows(ended, room=room_id) == []
    later = "SELECT sum(accepted)::int FROM accounts WHERE room_id = :room AND round = 2"
    assert await stage.books.rows(later, room=room_id) == [(0,)]
    await stage.lose_and_restore()
    assert await snapshot(engine, room_id) == before
    assert (await engine.describe(room_id)).round == 1
