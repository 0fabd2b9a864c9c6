"""The request and response bodies of the REST API, from which the OpenAPI schema is generated.

Times are ISO 8601 strings in UTC with milliseconds. `viewer_id` in a response is the viewer's
public ULID, unless its struct's description states otherwise.
"""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from shared.wire.parts import LARGEST_NUMBER, Rejected, RoomStatus, SendEvery, Stat, Top
from shared.wire.room_settings import LONGEST_ROUND, Problem, RoomSettings

LONGEST_BATCH_ID = 64  # characters
MOST_PUSH_EVENTS = 256  # entries of one request
MOST_PRESSES = 2_147_483_647  # of one entry: int32
LIMIT_WITH_LIMIT: Final = "Expected `limit_s` with the command `limit`, and with no other"
NO_ROUND_TO_START: Final = "Expected no `round` with the command `start`"

# The pattern is only documentation: the handlers check the id and refuse it with a clear message.
AnyViewerId = Annotated[
    str,
    Meta(
        description="A viewer's full id, or its ULID alone.",
        extra_json_schema={"pattern": r"^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}(\.|$)"},
    ),
]
PushCount = Annotated[int, Meta(ge=1, le=MOST_PRESSES)]
BatchId = Annotated[str, Meta(min_length=1, max_length=LONGEST_BATCH_ID)]
BatchNo = Annotated[int, Meta(ge=1, le=LARGEST_NUMBER)]
Round = Annotated[int, Meta(ge=1)]
Reach = Literal["machine", "network", "checking", "anywhere"]


def timestamp(ms: int) -> str:
    """Format a time in ms since 1970 as ISO 8601, in UTC, with milliseconds."""
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def timestamp_or_none(ms: int | None) -> str | None:
    """Format a time like that, if there is one."""
    return None if ms is None else timestamp(ms)


def timestamp_of(time: datetime) -> str:
    """Format a time from PostgreSQL like that."""
    return timestamp(round(time.timestamp() * 1000))


# Viewers.


class ConfirmViewer(msgspec.Struct, frozen=True):
    """The viewer id to confirm. Without one, or with an invalid one, a new id is issued."""

    viewer_id: str | None = None


class SetName(msgspec.Struct, frozen=True):
    """A viewer's new display name."""

    viewer_id: str
    name: str


class Viewer(msgspec.Struct, frozen=True):
    """The viewer that sent the request.

    `viewer_id` is its full, signed id, which it must keep secret. `name` is null if none is set.
    """

    viewer_id: str
    name: str | None


# Rooms.


class OpenRoom(msgspec.Struct, frozen=True):
    """The settings of the room to open; fields that are left out take their defaults.

    With `studio_key` the room is in that studio's history from the beginning, and `web_url` is at
    its handle, unless the key is not valid any more or PostgreSQL does not answer at once.
    """

    settings: RoomSettings | None = None
    studio_key: str | None = None


class RoomOpened(msgspec.Struct, frozen=True):
    """A new room. `room_token` is the secret that proves who owns the room."""

    room_id: str
    room_token: str
    web_url: str
    ws_url: str
    settings: RoomSettings
    code: str


class Invitation(msgspec.Struct, frozen=True):
    """Where people join a room now.

    `reach` is from where they can: this `machine` alone, its `network`, or `anywhere`; `checking`
    while it is not known yet if a tunnel leads here from anywhere. Unless the URL `lasts`, it may
    change at any time: ask again. `handle` is the one in the URL, if it is a studio's.
    """

    url: str
    reach: Reach
    lasts: bool
    handle: str | None


class Room(msgspec.Struct, frozen=True):
    """A room's public state. Viewers can type its `code`, null once the room is over.

    Each change of the settings gives them another `settings_version`.

    If a limit ends the running round, `round_ends_at` (ms since 1970) is when; while it is
    paused, `round_left_ms` is how long it will then go on. If `opened_by_press`, a press opened
    the last round, not the game. A round that is `stopped` is paused, and what comes meanwhile is
    discarded once it is resumed. `time` is the clock's of all these times, now. `next_room_id` is
    where its viewers go: once it has ended, the newer room of its studio, if one is open.
    """

    id: str
    status: RoomStatus
    round: int
    paused: bool
    game_connected: bool
    created_at: str
    started_at: str | None
    ended_at: str | None
    settings: RoomSettings
    settings_version: int
    viewer_count: int
    ws_viewer_url: str
    code: str | None
    round_ends_at: int | None
    round_left_ms: int | None
    opened_by_press: bool
    stopped: bool
    time: str
    invitation: Invitation
    next_room_id: str | None


