"""A program: `streamario` whose gateway logs as many triggers as TRIGGERS says, and ends it."""

import asyncio
import logging
import os
import signal
import sys

from deploy.cli import Parts, main
from shared.process.settings import Settings
from shared.process.telemetry import fields


async def gateway(settings: Settings, *, stop: asyncio.Event, ready: asyncio.Event) -> None:
    """Log the triggers as the real services do, then ask the parent to stop."""
    log = logging.getLogger("ws_gateway.games.session")
    for seq in range(1, int(os.environ["TRIGGERS"]) + 1):
        facts = {"room_id": "01HX", "event_type": "skill1"}
        log.info("event triggered", extra=fields(**facts, count=10, seq=seq))
        log.info("event published to pubsub", extra=fields(**facts))
        replayed = fields(**facts, seq=seq, replayed=seq == 2)
        log.debug("event delivered to unity via pubsub", extra=replayed)
    log.debug("comparison failed", extra=fields(room_id="01HX"))
    log.warning("gap", extra=fields(room_id="01HX"))
    ready.set()
    os.kill(os.getppid(), signal.SIGINT)
    await stop.wait()


def migrate(database_url: str) -> None:
    """Migrate nothing."""


if __name__ == "__main__":
    mine, other = "tests.deploy.firing_pair", "tests.deploy.tiny_pair"
    parts = Parts(f"{other}:ledger", f"{mine}:gateway", f"{other}:ledger", f"{mine}:migrate")
    sys.exit(main(parts=parts))
