"""Every message on a viewer's socket, from the gateway to a page that watches a room."""

from __future__ import annotations

from shared.wire.game_messages import Error, Message
from shared.wire.parts import Stat
from shared.wire.room_settings import RoomSettings


class RoomShown(Message, frozen=True, tag="stats"):
    """The room as it is, when the socket opens and whenever a page must begin anew.

    `stats` are in the settings' order; `time` is ISO 8601 in UTC.
    """

    room_id: str
    stats: tuple[Stat, ...]
    viewer_count: int
    time: str
    status: str
    round: int
    paused: bool


class StatsUpdate(Message, frozen=True, tag="stats_update"):
    """The buttons that changed, at most four times a second; perhaps none, and only the viewers."""

    stats: tuple[Stat, ...]
    viewer_count: int


class Trigger(Message, frozen=True, tag="trigger"):
    """A button was full: `viewer_name` is whose press tipped it, null where that is not shown."""

    event_type: str
    viewer_name: str | None
    epoch: int
    seq: int


class StatusUpdate(Message, frozen=True, tag="status"):
    """The room waits for its game (`active`), is `in_game` (perhaps `paused`), or has `ended`."""

    status: str
    round: int
    paused: bool


class SettingsUpdate(Message, frozen=True, tag="settings"):
    """The room's settings: after `stats` when the socket opens, and after they were changed."""

    settings: RoomSettings


class GameOver(Message, frozen=True, tag="game_over"):
    """The round has ended; its results can be asked for."""

    room_id: str
    round: int


ViewerMessage = RoomShown | StatsUpdate | Trigger | StatusUpdate | SettingsUpdate | GameOver | Error
