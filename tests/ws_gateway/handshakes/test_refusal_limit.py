"""The rate limit of refused games slows only the game that is refused."""

import time
from collections import Counter
from typing import Final

import pytest
from websockets.exceptions import InvalidStatus

from shared.engine.engine import Engine
from shared.identity.tokens import Signer
from shared.wire.error_codes import MISSING_TOKEN, STORE_UNAVAILABLE
from shared.wire.game_messages import RoomReady
from shared.wire.refusal import ErrorKind, Refused
from tests.patience import HOUR
from tests.room_keys import new_room_id
from tests.ws_gateway.game_end import connected, refusal, resume_url, websocket
from tests.ws_gateway.gateways import SECRET, Crowd, gateway_settings, running_gateway
from ws_gateway.handshakes import limits
from ws_gateway.handshakes.limits import MOST_GAMES, REFUSALS, WINDOW, RefusalLimit

SLOWED: Final = (429, "refused_too_often")
GAME: Final = ("192.0.2.1", "a room", True)
OTHER: Final = ("192.0.2.1", "another room", True)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def refuse(
    slowing: RefusalLimit, who: tuple[str, str, bool], kind: ErrorKind = MISSING_TOKEN
) -> tuple[int, int]:
    """Refuse the game again; return the status and the wait (ms)."""
    with pytest.raises(Refused) as refused, slowing.on(who[0], who[1], proven=who[2]):
        raise Refused(kind)
    return refused.value.kind.status, refused.value.retry_after_ms


def test_20_refusals_in_10_s_are_made_and_then_one_waits_for_the_first_to_be_so_old() -> None:
    clock = Clock()
    slowing = RefusalLimit(clock)
    for _ in range(REFUSALS):
        assert refuse(slowing, GAME) == (401, 0)
        clock.now += 0.25
    assert refuse(slowing, GAME) == (429, 5000)
    assert refuse(slowing, OTHER) == (401, 0)
    clock.now += 5
    assert refuse(slowing, GAME) == (401, 0)
    assert refuse(slowing, GAME) == (429, 250)
    clock.now += WINDOW
    with slowing.on("192.0.2.1", "a room", proven=True):
        pass  # let in


def test_refusals_for_reasons_of_our_own_slow_nobody() -> None:
    """A 429 names the wait; after it the game is accepted."""
    slowing = RefusalLimit(Clock())
    for _ in range(REFUSALS + 5):
        assert refuse(slowing, GAME, STORE_UNAVAILABLE) == (503, 1000)


def test_no_more_is_remembered_than_of_so_many() -> None:
    """The game whose last refusal is oldest is forgotten."""
    slowing = RefusalLimit(Clock())
    for _ in range(REFUSALS):
        refuse(slowing, GAME)
    for n in range(MOST_GAMES - 1):
        refuse(slowing, ("192.0.2.2", str(n), False))
    assert refuse(slowing, GAME)[0] == 429
    refuse(slowing, ("192.0.2.2", "one more", False))
    assert refuse(slowing, GAME)[0] == 401
    assert len(slowing._refused) == MOST_GAMES


async def refused(url: str, tries: int) -> Counter[tuple[int, str]]:
    """Try this often, as a game that retries in every frame; return the answers."""
    return Counter([await refusal(url) for _ in range(tries)])


async def test_a_game_without_its_token_is_slowed_and_the_one_that_has_it_comes_in(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the same IP address: room ids are public, so knowing one must not block its game."""
    monkeypatch.setattr(limits, "WINDOW", HOUR)
    async with running_gateway(gateway_settings(redis_url)) as gateway:
        room, other = await crowd.open_room(), await crowd.open_room()
        url = f"{gateway.url}?room_id={room.room_id}"
        missing = (401, "missing_token")
        assert await refused(url, 60) == {missing: REFUSALS, SLOWED: 60 - REFUSALS}
        assert await refusal(url + "&token=x") == SLOWED
        assert await refusal(f"{gateway.url}?room_id={other.room_id}") == missing
        async with connected(resume_url(gateway.url, room)) as game:
            assert (await game.next_of(RoomReady)).room_id == room.room_id
        with pytest.raises(InvalidStatus) as slowed:
            async with websocket(url):
                pass
        assert 1 <= int(slowed.value.response.headers["Retry-After"]) <= HOUR
        refusals = 'streamario_refused_handshakes_total{status="429"}'
        assert await gateway.counted(refusals) == 60 - REFUSALS + 2


async def test_a_game_that_is_slowed_costs_redis_nothing(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For example, its room is gone and its token is valid."""
    asked: list[str] = []
    admit = Engine.admit

    async def noted(engine: Engine, room_id: str) -> None:
        asked.append(room_id)
        await admit(engine, room_id)

    monkeypatch.setattr(Engine, "admit", noted)
    monkeypatch.setattr(limits, "WINDOW", HOUR)
    async with running_gateway(gateway_settings(redis_url)) as gateway:
        room_id = new_room_id()
        token = Signer([SECRET]).room_token(room_id, time.time())
        url = f"{gateway.url}?room_id={room_id}&token={token}"
        answers = await refused(url, REFUSALS + 5)
        assert answers == {(404, "room_not_found"): REFUSALS, SLOWED: 5}
        assert len(asked) == REFUSALS
