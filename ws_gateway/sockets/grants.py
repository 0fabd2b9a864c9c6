"""What a handshake grants a socket."""

import msgspec

from shared.identity.addresses import Address


class Claim(msgspec.Struct, frozen=True):
    """A claim to a new room (`room_id` None), or to a room from the last message applied.

    `skip` acknowledges everything so far. `stand_in`: it only keeps the room while no game is
    connected. `keyed`: the game sent a valid game key. `round_changes`: it wants to be told of its
    room's round.
    """

    room_id: str | None = None
    log_epoch: int | None = None
    last_seq: int | None = None
    skip: bool = False
    stand_in: bool = False
    keyed: bool = False
    round_changes: bool = False


class GameEntry(msgspec.Struct, frozen=True):
    """The grant of a game: its address and room, and where in the room's log it continues.

    `host` is the name by which it reached the gateway; "" if that is not known.
    """

    address: Address
    room_id: str
    is_new: bool
    claim: Claim
    host: str


class ViewerEntry(msgspec.Struct, frozen=True):
    """The grant of a viewer: the room that it watches, and whether it shows previews."""

    room_id: str
    previews: bool = False
