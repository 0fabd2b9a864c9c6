"""The close codes, and the errors before them."""

import pytest

from ws_gateway.sockets import close_codes
from ws_gateway.sockets.close_codes import CloseMessage

CLOSE_MESSAGES = [value for value in vars(close_codes).values() if isinstance(value, CloseMessage)]


@pytest.mark.parametrize("message", CLOSE_MESSAGES, ids=lambda message: str(message.code))
def test_every_close_has_words_unless_a_reconnect_has_said_them(
    message: CloseMessage,
) -> None:
    """Unity reports no code of the 4000s, and never a reason."""
    assert (message.error is None) == (message.code == 1000)


@pytest.mark.parametrize("message", CLOSE_MESSAGES, ids=lambda message: str(message.code))
def test_every_close_code_may_be_sent_and_arrives_as_itself(message: CloseMessage) -> None:
    """1004–1006 and 1015 are never sent (RFC 6455, section 7.4.1); 1012–1014 arrive as 1006."""
    assert message.code in {1000, 1001, 1009} or 4000 <= message.code < 5000


def test_no_two_farewells_say_the_same() -> None:
    """All codes and all error codes differ, so that every client can distinguish them."""
    assert len({message.code for message in CLOSE_MESSAGES}) == len(CLOSE_MESSAGES)
    words = {message.error.code for message in CLOSE_MESSAGES if message.error}
    assert len(words) == len(CLOSE_MESSAGES) - 1


def test_the_codes_are_those_that_clients_know() -> None:
    """They are part of the wire."""
    codes = {message.error.code: message.code for message in CLOSE_MESSAGES if message.error}
    assert codes == {
        "going_away": 1001,
        "message_too_big": 1009,
        "replaced": 4001,
        "game_connected": 4002,
        "room_not_found": 4004,
        "too_many_bad_messages": 4009,
    }
