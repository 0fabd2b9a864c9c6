"""Moderation: tokens with less right, everybody who pressed, blocks, and names.

Only these routes ask Redis whether a token was revoked; no press does.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final, cast

from starlette.requests import Request
from starlette.responses import Response

from api_service.http.operations import Operation
from api_service.http.requests import NO_VIEWER_ID, answer, bearer, read_query, read_struct
from api_service.http.routes import Routes
from shared.engine import moderation
from shared.engine.engine import MOST_BLOCKED, Payer
from shared.engine.keys import CHANGES_LIMIT, Limit
from shared.engine.moderation import ValidToken, blocked_viewers, fired_by, search
from shared.engine.refusals import RoomNotFound
from shared.engine.replies import TopViewer, TopViewers
from shared.identity.names import folded
from shared.identity.tokens import (
    ROOM_TOKEN_LIFETIME_S,
    Scoped,
    bare,
    is_token_id,
    is_ulid,
    new_token_id,
)
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


class People(Routes):
    """The routes for the room's owner and moderators."""

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
        room_id, whose = await self._moderated(request)
        query = read_query(request, bodies.ViewersQuery)
        found = await self._found(room_id, query, whose)
        viewers = tuple(
            bodies.RoomViewer(v.viewer, v.name, v.presses, v.blocked) for v in found.viewers
        )
        return answer(bodies.RoomViewers(room_id, found.round, viewers, found.more))

    async def _found(self, room_id: str, query: bodies.ViewersQuery, whose: str) -> TopViewers:
        if wanted := query.search.strip():
            await self.engine.spend_of(SEARCHES_LIMIT, whose)
            return await search(self.engine, room_id, fitting(wanted), limit=FOUND)
        if query.blocked:
            return await blocked_viewers(self.engine, room_id, limit=SHOWN)
        return await self.engine.top_viewers(room_id, limit=SHOWN)

    @Operation(
        "GET",
        "/api/rooms/{room_id}/fired_by",
        query=bodies.FiredByQuery,
        answers=(bodies.FiredBy,),
        security="room_or_moderator_token",
    )
    async def fired_by(self, request: Request) -> Response:
        """Name the viewer whose press fired one of the room's triggers."""
        room_id, _ = await self._moderated(request)
        query = read_query(request, bodies.FiredByQuery)
        viewer = await fired_by(self.engine, room_id, query.epoch, query.seq)
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
        room_id, whose = await self._moderated(request)
        viewer = await _viewer_named(request)
        await self.spend_storage(request)
        most = MOST_BLOCKED if whose == room_id else MODERATORS_BLOCK
        await self.engine.block(room_id, viewer, most=most)
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
        room_id, _ = await self._moderated(request)
        viewer = await _viewer_named(request)
        await self.spend_storage(request)
        await self.engine.unblock(room_id, viewer)
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
        room_id, whose = await self._moderated(request)
        await self.engine.spend_of(CHANGES_LIMIT, whose)
        change = partial(merge, patch={"show_names": shown})
        payer = Payer(self.address_of(request))
        settings = await self.engine.change_settings(room_id, change, of=payer)
        return answer(bodies.NamesShown(settings.show_names))

    async def _moderated(self, request: Request) -> tuple[str, str]:
        """The room in the path, and whose limits the request spends: its owner's, by the room's id,
        or a moderator's, by the token's, who uses up nothing of the owner's or of another's.

        Raises Refused unless the request carries the room's own token, or one of a moderator.
        """
        room_id = request.path_params["room_id"]
        scoped = self.signer.read_scoped_token(bearer(request) or "", room_id, time.time())
        if scoped is None:
            room_id = self.own_room(request)
            return room_id, room_id
        if scoped.scope != "moderator":
            raise Refused(FORBIDDEN)
        with suppress(RoomNotFound):  # a token of a room that is gone needs no refusal
            valid = await moderation.tokens(self.engine, room_id)
            if scoped.token_id not in {token.token_id for token in valid}:
                raise Refused(FORBIDDEN)
        return room_id, scoped.token_id


async def _viewer_named(request: Request) -> str:
    """The viewer in the body. Raises Refused."""
    viewer = bare((await read_struct(request, bodies.Block)).viewer_id)
    if not is_ulid(viewer):
        raise Refused(INVALID_BODY, NO_VIEWER_ID)
    return viewer


def fitting(wanted: str) -> Callable[[TopViewer], bool]:
    """Whether a viewer's name or id contains what somebody looks for."""
    part, of_id = folded(wanted), wanted.upper()
    if len(of_id) < LEAST_OF_ID:
        return lambda viewer: part in folded(viewer.name or "")
    return lambda viewer: part in folded(viewer.name or "") or of_id in viewer.viewer


class Tokens(Routes):
    """The routes of tokens, for the room's owner alone."""

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
        room_id = self.own_room(request)
        wanted = await read_struct(request, bodies.NewToken)
        await self.engine.spend_of(CHANGES_LIMIT, room_id)
        expires_s = int(time.time()) + ROOM_TOKEN_LIFETIME_S
        scoped = Scoped(new_token_id(), wanted.scope, expires_s)
        valid = ValidToken(scoped.token_id, scoped.scope, expires_s * 1000)
        await moderation.add_token(self.engine, room_id, valid)
        body = bodies.TokenMade(
            token_id=scoped.token_id,
            token=self.signer.scoped_token(room_id, scoped),
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
        valid = await moderation.tokens(self.engine, self.own_room(request))
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
        room_id = self.own_room(request)
        token_id: str = request.path_params["token_id"]
        if not is_token_id(token_id):
            raise Refused(NOT_FOUND)
        await moderation.remove_token(self.engine, room_id, token_id)
        return answer(bodies.TokenRevoked(token_id))


def _listed(token: ValidToken) -> bodies.ListedToken:
    scope = cast("bodies.Scope", token.scope)
    return bodies.ListedToken(token.token_id, scope, timestamp(token.expires_at))
