"""What a handshake grants a socket."""

from __future__ import annotations

import msgspec


class Claim(msgspec.Struct, frozen=True):
    """A new room (`room_id` None), or an old one from its last message applied.

    `skip` acknowledges everything so far. `keyed` tells that a valid game key was shown.
    """

    room_id: str | None = None
    log_epoch: int | None = None
    last_seq: int | None = None
    skip: bool = False
    keyed: bool = False


class GameEntry(msgspec.Struct, frozen=True):
    """A game's: its room, and where in the room's log it goes on."""

    room_id: str
    is_new: bool
    claim: Claim


class ViewerEntry(msgspec.Struct, frozen=True):
    """A viewer's: the room that it watches."""

    room_id: str
