"""How a handshake is refused: what is answered instead of an upgrade."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from shared.wire.error_codes import INVALID_GAME_KEY

if TYPE_CHECKING:
    from shared.wire.error_codes import ErrorKind
    from shared.wire.languages import Sentence

# The API answers 401 to both; a gateway tells a wrong key from a missing one.
WRONG_GAME_KEY: Final = replace(INVALID_GAME_KEY, status=403)


class HandshakeRefused(Exception):
    """An answer before the upgrade; `sentence` says more than the kind's own.

    `retry_after` is how soon a retry makes sense (s).
    """

    def __init__(
        self, kind: ErrorKind, sentence: Sentence | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.sentence = sentence
        self.retry_after = retry_after
