"""Moderation: tokens with less right, everybody who pressed, blocks, and names.

Only these routes ask Redis whether a token was revoked; no press does.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Final, cast

from starlette.requests import Request
from starlette.responses import Response

from api_service.http.operations import Operation
from api_service.http.requests import (
    NO_VIEWER_ID,
    address_of,
    answer,
    bearer,
    read_query,
    read_struct,
    require_room_token,
    room_id_of,
)
from shared.engine import moderation
from shared.engine.engine import MOST_BLOCKED, Engine, Payer
from shared.engine.keys import CHANGES_LIMIT, Limit
from shared.engine.moderation import ValidToken, blocked_viewers, fired_by, search
from shared.engine.refusals import RoomNotFound
from shared.engine.replies import TopViewer, TopViewers
from shared.identity.names import folded
from shared.identity.tokens import (
    ROOM_TOKEN_LIFETIME_S,
    Scoped,
    Signer,
    bare,
    is_token_id,
    is_ulid,
    new_token_id,
)
from shared.process.settings import Settings
from shared.wire import moderation_bodies as bodies
from shared.wire.error_codes import (
    FORBIDDEN,
    INVALID_BODY,
    LEDGER_FULL,
    NOT_FOUND,
    RATE_LIMITED,
    TOO_MANY_BLOCKED,
    TOO_MANY_TOKENS,
)
from shared.wire.refusal import Refused
from shared.wire.rest_bodies import timestamp
from shared.wire.room_settings import merge

SHOWN: Final = 100  # viewers: those who pressed most, or are blocked
FOUND: Final = 50  # viewers of a search
SEARCHES_LIMIT: Final = Limit("searches", 30, 10)  # of a room's owner, and of each moderator
LEAST_OF_ID: Final = 4  # characters that find a viewer by its id
MODERATORS_BLOCK: Final = MOST_BLOCKED - 1_000  # viewers; the owner can still block others


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
        valid = await moderation.tokens(engine, room_id)
    except RoomNotFound:
        return True
    return scoped.token_id in {token.token_id for token in valid}


class People:
    """The routes for the room's owner and moderators."""

    def __init__(self, engine: Engine, signer: Signer, settings: Settings) -> None:
        self._engine = engine
        self._signer = signer
        self._trusted = settings.trusted_proxies

    @Operation(
        "GET",
        "/api/rooms/{room_id}/viewers",
        query=bodies.ViewersQuery,
        answers=(bodies.RoomViewers,),
        security="room_or_moderator_token",
        refusals=(RATE_LIMITED,),
    )
    async def viewers(self, request: Request) -> Response:
        """List the viewers who pressed most in the room's round, search all of them, or list
        who is blocked."""
        whose = await require_moderator(request, self._engine, self._signer)
        query = read_query(request, bodies.ViewersQuery)
        room_id = room_id_of(request)
        found = await self._found(room_id, query, whose)
        viewers = tuple(
            bodies.RoomViewer(v.viewer, v.name, v.presses, v.blocked) for v in found.viewers
        )
        return answer(bodies.RoomViewers(room_id, found.round, viewers, found.more))

    async def _found(self, room_id: str, query: bodies.ViewersQuery, whose: str) -> TopViewers:
        if wanted := query.search.strip():
            await self._engine.spend_of(SEARCHES_LIMIT, whose)
            return await search(self._engine, room_id, fitting(wanted), limit=FOUND)
        if query.blocked:
            return await blocked_viewers(self._engine, room_id, limit=SHOWN)
        return await self._engine.top_viewers(room_id, limit=SHOWN)

    @Operation(
        "GET",
        "/api/rooms/{room_id}/fired_by",
        query=bodies.FiredByQuery,
        answers=(bodies.FiredBy,),
        security="room_or_moderator_token",
    )
    async def fired_by(self, request: Request) -> Response:
        """Name the viewer whose press fired one of the room's triggers."""
        await require_moderator(request, self._engine, self._signer)
        query = read_query(request, bodies.FiredByQuery)
        viewer = await fired_by(self._engine, room_id_of(request), query.epoch, query.seq)
        return answer(bodies.FiredBy(viewer or None))

    @Operation(
        "POST",
        "/api/rooms/{room_id}/block",
        body=(bodies.Block,),
        answers=(bodies.Blocked,),
        security="room_or_moderator_token",
        refusals=(TOO_MANY_BLOCKED, RATE_LIMITED, LEDGER_FULL),
    )
    async def block(self, request: Request) -> Response:
        """Stop counting a viewer's presses in this room, and hide the viewer's name."""
        viewer, whose = await self._viewer_named(request)
        room_id = room_id_of(request)
        await self._engine.spend_storage(address_of(request.scope, self._trusted))
        most = MOST_BLOCKED if whose == room_id else MODERATORS_BLOCK
        await self._engine.block(room_id, viewer, most=most)
        return answer(bodies.Blocked(viewer))

    @Operation(
        "POST",
        "/api/rooms/{room_id}/unblock",
        body=(bodies.Block,),
        answers=(bodies.Unblocked,),
        security="room_or_moderator_token",
        refusals=(RATE_LIMITED, LEDGER_FULL),
    )
    async def unblock(self, request: Request) -> Response:
        """Count a blocked viewer's presses in this room again."""
        viewer, _ = await self._viewer_named(request)
        await self._engine.spend_storage(address_of(request.scope, self._trusted))
        await self._engine.unblock(room_id_of(request), viewer)
        return answer(bodies.Unblocked(viewer))

    @Operation(
        "POST",
        "/api/rooms/{room_id}/hide_names",
        answers=(bodies.NamesShown,),
        security="room_or_moderator_token",
        refusals=(RATE_LIMITED, LEDGER_FULL),
    )
    async def hide_names(self, request: Request) -> Response:
        """Hide all viewers' names in this room."""
        return await self._show_names(request, shown=False)

    @Operation(
        "POST",
        "/api/rooms/{room_id}/show_names",
        answers=(bodies.NamesShown,),
        security="room_or_moderator_token",
        refusals=(RATE_LIMITED, LEDGER_FULL),
    )
    async def show_names(self, request: Request) -> Response:
        """Show viewers' names in this room again."""
        return await self._show_names(request, shown=True)

    async def _show_names(self, request: Request, *, shown: bool) -> Response:
        whose = await require_moderator(request, self._engine, self._signer)
        room_id = room_id_of(request)
        await self._engine.spend_of(CHANGES_LIMIT, whose)
        change = partial(merge, patch={"show_names": shown})
        payer = Payer(address_of(request.scope, self._trusted))
        settings = await self._engine.change_settings(room_id, change, of=payer)
        return answer(bodies.NamesShown(settings.show_names))

    async def _viewer_named(self, request: Request) -> tuple[str, str]:
        """The viewer in the body, and whose limits the request spends. Raises Refused."""
        whose = await require_moderator(request, self._engine, self._signer)
        viewer = bare((await read_struct(request, bodies.Block)).viewer_id)
        if not is_ulid(viewer):
            raise Refused(INVALID_BODY, NO_VIEWER_ID)
        return viewer, whose


def fitting(wanted: str) -> Callable[[TopViewer], bool]:
    """Whether a viewer's name or id contains what somebody looks for."""
    part, of_id = folded(wanted), wanted.upper()
    if len(of_id) < LEAST_OF_ID:
        return lambda viewer: part in folded(viewer.name or "")
    return lambda viewer: part in folded(viewer.name or "") or of_id in viewer.viewer


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
