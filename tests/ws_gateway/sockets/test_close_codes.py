"""The close codes, and the errors before them."""

from __future__ import annotations

import pytest

from ws_gateway.sockets import close_codes
from ws_gateway.sockets.close_codes import Farewell

FAREWELLS = [value for value in vars(close_codes).values() if isinstance(value, Farewell)]


@pytest.mark.parametrize("farewell", FAREWELLS, ids=lambda farewell: str(farewell.code))
def test_every_farewell_has_words_unless_a_reconnect_has_said_them(farewell: Farewell) -> None:
    """Unity reports no code of the 4000s, and never a reason."""
    assert (farewell.error is None) == (farewell.code == 1000)


@pytest.mark.parametrize("farewell", FAREWELLS, ids=lambda farewell: str(farewell.code))
def test_every_close_code_may_be_sent_and_arrives_as_itself(farewell: Farewell) -> None:
    """1004–1006 and 1015 are never sent (RFC 6455, section 7.4.1); 1012–1014 arrive as 1006."""
    assert farewell.code in {1000, 1001, 1009} or 4000 <= farewell.code < 5000


def test_no_two_farewells_say_the_same() -> None:
    """All codes and all error codes differ, so that every client can distinguish them."""
    assert len({farewell.code for farewell in FAREWELLS}) == len(FAREWELLS)
    words = {farewell.error.code for farewell in FAREWELLS if farewell.error}
    assert len(words) == len(FAREWELLS) - 1


def test_the_codes_are_those_that_clients_know() -> None:
    """They are part of the wire."""
    codes = {farewell.error.code: farewell.code for farewell in FAREWELLS if farewell.error}
    assert codes == {
        "going_away": 1001,
        "message_too_big": 1009,
        "replaced": 4001,
        "room_not_found": 4004,
        "too_many_bad_messages": 4009,
    }
