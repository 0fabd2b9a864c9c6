"""What a game answers: outcomes of its triggers, and which buttons it cannot use."""

import time

import pytest

from shared.wire.game_messages import Available, Error, GameEvent, Outcome, Pause, Resume
from shared.wire.parts import Stat
from shared.wire.viewer_messages import Effect, StatsUpdate, Trigger
from tests.batches import state_of
from tests.ws_gateway.game_end import Game, new_game, resumed
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, running_gateway
from tests.ws_gateway.viewer_end import Page, watching


async def one_trigger(game: Game, crowd: Crowd, room_id: str) -> GameEvent:
    await crowd.press(room_id, 5, name="Aki")
    (event,) = await game.events(1)
    return event


def failed(event: GameEvent, reason: str = "") -> Outcome:
    return Outcome(event.epoch, event.seq, "failed", reason=reason)


async def skill1(crowd: Crowd, room_id: str) -> Stat:
    return state_of("skill1", await crowd.engine.stats(room_id))


async def until_count(page: Page, count: int) -> Stat:
    while True:
        for stat in (await page.next_of(StatsUpdate)).stats:
            if (stat.event_type, stat.current_count) == ("skill1", count):
                return stat


async def test_viewers_see_an_effect_begin_and_end(gateway: Running, crowd: Crowd) -> None:
    """And who comes while it lasts sees it at once."""
    async with (
        new_game(gateway.url) as (game, room),
        watching(gateway, room.room_id) as (page, _),
    ):
        event = await one_trigger(game, crowd, room.room_id)
        await game.say(Outcome(event.epoch, event.seq, "started", 60_000))
        assert (await page.next_of(Trigger)).seq == event.seq
        begun = await page.next_of(Effect)
        assert (begun.event_type, begun.viewer_name) == ("skill1", "Aki")
        assert (begun.status, begun.reason) == ("started", None)
        assert begun.ends_at is not None
        assert event.fired_at + 60_000 <= begun.ends_at <= time.time() * 1_000 + 60_000
        async with watching(gateway, room.room_id) as (later, _):
            assert await later.next() == begun
        await game.say(Outcome(event.epoch, event.seq, "done"))
        ended = await page.next_of(Effect)
        assert (ended.seq, ended.status, ended.ends_at) == (event.seq, "done", None)


async def test_presses_of_a_trigger_that_failed_are_in_the_bar_again(
    gateway: Running, crowd: Crowd
) -> None:
    """Viewers are told why."""
    async with (
        new_game(gateway.url) as (game, room),
        watching(gateway, room.room_id) as (page, _),
    ):
        event = await one_trigger(game, crowd, room.room_id)
        await game.say(failed(event, "ドラゴンは昼寝中"))
        assert (await page.next_of(Effect)).reason == "ドラゴンは昼寝中"
        assert (await until_count(page, 5)).required_count == 5
        await crowd.press(room.room_id, 1)
        assert (await game.events(1))[0].trigger_count == 5
        assert (await skill1(crowd, room.room_id)).current_count == 1


async def test_an_outcome_counts_once_whichever_gateway_hears_it(
    gateway: Running, crowd: Crowd, redis_url: str
) -> None:
    """The game lost its socket and does not know what arrived."""
    async with running_gateway(gateway_settings(redis_url)) as other:
        async with new_game(gateway.url) as (game, room):
            event = await one_trigger(game, crowd, room.room_id)
            await game.say(failed(event))
            await game.settle()
        async with resumed(other.url, room, event) as (game, _):
            await game.say(failed(event))
            await game.say(Outcome(event.epoch, event.seq, "done"))
            await game.settle()
            assert game.unasked(Error) == []
            assert await other.counted('streamario_outcomes_total{status="failed"}') == 0
    assert (await skill1(crowd, room.room_id)).current_count == 5


@pytest.mark.parametrize(("epochs", "numbers"), [(1, 0), (0, 10**30)])
async def test_of_what_was_never_sent_there_is_no_outcome(
    gateway: Running, crowd: Crowd, epochs: int, numbers: int
) -> None:
    """However often the game tells it: after a loss of data it may tell many."""
    async with new_game(gateway.url) as (game, room):
        event = await one_trigger(game, crowd, room.room_id)
        told = Outcome(event.epoch + epochs, event.seq + numbers, "failed")
        for _ in range(25):
            await game.say(told)
            assert await game.error() == "bad_outcome"
        assert (await skill1(crowd, room.room_id)).current_count == 0


@pytest.mark.parametrize(
    ("duration_ms", "errors"),
    [(99, ["bad_message"]), (100, []), (3_600_000, []), (3_600_001, ["bad_message"])],
)
async def test_an_effect_lasts_a_tenth_of_a_second_to_an_hour(
    gateway: Running, crowd: Crowd, duration_ms: int, errors: list[str]
) -> None:
    """Any other duration is refused, and viewers see nothing of it."""
    async with new_game(gateway.url) as (game, room):
        event = await one_trigger(game, crowd, room.room_id)
        before = await crowd.engine.watch(room.room_id, "test", None)
        await game.say(Outcome(event.epoch, event.seq, "started", duration_ms))
        await game.settle()
        assert [error.code for error in game.unasked(Error)] == errors
        shown = (await crowd.engine.watch(room.room_id, "test", before)).effects
        assert [effect.status for effect in shown] == ["started"] * (not errors)


async def test_a_game_that_fills_in_every_field_is_understood(
    gateway: Running, crowd: Crowd
) -> None:
    """As Unity's JsonUtility does; the order of fields does not matter."""
    async with new_game(gateway.url) as (game, room):
        event = await one_trigger(game, crowd, room.room_id)
        await game.socket.send(
            f'{{"duration_ms":0,"epoch":{event.epoch},"reason":"","seq":{event.seq},'
            '"status":"failed","type":"outcome"}'
        )
        await game.socket.send('{"discard":false,"type":"resume"}')
        await game.settle()
        assert game.unasked(Error) == []
        assert (await skill1(crowd, room.room_id)).current_count == 5


async def test_a_button_that_the_game_cannot_use_is_shown_as_such(
    gateway: Running, crowd: Crowd
) -> None:
    """With the reason, until the game can use it again."""
    async with (
        new_game(gateway.url) as (game, room),
        watching(gateway, room.room_id) as (page, first),
    ):
        assert all(stat.available for stat in first.stats)
        await game.say(Available("skill1", available=False, reason="in the shop"))
        (stat,) = (await page.next_of(StatsUpdate)).stats
        assert (stat.event_type, stat.available, stat.reason) == ("skill1", False, "in the shop")
        await game.say(Available("skill1", available=True))
        (stat,) = (await page.next_of(StatsUpdate)).stats
        assert (stat.available, stat.reason) == (True, None)


async def test_a_resume_that_discards_fires_nothing(gateway: Running, crowd: Crowd) -> None:
    """The bars are empty for everybody who watches."""
    async with (
        new_game(gateway.url) as (game, room),
        watching(gateway, room.room_id) as (page, _),
    ):
        await game.say(Pause())
        await game.settle()
        await crowd.press(room.room_id, 20)
        await page.count("skill1", 5)
        await game.say(Resume(discard=True))
        await page.count("skill1", 0)
        await game.settle()
        assert game.unasked(GameEvent) == []
