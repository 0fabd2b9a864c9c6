"""States of a room, as a gateway reads them."""

import msgspec

from shared.engine.room_snapshot import RoomSnapshot
from shared.wire.parts import Stat
from shared.wire.room_settings import DEFAULT_SETTINGS, encode


def stat(event_type: str, count: int = 0, **fields: int) -> Stat:
    plain = Stat(
        event_type=event_type,
        current_count=count,
        current_level=0,
        required_count=5,
        remaining_count=5 - count,
        progress=count / 5,
        next_threshold=5,
        viewer_count=1,
        enabled=True,
        cooldown_left_ms=0,
    )
    return msgspec.structs.replace(plain, **fields)


RUNNING = RoomSnapshot(
    status="in_game",
    round=1,
    paused=False,
    viewer_count=1,
    send_every_ms=300,
    stats=(stat("skill1"), stat("enemy1")),
    now=1_790_000_000_000,
    reset_at=0,
    log_epoch=7,
    seq=0,
    settings_version=1,
    settings=encode(DEFAULT_SETTINGS),
    messages=(),
    last_effect="",
    effects=(),
    lasting=(),
    has_missed_effects=False,
    ends_at=None,
    left_ms=None,
    ranks=(),
    ranks_at=0,
    started_at=1_789_999_990_000,
    opened_by_press=False,
    stopped=False,
    last_arrival="",
    arrived=(),
    next_room_id="",
)


def becoming(**fields: object) -> RoomSnapshot:
    return msgspec.structs.replace(RUNNING, **fields)
