"""The regular comparison of every owned room with the truth, whatever nudges and echoes say."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ws_gateway.hub import Hub

EACH_EVERY = 5.0  # s between two comparisons of one room
SLICES = 50  # the rooms are spread over so many moments


async def inspect_forever(hub: Hub) -> None:
    """Compare each room every five seconds; the calls of one moment travel as one pipeline."""
    while True:
        owners = list(hub)
        size = -(-len(owners) // SLICES) or 1
        for start in range(0, size * SLICES, size):
            await asyncio.sleep(EACH_EVERY / SLICES)
            await asyncio.gather(*(owner.compare() for owner in owners[start : start + size]))
