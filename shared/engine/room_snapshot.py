"""What a gateway shows to viewers: the reply of `watch`, parsed."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

from shared.engine.replies import stats_of, values_by_name
from shared.wire.game_messages import LONGEST_EFFECT, NumberedMessage, decode_logged
from shared.wire.parts import RoomStatus, Stat
from shared.wire.viewer_messages import Effect, RankCount, decode_effect

Shown = TypeVar("Shown", NumberedMessage, Effect)

FROM_NOTHING = ("",) * 7  # what a gateway has that sees a room for the first time


class RoomSnapshot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
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
    paused: bool = False
    viewer_count: int
    send_every_ms: int
    stats: tuple[Stat, ...]
    now: int
    reset_at: int = 0
    log_epoch: int
    seq: int
    settings_version: int
    settings: str
    messages: tuple[NumberedMessage, ...]
    last_effect: str
    effects: tuple[Effect, ...]
    lasting: tuple[Effect, ...]
    has_missed_effects: bool = False
    ends_at: int | None = None
    left_ms: int | None = None
    ranks: tuple[RankCount, ...]
    ranks_at: int
    started_at: int | None = None
    opened_by_press: bool = False
    stopped: bool = False
    last_arrival: str
    arrived: tuple[str, ...]
    next_room_id: str = ""

    @property
    def cursor(self) -> tuple[int | str, ...]:
        """What the gateway has, as `watch` takes it."""
        seen = (self.log_epoch, self.seq, self.settings_version, self.last_effect)
        return self.round, *seen, self.ranks_at, self.last_arrival


def snapshot_of(reply: list[Any], last: RoomSnapshot | None) -> RoomSnapshot:
    """Parse the reply of `watch`; it leaves out settings that have not changed since `last`."""
    fields = values_by_name(reply)
    fields["stats"] = stats_of(fields["stats"], fields["viewer_count"])
    fields["messages"] = _readable(fields["messages"], decode_logged)
    fields["effects"] = lasting = _readable(fields["effects"], decode_effect)
    if "lasting" in fields:
        lasting = _readable(fields["lasting"], decode_effect)
        fields["has_missed_effects"] = last is not None
    elif last:
        lasting = (*last.lasting, *lasting)
    fields["lasting"] = _lasting(lasting, fields["now"])
    if "ranks" in fields:
        flat = fields["ranks"]
        fields["ranks"] = [*map(RankCount, flat[::2], flat[1::2])]
        fields["ranks_at"] = fields["now"] if flat else 0
    elif last:
        fields["ranks"], fields["ranks_at"] = last.ranks, last.ranks_at
    if last and "settings" not in fields:
        fields["settings"] = last.settings
    return msgspec.convert(fields, RoomSnapshot, strict=False)


def _lasting(effects: Sequence[Effect], now: int) -> tuple[Effect, ...]:
    """Those of which the last word is that they have started, and that have not ended by `now`.

    One that ends later than any effect can was told before the clock was set back.
    """
    if not effects:
        return ()  # most calls
    latest = {(effect.epoch, effect.seq): effect for effect in effects}
    return tuple(
        effect
        for effect in latest.values()
        if effect.ends_at is not None and 0 < effect.ends_at - now <= LONGEST_EFFECT
    )


def _readable(texts: Sequence[str], decode: Callable[[str], Shown]) -> tuple[Shown, ...]:
    """What this release can decode; the rest comes from another release."""
    shown: list[Shown] = []
    for text in texts:
        with suppress(msgspec.DecodeError):
            shown.append(decode(text))
    return tuple(shown)
