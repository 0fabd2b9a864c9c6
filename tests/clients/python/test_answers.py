"""What a game answers: repeated on each socket until it is confirmed, and taken once."""

from __future__ import annotations

import asyncio

import pytest

from clients.python import GameClient, GatewayAddress
from clients.python.answers import (
    MOST_STORED,
    OUTCOME_AFTER,
    Answers,
    available,
    done,
    failed,
    lasting,
    unavailable,
)
from shared.wire.game_messages import (
    Available,
    GameEnd,
    GameEvent,
    GameStart,
    Outcome,
    Ping,
    Pong,
    RoomReady,
)
from shared.wire.room_settings import DEFAULT_BUTTONS, Button, RoomSettings
from shared.wire.viewer_messages import Effect
from tests.clients.python.playing import answered, begin, next_of, playing, seqs
from tests.ws_gateway.faults import link_to
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, running_gateway
from tests.ws_gateway.viewer_end import watching

FIVE = RoomSettings(
    buttons=(
        Button(event_type="skill1", team="skill", base=5, min=5, max=5),
        *DEFAULT_BUTTONS[1:],
    )
)


def trigger(seq: int) -> GameEvent:
    return GameEvent("room", "skill1", 5, 1, None, 1, seq, fired_at=0)


def sent(answers: Answers) -> list[Outcome | Available | Ping]:
    """Send all that is due."""
    messages = []
    while (message := answers.next()) is not None:
        messages.append(message)
        answers.sent(message)
    return messages


def sent_again(answers: Answers, now: float = 0, *, in_round: bool = True) -> list[object]:
    """What a new socket gets, without the ping after it."""
    answers.attached(now, in_round=in_round)
    return [message for message in sent(answers) if not isinstance(message, Ping)]


def test_one_ping_after_the_answers_confirms_them() -> None:
    answers = Answers()
    answers.add(lasting(trigger(1), 2.5), now=0)
    answers.add(failed(trigger(2), "No room."), now=0)
    *told, ping = sent(answers)
    assert told == [
        Outcome(1, 1, "started", duration_ms=2500),
        Outcome(1, 2, "failed", reason="No room."),
    ]
    assert isinstance(ping, Ping)
    answers.add(done(trigger(3)), now=0)
    assert answers.confirm(Pong(t=ping.t))
    assert sent_again(answers) == [done(trigger(3))]


@pytest.mark.parametrize("t", [None, 7, "", "streamario answer", "answer 1"])
def test_answers_to_the_games_own_pings_confirm_nothing(t: str | int | None) -> None:
    answers = Answers()
    answers.add(done(trigger(1)), now=0)
    sent(answers)
    assert not answers.confirm(Pong(t=t))
    assert sent_again(answers) == [done(trigger(1))]


def test_of_the_answers_about_one_thing_the_last_is_repeated_but_a_final_one_stays() -> None:
    answers = Answers()
    for answer in (
        failed(trigger(1), "It is full."),
        done(trigger(1)),
        lasting(trigger(2), 1),
        unavailable("skill1", "Later."),
        lasting(trigger(2), 2),
        available("skill1"),
    ):
        answers.add(answer, now=0)
    expected = [failed(trigger(1), "It is full."), lasting(trigger(2), 2), available("skill1")]
    assert sent_again(answers) == expected


def test_an_answer_that_changes_while_it_is_being_sent_is_sent_too() -> None:
    answers = Answers()
    answers.add(lasting(trigger(1), 1), now=0)
    being_sent = answers.next()
    answers.add(done(trigger(1)), now=0)
    assert isinstance(being_sent, Outcome)
    answers.sent(being_sent)
    assert sent(answers)[0] == done(trigger(1))


def test_an_outcome_is_not_repeated_after_ten_minutes() -> None:
    answers = Answers()
    answers.add(done(trigger(1)), now=0)
    answers.add(done(trigger(2)), now=1)
    assert sent_again(answers, now=OUTCOME_AFTER) == [done(trigger(2))]


def test_after_the_round_outcomes_are_repeated_and_buttons_are_free() -> None:
    answers = Answers()
    answers.add(unavailable("skill1", ""), now=0)
    answers.add(done(trigger(1)), now=0)
    assert sent_again(answers, in_round=False) == [done(trigger(1))]


