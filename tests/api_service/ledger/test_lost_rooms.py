"""Redis loses everything: rooms are there again, and a round that ran has ended."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from api_service.books.round_totals import Totals
from shared.engine.engine import Engine
from shared.engine.moderation import ValidToken, add_token, remove_token, tokens
from shared.engine.open_room import code_of, first_code, room_of
from shared.engine.refusals import GameNotStarted, RoomNotFound
from shared.engine.replies import Attachment, RoundOver
from shared.redis_store.store import StoreUnavailable
from shared.wire.game_messages import GameEndSummary
from shared.wire.room_settings import decode
from tests.api_service.ledger.books import open_books
from tests.api_service.ledger.loss import RestoredLedger, restored_ledger
from tests.batches import batch_of, sent
from tests.room_keys import new_room_id, room_keys
from tests.shared.engine.rooms import (
    ONE_PRESS_FIRES,
    book,
    button,
    fire,
    numbers,
    open_room,
    play,
    playing,
    press,
    whole_log,
)

QUARTER_HOUR, DAY = 900, 86_400  # s
TEAMED = playing(
    button("skill1", 3, team="skill"),
    button("enemy1", 5, team="enemy"),
    button("neither", 4),
    title="a title",
)


@pytest.fixture
async def restored(tmp_path: Path, own_database_url: str) -> AsyncIterator[RestoredLedger]:
    async with restored_ledger(tmp_path, own_database_url) as opened:
        yield opened


async def resume(
    engine: Engine, room_id: str, log_epoch: int | None = None, seq: int | None = None
) -> Attachment:
    return await engine.attach(room_id, "gateway", log_epoch=log_epoch, last_seq=seq, skip=False)


async def summary_in(engine: Engine, room_id: str) -> GameEndSummary:
    """The log's only message."""
    (message,) = await whole_log(engine, room_id)
    assert isinstance(message, GameEndSummary)
    return message


# A round that ran.


async def test_a_round_ends_with_the_summary_that_game_end_would_have_given(
    restored: RestoredLedger,
) -> None:
    """Also of what was reset, of blocked viewers, of nameless ones, and of the streamer."""
    engine = restored.engine
    ended, lost = [await play(engine, TEAMED) for _ in range(2)]
    for room_id, _, _ in (ended, lost):
        await press(engine, room_id, "ann", name="Ann/é", skill1=4, enemy1=7)
        await engine.reset(room_id)
        await press(engine, room_id, "bob", name="Bob", skill1=8, enemy1=2)
        await press(engine, room_id, "carl", enemy1=6)
        for event_type in ("skill1", "neither"):
            await engine.fire(room_id, event_type)
        await engine.block(room_id, "bob")
    await engine.finish(ended.room_id, ended.term)
    last = await whole_log(engine, ended.room_id)
    await restored.lose_and_restore()
    told = await summary_in(engine, lost.room_id)
    assert told.seq == len(last)
    assert told.epoch > lost.log_epoch
    alike = {"room_id": lost.room_id, "epoch": told.epoch}
    assert msgspec.structs.replace(last[-1], **alike) == told
    tops = (told.team_tops.all, told.team_tops.skill, told.team_tops.enemy)
    assert [top and (top.viewer_id, top.viewer_name, top.count) for top in tops] == [
        ("ann", "Ann/é", 11),
        ("bob", None, 8),
        ("ann", "Ann/é", 7),
    ]


async def test_a_round_of_hidden_names_ends_without_them(restored: RestoredLedger) -> None:
    engine = restored.engine
    room_id, _, _ = await play(engine, msgspec.structs.replace(ONE_PRESS_FIRES, show_names=False))
    await press(engine, room_id, "ann", name="Ann", skill1=1)
    await restored.lose_and_restore()
    top = (await summary_in(engine, room_id)).top_overall
    assert top is not None
    assert (top.viewer_id, top.viewer_name, top.count) == ("ann", None, 1)


