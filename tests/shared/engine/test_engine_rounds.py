"""A round's life: paused, held, reset, started, ended."""

import asyncio
from uuid import uuid4

import msgspec
import pytest

from shared.engine.engine import Engine, Payer
from shared.engine.ledger_entries import BatchesCounted
from shared.engine.refusals import RateLimited
from shared.engine.replies import Counted, Fired, RoundOver
from shared.identity.addresses import ROW, STORAGE, Address
from shared.wire.game_messages import EventTotal, GameEndSummary
from shared.wire.room_settings import RoomSettings, decode
from tests.batches import batch_of, sent
from tests.shared.engine.fired_trigger import entries
from tests.shared.engine.rooms import (
    ONE_PRESS_FIRES,
    Book,
    book,
    button,
    play,
    playing,
    press,
    whole_log,
)

HOUR = 3_600_000  # ms


async def test_a_paused_button_fills_up_to_its_threshold(engine: Engine) -> None:
    """And fires with the first press after the pause, not by the resume."""
    room_id, term, _ = await play(engine, playing(button("skill1", 3), button("enemy1", 4)))
    await engine.pause(room_id, term, paused=True)
    counting = await press(engine, room_id, skill1=10, enemy1=3)
    assert counting.results == (Counted("skill1", 3, 0), Counted("enemy1", 3, 0))
    assert counting.rejected.paused == 7
    await engine.pause(room_id, term, paused=False)
    assert await whole_log(engine, room_id) == ()
    assert (await press(engine, room_id, skill1=1)).fired == (Fired("skill1", 3, 1),)


async def test_held_presses_wait_for_the_game(engine: Engine) -> None:
    """Without a socket the room acts as paused if its settings are `hold`."""
    room_id, term, _ = await play(engine, playing(button("skill1", 3), on_disconnect="hold"))
    await engine.detach(room_id, term, written=0, clean=False)
    counting = await press(engine, room_id, skill1=5)
    assert (counting.results[0].accepted, counting.rejected.paused) == (3, 2)
    assert (await engine.describe(room_id)).paused
    await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    assert not (await engine.describe(room_id)).paused
    counting = await press(engine, room_id, skill1=1)
    assert counting.results == (Counted("skill1", 1, 1),)
    assert counting.state.stats[0].current_count == 1


async def test_a_reset_zeroes_counts_and_keeps_the_books(engine: Engine) -> None:
    """Also of a button that the settings removed meanwhile: it starts from 0 when it returns."""
    both = playing(button("skill1", 10), button("enemy1", 10))
    room_id, _, _ = await play(engine, both)
    await press(engine, room_id, skill1=12, enemy1=4)
    await engine.change_settings(room_id, lambda _: playing(button("skill1", 10)))
    assert [stat.current_count for stat in (await engine.reset(room_id)).stats] == [0]
    await engine.change_settings(room_id, lambda _: both)
    assert [stat.current_count for stat in (await engine.stats(room_id)).stats] == [0, 0]
    assert await book(engine, room_id, "skill1") == Book(0, 12, 10, 2, 1)
    assert await book(engine, room_id, "enemy1") == Book(0, 4, 0, 4, 0)


async def test_a_running_round_is_not_started_again(engine: Engine) -> None:
    """After a repeated `game_start` the counts are unchanged."""
    room_id, term, _ = await play(engine)
    await press(engine, room_id, skill1=2)
    assert await engine.start(room_id, term) == 1
    assert (await engine.stats(room_id)).stats[0].current_count == 2


async def test_the_next_round_counts_from_zero_and_numbers_go_on(engine: Engine) -> None:
    """Triggers and summaries share one numbering."""
    room_id, term, _ = await play(engine, ONE_PRESS_FIRES)
    await press(engine, room_id, skill1=2)
    assert await engine.finish(room_id, term) == 3
    over = await sent(engine, room_id, batch_of("v", {"skill1": 1}))
    assert over == RoundOver(round=1, final=False)
    assert await engine.start(room_id, term) == 2
    counting = await press(engine, room_id, skill1=1)
    assert counting.state.round == 2
    assert counting.fired == (Fired("skill1", 1, 4),)
    assert await book(engine, room_id, "skill1", 2) == Book(0, 1, 1, 0, 1)


async def test_another_engine_that_knows_an_older_round_finds_the_running_one(
    engine: Engine,
) -> None:
    """Each process guesses the round; a wrong guess changes nothing."""
    other = type(engine)(engine.store)
    room_id, term, _ = await play(engine, ONE_PRESS_FIRES)
    await press(other, room_id, skill1=1)
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    assert (await press(other, room_id, skill1=1)).state.round == 2
    assert (await other.reset(room_id)).round == 2
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    assert await other.finish(room_id, term) == 5


