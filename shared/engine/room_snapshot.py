"""What a gateway shows to viewers: the reply of `watch`, parsed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

from shared.engine.replies import stats_of
from shared.wire.game_messages import LONGEST_EFFECT, NumberedMessage, decode_logged
from shared.wire.parts import RoomStatus, Stat
from shared.wire.viewer_messages import Effect, RankCount, decode_effect

Shown = TypeVar("Shown", NumberedMessage, Effect)


FROM_NOTHING = ("",) * 7  # what a gateway has that sees a room for the first time


class RoomSnapshot(msgspec.Struct, frozen=True):
    """A room's state for its viewers, at `now`; times in ms since 1970, 0 for never.

    `reset_at` is when pages last had to start over: at a reset or a block. `settings` is JSON.
    `messages` were logged since the previous call; only the newest 50.
    `effects` are new since the previous call; `lasting` are those that have started and not ended.
    `has_missed_effects`: so many came since the previous call that `effects` has only the newest.
    `ends_at` and `left_ms`: see `replies.Description`. `ranks` are those of the round, at
    `ranks_at`: new ones come only every 5 s; 0 while nobody has pressed. `started_at` is when the
    running round began; `opened_by_press`: a press opened it, not the game. `stopped`: see
    `replies.Description`. `arrived` are the names of who came since the previous call, the newest
    at the end; only the newest 5. `next_room_id`: see `replies.Description`.
    """

    status: RoomStatus
    round: int
    paused: bool
    viewer_count: int
    send_every_ms: int
    stats: tuple[Stat, ...]
    now: int
    reset_at: int
    log_epoch: int
    seq: int
    settings_version: int
    settings: str
    messages: tuple[NumberedMessage, ...]
    last_effect: str
    effects: tuple[Effect, ...]
    lasting: tuple[Effect, ...]
    has_missed_effects: bool
    ends_at: int | None
    left_ms: int | None
    ranks: tuple[RankCount, ...]
    ranks_at: int
    started_at: int | None
    opened_by_press: bool
    stopped: bool
    last_arrival: str
    arrived: tuple[str, ...]
    next_room_id: str

    @property
    def cursor(self) -> tuple[int | str, ...]:
        """What the gateway has, as `watch` takes it."""
        seen = (self.log_epoch, self.seq, self.settings_version, self.last_effect)
        return self.round, *seen, self.ranks_at, self.last_arrival


def snapshot_of(reply: list[Any], last: RoomSnapshot | None) -> RoomSnapshot:
    """Parse the reply of `watch`; it leaves out settings that have not changed since `last`."""
    status, round_, paused, viewer_count, send_every_ms, flat, *rest = reply
    now, reset_at, log_epoch, seq, version, settings, texts, last_effect, *latest = rest
    effect_texts, lasting_texts, ends_at, left_ms, ranks, *newest = latest
    started_at, opened_by_press, stopped, last_arrival, arrived, next_room_id = newest
    effects = tuple(_readable(effect_texts, decode_effect))
    lasting = (
        (*last.lasting, *effects)
        if last and lasting_texts is None
        else _readable(lasting_texts, decode_effect)
    )
    return RoomSnapshot(
        status=status,
        round=round_,
        paused=paused == 1,
        viewer_count=viewer_count,
        send_every_ms=send_every_ms,
        stats=stats_of(flat, viewer_count),
        now=now,
        reset_at=reset_at,
        log_epoch=log_epoch,
        seq=seq,
        settings_version=int(version),
        settings=last.settings if last and not settings else settings,
        messages=tuple(_readable(texts, decode_logged)),
        last_effect=last_effect,
        effects=effects,
        lasting=_lasting(lasting, now),
        has_missed_effects=last is not None and lasting_texts is not None,
        ends_at=ends_at,
        left_ms=left_ms,
        ranks=last.ranks if last and ranks == "" else _ranks(ranks),
        ranks_at=last.ranks_at if last and ranks == "" else now if ranks else 0,
        started_at=started_at,
        opened_by_press=opened_by_press == 1,
        stopped=stopped == 1,
        last_arrival=last_arrival,
        arrived=tuple(arrived),
        next_room_id=next_room_id,
    )


def _lasting(effects: Iterable[Effect], now: int) -> tuple[Effect, ...]:
    """Those of which the last word is that they have started, and that have not ended by `now`.

    One that ends later than any effect can was told before the clock was set back.
    """
    latest = {(effect.epoch, effect.seq): effect for effect in effects}
    return tuple(
        effect
        for effect in latest.values()
        if effect.ends_at is not None and 0 < effect.ends_at - now <= LONGEST_EFFECT
    )


def _ranks(flat: Sequence[int]) -> tuple[RankCount, ...]:
    return tuple(RankCount(*flat[i : i + 2]) for i in range(0, len(flat), 2))


def _readable(texts: Sequence[str], decode: Callable[[str], Shown]) -> Iterator[Shown]:
    """What this release can decode; the rest comes from another release."""
    for text in texts:
        with suppress(msgspec.DecodeError):
            yield decode(text)
