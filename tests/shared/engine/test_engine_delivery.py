"""A game that reconnects gets everything that it has not applied, or is told that it is lost."""

import pytest

from shared.engine.engine import Engine
from shared.engine.replies import Attachment
from shared.wire.game_messages import GameEndSummary
from shared.wire.refusal import Refused
from tests.batches import Counted, counted
from tests.room_keys import room_keys
from tests.shared.engine.rooms import (
    ONE_PRESS_FIRES,
    Played,
    book,
    fire,
    numbers,
    open_room,
    play,
    press,
)

LOG_LIMIT = 10_000
TRIMMED_BY = 100  # entries at least that one trim takes from a full log


async def ten_fired(engine: Engine, *, written: int = 0, acked: int | None = None) -> Played:
    """A room with ten triggers, and how many of them the game was sent and has acknowledged."""
    played = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, played.room_id, 10)
    await engine.written(played.room_id, played.term, written)
    if acked is not None:
        await engine.ack(played.room_id, played.term, played.log_epoch, acked)
    return played


async def come_back(
    engine: Engine,
    played: Played,
    *,
    last_seq: int | None = None,
    log_epoch: int | None = None,
    skip: bool = False,
) -> Attachment:
    return await engine.attach(
        played.room_id, "other", log_epoch=log_epoch, last_seq=last_seq, skip=skip
    )


async def given(engine: Engine, played: Played, held: Attachment) -> list[int]:
    """The numbers that the game gets from there."""
    page = await engine.read(played.room_id, held.log_epoch, held.start, limit=100)
    assert page.start == held.start
    return [message.seq for message in page.messages]


@pytest.mark.parametrize("with_epoch", [True, False])
@pytest.mark.parametrize(("last_seq", "acked", "start"), [(4, None, 4), (4, 7, 7), (9, 7, 9)])
async def test_a_game_goes_on_after_what_it_applied_or_acknowledged(
    engine: Engine, last_seq: int, acked: int | None, start: int, with_epoch: bool
) -> None:
    """After the greater of the two; a number without an epoch counts as of the current one."""
    played = await ten_fired(engine, acked=acked)
    log_epoch = played.log_epoch if with_epoch else None
    held = await come_back(engine, played, last_seq=last_seq, log_epoch=log_epoch)
    assert (held.start, held.seq, held.recovered) == (start, 10, True)
    assert await given(engine, played, held) == list(range(start + 1, 11))


async def test_a_game_without_a_cursor_goes_on_after_what_it_acknowledged(engine: Engine) -> None:
    """What was written to the socket does not matter for a game that acknowledges."""
    played = await ten_fired(engine, written=9, acked=3)
    held = await come_back(engine, played)
    assert (held.start, held.recovered) == (3, True)


async def test_a_game_that_says_nothing_goes_on_after_what_was_written(engine: Engine) -> None:
    """Older games send neither numbers nor acknowledgements."""
    played = await ten_fired(engine, written=6)
    held = await come_back(engine, played)
    assert (held.start, held.recovered) == (6, True)
    await engine.detach(played.room_id, held.term, written=8, clean=False)
    assert (await come_back(engine, played)).start == 8


async def test_what_was_written_never_reaches_beyond_the_log(engine: Engine) -> None:
    """Numbers that do not exist are ignored if a gateway reports them as written."""
    played = await ten_fired(engine, written=99)
    assert (await come_back(engine, played)).start == 10


@pytest.mark.parametrize("last_seq", [None, 2])
async def test_replay_none_acknowledges_everything_so_far(
    engine: Engine, last_seq: int | None
) -> None:
    """Delivery starts from now, whatever cursor the game sends; no later message is skipped."""
    played = await ten_fired(engine)
    held = await come_back(engine, played, last_seq=last_seq, log_epoch=played.log_epoch, skip=True)
    assert (held.start, held.recovered) == (10, True)
    assert (await come_back(engine, played, last_seq=0)).start == 10


async def test_a_cursor_beyond_the_log_is_not_recovered(engine: Engine) -> None:
    """The game has numbers that the room does not: they were rolled back."""
    played = await ten_fired(engine)
    held = await come_back(engine, played, last_seq=12, log_epoch=played.log_epoch)
    assert (held.start, held.recovered) == (10, False)


async def test_a_cursor_is_an_acknowledgement(engine: Engine) -> None:
    """A game that resumes after number 4 has applied it."""
    played = await ten_fired(engine)
    await come_back(engine, played, last_seq=4)
    assert (await come_back(engine, played, last_seq=0)).start == 4


async def test_an_older_acknowledgement_takes_nothing_back(engine: Engine) -> None:
    """Acknowledgements are cumulative, and may overtake each other."""
    played = await ten_fired(engine, acked=8)
    await engine.ack(played.room_id, played.term, played.log_epoch, 5)
    assert (await come_back(engine, played)).start == 8


async def test_acknowledged_entries_stay_for_a_minute(engine: Engine) -> None:
    """Then they are deleted; a game that requests them gets the number where the log continues."""
    played = await ten_fired(engine, acked=6)
    await engine.ack(played.room_id, played.term, played.log_epoch, 8)
    assert await numbers(engine, played.room_id) == list(range(1, 11))
    await a_minute_passes(engine, played.room_id)
    await engine.ack(played.room_id, played.term, played.log_epoch, 9)
    assert await numbers(engine, played.room_id) == [7, 8, 9, 10]
    page = await engine.read(played.room_id, played.log_epoch, 2, limit=1)
    assert (page.start, page.messages[0].seq) == (6, 7)
    await a_minute_passes(engine, played.room_id)
    await engine.ack(played.room_id, played.term, played.log_epoch, 10)
    assert await numbers(engine, played.room_id) == [10]


