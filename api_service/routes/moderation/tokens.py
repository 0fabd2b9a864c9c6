"""The routes of a room's tokens with less right: make one, list them, revoke one."""

from __future__ import annotations

import time
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from api_service.http.operations import Operation
from api_service.http.requests import answer, read_struct, require_room_token, room_id_of
from shared.engine import moderation
from shared.engine.engine import Engine
from shared.engine.keys import CHANGES_LIMIT
from shared.engine.moderation import ValidToken
from shared.identity.tokens import ROOM_TOKEN_LIFETIME_S, Scoped, Signer, is_token_id, new_token_id
from shared.wire import moderation_bodies as bodies
from shared.wire.error_codes import LEDGER_FULL, NOT_FOUND, RATE_LIMITED, TOO_MANY_TOKENS
from shared.wire.refusal import Refused
from shared.wire.rest_bodies import timestamp


class Tokens:
    """The routes of tokens, for the room's owner alone."""

    def __init__(self, engine: Engine, signer: Signer) -> None:
        self._engine = engine
        self._signer = signer

    @Operation(
        "POST",
        "/api/rooms/{room_id}/tokens",
        body=(bodies.NewToken,),
        status=201,
        answers=(bodies.TokenMade,),
        security="room_token",
        refusals=(TOO_MANY_TOKENS, RATE_LIMITED, LEDGER_FULL),
    )
    async def make(self, request: Request) -> Response:
        """Make a token with less right than the room's own. It is valid as long as a room token."""
        require_room_token(request, self._signer)
        wanted = await read_struct(request, bodies.NewToken)
        room_id = room_id_of(request)
        await self._engine.spend_of(CHANGES_LIMIT, room_id)
        expires_s = int(time.time()) + ROOM_TOKEN_LIFETIME_S
        scoped = Scoped(new_token_id(), wanted.scope, expires_s)
        valid = ValidToken(scoped.token_id, scoped.scope, expires_s * 1000)
        await moderation.add_token(self._engine, room_id, valid)
        body = bodies.TokenMade(
            token_id=scoped.token_id,
            token=self._signer.scoped_token(room_id, scoped),
            scope=wanted.scope,
            expires_at=timestamp(valid.expires_at),
        )
        return answer(body, 201)

    @Operation(
        "GET",
        "/api/rooms/{room_id}/tokens",
        answers=(bodies.RoomTokens,),
        security="room_token",
    )
    async def list(self, request: Request) -> Response:
        """List the room's tokens, without the secrets."""
        require_room_token(request, self._signer)
        valid = await moderation.tokens(self._engine, room_id_of(request))
        return answer(bodies.RoomTokens(tuple(map(_listed, valid))))

    @Operation(
        "DELETE",
        "/api/rooms/{room_id}/tokens/{token_id}",
        answers=(bodies.TokenRevoked,),
        security="room_token",
        refusals=(NOT_FOUND,),
    )
    async def revoke(self, request: Request) -> Response:
        """Revoke one of the room's tokens. An id that no token can have is not found."""
        require_room_token(request, self._signer)
        token_id: str = request.path_params["token_id"]
        if not is_token_id(token_id):
            raise Refused(NOT_FOUND)
        await moderation.remove_token(self._engine, room_id_of(request), token_id)
        return answer(bodies.TokenRevoked(token_id))


def _listed(token: ValidToken) -> bodies.ListedToken:
    scope = cast("bodies.Scope", token.scope)
    return bodies.ListedToken(token.token_id, scope, timestamp(token.expires_at))
