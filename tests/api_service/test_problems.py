"""Foreign errors are translated."""

from __future__ import annotations

from api_service.problems import TRANSLATIONS
from shared import replies

# What only a game's socket can meet.
OF_THE_GATEWAY = {replies.RoomOver, replies.Replaced, replies.TooManyAttaches}
# What only the background duties can meet, and who opens a room under an id that is taken.
OF_THE_DUTIES = {replies.GamePresent, replies.RoomExists}


def test_every_error_of_the_engine_has_an_answer_or_belongs_elsewhere() -> None:
    errors = set(replies.EngineError.__subclasses__())
    assert errors - OF_THE_GATEWAY - OF_THE_DUTIES == {
        kind for kind in TRANSLATIONS if kind in errors
    }