async def test_a_round_that_was_lost_is_closed_in_the_books_once(restored: RestoredLedger) -> None:
    """With what was booked, also if Redis loses everything again before its end is booked."""
    engine = restored.engine
    room_id, _, log_epoch = await play(engine, ONE_PRESS_FIRES)
    await press(engine, room_id, "ann", name="Ann", skill1=3)
    await restored.books.book_all()
    await press(engine, room_id, "ann", skill1=2)
    for _ in range(3):
        await restored.lose_everything()
        await restored.restore()
    ended = "SELECT round, epoch, seq FROM rounds WHERE room_id = :room AND ended_at IS NOT NULL"
    told = await summary_in(engine, room_id)
    assert await restored.books.rows(ended, room=room_id) == [(1, told.epoch, 4)]
    totals = await Totals(restored.books.database).of_round(room_id, 1)
    assert totals is not None
    assert totals.event_totals == {"skill1": 3}
    assert (totals.viewer_totals[0].viewer_name, totals.viewer_totals[0].count) == ("Ann", 3)
    account = "SELECT accepted, count, booked FROM accounts WHERE room_id = :room"
    assert await restored.books.rows(account, room=room_id) == [(3, 0, 3)]
    fired = "SELECT epoch, seq FROM triggers WHERE room_id = :room ORDER BY seq"
    assert await restored.books.rows(fired, room=room_id) == [(log_epoch, n) for n in (1, 2, 3)]
    for name in ("gaps", "forgotten_presses"):
        assert restored.books.counted(f"{name}_total") == 0


async def test_viewers_who_press_on_learn_that_the_round_is_over(restored: RestoredLedger) -> None:
    """It is final once its end is booked."""
    engine = restored.engine
    room_id, _, _ = await play(engine, TEAMED)
    await restored.lose_and_restore()
    over = await sent(engine, room_id, batch_of("ann", {"skill1": 1}))
    assert over == RoundOver(round=1, final=True)
    described = await engine.describe(room_id)
    assert (described.status, described.round, described.paused) == ("ended", 1, False)
    assert described.ended_at is not None
    assert 0 <= described.now - described.ended_at < 60_000


@pytest.mark.parametrize("applied", [2, 3, 5])
async def test_a_game_whose_round_was_lost_gets_a_gap_and_the_summary(
    restored: RestoredLedger, applied: int
) -> None:
    """Wherever it was: before, at, or beyond the last number that is booked, which is 3."""
    engine = restored.engine
    room_id, term, log_epoch = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, room_id, 3)
    await restored.books.book_all()
    await fire(engine, room_id, 2)
    await restored.lose_everything()
    await restored.restore()
    assert await engine.check(room_id, term) is None
    await engine.attach_again(room_id, "gateway", term)
    page = await engine.read(room_id, log_epoch, applied, limit=10)
    assert (page.start, page.recovered, [m.seq for m in page.messages]) == (3, False, [4])
    held = await resume(engine, room_id, log_epoch, applied)
    assert (held.start, held.seq, held.recovered, held.status) == (3, 4, False, "ended")
    page = await engine.read(room_id, held.log_epoch, 4, limit=10)
    assert (page.start, page.recovered, page.messages) == (4, True, ())
    assert (await resume(engine, room_id, held.log_epoch, 4)).recovered


@pytest.mark.parametrize("fired", [0, 3])
async def test_a_game_that_never_says_how_far_it_is_gets_them_too(
    restored: RestoredLedger, fired: int
) -> None:
    """Once: later it goes on after what was written to its socket."""
    engine = restored.engine
    room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, room_id, fired)
    await restored.lose_and_restore()
    held = await resume(engine, room_id)
    assert (held.start, held.seq, held.recovered) == (fired, fired + 1, False)
    await engine.written(room_id, held.term, held.seq)
    held = await resume(engine, room_id)
    assert (held.start, held.recovered) == (fired + 1, True)


async def test_what_a_game_has_not_heard_of_a_loss_it_hears_after_the_next(
    restored: RestoredLedger,
) -> None:
    engine = restored.engine
    room_id, _, log_epoch = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, room_id, 3)
    await restored.lose_and_restore()
    told = await summary_in(engine, room_id)
    await restored.lose_and_restore()
    assert await summary_in(engine, room_id) == told
    held = await resume(engine, room_id, log_epoch, 3)
    assert (held.start, held.seq, held.recovered) == (3, 4, False)
    heard = await resume(engine, room_id, told.epoch, told.seq)
    assert (heard.start, heard.recovered) == (4, True)


