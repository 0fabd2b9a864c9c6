"""How often the settings of a room may change: each change puts all of them into the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from shared.engine.engine import Engine

CHANGES_PER_MINUTE: Final = 60  # of one room
CHANGES_AT_ONCE: Final = 60


async def spend_change(engine: Engine, room_id: str) -> None:
    """Count a change of a room's settings. Raises RateLimited."""
    await engine.spend_of("settings", room_id, per_minute=CHANGES_PER_MINUTE, burst=CHANGES_AT_ONCE)
