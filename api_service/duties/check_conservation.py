"""Checks every running round: whether its presses add up, and who they come from."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from shared.process.telemetry import fields
from shared.redis_store.store import StoreError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api_service.metrics import RoundMetrics
    from shared.engine.tally import RunningRound, RunningRounds

log = logging.getLogger(__name__)

CHECK_EVERY: Final = 15.0  # s


class Conservation:
    """What one replica finds; all of them find the same."""

    def __init__(self, rounds: RunningRounds, metrics: RoundMetrics) -> None:
        self._rounds = rounds
        self._metrics = metrics

    async def run_forever(self) -> None:
        """Check again and again; where that fails, what was found last stands.

        It only reads: no fault that it meets may end the service.
        """
        while True:
            try:
                await self.check()
            except StoreUnavailable as away:
                log.debug("running rounds not looked at", extra=fields(error=str(away)))
            except (StoreError, ValueError):
                log.exception("running rounds not looked at")
            await asyncio.sleep(CHECK_EVERY)

    async def check(self) -> None:
        """Go through all running rounds once. Raises StoreUnavailable."""
        found = await self._rounds.find()
        self._metrics.note(found)
        _log_differences(found)


def _log_differences(found: Sequence[RunningRound]) -> None:
    for running in found:
        if running.difference:
            facts = fields(room_id=running.room_id, round=running.round, presses=running.difference)
            log.error("presses do not add up", extra=facts)
