"""Every message on a viewer's socket, from the gateway to a page that shows a room."""

from __future__ import annotations

import msgspec

from shared.wire.game_messages import Error, Message
from shared.wire.parts import OutcomeStatus, SendEvery, Stat
from shared.wire.room_settings import RoomSettings


class RoomShown(Message, frozen=True, tag="stats"):
    """The complete state of the room, sent when the socket opens and when a page must start over.

    `stats` are in the order of the settings; `time` is ISO 8601 in UTC.
    """

    room_id: str
    stats: tuple[Stat, ...]
    viewer_count: int
    send_every_ms: SendEvery
    time: str
    status: str
    round: int
    paused: bool


class StatsUpdate(Message, frozen=True, tag="stats_update"):
    """The buttons that changed, sent at most four times a second.

    `stats` is empty if only the other fields changed.
    """

    stats: tuple[Stat, ...]
    viewer_count: int
    send_every_ms: SendEvery


class Trigger(Message, frozen=True, tag="trigger"):
    """A button fired. `viewer_name` is the viewer whose press fired it; null if it is not shown."""

    event_type: str
    viewer_name: str | None
    epoch: int
    seq: int


class Effect(Message, frozen=True, tag="effect"):
    """What the game did with a trigger; after each `stats`, those that last are sent again.

    `ends_at` (ms since 1970) is when one that has `started` ends. `reason` is the game's, if it
    gave one. `viewer_name` is as in the trigger.
    """

    event_type: str
    epoch: int
    seq: int
    viewer_name: str | None
    status: OutcomeStatus
    reason: str | None
    ends_at: int | None


class StatusUpdate(Message, frozen=True, tag="status"):
    """The room's status: `active` (waits for its game), `in_game` (may be `paused`) or `ended`."""

    status: str
    round: int
    paused: bool


class SettingsUpdate(Message, frozen=True, tag="settings"):
    """The room's settings, sent after `stats` when the socket opens, and after each change."""

    settings: RoomSettings


class GameOver(Message, frozen=True, tag="game_over"):
    """The round has ended; its results can be requested from the API."""

    room_id: str
    round: int


ViewerMessage = (
    RoomShown | StatsUpdate | Trigger | Effect | StatusUpdate | SettingsUpdate | GameOver | Error
)


_effect_decoder = msgspec.json.Decoder(Effect)


def decode_effect(text: str | bytes) -> Effect:
    """Decode an effect as the room engine keeps it."""
    return _effect_decoder.decode(text)
