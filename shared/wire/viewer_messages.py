"""Every message on a viewer's socket, from the gateway to a page that shows a room."""

from typing import Annotated

import msgspec
from msgspec import Meta

from shared.wire.game_messages import Error, Message
from shared.wire.parts import OutcomeStatus, SendEvery, Stat
from shared.wire.room_settings import RoomSettings

MOST_ARRIVED = 5  # names of one message


class RoomShown(Message, frozen=True, tag="stats"):
    """The complete state of the room, sent when the socket opens and when a page must start over.

    `stats` are in the order of the settings; `time` is ISO 8601 in UTC. For `round_ends_at`,
    `round_left_ms`, `started_at`, `opened_by_press`, `stopped` and `next_room_id` see `status`.
    """

    room_id: str
    stats: tuple[Stat, ...]
    viewer_count: int
    send_every_ms: SendEvery
    time: str
    status: str
    round: int
    paused: bool
    round_ends_at: int | None = None
    round_left_ms: int | None = None
    started_at: str | None = None
    opened_by_press: bool = False
    stopped: bool = False
    next_room_id: str | None = None


class StatsUpdate(Message, frozen=True, tag="stats_update"):
    """The buttons that changed, sent at most four times a second.

    `stats` is empty if only the other fields changed.
    """

    stats: tuple[Stat, ...]
    viewer_count: int
    send_every_ms: SendEvery


class Trigger(Message, frozen=True, tag="trigger"):
    """A button fired. `viewer_name` is the viewer whose press fired it; null if it is not shown.

    `trigger_count` is how many presses it took. `people` is how many viewers pressed the button
    since its last trigger; 0 if it is not known, or only the streamer pressed. `by_streamer` is
    whether the streamer's press fired it. `round` is the one that it fired in, which may be over.
    """

    event_type: str
    viewer_name: str | None
    epoch: int
    seq: int
    trigger_count: int = 0
    people: int = 0
    by_streamer: bool = False
    round: int = 0


class Effect(Message, frozen=True, tag="effect"):
    """What the game did with a trigger; after each `stats`, those that last are sent again.

    `ends_at` (ms since 1970) is when one that has `started` ends. `reason` is the game's, if it
    gave one. `viewer_name` is as in the trigger. `returned` is how many presses came back to the
    button with a failure: 0 if the trigger's round was over.
    """

    event_type: str
    epoch: int
    seq: int
    viewer_name: str | None
    status: OutcomeStatus
    reason: str | None
    ends_at: int | None
    returned: int = 0


class StatusUpdate(Message, frozen=True, tag="status"):
    """The room's status: `active` (waits for its game), `in_game` (may be `paused`) or `ended`.

    If a limit ends the running round, `round_ends_at` (ms since 1970) is when; while it is
    paused, `round_left_ms` is how long it will then go on. Otherwise they are null.
    `started_at` (ISO 8601) is when the running round began, by the clock whose `time` it is now:
    pages count down three seconds from it and send no press before, unless a press opened the
    round. A round that is `stopped` is paused, and what comes meanwhile is discarded once it is
    resumed. Of an ended room, `next_room_id` is the newer room of its studio, if one is open:
    pages go there.
    """

    status: str
    round: int
    paused: bool
    round_ends_at: int | None = None
    round_left_ms: int | None = None
    started_at: str | None = None
    opened_by_press: bool = False
    stopped: bool = False
    next_room_id: str | None = None
    time: str = ""


class SettingsUpdate(Message, frozen=True, tag="settings"):
    """The room's settings, sent after `stats` when the socket opens, and after each change."""

    settings: RoomSettings


class Arrived(Message, frozen=True, tag="arrived"):
    """Who has joined with a name since the last one, while no round runs; at most one a second.

    Of more than five viewers these are the newest five, the newest at the end.
    """

    names: Annotated[tuple[str, ...], Meta(max_length=MOST_ARRIVED)]
    viewer_count: int


class Preview(Message, frozen=True, tag="preview"):
    """The streamer tries a button: only sockets that asked for previews get it. Nothing fired."""

    event_type: str
    viewer_name: str | None = None


class GameOver(Message, frozen=True, tag="game_over"):
    """The round has ended; its results can be requested from the API."""

    room_id: str
    round: int


class RankCount(msgspec.Struct, frozen=True):
    """How many presses the viewer of a rank (`place`) has; ranks begin with 1."""

    place: int
    count: int


class RanksShown(Message, frozen=True, tag="places"):
    """What the viewers of some ranks have pressed in the running round, at most every 5 s.

    The ranks are 1 to 10, 20, 50 and 100, as far as there are viewers who pressed. So a page that
    knows its own viewer's presses knows its rank without a request.
    """

    round: int
    places: tuple[RankCount, ...]


ViewerMessage = (
    RoomShown
    | StatsUpdate
    | Trigger
    | Effect
    | StatusUpdate
    | SettingsUpdate
    | RanksShown
    | Arrived
    | Preview
    | GameOver
    | Error
)

# An effect as the room engine stores it.
decode_effect = msgspec.json.Decoder(Effect).decode
