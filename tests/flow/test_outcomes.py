"""A game's answers count once, whatever dies between a trigger and its outcome."""

import signal
from pathlib import Path

from api_service.audit import audit
from api_service.books.database import open_database
from shared.wire.game_messages import Available, GameEvent, Outcome
from shared.wire.parts import OutcomeStatus
from tests.flow.books import read_books
from tests.flow.fleet import open_fleet
from tests.flow.play import new_game, resumed, viewers
from tests.waiting import until
from tests.ws_gateway.faults import own_valkey


def outcome(event: GameEvent, status: OutcomeStatus, duration_ms: int = 0) -> Outcome:
    return Outcome(event.epoch, event.seq, status, duration_ms)


async def returned(redis_url: str, room_id: str) -> int:
    account = (await read_books(redis_url, room_id, ["skill1"]))["skill1"]
    assert account.balances
    return account.returned


async def balanced(database_url: str, room_id: str, presses: int) -> bool:
    """Whether the books have got so many presses, and balance."""
    async with open_database(database_url) as database:
        statement = await audit(database, room_id)
        buttons = [each for of in statement.rounds for each in of.buttons] if statement else []
        if statement is None or sum(each.presses for each in buttons) < presses:
            return False
        assert statement.balanced, statement.differences
        return True


async def test_a_gateway_that_is_killed_before_the_outcome_costs_nothing(
    tmp_path: Path, redis_url: str, database_url: str
) -> None:
    """Two triggers: one told before, one after; both again on the other gateway."""
    async with open_fleet(tmp_path, redis_url, database_url, patient=True) as fleet:
        (api, _), gateways = await fleet.pair_of_each()
        async with viewers(api, 1) as (viewer,), new_game(gateways[0]) as (game, room):
            await viewer.press_once_started(api, room.room_id, "skill1")
            await viewer.press(api, room.room_id, {"skill1": 9})
            first, second = await game.events(2)
            await game.say(outcome(first, "failed"))
            await game.say(outcome(second, "started", 60_000))
            await game.settle()
            gateways[0].send(signal.SIGKILL)
            await game.closed()
            async with resumed(gateways[1], room, second) as (again, _):
                for event in (first, second, first):
                    await again.say(outcome(event, "failed"))
                await again.settle()
            assert await returned(redis_url, room.room_id) == 10
            await viewer.press(api, room.room_id, {"skill1": 1})
            await until(lambda: balanced(database_url, room.room_id, 11))


async def test_an_outcome_told_while_redis_is_dead_counts_once_it_is_back(
    tmp_path: Path, own_database_url: str
) -> None:
    """The gateway repeats it; the game, which cannot know, does too."""
    async with (
        own_valkey(tmp_path / "valkey") as valkey,
        open_fleet(tmp_path, valkey.url, own_database_url, patient=True) as fleet,
    ):
        apis, gateways = await fleet.pair_of_each()
        async with viewers(apis[0], 1) as (viewer,), new_game(gateways[0]) as (game, room):
            await viewer.press_once_started(apis[0], room.room_id, "skill1")
            await viewer.press(apis[0], room.room_id, {"skill1": 4})
            (event,) = await game.events(1)
            await valkey.kill()
            for _ in range(3):
                await game.say(outcome(event, "failed"))
            await game.say(Available("enemy1", available=False))
            assert await game.error() == "store_unavailable"
            await valkey.start()
            await game.settle()
            assert await returned(valkey.url, room.room_id) == 5
            await until(lambda: balanced(own_database_url, room.room_id, 5))
