"""The refusal of a handshake: the HTTP response instead of an upgrade."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from shared.wire.error_codes import INVALID_GAME_KEY

if TYPE_CHECKING:
    from shared.wire.error_codes import ErrorKind
    from shared.wire.languages import Sentence

# The API answers 401 to a wrong and to a missing key; a gateway answers 403 to a wrong one.
WRONG_GAME_KEY: Final = replace(INVALID_GAME_KEY, status=403)


class HandshakeRefused(Exception):
    """The handshake is refused; `sentence`, if given, is more exact than the kind's own.

    The client may retry after `retry_after` s.
    """

    def __init__(
        self, kind: ErrorKind, sentence: Sentence | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.sentence = sentence
        self.retry_after = retry_after