async def test_the_next_round_goes_on_with_the_numbers(restored: RestoredLedger) -> None:
    """In the new epoch; its counts begin at zero, and the books add up."""
    engine = restored.engine
    room_id, _, log_epoch = await play(engine, TEAMED)
    await press(engine, room_id, "ann", skill1=8)
    await restored.lose_and_restore()
    held = await resume(engine, room_id, log_epoch, 2)
    assert await engine.start(room_id, held.term) == 2
    assert (await press(engine, room_id, "ann", skill1=4)).fired[0].seq == 4
    assert await numbers(engine, room_id) == [3, 4]
    assert (await book(engine, room_id, "skill1", 2)).count == 1
    await engine.finish(room_id, held.term)
    await restored.books.book_all()
    booked = "SELECT round, accepted, count, booked FROM accounts WHERE booked > 0 ORDER BY round"
    assert await restored.books.rows(booked) == [(1, 8, 2, 8), (2, 4, 1, 4)]
    epochs = "SELECT epoch, base FROM log_epochs WHERE room_id = :room ORDER BY epoch"
    assert await restored.books.rows(epochs, room=room_id) == [(log_epoch, 0), (held.log_epoch, 2)]


async def test_what_redis_forgot_before_does_not_come_back(restored: RestoredLedger) -> None:
    """It loses new settings, a round's end and the next round; then it loses everything."""
    engine = restored.engine
    room_id, term, _ = await play(engine, TEAMED)
    await press(engine, room_id, "ann", skill1=4)
    await restored.save()
    await engine.change_settings(room_id, lambda _: ONE_PRESS_FIRES)
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    await press(engine, room_id, "ann", skill1=9)
    await restored.books.book_all()
    await restored.lose_what_came_since()
    await restored.restore()
    await press(engine, room_id, "bob", skill1=4)
    await restored.lose_and_restore()
    told = await summary_in(engine, room_id)
    assert (told.round, told.seq, told.event_totals[0].count) == (1, 3, 8)
    assert decode((await engine.describe(room_id)).settings) == TEAMED
    await restored.books.book_all()
    ended = "SELECT round FROM rounds WHERE room_id = :room AND ended_at IS NOT NULL"
    assert await restored.books.rows(ended, room=room_id) == [(1,)]


# Rooms without a running round.


@pytest.mark.parametrize(("keyed", "waits"), [(False, QUARTER_HOUR), (True, DAY)])
async def test_a_room_that_waits_for_its_game_waits_on(
    restored: RestoredLedger, keyed: bool, waits: int
) -> None:
    """Under the same code; its game, which has nothing yet, hears nothing of the loss."""
    engine, room_id = restored.engine, new_room_id()
    log_epoch = await engine.open(room_id, TEAMED, keyed=keyed)
    code = await first_code(engine, room_id)
    for _ in range(2):
        await restored.lose_and_restore()
    life = await engine.store.command("TTL", room_keys(room_id).room)
    assert waits - 5 <= life <= waits
    assert await room_of(engine, code) == room_id
    assert await code_of(engine, room_id, await engine.describe(room_id)) == code
    with pytest.raises(GameNotStarted):
        await press(engine, room_id, skill1=1)
    page = await engine.read(room_id, log_epoch, 0, limit=10)
    assert (page.start, page.recovered, page.messages) == (0, True, ())
    for position in ((None, None), (log_epoch, 0)):
        held = await resume(engine, room_id, *position)
        assert (held.status, held.start, held.seq, held.recovered) == ("active", 0, 0, True)
    assert await engine.start(room_id, (await resume(engine, room_id)).term) == 1
    assert (await press(engine, room_id, skill1=3)).fired[0].seq == 1