async def test_a_cooling_button_fills_up_and_waits(engine: Engine) -> None:
    """A request fires at most one trigger of it, and excess presses are rejected."""
    room_id, _, _ = await play(engine, playing(button("skill1", 3, cooldown_ms=HOUR)))
    counting = await press(engine, room_id, skill1=10)
    assert counting.results == (Counted("skill1", 6, 1),)
    assert counting.rejected.cooldown == 4
    assert 0 < counting.state.stats[0].cooldown_left_ms <= HOUR
    counting = await press(engine, room_id, skill1=1)
    assert (counting.results, counting.rejected.cooldown) == ((Counted("skill1", 0, 0),), 1)
    assert (await book(engine, room_id, "skill1")).balanced


async def test_a_tipped_trigger_names_whose_press_it_was(engine: Engine) -> None:
    """From the request, else the name set before in the room, unless names are hidden."""
    room_id, _, _ = await play(engine, ONE_PRESS_FIRES)
    await press(engine, room_id, "ann", skill1=1)
    await press(engine, room_id, "ann", name='Ann "あ" \\ </', skill1=1)
    await press(engine, room_id, "ann", skill1=1)
    await engine.change_settings(
        room_id, lambda settings: msgspec.structs.replace(settings, show_names=False)
    )
    await press(engine, room_id, "ann", name="Ann", skill1=1)
    names = [getattr(message, "viewer_name", "") for message in await whole_log(engine, room_id)]
    assert names == [None, 'Ann "あ" \\ </', 'Ann "あ" \\ </', None]


async def test_the_results_name_buttons_of_the_settings_and_pressed_ones(engine: Engine) -> None:
    """Those replaced before anybody pressed them belong to no result."""
    room_id, term, _ = await play(engine, playing(*map(button, ("skill1", "skill2", "enemy1"))))
    await press(engine, room_id, "ann", skill2=2)
    wave = playing(button("wave"), button("enemy1"))
    await engine.change_settings(room_id, lambda _: wave)
    await engine.finish(room_id, term)
    summary = (await whole_log(engine, room_id))[-1]
    assert isinstance(summary, GameEndSummary)
    totals = (EventTotal("skill2", 2), EventTotal("enemy1", 0), EventTotal("wave", 0))
    assert summary.event_totals == totals
    mine = await engine.viewer_summary(room_id, 1, "ann")
    assert mine.counts == {"skill2": 2, "enemy1": 0, "wave": 0}


async def test_settings_changed_at_once_are_all_changed(engine: Engine) -> None:
    """The second change applies to the result of the first."""
    room_id, _, _ = await play(engine)

    def longer(settings: RoomSettings) -> RoomSettings:
        return msgspec.structs.replace(settings, title=settings.title + "x")

    await asyncio.gather(*(engine.change_settings(room_id, longer) for _ in range(10)))
    assert decode((await engine.describe(room_id)).settings).title == "x" * 10


async def test_a_change_pays_once_however_often_others_come_first(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id, _, _ = await play(engine)
    size = len((await engine.describe(room_id)).settings.encode())
    monkeypatch.setitem(STORAGE, "burst", 10 * (ROW + size))
    monkeypatch.setitem(STORAGE, "per_minute", 60)
    sender = Payer(Address(text="192.0.2.1", key=uuid4().hex, limited=True))
    changes = (engine.change_settings(room_id, lambda same: same, of=sender) for _ in range(10))
    await asyncio.gather(*changes)
    with pytest.raises(RateLimited):
        await engine.change_settings(room_id, lambda same: same, of=sender)


async def test_the_ledger_has_each_viewers_name_once_a_round(engine: Engine) -> None:
    """Triggers aside: they have names of their own."""
    room_id, term, _ = await play(engine, playing(button("skill1", 100)))
    for _ in range(2):
        await press(engine, room_id, "ann", name="Ann", skill1=1)
        await press(engine, room_id, "ann", name="Ann", skill1=1)
        await engine.finish(room_id, term)
        await engine.start(room_id, term)
    counted = [each for each in await entries(engine, room_id) if isinstance(each, BatchesCounted)]
    names = [(entry.round, batch.name) for entry in counted for batch in entry.batches]
    assert names == [(1, "Ann"), (1, None), (2, "Ann"), (2, None)]


async def test_a_round_that_ends_in_a_pause_leaves_no_pause(engine: Engine) -> None:
    room_id, term, _ = await play(engine, ONE_PRESS_FIRES)
    await engine.pause(room_id, term, paused=True)
    await engine.finish(room_id, term)
    assert not (await engine.describe(room_id)).paused
