"""The room engine's return values, parsed from the functions' replies."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, TypeVar

import msgspec
from msgspec import Raw

from shared.engine.refusals import UnknownEventType, check
from shared.redis_store.redis_py import BINARY
from shared.wire import error_codes
from shared.wire.game_messages import NumberedMessage, RoundUpdate, decode_logged
from shared.wire.parts import Rejected, RoomStatus, Stat
from shared.wire.refusal import Refused
from shared.wire.rest_bodies import DiscardedPresses, EventResult
from shared.wire.room_settings import decode

Parsed = TypeVar("Parsed", bound=msgspec.Struct)

REASONS = Rejected.__struct_fields__  # in the order of their numbers in press.lua

# The kinds of outcomes in press.lua.
COUNTED_BEFORE, LEDGER_FULL_NOW, UNKNOWN = 1, 2, 3

NONE_REJECTED = Rejected(0, 0, 0, 0, 0, 0)


class Fired(msgspec.Struct, frozen=True):
    """A trigger that a call fired; `threshold` is how many presses it took."""

    event_type: str
    threshold: int
    seq: int


class Stats(msgspec.Struct, frozen=True, dict=True):
    """Every button's state, in the order of the settings; pages send each `send_every_ms`.

    Batches that were counted in one call share these, and what is computed from them. `now` is
    Redis's clock (ms since 1970), 0 in the reply to presses.
    """

    round: int
    viewer_count: int
    send_every_ms: int
    stats: tuple[Stat, ...]
    now: int = 0

    @cached_property
    def encoded_stats(self) -> Raw:
        """`stats` as JSON."""
        return Raw(msgspec.json.encode(self.stats))


class Counting(msgspec.Struct, frozen=True, eq=False):
    """A batch's outcome; `duplicate` if it was counted before.

    `state` is the state after the call, which may also have counted batches of other viewers.
    Batches of one call with the same outcome share one object; so it compares by identity, and can
    be a cache's key.
    """

    state: Stats
    duplicate: bool
    accepted: int
    rejected: Rejected
    results: tuple[EventResult, ...]
    fired: tuple[Fired, ...]


class StreamerTrigger(msgspec.Struct, frozen=True):
    """The trigger that the streamer fired, and the state after it."""

    state: Stats
    fired: Fired


class RoundOver(msgspec.Struct, frozen=True):
    """The press came after its round had ended; `final` once PostgreSQL has the round's end."""

    round: int
    final: bool


