"""A gateway drains, and rooms move from one gateway to another."""

import asyncio

import pytest

from shared.engine.functions import LIBRARY
from shared.redis_store.store import open_store
from shared.wire.game_messages import GameEvent, Gap, Reconnect, RoomCreated
from tests.patience import HOUR
from tests.waiting import until
from tests.ws_gateway.game_end import connected, new_game, refusal, resumed
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, running_gateway
from ws_gateway import server


@pytest.fixture(autouse=True)
def patient_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway ends because its games have left, not because it has waited for them."""
    monkeypatch.setattr(server, "LEAVE_WITHIN", HOUR)
    monkeypatch.setattr(server, "PART_WITHIN", HOUR)


@pytest.mark.usefixtures("short_linger")
async def test_a_drained_gateways_games_move_to_another_one_and_lose_nothing(
    redis_url: str, crowd: Crowd, balancer_noticed: asyncio.Event
) -> None:
    """The balancer notices first; then games open the next socket before they close this one."""
    settings = gateway_settings(redis_url, drain_delay=HOUR)
    async with (
        running_gateway(gateway_settings(redis_url)) as second,
        running_gateway(settings) as first,
        new_game(first.url) as (old, room),
    ):
        await crowd.ease(room.room_id)
        pressing = asyncio.create_task(press_on(crowd, room.room_id, 60))
        seen = await old.events(5)
        first.stop.set()
        await until(lambda: is_draining(first))
        async with connected(first.url):
            pass  # a balancer that has not noticed yet still sends games here
        await old.settle()
        assert old.unasked(Reconnect) == []
        balancer_noticed.set()
        assert (await old.next_of(Reconnect)).after_ms == 0
        assert await refusal(first.url) == (503, "draining")
        seen += old.unasked(GameEvent)
        async with resumed(second.url, room, seen[-1]) as (new, ready):
            assert ready.recovered
            assert await old.closed() == 1000
            await pressing
            assert await new.seqs(60 - len(seen)) == list(range(len(seen) + 1, 61))
            await new.settle()
            assert not [*new.unasked(GameEvent), *new.unasked(Gap)]
        await first.task


async def press_on(crowd: Crowd, room_id: str, triggers: int) -> None:
    """Fire one trigger after the other."""
    for _ in range(triggers):
        await crowd.fire(room_id)
        await asyncio.sleep(0.02)


async def is_draining(gateway: Running) -> bool:
    """Whether the gateway answers that it is not ready."""
    answer = await gateway.get("/readyz")
    return answer.status_code == 503 and bool(answer.json()["draining"])


@pytest.mark.usefixtures("short_linger")
async def test_games_that_do_not_go_are_sent_away(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a wait, with an `error`, and with 1001: reconnect."""
    monkeypatch.setattr(server, "LEAVE_WITHIN", 0.3)
    settings = gateway_settings(redis_url, drain_delay=0.1)
    async with running_gateway(settings) as gateway, new_game(gateway.url) as (game, room):
        gateway.stop.set()
        await game.next_of(Reconnect)
        assert await game.error() == "going_away"
        assert await game.closed() == 1001
        assert not (await crowd.engine.describe(room.room_id)).connected
        await gateway.task


async def test_without_a_delay_the_end_comes_at_once_and_leaves_nothing_running(
    redis_url: str,
) -> None:
    """`DRAIN_DELAY` 0: there is no balancer, and no other gateway."""
    async with open_store(redis_url, client_name="streamario-test", library=LIBRARY) as store:
        await store.ping()
        before = asyncio.all_tasks()
        async with running_gateway(gateway_settings(redis_url)) as gateway:
            async with new_game(gateway.url) as (game, _):
                gateway.stop.set()
                assert await game.error() == "going_away"
            await gateway.task
        left = asyncio.all_tasks() - before
        assert not {task for task in left if not task.done()}

        async def nobody_connected() -> bool:
            return "streamario-gateway" not in str(await store.command("CLIENT", "LIST"))

        await until(nobody_connected)


@pytest.mark.usefixtures("short_linger")
async def test_a_socket_that_is_old_is_asked_to_move(redis_url: str, crowd: Crowd) -> None:
    """Before a platform's limit ends it; it works until the game has opened the next socket."""
    settings = gateway_settings(redis_url, socket_max_age=0.3)
    async with running_gateway(settings) as gateway, connected(gateway.url) as old:
        room = await old.next_of(RoomCreated)
        await old.start()
        assert (await old.next_of(Reconnect)).after_ms == 0
        await crowd.press(room.room_id, 5)
        assert await old.seqs(1) == [1]
        async with resumed(gateway.url, room):
            assert await old.closed() == 1000