class SettingsQuery(msgspec.Struct, frozen=True):
    """On what condition settings change: that their `settings_version` is still this one."""

    if_version: int | None = None


class ButtonChoice(msgspec.Struct, frozen=True):
    """The button that the streamer fires, or shows as if it did."""

    event_type: str


class Previewed(msgspec.Struct, frozen=True):
    """The pages that ask for previews show the button; nothing was counted or fired."""

    event_type: str


class RoomStats(msgspec.Struct, frozen=True):
    """The state of every button, in the order of the settings."""

    room_id: str
    stats: tuple[Stat, ...]
    viewer_count: int
    send_every_ms: SendEvery
    time: str


class Join(msgspec.Struct, frozen=True):
    """The viewer that joins, by its full id.

    With `room`, the answer has everything that a page begins with. `viewer_id` is confirmed then;
    without one, or with an invalid one, a new id is issued.
    """

    viewer_id: str | None = None
    room: bool = False


class Joined(msgspec.Struct, frozen=True):
    """The viewer counts as active now; `viewer_count` is the number of active viewers.

    If `room` was requested: the viewer, the room, and the state of every button.
    """

    viewer_count: int
    status: Literal["joined"] = "joined"
    viewer: Viewer | UnsetType = UNSET
    room: Room | UnsetType = UNSET
    stats: RoomStats | UnsetType = UNSET


# Presses.


class PushEvent(msgspec.Struct, frozen=True):
    """How often one button was pushed; `push_count` may also be written as `1.0`."""

    button_name: str
    push_count: PushCount


PushEvents = Annotated[tuple[PushEvent, ...], Meta(max_length=MOST_PUSH_EVENTS)]


class Batch(msgspec.Struct, frozen=True):
    """Presses of one viewer; an empty `push_events` is a heartbeat.

    A repeated `batch_id` is not counted again. With `batch_no`, `batch_id` names the sender, such
    as one opened page, and each new batch of the sender has a greater number; a batch whose number
    is not greater than the last one counted is not counted. Triggers that these presses fire show
    `viewer_name`.
    """

    viewer_id: str
    push_events: PushEvents
    viewer_name: str | None = None
    batch_id: BatchId | None = None
    batch_no: BatchNo | None = None


class SinglePress(msgspec.Struct, frozen=True):
    """One press of one button."""

    viewer_id: str
    event_type: str
    viewer_name: str | None = None
    batch_id: BatchId | None = None
    batch_no: BatchNo | None = None


class PressRequest(msgspec.Struct, frozen=True):
    """Both forms of a press, for decoding: exactly one of the last two fields must be set."""

    viewer_id: str
    viewer_name: str | None = None
    batch_id: BatchId | None = None
    batch_no: BatchNo | None = None
    push_events: PushEvents | UnsetType = UNSET
    event_type: str | UnsetType = UNSET


class EventResult(msgspec.Struct, frozen=True):
    """One button's part of a batch's result, and the button's state after counting.

    The state may include presses of other viewers that were counted in the same step. The fired
    triggers are numbered one after the other, up to `last_seq`: their `seq` in viewers' and game's
    messages. It is null if none fired, and in a repeated answer, which does not know it.
    """

    event_type: str
    accepted: int
    current_count: int
    required_count: int
    remaining_count: int
    progress: float
    effect_triggered: bool
    triggers_fired: int
    viewer_count: int
    next_threshold: int
    last_seq: int | None = None


class Pressed(msgspec.Struct, frozen=True):
    """The result of a batch; `accepted` + `rejected` is the number of presses in the request.

    If `duplicate`, the batch was counted before, and its numbers are those of that time.
    """

    room_id: str
    round: int
    viewer_count: int
    send_every_ms: SendEvery
    accepted: int
    rejected: int
    rejected_by: Rejected
    duplicate: bool
    event_results: tuple[EventResult, ...]
    stats: tuple[Stat, ...]


