"""Who may moderate a room: its owner, and whoever shows one of its moderator tokens.

Only the routes of moderation ask Redis whether a token was revoked; no press does.
"""

from __future__ import annotations

import time

from starlette.requests import Request

from api_service.http.requests import bearer, require_room_token
from shared.engine.engine import Engine
from shared.engine.moderation import tokens
from shared.engine.refusals import RoomNotFound
from shared.identity.tokens import Scoped, Signer, is_ulid
from shared.wire.error_codes import FORBIDDEN
from shared.wire.refusal import Refused


async def require_moderator(request: Request, engine: Engine, signer: Signer) -> str:
    """Raise Refused unless the request carries the room's own token, or one of a moderator.

    Returns whose limits it spends: the room's id for its owner, else the id of the token, so
    that no moderator uses up what the owner or another moderator may do.
    """
    room_id = request.path_params["room_id"]
    scoped = signer.read_scoped_token(bearer(request) or "", room_id, time.time())
    if scoped is None:
        require_room_token(request, signer)
        return str(room_id)
    if scoped.scope != "moderator" or not await _is_valid(engine, room_id, scoped):
        raise Refused(FORBIDDEN)
    return scoped.token_id


async def _is_valid(engine: Engine, room_id: str, scoped: Scoped) -> bool:
    """Whether the token was not revoked; one of a room that is gone needs no refusal."""
    if not is_ulid(room_id):
        return True
    try:
        valid = await tokens(engine, room_id)
    except RoomNotFound:
        return True
    return scoped.token_id in {token.token_id for token in valid}
