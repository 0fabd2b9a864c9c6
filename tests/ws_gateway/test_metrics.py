"""A gateway's metrics, and the request ids in its log."""

import logging

import pytest

from shared.process.settings import load
from shared.wire.game_messages import Ack, RoomCreated
from tests.log_lines import json_lines
from tests.waiting import until
from tests.ws_gateway.game_end import connected, new_game, refusal
from tests.ws_gateway.gateways import Crowd, gateway_settings, running_gateway

# After four triggers.
EXPECTED = {
    "triggers_delivered_total": 4,
    "delivery_seconds_count": 4,
    "ready": 1,
    "sockets": 1,
    "max_sockets": 7,
}


async def test_deliveries_and_acks_are_counted(redis_url: str, crowd: Crowd) -> None:
    """An acknowledgement counts the triggers that were not acknowledged before."""
    async with (
        running_gateway(gateway_settings(redis_url, max_sockets=7)) as gateway,
        new_game(gateway.url) as (game, room),
    ):
        await crowd.ease(room.room_id)
        await crowd.fire(room.room_id, 4)
        events = await game.events(4)
        for seq in (events[1].seq, events[3].seq, events[3].seq):
            await game.say(Ack(epoch=events[3].epoch, seq=seq))

        async def counts(metric: str, value: float) -> bool:
            return await gateway.counted(f"streamario_{metric}") == value

        await until(lambda: counts("acks_total", 3))
        await until(lambda: counts("triggers_acknowledged_total", 4))
        for metric, value in EXPECTED.items():
            assert await counts(metric, value), metric


async def test_lines_of_a_socket_carry_the_balancers_id_of_its_handshake(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A request id of the balancer's log finds the socket in the gateway's log."""
    trusted = load({"TRUSTED_PROXIES": "127.0.0.0/8"}).trusted_proxies
    settings = gateway_settings(redis_url, trusted_proxies=trusted)
    with caplog.at_level(logging.INFO, "ws_gateway"), json_lines("ws_gateway") as lines:
        async with (
            running_gateway(settings) as gateway,
            connected(gateway.url, additional_headers={"X-Request-Id": "balancer-7"}) as game,
        ):
            await game.next_of(RoomCreated)
            await refusal(
                f"{gateway.url}?room_id=nonsense&token=not-to-be-logged",
                additional_headers={"X-Request-Id": "balancer-8"},
            )
    attached = next(line for line in lines if "game socket attached" in line)
    assert '"request_id":"balancer-7"' in attached
    (turned_away,) = [line for line in lines if "socket refused" in line]
    assert '"request_id":"balancer-8"' in turned_away
    assert '"code":"room_not_found"' in turned_away
    assert "not-to-be-logged" not in "".join(lines)
