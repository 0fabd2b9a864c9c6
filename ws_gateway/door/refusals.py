"""What only the gateway answers instead of an upgrade, and how a refusal is raised."""

from __future__ import annotations

from shared.wire.refusal import Refusal

MISSING_TOKEN = Refusal(401, "missing_token", "Resuming a room needs its room token.")
MISSING_GAME_KEY = Refusal(401, "missing_game_key", "Opening a room needs a game key.")
INVALID_TOKEN = Refusal(403, "invalid_token", "The room token is not this room's, or has expired.")
INVALID_GAME_KEY = Refusal(403, "invalid_game_key", "The game key is not valid.")
FORBIDDEN_ORIGIN = Refusal(403, "forbidden_origin", "Games of this origin may not connect.")
ROOM_OVER = Refusal(404, "room_over", "The room is over, and its game has the summary.")
TOO_MANY_ATTACHES = Refusal(429, "too_many_attaches", "More than 5 attaches of this room in 10 s.")
REFUSED_TOO_OFTEN = Refusal(429, "refused_too_often", "This game was refused 20 times in 10 s.")
TOO_MANY_SOCKETS_OF_ADDRESS = Refusal(
    429, "too_many_sockets_of_address", "This address has too many sockets open."
)
DRAINING = Refusal(503, "draining", "This gateway goes away; another one takes over.")
TOO_MANY_SOCKETS = Refusal(503, "too_many_sockets", "This gateway is full.")


class HandshakeRefused(Exception):
    """An answer before the upgrade; `sentence` says more than the kind's own.

    `retry_after` is how soon a retry makes sense (s).
    """

    def __init__(
        self, refusal: Refusal, sentence: str = "", retry_after: int | None = None
    ) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.sentence = sentence
        self.retry_after = retry_after
