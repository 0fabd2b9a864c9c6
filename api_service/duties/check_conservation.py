"""Checks every running round: whether its presses add up, and how many viewers press."""

import asyncio
import logging
from typing import Final

from api_service.metrics import RoundMetrics
from shared.engine.tally import running_rounds
from shared.process.telemetry import fields
from shared.redis_store.store import Store, StoreError, StoreUnavailable

log = logging.getLogger(__name__)

CHECK_EVERY: Final = 15.0  # s


class Conservation:
    """The check of one replica; all replicas find the same."""

    def __init__(self, store: Store, metrics: RoundMetrics) -> None:
        self._store = store
        self._metrics = metrics

    async def run_forever(self) -> None:
        """Check periodically; after a failed check the metrics keep their last values.

        The check only reads, so its errors must not end the service.
        """
        while True:
            try:
                await self.check()
            except StoreUnavailable as away:
                log.debug("running rounds not checked", extra=fields(error=str(away)))
            except (StoreError, ValueError):
                log.exception("running rounds not checked")
            await asyncio.sleep(CHECK_EVERY)

    async def check(self) -> None:
        """Check all running rounds once. Raises StoreUnavailable."""
        found = await running_rounds(self._store)
        self._metrics.note(found)
        for each in found:
            if each.difference:
                facts = fields(room_id=each.room_id, round=each.round, presses=each.difference)
                log.error("presses do not add up", extra=facts)
