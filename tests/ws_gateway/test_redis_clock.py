"""The estimate of Redis' clock."""

import time

import pytest

from ws_gateway.metrics import ECHOES, RedisClock


def ahead(clock: RedisClock) -> float:
    """How far the clock is ahead of ours (s)."""
    return clock.since(0) - time.time()


def test_without_an_echo_it_is_as_late_as_here() -> None:
    assert ahead(RedisClock()) == pytest.approx(0, abs=1)


def test_nothing_is_ahead_of_its_time() -> None:
    """A trigger fired in the future counts as fired now."""
    assert RedisClock().since(int(time.time() * 1000) + 60_000) == 0


def test_an_echo_tells_by_how_much_it_is_ahead() -> None:
    """The stamp is taken half-way: both ways of an echo count as equally long."""
    clock = RedisClock()
    clock.learn(100.0, 163_000, 102.0)
    assert ahead(clock) == pytest.approx(62, abs=1)


def test_the_quickest_echo_tells_best() -> None:
    """An echo with a longer round trip is ignored."""
    clock = RedisClock()
    clock.learn(100.0, 100_001, 100.002)
    clock.learn(101.0, 101_001, 103.0)
    assert ahead(clock) == pytest.approx(0, abs=0.5)


def test_a_clock_that_was_set_is_followed_after_a_while() -> None:
    clock = RedisClock()
    clock.learn(100.0, 100_000, 100.001)
    for n in range(ECHOES):
        clock.learn(101.0 + n, 161_000 + 1000 * n, 101.01 + n)
    assert ahead(clock) == pytest.approx(60, abs=1)
