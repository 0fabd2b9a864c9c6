"""The routes of moderation in one list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api_service.routes.openapi import Operation
from shared.wire import error_codes, moderation_bodies, rest_bodies

if TYPE_CHECKING:
    from api_service.routes.moderation.people import People
    from api_service.routes.moderation.tokens import Tokens

TOKEN_REFUSALS: Final = (error_codes.INVALID_ROOM_TOKEN, error_codes.FORBIDDEN)
CHANGE_REFUSALS: Final = (*TOKEN_REFUSALS, error_codes.LEDGER_FULL)  # the ledger records them
MODERATORS: Final = "room_or_moderator_token"


def moderation_operations(people: People, tokens: Tokens) -> list[Operation]:
    """The routes of moderators and of their tokens."""
    return [*_of_people(people), *_of_names(people), *_of_tokens(tokens)]


def _of_people(people: People) -> list[Operation]:
    return [
        Operation(
            "GET",
            "/api/rooms/{room_id}/viewers",
            people.viewers,
            "List the viewers who pressed most in the room's round, search all of them, or list "
            "who is blocked.",
            query=moderation_bodies.ViewersQuery,
            answers=(rest_bodies.RoomViewers,),
            security=MODERATORS,
            refusals=(error_codes.INVALID_QUERY, error_codes.RATE_LIMITED, *TOKEN_REFUSALS),
        ),
        Operation(
            "GET",
            "/api/rooms/{room_id}/fired_by",
            people.fired_by,
            "Name the viewer whose press fired one of the room's triggers.",
            query=rest_bodies.FiredByQuery,
            answers=(rest_bodies.FiredBy,),
            security=MODERATORS,
            refusals=(error_codes.INVALID_QUERY, *TOKEN_REFUSALS),
        ),
        Operation(
            "POST",
            "/api/rooms/{room_id}/block",
            people.block,
            "Stop counting a viewer's presses in this room, and hide the viewer's name.",
            body=(rest_bodies.Block,),
            answers=(rest_bodies.Blocked,),
            security=MODERATORS,
            refusals=(error_codes.INVALID_BODY, error_codes.TOO_MANY_BLOCKED, *CHANGE_REFUSALS),
        ),
        Operation(
            "POST",
            "/api/rooms/{room_id}/unblock",
            people.unblock,
            "Count a blocked viewer's presses in this room again.",
            body=(rest_bodies.Block,),
            answers=(rest_bodies.Unblocked,),
            security=MODERATORS,
            refusals=(error_codes.INVALID_BODY, *CHANGE_REFUSALS),
        ),
    ]


def _of_names(people: People) -> list[Operation]:
    return [
        Operation(
            "POST",
            "/api/rooms/{room_id}/hide_names",
            people.hide_names,
            "Hide all viewers' names in this room.",
            answers=(moderation_bodies.NamesShown,),
            security=MODERATORS,
            refusals=(error_codes.RATE_LIMITED, *CHANGE_REFUSALS),
        ),
        Operation(
            "POST",
            "/api/rooms/{room_id}/show_names",
            people.show_names,
            "Show viewers' names in this room again.",
            answers=(moderation_bodies.NamesShown,),
            security=MODERATORS,
            refusals=(error_codes.RATE_LIMITED, *CHANGE_REFUSALS),
        ),
    ]


def _of_tokens(tokens: Tokens) -> list[Operation]:
    return [
        Operation(
            "POST",
            "/api/rooms/{room_id}/tokens",
            tokens.make,
            "Make a token with less right than the room's own.",
            body=(moderation_bodies.NewToken,),
            status=201,
            answers=(moderation_bodies.TokenMade,),
            security="room_token",
            refusals=(error_codes.INVALID_BODY, error_codes.TOO_MANY_TOKENS, *TOKEN_REFUSALS),
        ),
        Operation(
            "GET",
            "/api/rooms/{room_id}/tokens",
            tokens.list,
            "List the room's tokens, without the secrets.",
            answers=(moderation_bodies.RoomTokens,),
            security="room_token",
            refusals=TOKEN_REFUSALS,
        ),
        Operation(
            "DELETE",
            "/api/rooms/{room_id}/tokens/{token_id}",
            tokens.revoke,
            "Revoke one of the room's tokens.",
            answers=(moderation_bodies.TokenRevoked,),
            security="room_token",
            refusals=(error_codes.NOT_FOUND, *TOKEN_REFUSALS),
        ),
    ]