async def test_an_ended_room_stays_ended_and_its_summary_keeps_its_number(
    restored: RestoredLedger,
) -> None:
    """A game that has it gets nothing; one that has not gets it; an older one may get it again."""
    engine = restored.engine
    room_id, term, log_epoch = await play(engine, TEAMED)
    await press(engine, room_id, "ann", name="Ann", skill1=7)
    seq = await engine.finish(room_id, term)
    before, described = await whole_log(engine, room_id), await engine.describe(room_id)
    await restored.lose_and_restore()
    assert await summary_in(engine, room_id) == before[-1]
    after = await engine.describe(room_id)
    for name in ("status", "round", "created_at", "started_at", "ended_at", "settings"):
        assert getattr(after, name) == getattr(described, name)
    await engine.admit(room_id)
    for position, start, recovered in (
        ((log_epoch, 0), seq - 1, False),
        ((log_epoch, seq - 1), seq - 1, True),
        ((log_epoch, seq), seq, True),
        ((None, None), seq, True),
    ):
        held = await resume(engine, room_id, *position)
        assert (held.start, held.recovered) == (start, recovered)


@pytest.mark.parametrize("by", ["its game", "the server"])
async def test_a_round_that_ended_after_a_restart_is_no_lost_one(
    restored: RestoredLedger, by: str
) -> None:
    """Its summary is the first message of a log epoch too; its game hears of no gap."""
    engine = restored.engine
    room_id, term, log_epoch = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, room_id, 3)
    await restored.save()
    await restored.restore()
    if by == "its game":  # which has told its gateway's heartbeat before
        checked = await engine.check(room_id, term)
        assert checked is not None
        assert checked.log_epoch > log_epoch
    assert await engine.finish(room_id, term) == 4
    await restored.lose_and_restore()
    held = await resume(engine, room_id, log_epoch, 3)
    assert (held.start, held.recovered) == (3, True)


async def test_an_older_game_that_comes_back_does_not_miss_the_summary(
    restored: RestoredLedger,
) -> None:
    engine = restored.engine
    room_id, term, _ = await play(engine, ONE_PRESS_FIRES)
    seq = await engine.finish(room_id, term)
    await restored.lose_and_restore()
    held = await resume(engine, room_id)
    assert (held.start, held.recovered) == (seq - 1, True)


# What a room keeps.


async def test_settings_blocks_and_tokens_stay(restored: RestoredLedger) -> None:
    """Tokens that were revoked stay so, and viewers who were unblocked."""
    engine = restored.engine
    room_id, term, log_epoch = await play(engine, TEAMED)
    settings = await engine.change_settings(
        room_id, lambda old: msgspec.structs.replace(old, buttons=old.buttons[:2], title="é/other")
    )
    for viewer in ("ann", "bob"):
        await engine.block(room_id, viewer)
    await engine.unblock(room_id, "bob")
    later = int(time.time() * 1000) + DAY * 1000
    kept, gone = (ValidToken(each, "moderator", later) for each in ("kept", "gone"))
    for token in (kept, gone):
        await add_token(engine, room_id, token)
    await remove_token(engine, room_id, gone.token_id)
    await restored.lose_and_restore()
    described = await engine.describe(room_id)
    assert decode(described.settings) == settings
    assert await tokens(engine, room_id) == [kept]
    held = await resume(engine, room_id, log_epoch, 0)
    await engine.start(room_id, held.term)
    assert (await press(engine, room_id, "ann", skill1=1)).rejected.blocked == 1
    assert (await press(engine, room_id, "bob", skill1=1)).accepted == 1
    assert term < held.term


async def test_a_room_that_blocked_thousands_is_rebuilt_too(restored: RestoredLedger) -> None:
    """Lua takes about 8,000 values at once."""
    engine, room_id = restored.engine, (await play(restored.engine, ONE_PRESS_FIRES)).room_id
    await restored.books.book_all()
    many = "INSERT INTO room_viewers SELECT :room, n, NULL, true FROM generate_series(1, 20000) n"
    await restored.books.rows(f"{many} RETURNING 1", room=room_id)
    await restored.lose_and_restore()
    assert await engine.store.command("SCARD", room_keys(room_id).blocked) == 20_000


async def test_a_socket_that_stayed_open_takes_its_room_back(restored: RestoredLedger) -> None:
    """Its next check finds that the room lost it; an older socket's finds the newer socket."""
    engine = restored.engine
    room_id, older, _ = await play(engine, ONE_PRESS_FIRES)
    newer = await engine.attach(room_id, "other", log_epoch=None, last_seq=None, skip=False)
    await restored.lose_and_restore()
    assert await engine.check(room_id, newer.term) is None
    held = await engine.attach_again(room_id, "other", newer.term)
    assert held.term == newer.term > older
    assert await engine.check(room_id, held.term) is not None
    assert (await engine.describe(room_id)).connected


