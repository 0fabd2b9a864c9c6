"""Foreign errors are translated."""

from __future__ import annotations

from api_service.http.problems import TRANSLATIONS
from shared.engine import refusals

# What only a game's socket can meet.
OF_THE_GATEWAY = {
    refusals.BadOutcome,
    refusals.RoomOver,
    refusals.SocketReplaced,
    refusals.TooManyAttaches,
}
# What only the background duties can meet, and who opens a room under an id that is taken.
OF_THE_DUTIES = {refusals.GamePresent, refusals.RoomExists, refusals.RoundNotDue}


def test_every_error_of_the_engine_has_an_answer_or_belongs_elsewhere() -> None:
    errors = set(refusals.EngineError.__subclasses__())
    assert errors - OF_THE_GATEWAY - OF_THE_DUTIES == {
        kind for kind in TRANSLATIONS if kind in errors
    }