async def a_minute_passes(engine: Engine, room_id: str) -> None:
    """Move the time of the last trim back by a minute."""
    await engine.store.command("HINCRBY", room_keys(room_id).room, "old_ack_at", -60_001)


async def test_a_log_of_which_everything_is_gone_goes_on(engine: Engine) -> None:
    """Even the last entry may be trimmed; numbers continue after it."""
    played = await ten_fired(engine, acked=10)
    for _ in range(2):
        await a_minute_passes(engine, played.room_id)
        await engine.ack(played.room_id, played.term, played.log_epoch, 10)
    assert await numbers(engine, played.room_id) == []
    await fire(engine, played.room_id, 2)
    assert await numbers(engine, played.room_id) == [11, 12]


async def test_a_full_log_acts_as_a_pause_until_it_is_acknowledged(engine: Engine) -> None:
    """10,000 unacknowledged triggers are kept; then the button only fills up to its threshold."""
    played = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, played.room_id, LOG_LIMIT - 1)
    counting = await press(engine, played.room_id, "last", skill1=5)
    assert counted(counting) == (Counted("skill1", 2, 1),)
    assert (counting.rejected.paused, counting.state.stats[0].remaining_count) == (3, 0)
    counting = await press(engine, played.room_id, "later", skill1=5)
    assert counted(counting) == (Counted("skill1", 0, 0),)
    assert counting.rejected.paused == 5
    assert (await engine.describe(played.room_id)).paused
    await engine.ack(played.room_id, played.term, played.log_epoch, 4_000)
    assert not (await engine.describe(played.room_id)).paused
    counting = await press(engine, played.room_id, "later", skill1=1)
    assert [each.seq for each in counting.fired] == [LOG_LIMIT + 1, LOG_LIMIT + 2]
    assert (await book(engine, played.room_id, "skill1")).balanced


@pytest.mark.parametrize("acknowledges", [True, False])
async def test_a_game_is_paused_by_what_it_did_not_acknowledge_only_if_it_ever_does(
    engine: Engine, acknowledges: bool
) -> None:
    """Of one that never does, what was written to its socket counts: it must not get stuck."""
    played = await play(engine, ONE_PRESS_FIRES)
    if acknowledges:
        await engine.ack(played.room_id, played.term, played.log_epoch, 0)
    await fire(engine, played.room_id, LOG_LIMIT)
    await engine.written(played.room_id, played.term, LOG_LIMIT // 2)
    counting = await press(engine, played.room_id, "later", skill1=5)
    assert len(counting.fired) == (0 if acknowledges else 5)
    assert (await engine.describe(played.room_id)).paused == acknowledges


async def test_the_log_of_a_game_that_never_acknowledges_keeps_its_limit(engine: Engine) -> None:
    """What was written counts as received; an older cursor gets the number where the log starts."""
    played = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, played.room_id, LOG_LIMIT)
    await engine.written(played.room_id, played.term, LOG_LIMIT)
    await fire(engine, played.room_id, 2 * TRIMMED_BY)
    length = await engine.store.command("XLEN", room_keys(played.room_id).log)
    assert LOG_LIMIT <= length < LOG_LIMIT + TRIMMED_BY
    oldest = LOG_LIMIT + 2 * TRIMMED_BY - length
    page = await engine.read(played.room_id, played.log_epoch, 50, limit=1)
    assert (page.start, page.messages[0].seq) == (oldest, oldest + 1)
    held = await come_back(engine, played, last_seq=50)
    assert (held.start, held.recovered) == (oldest, False)
    assert (await come_back(engine, played, last_seq=oldest)).recovered


async def test_an_ended_room_takes_its_game_until_it_has_the_summary(engine: Engine) -> None:
    """The summary is a message like any other, from Redis's own counts."""
    played = await play(engine, ONE_PRESS_FIRES)
    await press(engine, played.room_id, "ann", name="Ann", skill1=3)
    await press(engine, played.room_id, "bob", name="Bob", skill1=2)
    await engine.block(played.room_id, "ann")
    await engine.finish(played.room_id, played.term)
    await engine.detach(played.room_id, played.term, written=5, clean=False)
    await engine.admit(played.room_id)
    held = await come_back(engine, played, last_seq=5, log_epoch=played.log_epoch)
    page = await engine.read(played.room_id, held.log_epoch, held.start, limit=10)
    (summary,) = page.messages
    assert isinstance(summary, GameEndSummary)
    assert summary.top_overall is not None
    assert (summary.top_overall.viewer_id, summary.top_overall.viewer_name) == ("ann", None)
    assert [(total.event_type, total.count) for total in summary.event_totals] == [("skill1", 5)]
    await engine.ack(played.room_id, held.term, held.log_epoch, summary.seq)
    with pytest.raises(Refused, match="room_over"):
        await engine.admit(played.room_id)


async def test_an_unknown_or_unstarted_room_has_an_empty_log(engine: Engine) -> None:
    """A game may attach before anything happened."""
    room_id = await open_room(engine)
    held = await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    assert (held.start, held.seq, held.recovered, held.status) == (0, 0, True, "active")
    assert (await engine.read(room_id, held.log_epoch, 0, limit=10)).messages == ()
