"""Who may use a studio: whoever sends its key."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from api_service.http.requests import bearer
from shared.identity.tokens import Signer
from shared.wire.error_codes import BUSY, INVALID_STUDIO_KEY, STORE_UNAVAILABLE
from shared.wire.languages import Sentence
from shared.wire.refusal import Refused

# What routes answer while PostgreSQL is away.
AWAY: Final = (BUSY, STORE_UNAVAILABLE)
NO_STUDIO: Final = Sentence("There is no such studio.", "このスタジオはありません。")


def studio_of(request: Request, signer: Signer) -> str:
    """The id of the studio whose key the request carries. Raises Refused."""
    studio_id = signer.verify_studio_key(bearer(request) or "")
    if studio_id is None:
        raise Refused(INVALID_STUDIO_KEY)
    return studio_id
