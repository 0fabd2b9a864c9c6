"""A room's commands have limits, which all its sockets, gateways and REST share."""

from contextlib import suppress
from typing import Any

import pytest

from shared.engine.engine import Engine, Payer
from shared.engine.keys import CHANGES_LIMIT, COMMANDS_LIMIT, Limit
from shared.engine.refusals import RateLimited
from shared.identity.addresses import Address
from shared.redis_store.store import StoreUnavailable
from shared.wire import error_codes, room_settings
from shared.wire.game_messages import (
    Available,
    ChangeSettings,
    Error,
    GameEnd,
    GameEndSummary,
    GameMessage,
    GameStart,
    Pause,
    Resume,
)
from tests.room_keys import room_keys
from tests.waiting import until
from tests.ws_gateway.game_end import Game, new_game, refusal, resumed
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, running_gateway
from ws_gateway.games.commands import LIMITS
from ws_gateway.sockets.close_codes import error_of

TITLED = '{"type":"settings","title":"%s"}'
A_MINUTE = 2  # tokens: none comes back while a slow machine sends the next command
LEDGER_IS_FULL = error_of(error_codes.LEDGER_FULL, retry_after_ms=1_000)
MANY = 300  # refused commands
FEW = 40  # calls of Redis: echoes and comparisons go on meanwhile


@pytest.fixture(autouse=True)
def few_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, limit in LIMITS.items():
        monkeypatch.setitem(LIMITS, kind, Limit(limit.purpose, A_MINUTE, A_MINUTE))


async def use_up(crowd: Crowd, room_id: str, limit: Limit) -> None:
    """Take all tokens of the room, as another gateway or the API would."""
    with suppress(RateLimited):
        while True:
            await crowd.engine.spend_of(Limit(limit.purpose, A_MINUTE, A_MINUTE), room_id)


async def refused(game: Game) -> None:
    error = await game.next_of(Error)
    assert error.code == "rate_limited"
    assert 0 < error.retry_after_ms <= 60_000 / A_MINUTE


async def title(crowd: Crowd, room_id: str) -> str:
    settings = (await crowd.engine.describe(room_id)).settings
    return room_settings.decode(settings).title


def test_there_are_as_many_a_minute_as_the_contract_says() -> None:
    assert (CHANGES_LIMIT.per_minute, COMMANDS_LIMIT.per_minute) == (60, 120)


async def test_settings_of_a_game_and_of_rest_share_a_limit(gateway: Running, crowd: Crowd) -> None:
    """Beyond it they change nothing, and the socket stays."""
    async with new_game(gateway.url) as (game, room):
        await crowd.engine.spend_of(LIMITS[ChangeSettings], room.room_id)
        await game.socket.send(TITLED % "one")
        await game.settle()
        with pytest.raises(RateLimited):
            await crowd.engine.spend_of(LIMITS[ChangeSettings], room.room_id)
        await game.socket.send(TITLED % "two")
        await refused(game)
        await game.settle()
        assert await title(crowd, room.room_id) == "one"


async def test_a_moment_later_settings_may_change_again(
    gateway: Running, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, ChangeSettings, CHANGES_LIMIT)
    async with new_game(gateway.url) as (game, room):
        await use_up(crowd, room.room_id, CHANGES_LIMIT)

        async def is_changed() -> bool:
            await game.socket.send(TITLED % "again")
            await game.settle()
            return await title(crowd, room.room_id) == "again"

        await until(is_changed)


@pytest.mark.parametrize(
    "command",
    [GameStart(), GameEnd(), Pause(), Resume(), Available(event_type="skill1", available=False)],
    ids=lambda command: type(command).__name__,
)
async def test_other_commands_share_a_limit(
    gateway: Running, crowd: Crowd, command: GameMessage
) -> None:
    """Also on the room's next socket, which may be at another gateway; settings have their own."""
    async with new_game(gateway.url) as (_, room):
        await use_up(crowd, room.room_id, COMMANDS_LIMIT)
    async with resumed(gateway.url, room) as (game, _):
        before = await crowd.engine.describe(room.room_id)
        await game.say(command)
        await refused(game)
        await game.socket.send(TITLED % "of its own")
        await game.settle()
        after = await crowd.engine.describe(room.room_id)
        assert (after.status, after.round, after.paused) == ("in_game", 1, before.paused)
        assert await title(crowd, room.room_id) == "of its own"


async def test_what_is_refused_costs_redis_nothing(gateway: Running, crowd: Crowd) -> None:
    """The gateway remembers until when."""

    async def calls() -> int:
        stats = await crowd.engine.store.command("INFO", "commandstats")
        return int(stats["cmdstat_fcall"]["calls"])

    async with new_game(gateway.url) as (game, room):
        await use_up(crowd, room.room_id, COMMANDS_LIMIT)
        before = await calls()
        for _ in range(MANY):
            await game.say(Pause())
        await game.settle()
        assert await calls() - before < FEW
        told = game.unasked(Error)
        assert (len(told), {error.code for error in told}) == (MANY, {"rate_limited"})


async def test_a_full_ledger_refuses_what_adds_much_to_it(redis_url: str, crowd: Crowd) -> None:
    """The game is told when to try again; its round ends all the same."""
    room = await crowd.open_room()
    async with (
        running_gateway(gateway_settings(redis_url, ledger_backlog_bytes=1)) as gateway,
        resumed(gateway.url, room) as (game, _),
    ):
        await game.say(GameStart())
        assert await game.next_of(Error) == LEDGER_IS_FULL
        await crowd.engine.start(room.room_id, await term_of(crowd, room.room_id))
        await game.socket.send(TITLED % "refused")
        assert await game.next_of(Error) == LEDGER_IS_FULL
        assert await title(crowd, room.room_id) == ""
        await game.say(GameEnd())
        await game.next_of(GameEndSummary)


async def test_a_change_that_waits_for_redis_is_paid_for_once(
    gateway: Running, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the gateway repeats it until Redis answers."""
    failures = [StoreUnavailable("a fault of the test")] * 2
    paid = list[int]()
    change, spend = Engine.change_settings, Engine.spend_storage

    async def fails_twice(engine: Engine, *told: Any, **named: Any) -> None:
        if failures:
            raise failures.pop()
        await change(engine, *told, **named)

    async def noted(engine: Engine, address: Address, size: int = 0) -> Payer:
        paid.append(size)
        return await spend(engine, address, size)

    async with new_game(gateway.url) as (game, room):
        monkeypatch.setattr(Engine, "change_settings", fails_twice)
        monkeypatch.setattr(Engine, "spend_storage", noted)
        await game.socket.send(TITLED % "at last")
        assert (await game.next_of(Error)).code == "store_unavailable"
        await game.settle()
        assert await title(crowd, room.room_id) == "at last"
        assert paid == [len(TITLED % "at last")]


async def test_a_full_ledger_refuses_new_rooms(redis_url: str) -> None:
    """Whichever shard they come to."""
    async with running_gateway(gateway_settings(redis_url, ledger_backlog=0)) as gateway:
        assert await refusal(gateway.url) == (503, "ledger_full")


async def term_of(crowd: Crowd, room_id: str) -> int:
    return int(await crowd.engine.store.command("HGET", room_keys(room_id).room, "term"))