class ViewerSummary(msgspec.Struct, frozen=True):
    """What one viewer pressed in a round; `counts` by event type."""

    viewer_id: str
    viewer_name: str | None
    counts: dict[str, int]
    total: int


class PressedTooLate(msgspec.Struct, frozen=True):
    """The round has ended, and counts no more. If `final`, its totals no longer change."""

    final: bool
    viewer_summary: ViewerSummary
    game_over: Literal[True] = True


# Rounds and their results.


class RoundCommand(msgspec.Struct, frozen=True):
    """What to do with the round.

    `stop` pauses it and discards all counts; `resume` then discards those of the pause.
    With `limit` the running round ends in `limit_s` seconds, or never with 0, whatever the setting
    `round_limit_s` says: later rounds still have that one. With `round` the command is for that
    round alone: sent late, it does not change a later one.
    """

    command: Literal["start", "pause", "resume", "stop", "end", "limit"]
    limit_s: Annotated[int, Meta(ge=0, le=LONGEST_ROUND)] | None = None
    round: Round | None = None

    def __post_init__(self) -> None:
        """Raise ValueError unless the command has what it needs, and nothing of another."""
        if (self.command == "limit") == (self.limit_s is None):
            raise ValueError(LIMIT_WITH_LIMIT)
        if self.command == "start" and self.round is not None:
            raise ValueError(NO_ROUND_TO_START)


class DiscardedPresses(msgspec.Struct, frozen=True):
    """How many presses of a button one command discarded."""

    event_type: str
    count: int


class RoundState(msgspec.Struct, frozen=True):
    """The round after the command, and what the command discarded."""

    room_id: str
    status: RoomStatus
    round: int
    paused: bool
    stopped: bool
    discarded: tuple[DiscardedPresses, ...]
    time: str


class ResultsQuery(msgspec.Struct, frozen=True):
    """Which `round` (default: the last that ended), and whose `viewer_summary` to include."""

    viewer_id: AnyViewerId | UnsetType = UNSET
    round: Round | UnsetType = UNSET


# The top if nobody pressed: older pages read its fields without checking for null.
NOBODY: Final = Top(viewer_id="", viewer_name=None, count=0)


class ButtonOutcomes(msgspec.Struct, frozen=True):
    """What the game did with a button's triggers: how many were done, how many failed.

    `returned` is how many presses the failed ones gave back to the button.
    """

    event_type: str
    done: int
    failed: int
    returned: int


class Title(msgspec.Struct, frozen=True):
    """What a viewer stands out for in a round; `viewer_name` is null if it has none or is hidden.

    `finisher`: its presses fired most triggers. `steady`: it pressed in the most minutes of the
    clock. `first`: it pressed first. Of equals the one with more presses has the title.
    """

    title: Literal["finisher", "steady", "first"]
    viewer_id: str
    viewer_name: str | None


class Results(msgspec.Struct, frozen=True):
    """The totals of a round.

    `viewer_totals` are the 100 viewers with most presses. A top with a `count` of 0 means that
    nobody pressed. `outcomes` has the buttons of which the game told an outcome. `titles` has each
    title once, if a viewer has it.
    """

    room_id: str
    round: int
    ended_at: str
    top_by_event: dict[str, Top]
    top_overall: Top
    event_totals: dict[str, int]
    viewer_totals: tuple[Top, ...]
    viewer_summary: ViewerSummary | None
    outcomes: tuple[ButtonOutcomes, ...]
    titles: tuple[Title, ...]
    game_over: Literal[True] = True


# Health.


class Alive(msgspec.Struct, frozen=True):
    """The process is running."""

    status: Literal["ok"] = "ok"


class Readiness(msgspec.Struct, frozen=True):
    """Whether a load balancer should send requests here, and the last known state of the servers.

    `database` is "behind" while its schema is older than the service needs.
    """

    ready: bool
    redis: Literal["ok", "away"]
    database: Literal["ok", "away", "behind"]
    draining: bool


# Errors.


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error (RFC 9457). Programs should use `code`. `error` repeats `detail` for older pages."""

    title: str
    status: int
    detail: str
    code: str
    error: str
    problems: tuple[Problem, ...] = ()
    type: str = msgspec.field(default_factory=lambda: "about:blank")