async def test_everything_made_anew_goes_away_by_itself(restored: RestoredLedger) -> None:
    engine = restored.engine
    room_id, _, _ = await play(engine, TEAMED)
    await press(engine, room_id, "ann", name="Ann", skill1=3)
    await engine.block(room_id, "bob")
    await first_code(engine, room_id)
    await restored.lose_and_restore()
    keys = await engine.store.command("KEYS", "streamario:*")
    lives = {key: await engine.store.command("TTL", key) for key in keys}
    assert all("}:ledger" in key for key, life in lives.items() if life < 0)
    assert sum(room_id in key for key in lives) == 3


# Which rooms, and when.


async def test_a_missing_room_is_unknown_until_the_shard_has_been_gone_through(
    restored: RestoredLedger,
) -> None:
    """After that it is back, or does not exist."""
    room_id = await open_room(restored.engine)
    await restored.books.book_all()
    await restored.lose_everything()
    for asked in (room_id, "nowhere"):
        with pytest.raises(StoreUnavailable):
            await restored.engine.describe(asked)
    await restored.restore()
    assert (await restored.engine.describe(room_id)).status == "active"
    with pytest.raises(RoomNotFound):
        await restored.engine.describe("nowhere")


async def test_a_server_that_somebody_flushed_is_gone_through_at_the_next_look(
    restored: RestoredLedger, own_database_url: str
) -> None:
    """Its history id is the same. A replica that starts afterwards sees it from the books."""
    room_id = await open_room(restored.engine)
    await restored.books.book_all()
    async with open_books(restored.valkey.url, own_database_url) as fresh:
        for books in (restored.books, fresh):
            await restored.engine.store.command("FLUSHALL", "SYNC")
            with pytest.raises(StoreUnavailable):
                await restored.engine.describe(room_id)
            await books.ledger.book_unread()
            assert (await restored.engine.describe(room_id)).status == "active"


async def test_a_shard_whose_ledger_ends_too_early_is_gone_through_too(
    restored: RestoredLedger,
) -> None:
    """Somebody deleted keys by hand, but not the mark."""
    room_id = (await play(restored.engine, ONE_PRESS_FIRES)).room_id
    await press(restored.engine, room_id, "ann", skill1=3)
    await restored.books.book_all()
    room = room_keys(room_id)
    for key in (room.room, room.log, *room.ledger, room.running):
        await restored.engine.store.command("DEL", key)
    await restored.books.ledger.book_unread()
    described = await restored.engine.describe(room_id)
    assert (described.status, await numbers(restored.engine, room_id)) == ("ended", [4])
    assert described.started_at is not None
    assert described.ended_at is not None
    assert described.started_at <= described.ended_at


async def test_a_shard_that_is_flushed_while_somebody_goes_through_it_is_not_vouched_for(
    restored: RestoredLedger,
) -> None:
    """Its rooms may be gone; several replicas that check it at once do no harm."""
    shards = restored.books.shards
    begun = [await shards.memory("00") for _ in range(2)]
    await restored.engine.store.command("FLUSHALL", "SYNC")
    assert not await shards.mark_restored("00", begun[0])
    begun += [await shards.memory("00") for _ in range(2)]
    assert not await shards.mark_restored("00", begun[1])
    assert not (await shards.tail("00")).restored
    for history in begun[2:]:
        assert await shards.mark_restored("00", history)
    assert (await shards.tail("00")).restored


async def test_rooms_that_are_over_for_a_day_stay_away(restored: RestoredLedger) -> None:
    engine = restored.engine
    rooms = [await open_room(engine) for _ in range(2)]
    await restored.books.book_all()
    aged = "UPDATE rooms SET seen_at = now() - interval '1 hour' * :hours WHERE room_id = :room"
    for room_id, hours in zip(rooms, (25, 23), strict=True):
        await restored.books.rows(f"{aged} RETURNING 1", room=room_id, hours=hours)
    await restored.lose_and_restore()
    for room_id, lives in zip(rooms, (False, True), strict=True):
        assert await engine.store.command("EXISTS", room_keys(room_id).room) == lives


