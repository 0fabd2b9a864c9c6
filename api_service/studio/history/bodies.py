"""The request and response bodies of a history's routes."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from shared.wire.parts import RoomStatus, Top
from shared.wire.room_settings import RoomSettings

Table = Literal["totals", "viewers", "triggers", "presses"]
TABLES: Final[tuple[Table, ...]] = ("totals", "viewers", "triggers", "presses")
# The epoch and number of a trigger; `FIRST` stands before all.
FIRST: Final = "0-0"
Position = Annotated[str, Meta(pattern=r"^[0-9]{1,18}-[0-9]{1,18}$(?!\n)")]
RoomId = Annotated[str, Meta(pattern=r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$(?!\n)")]


class RoomProof(msgspec.Struct, frozen=True):
    """The room whose token proves that the studio's streamer opened it."""

    room_token: str


class RoomInHistory(msgspec.Struct, frozen=True):
    """The room that is in the studio's history now, or is no longer."""

    room_id: str


class NewestRoom(msgspec.Struct, frozen=True):
    """The newest room of a studio's history; null if there is none."""

    room_id: RoomId | None


class PastRound(msgspec.Struct, frozen=True):
    """A round with its presses and triggers, of all buttons together."""

    round: int
    started_at: str
    ended_at: str | None
    presses: int
    triggers: int


class PastRoom(msgspec.Struct, frozen=True):
    """A room of the history, with its last 100 rounds in order."""

    room_id: str
    title: str
    opened_at: str
    status: RoomStatus
    rounds: tuple[PastRound, ...]


class PastRoomSettings(msgspec.Struct, frozen=True):
    """A room of the history with its settings, with which another room can be opened."""

    room_id: str
    opened_at: str
    status: RoomStatus
    settings: RoomSettings


class HistoryQuery(msgspec.Struct, frozen=True):
    """The room id `before` which the page begins: the last one of the page before it."""

    before: RoomId | UnsetType = UNSET


class History(msgspec.Struct, frozen=True):
    """Up to 50 rooms, the newest first."""

    rooms: tuple[PastRoom, ...]


class ButtonTotals(msgspec.Struct, frozen=True):
    """A button's presses that counted, its triggers, and the presses that failed ones gave back."""

    event_type: str
    accepted: int
    triggers: int
    returned: int


class PastTrigger(msgspec.Struct, frozen=True):
    """A trigger; `viewer_name` is null if it is hidden, or if the streamer fired it.

    `status` and `reason` are what the game told of it, null if nothing.
    """

    seq: int
    event_type: str
    threshold: int
    viewer_name: str | None
    fired_at: str
    status: str | None
    reason: str | None


class PressesInMinute(msgspec.Struct, frozen=True):
    """How many presses of a button counted in one `minute`, a number of minutes since 1970."""

    minute: int
    event_type: str
    count: int


class RoundQuery(msgspec.Struct, frozen=True):
    """JSON with all tables, or one `table` as CSV; with `after`, further triggers alone."""

    format: Literal["json", "csv"] = "json"
    table: Table = "totals"
    after: Position = FIRST


class RoundDetails(msgspec.Struct, frozen=True):
    """All that is recorded of a round; of viewers, triggers and minutes at most 10,000 rows.

    `viewer_totals` are all who pressed, those with most presses first; empty while the round goes
    on.
    """

    room_id: str
    round: int
    started_at: str
    ended_at: str | None
    totals: tuple[ButtonTotals, ...]
    viewer_totals: tuple[Top, ...]
    triggers: tuple[PastTrigger, ...]
    presses_per_minute: tuple[PressesInMinute, ...]