class Description(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A room's public state, as `describe` replies it; times in ms since 1970.

    A room that is `over` has no game, and takes none. `code` is "" until somebody asks for one. If
    a limit ends the running round, `ends_at` says when, or `left_ms`, while it is paused, how long
    it will then go on. `opened_by_press`: a press opened the round, not the game. A round that is
    `stopped` is paused, and whoever resumes it discards what has come meanwhile. `next_room_id` is
    the newer room of its studio, "" if there is none: its viewers go there once it has ended.
    """

    status: RoomStatus
    round: int
    paused: bool = False
    connected: bool = False
    created_at: int
    started_at: int | None = None
    ended_at: int | None = None
    settings: str
    settings_version: int
    viewer_count: int
    now: int
    types: str
    code: str = ""
    code_is_fresh: bool = False
    over: bool = False
    ends_at: int | None = None
    left_ms: int | None = None
    opened_by_press: bool = False
    stopped: bool = False
    next_room_id: str = ""

    @property
    def event_types(self) -> tuple[str, ...]:
        """All that the room ever had."""
        return tuple(self.types.split(","))

    @property
    def is_round_over(self) -> bool:
        """Whether the round has ended; if only its time is over, it does so within a second."""
        return self.status == "ended" or (self.ends_at is not None and self.ends_at <= self.now)


class ViewerCounts(msgspec.Struct, frozen=True):
    """What one viewer pressed in a round; `counts` by event type."""

    viewer_name: str | None
    total: int
    counts: dict[str, int]


class Attachment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An attached socket. Delivery continues after number `start`; the log's last is `seq`."""

    term: int
    log_epoch: int
    seq: int
    start: int
    recovered: bool = False
    status: RoomStatus
    round: int
    viewer_count: int


class Checked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The state in Redis that a gateway compares its socket with."""

    log_epoch: int
    seq: int
    viewer_count: int
    status: RoomStatus
    round: int
    paused: bool = False
    stopped: bool = False

    @property
    def round_update(self) -> RoundUpdate:
        """The state of the round, as the game is told it."""
        return RoundUpdate(self.status, self.round, self.paused, self.stopped)


class LogPage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages after number `start`, oldest first.

    `start` differs from the requested number if the log was rolled back or trimmed; then, and if
    Redis lost the round before `start`, `recovered` is false.
    """

    log_epoch: int
    start: int
    recovered: bool = False
    messages: tuple[NumberedMessage, ...]


class TopViewer(msgspec.Struct, frozen=True):
    """A viewer's presses in the round; if `blocked`, its further presses do not count."""

    viewer: str
    name: str | None
    presses: int
    blocked: bool


class TopViewers(msgspec.Struct, frozen=True):
    """Viewers of a round, most presses first; whether there are `more`."""

    round: int
    viewers: tuple[TopViewer, ...]
    more: bool = False


def values_by_name(reply: list[Any]) -> dict[str, Any]:
    """The values of a reply by name; what is nil or false is left out.

    Redis sends a function's map as a flat list: name, value….
    """
    parts = iter(reply[0])
    return dict(zip(parts, parts, strict=True))


def parse(reply: list[Any], as_: type[Parsed]) -> Parsed:
    """Parse a reply by name. True is 1 there, and a number may be text.

    Raises msgspec.ValidationError if the struct lacks a name, or the reply one without a default.
    """
    return msgspec.convert(values_by_name(reply), as_, strict=False)


def description_of(reply: list[Any]) -> Description:
    """Parse the reply of `describe`, or raise what it refuses."""
    return parse(check(reply), Description)


def stats_reply_of(reply: list[Any]) -> Stats:
    """Parse the reply of `stats`, or raise what it refuses."""
    return state_of(check(reply))


def stats_of(flat: Sequence[Any], viewer_count: int) -> tuple[Stat, ...]:
    """Parse a flat reply of the library's `buttons.reply`."""
    rows = _rows(flat, 10)
    stats = [
        Stat(
            event_type=name,
            current_count=count,
            current_level=level,
            required_count=need,
            remaining_count=max(0, need - count),
            progress=min(1.0, count / need),
            next_threshold=need,
            viewer_count=viewer_count,
            enabled=enabled == 1,
            cooldown_left_ms=cooldown,
            available=reason is None,
            reason=reason or None,
            accepted=accepted,
            ready_in_ms=ready,
            people=people,
        )
        for name, count, level, need, enabled, cooldown, reason, accepted, ready, people in rows
    ]
    return tuple(stats)


def state_of(reply: Sequence[Any]) -> Stats:
    """Parse round, viewers, ms to gather, states and perhaps now, as several functions reply."""
    round_, viewer_count, send_every_ms, flat, *now = reply
    return Stats(round_, viewer_count, send_every_ms, stats_of(flat, viewer_count), *now)


def streamer_trigger_of(reply: Sequence[Any]) -> StreamerTrigger:
    """Parse the reply of `fire`."""
    *stats, fired = reply
    return StreamerTrigger(state_of(stats), Fired(*fired))


def outcomes_of(reply: list[Any], batches: int) -> Sequence[Counting | RoundOver | Refused]:
    """Parse the reply of `press`, the outcome of each batch, or raise what it refuses."""
    if reply[0] == "game_over":
        return [RoundOver(round=int(reply[1]), final=reply[2] == 1)] * batches
    if reply[0] != "ok":
        check(reply)  # raises
    _, *stats, encoded, outcome_of = reply
    state = state_of(stats)
    outcomes = [_outcome_of(state, *raw) for raw in msgspec.msgpack.decode(_bytes_of(encoded))]
    return [outcomes[index] for index in _bytes_of(outcome_of)]


def _outcome_of(state: Stats, kind: int, *facts: Any) -> Counting | Refused:
    if kind == UNKNOWN:
        return UnknownEventType(facts[0])
    if kind == LEDGER_FULL_NOW:
        return Refused(error_codes.LEDGER_FULL)
    results, rejected, fired = facts
    last_seqs = dict(zip(fired[::3], fired[2::3], strict=True))
    # As the answers have them: the batches with this outcome share them.
    event_results = [
        EventResult(
            event_type=stat.event_type,
            accepted=accepted,
            current_count=stat.current_count,
            required_count=stat.required_count,
            remaining_count=stat.remaining_count,
            progress=stat.progress,
            effect_triggered=triggers > 0,
            triggers_fired=triggers,
            viewer_count=stat.viewer_count,
            next_threshold=stat.next_threshold,
            last_seq=last_seqs.get(index),
        )
        for index, accepted, triggers in _rows(results, 3)
        for stat in [state.stats[index]]
    ]
    return Counting(
        state=state,
        duplicate=kind == COUNTED_BEFORE,
        accepted=sum(results[1::3]),
        rejected=Rejected(*rejected[: len(REASONS)]) if rejected else NONE_REJECTED,
        results=tuple(event_results),
        fired=tuple([Fired(state.stats[i].event_type, *rest) for i, *rest in _rows(fired, 3)])
        if fired
        else (),
    )


def _rows(flat: Sequence[Any], length: int) -> Iterator[tuple[Any, ...]]:
    return zip(*[iter(flat)] * length, strict=True)


def _bytes_of(binary: str) -> bytes:
    """Binary data as it was before it was decoded like all replies."""
    return binary.encode("utf-8", BINARY)


def viewer_counts_of(reply: list[Any], room: Description) -> ViewerCounts:
    """Parse the reply of `viewer`, which has a count for each event type that the room ever had."""
    name, total, *counts = reply
    listed = {button.event_type for button in decode(room.settings).buttons}
    pressed = zip(room.event_types, counts, strict=True)
    return ViewerCounts(
        name or None, total, {each: n for each, n in pressed if n or each in listed}
    )


def discarded_of(flat: Sequence[Any]) -> tuple[DiscardedPresses, ...]:
    """Parse what a call discarded: (event type, presses)…"""
    return tuple(map(DiscardedPresses, flat[::2], flat[1::2]))


def page_of(reply: list[Any]) -> LogPage:
    """Parse the reply of `read`."""
    fields = values_by_name(reply)
    fields["messages"] = [*map(decode_logged, fields["messages"])]
    return msgspec.convert(fields, LogPage, strict=False)


def top_viewers_of(flat: Sequence[Any]) -> tuple[TopViewer, ...]:
    """Parse viewers of a flat reply (viewer, name or "", presses, blocked 1|0)…"""
    return tuple(
        TopViewer(viewer, name or None, presses, blocked == 1)
        for viewer, name, presses, blocked in _rows(flat, 4)
    )