async def test_a_quiet_room_whose_game_stays_connected_comes_back(restored: RestoredLedger) -> None:
    """Its game's heartbeat is booked once an hour."""
    engine, room_id = restored.engine, await open_room(restored.engine)
    held = await resume(engine, room_id)
    await restored.books.book_all()
    aged = "UPDATE rooms SET seen_at = now() - interval '25 hours' WHERE room_id = :room"
    await restored.books.rows(f"{aged} RETURNING 1", room=room_id)
    await engine.store.command("HINCRBY", room_keys(room_id).room, "seen_at", -3_600_000)
    for _ in range(2):
        await engine.check(room_id, held.term)
    assert await restored.books.book_all() == 1
    await restored.lose_and_restore()
    assert (await engine.describe(room_id)).status == "active"


async def test_rooms_that_are_there_are_left_alone(restored: RestoredLedger) -> None:
    """A server that lost its latest writes keeps its rounds; only missing rooms are rebuilt."""
    engine = restored.engine
    room_id, term, log_epoch = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, room_id, 3)
    await restored.save()
    young = await play(engine, ONE_PRESS_FIRES)
    for each in (room_id, young.room_id):
        await fire(engine, each, 2)
    await restored.books.book_all()
    await restored.lose_what_came_since()
    await restored.restore()
    assert await numbers(engine, room_id) == [1, 2, 3]
    assert (await engine.describe(room_id)).status == "in_game"
    assert (await summary_in(engine, young.room_id)).seq == 3
    checked = await engine.check(room_id, term)
    assert checked is not None
    assert checked.log_epoch > log_epoch


# Several replicas, and replicas that stop half-way.


async def test_one_that_dies_half_way_is_followed_by_one_that_rebuilds_the_rest(
    restored: RestoredLedger, own_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = restored.engine
    rooms = [(await play(engine, ONE_PRESS_FIRES)).room_id for _ in range(4)]
    for room_id in rooms:
        await press(engine, room_id, "ann", skill1=2)
    await restored.books.book_all()
    await restored.lose_everything()
    async with open_books(restored.valkey.url, own_database_url) as dying:
        half_way = asyncio.Event()
        call = dying.engine.store.call

        async def stands_still_after_one(function: str, *rest: object) -> list[object]:
            if function == "rebuild" and half_way.is_set():
                await asyncio.Event().wait()
            half_way.set()
            return await call(function, *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(dying.shards.store, "call", stands_still_after_one)
        going = asyncio.create_task(dying.ledger.book_unread())
        await half_way.wait()
        going.cancel()
        await asyncio.wait([going])
    await restored.restore()
    for room_id in rooms:
        assert (await summary_in(engine, room_id)).seq == 3
    ended = "SELECT count(*) FROM rounds WHERE ended_at IS NOT NULL AND seq = 3"
    assert await restored.books.rows(ended) == [(4,)]


async def test_many_ledgers_at_once_make_a_room_once(
    restored: RestoredLedger, own_database_url: str
) -> None:
    """A rebuilt room is used at once, while other replicas still rebuild it."""
    engine = restored.engine
    rooms = [await play(engine, ONE_PRESS_FIRES) for _ in range(8)]
    for room in rooms:
        await press(engine, room.room_id, "ann", skill1=5)
    await restored.books.book_all()
    await restored.lose_everything()
    async with open_books(restored.valkey.url, own_database_url) as other:
        ledgers = [restored.books.ledger, other.ledger]
        looking = [asyncio.create_task(ledger.run_forever()) for ledger in ledgers]
        await restored.restore()
        for room in rooms:
            held = await resume(engine, room.room_id, room.log_epoch, 5)
            await engine.start(room.room_id, held.term)
            assert (await press(engine, room.room_id, "bob", skill1=1)).fired[0].seq == 7
        for task in looking:
            task.cancel()
        await asyncio.wait(looking)
        made = [each.counted("rooms_rebuilt_total") for each in (restored.books, other)]
    assert sum(made) == len(rooms)
    for room in rooms:
        assert await numbers(engine, room.room_id) == [6, 7]
