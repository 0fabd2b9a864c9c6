"""How often a room's owner, and each moderator, may change its settings.

Each change puts all of them into the ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from shared.engine.engine import Engine

CHANGES_PER_MINUTE: Final = 60
CHANGES_AT_ONCE: Final = 60


async def spend_change(engine: Engine, whose: str) -> None:
    """Count a change by a room's owner (the room's id) or a token (its id). Raises RateLimited."""
    await engine.spend_of("settings", whose, per_minute=CHANGES_PER_MINUTE, burst=CHANGES_AT_ONCE)
