"""The bodies of the REST routes for moderators: tokens with less right, viewers, hidden names."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from shared.wire.parts import LARGEST_NUMBER, Top
from shared.wire.rest_bodies import AnyViewerId

Scope = Literal["moderator"]
LogNumber = Annotated[int, Meta(ge=0, le=LARGEST_NUMBER)]
Search = Annotated[
    str,
    Meta(
        max_length=64,
        description=(
            "A part of a name, in any case, width or kana, or at least 4 characters of a viewer's "
            "ULID: finds at most 50 of all who pressed in the round."
        ),
    ),
]


class NewToken(msgspec.Struct, frozen=True):
    """What the new token may do: a `moderator` lists, blocks and unblocks viewers, hides names."""

    scope: Scope


class TokenMade(msgspec.Struct, frozen=True):
    """A new token of the room. `token` is a secret that no other answer tells."""

    token_id: str
    token: str
    scope: Scope
    expires_at: str


class ListedToken(msgspec.Struct, frozen=True):
    """A valid token of the room, without the secret."""

    token_id: str
    scope: Scope
    expires_at: str


class RoomTokens(msgspec.Struct, frozen=True):
    """The room's valid tokens, the one that expires first at the front."""

    tokens: tuple[ListedToken, ...]


class TokenRevoked(msgspec.Struct, frozen=True):
    """The token is not valid, now or any more."""

    token_id: str
    status: Literal["revoked"] = "revoked"


class ViewersQuery(msgspec.Struct, frozen=True):
    """Which viewers: those who pressed most, unless one of these says otherwise."""

    search: Search = ""
    blocked: bool = False


class NamesShown(msgspec.Struct, frozen=True):
    """Whether the room shows viewers' names."""

    show_names: bool


class FiredByQuery(msgspec.Struct, frozen=True):
    """Which trigger of the room, as its game knows it."""

    epoch: LogNumber = 0
    seq: LogNumber = 0


class FiredBy(msgspec.Struct, frozen=True):
    """The viewer whose press fired a trigger.

    It is null if the streamer did, or if the room has no such trigger from the last ten minutes.
    """

    viewer_id: str | None


class RoomViewer(Top, frozen=True):
    """A viewer as the room's owner sees it, with its name even if that is hidden from others."""

    blocked: bool


class RoomViewers(msgspec.Struct, frozen=True):
    """Viewers of the room's round, most presses first; `more`: these are not all that match."""

    room_id: str
    round: int
    viewers: tuple[RoomViewer, ...]
    more: bool


class Block(msgspec.Struct, frozen=True):
    """The viewer to block or unblock, by its ULID or its full id."""

    viewer_id: AnyViewerId


class Blocked(msgspec.Struct, frozen=True):
    """The viewer's presses no longer count in this room."""

    viewer_id: str
    status: Literal["blocked"] = "blocked"


class Unblocked(msgspec.Struct, frozen=True):
    """The viewer's presses count again in this room."""

    viewer_id: str
    status: Literal["unblocked"] = "unblocked"
