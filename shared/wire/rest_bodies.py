"""What travels over the REST interface, as frozen structs; the published schema is made from them.

Times are ISO 8601 strings in UTC with milliseconds, `viewer_id` in an answer is a viewer's public
ULID unless the struct says otherwise.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from shared.wire.parts import Rejected, RoomStatus, Stat, Top
from shared.wire.room_settings import Problem, RoomSettings

LONGEST_BATCH_ID = 64  # characters
MOST_PUSH_EVENTS = 256  # entries of one request
MOST_PRESSES = 2_147_483_647  # of one entry: int32

# For readers only: a wrong one is refused with a sentence that says more than a pattern does.
AnyViewerId = Annotated[
    str,
    Meta(
        description="A viewer's full id, or its ULID alone.",
        extra_json_schema={"pattern": r"^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}(\.|$)"},
    ),
]
PushCount = Annotated[int, Meta(ge=1, le=MOST_PRESSES)]
BatchId = Annotated[str, Meta(min_length=1, max_length=LONGEST_BATCH_ID)]
Round = Annotated[int, Meta(ge=1)]


def timestamp(ms: int) -> str:
    """A time in ms since 1970 as ISO 8601, in UTC, with milliseconds."""
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


# Viewers.


class ConfirmViewer(msgspec.Struct, frozen=True):
    """The viewer id to confirm; none, or one that was not signed here, issues a new one."""

    viewer_id: str | None = None


class SetName(msgspec.Struct, frozen=True):
    """A viewer's new display name."""

    viewer_id: str
    name: str


class Viewer(msgspec.Struct, frozen=True):
    """A viewer to itself: `viewer_id` is the full, signed id. `name` is null where none is set."""

    viewer_id: str
    name: str | None


# Rooms.


class OpenRoom(msgspec.Struct, frozen=True):
    """Settings of the room to open; what they leave out takes its default."""

    settings: RoomSettings | None = None


class RoomOpened(msgspec.Struct, frozen=True):
    """A new room, and the secret that owns it."""

    room_id: str
    room_token: str
    web_url: str
    ws_url: str
    settings: RoomSettings


class Room(msgspec.Struct, frozen=True):
    """A room as everybody may see it."""

    id: str
    status: RoomStatus
    round: int
    paused: bool
    game_connected: bool
    created_at: str
    started_at: str | None
    ended_at: str | None
    settings: RoomSettings
    viewer_count: int
    ws_viewer_url: str


class Join(msgspec.Struct, frozen=True):
    """The viewer who is there."""

    viewer_id: str


class Joined(msgspec.Struct, frozen=True):
    """The viewer counts as active now."""

    viewer_count: int
    status: Literal["joined"] = "joined"


class Block(msgspec.Struct, frozen=True):
    """The viewer to block, by its ULID or its full id."""

    viewer_id: AnyViewerId


class Blocked(msgspec.Struct, frozen=True):
    """The viewer's presses count no more in this room."""

    viewer_id: str
    status: Literal["blocked"] = "blocked"


class RoomViewer(Top, frozen=True):
    """A viewer as the room's owner sees it: named even where names are hidden from others."""

    blocked: bool


class RoomViewers(msgspec.Struct, frozen=True):
    """Who pressed most in the room's round, most presses first, 100 at most."""

    room_id: str
    round: int
    viewers: tuple[RoomViewer, ...]


class RoomStats(msgspec.Struct, frozen=True):
    """Every button's state, in the settings' order."""

    room_id: str
    stats: tuple[Stat, ...]
    viewer_count: int
    time: str


# Presses.


class PushEvent(msgspec.Struct, frozen=True):
    """How often one button was pushed; a whole number written as `1.0` counts as one."""

    button_name: str
    push_count: PushCount


PushEvents = Annotated[tuple[PushEvent, ...], Meta(max_length=MOST_PUSH_EVENTS)]


class Batch(msgspec.Struct, frozen=True):
    """Presses of one viewer; without any it is a heartbeat.

    A repeated `batch_id` is not counted again. The triggers that it tips show `viewer_name`.
    """

    viewer_id: str
    push_events: PushEvents
    viewer_name: str | None = None
    batch_id: BatchId | None = None


class SinglePress(msgspec.Struct, frozen=True):
    """One press of one button."""

    viewer_id: str
    event_type: str
    viewer_name: str | None = None
    batch_id: BatchId | None = None


class PressRequest(msgspec.Struct, frozen=True):
    """Both forms of a press as they are read; exactly one of the last two is there."""

    viewer_id: str
    viewer_name: str | None = None
    batch_id: BatchId | None = None
    push_events: PushEvents | UnsetType = UNSET
    event_type: str | UnsetType = UNSET


class EventResult(msgspec.Struct, frozen=True):
    """What one button made of a batch, and its state after the step that counted it.

    Batches of other viewers may have been counted in the same step.
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


class Pressed(msgspec.Struct, frozen=True):
    """A batch, counted now or (`duplicate`) before; accepted + rejected = asked for."""

    room_id: str
    round: int
    viewer_count: int
    accepted: int
    rejected: int
    rejected_by: Rejected
    duplicate: bool
    event_results: tuple[EventResult, ...]
    stats: tuple[Stat, ...]


class ViewerSummary(msgspec.Struct, frozen=True):
    """What one viewer pressed in a round, `counts` by event type."""

    viewer_id: str
    viewer_name: str | None
    counts: dict[str, int]
    total: int


class GameOver(msgspec.Struct, frozen=True):
    """The round has ended; `final` once nothing can change its totals any more."""

    final: bool
    viewer_summary: ViewerSummary
    game_over: Literal[True] = True


# Results.


class ResultsQuery(msgspec.Struct, frozen=True):
    """Which results: of a `round` (default: the last that ended), with one viewer's summary."""

    viewer_id: AnyViewerId | UnsetType = UNSET
    round: Round | UnsetType = UNSET


# The top where nobody pressed: older pages read its fields without asking whether there is one.
NOBODY: Final = Top(viewer_id="", viewer_name=None, count=0)


class Results(msgspec.Struct, frozen=True):
    """A round's totals; `viewer_totals` are the top 100, a top with a `count` of 0 is nobody's."""

    room_id: str
    round: int
    ended_at: str
    top_by_event: dict[str, Top]
    top_overall: Top
    event_totals: dict[str, int]
    viewer_totals: tuple[Top, ...]
    viewer_summary: ViewerSummary | None
    game_over: Literal[True] = True


# Health.


class Alive(msgspec.Struct, frozen=True):
    """The process lives."""

    status: Literal["ok"] = "ok"


class Readiness(msgspec.Struct, frozen=True):
    """Whether requests should be sent here, and what the service last saw of its servers.

    `database` is "behind" while its schema is not the current one.
    """

    ready: bool
    redis: Literal["ok", "away"]
    database: Literal["ok", "away", "behind"]
    draining: bool


# Errors.


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error answer (RFC 9457); programs go by `code`, `error` is `detail` for older pages."""

    title: str
    status: int
    detail: str
    code: str
    error: str
    problems: tuple[Problem, ...] = ()
    type: str = msgspec.field(default_factory=lambda: "about:blank")