def test_a_thousand_answers_wait() -> None:
    answers = Answers()
    for seq in range(1, MOST_STORED + 6):
        answers.add(done(trigger(seq)), now=0)
    again = sent_again(answers)
    assert (len(again), again[0]) == (MOST_STORED, done(trigger(6)))


@pytest.mark.parametrize("seconds", [0, 0.09, 3600.1, -1, float("nan"), float("inf")])
def test_a_duration_out_of_bounds_is_an_error_of_the_caller(seconds: float) -> None:
    with pytest.raises(ValueError, match=r"0\.1 to 3,600 s"):
        lasting(trigger(1), seconds)


def test_a_long_reason_is_cut_after_eighty_characters() -> None:
    assert failed(trigger(1), "🎆" * 81).reason == "🎆" * 80
    assert unavailable("skill1", "x" * 81).reason == "x" * 80


async def count(crowd: Crowd, room_id: str) -> int:
    """The first button's presses."""
    return (await crowd.engine.stats(room_id)).by_type["skill1"].current_count


async def test_viewers_see_what_a_game_answers(gateway: Running, crowd: Crowd) -> None:
    async with playing(gateway, crowd) as (game, room_id), watching(gateway, room_id) as (page, _):
        await crowd.fire(room_id, 2)
        first, second = await next_of(game, GameEvent), await next_of(game, GameEvent)
        await game.lasting(first, 30)
        await game.done(first)
        await game.failed(second, "敵を置けません。")
        effects = [await page.next_of(Effect) for _ in range(3)]
        assert [(effect.seq, effect.status) for effect in effects] == [
            (1, "started"),
            (1, "done"),
            (2, "failed"),
        ]
        assert effects[2].reason == "敵を置けません。"


async def test_an_answer_into_a_cut_is_said_on_the_other_gateway(
    redis_url: str, gateway: Running, crowd: Crowd
) -> None:
    """The presses come back once, however often it is said."""
    async with (
        running_gateway(gateway_settings(redis_url)) as other,
        link_to(gateway.port) as link,
        GameClient(GatewayAddress(f"ws://127.0.0.1:{link.port}")) as game,
    ):
        room_id = await begin(game)
        await crowd.engine.change_settings(room_id, lambda _: FIVE)
        await crowd.press(room_id, 5)
        first = await next_of(game, GameEvent)
        link.cut()
        await game.failed(first, "The door is shut.")
        await game.unavailable("skill1", "The door is shut.")
        assert await count(crowd, room_id) == 0
        link.target = other.port
        link.drop()
        await next_of(game, RoomReady)
        await answered(game)
        assert await count(crowd, room_id) == 5
        stat = (await crowd.engine.stats(room_id)).by_type["skill1"]
        assert (stat.available, stat.reason) == (False, "The door is shut.")
        await game.failed(first)
        await game.available("skill1")
        await answered(game)
        await crowd.press(room_id, 1)
        assert await seqs(game, 1) == [2]
        assert await count(crowd, room_id) == 1


async def test_answers_come_before_a_command_that_follows_them(
    gateway: Running, crowd: Crowd
) -> None:
    """A game that is offline answers, comes back and ends its round at once."""
    async with link_to(gateway.port) as link:
        url = f"ws://127.0.0.1:{link.port}"
        async with GameClient(GatewayAddress(url)) as game:
            room_id = await begin(game)
            async with watching(gateway, room_id) as (page, _):
                await crowd.engine.change_settings(room_id, lambda _: FIVE)
                await crowd.press(room_id, 5)
                first = await next_of(game, GameEvent)
                link.drop()
                await game.failed(first)
                await next_of(game, RoomReady)
                await game.send(GameEnd())
                await game.send(GameStart())
                await answered(game)
                assert (await page.next_of(Effect)).status == "failed"
            totals = await crowd.engine.stats(room_id)
            assert totals.round == 2


async def test_answers_of_several_tasks_are_all_sent(gateway: Running, crowd: Crowd) -> None:
    async with playing(gateway, crowd) as (game, room_id), watching(gateway, room_id) as (page, _):
        await crowd.fire(room_id, 20)
        events = [await next_of(game, GameEvent) for _ in range(20)]
        await asyncio.gather(*(game.done(event) for event in events))
        effects = [await page.next_of(Effect) for _ in range(20)]
        assert [effect.seq for effect in effects] == list(range(1, 21))
