"""The gateway's one pub/sub subscription: its inbox, where Redis publishes nudges about its rooms.

Pub/sub loses messages without notice: a broken connection looks like a quiet one. So the gateway
publishes a numbered echo to itself once a second, on the same path as the nudges. After every new
subscription and every missing echo, all rooms are compared with their logs.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

import msgspec

from shared.engine.engine import Engine
from shared.engine.keys import gateway, inbox
from shared.process.telemetry import fields
from shared.redis_store.store import StoreError, StoreUnfit
from shared.wire.game_messages import Echo, RoomChanged, decode_inbox
from ws_gateway.games.hub import Hub
from ws_gateway.metrics import GatewayMetrics
from ws_gateway.viewers.audience import Audience

log = logging.getLogger(__name__)

ECHO_EVERY = 1.0  # s
SILENT_AFTER = 2.5  # s without any message, echoes included: the connection is broken
DEAF_AFTER = 5.0  # s without an echo: not ready
AGAIN_AFTER = 0.2  # s
TOGETHER = 500  # rooms that a repair compares at once: not all calls may wait for Redis
TOGETHER_WITHIN = 0.5  # s until the next are compared, if Redis does not answer
TELL_EVERY = 60.0  # s between log lines of one outage


class Inbox:
    """Runs the subscription; `subscribed` is set while it is confirmed."""

    def __init__(
        self, engine: Engine, hub: Hub, audience: Audience, gateway_id: str, metrics: GatewayMetrics
    ) -> None:
        self.subscribed = asyncio.Event()
        self._repair_due = asyncio.Event()
        self._began = False  # once subscribed
        self._echo_due = asyncio.Event()  # at once, because the subscription is new
        self._engine = engine
        self._hub = hub
        self._audience = audience
        self._gateway_id = gateway_id
        self._metrics = metrics
        self._heard_at = time.monotonic() - DEAF_AFTER
        self._lost_for, self._tell_again_at = "", 0.0  # s, monotonic
        self._number = 0  # of the last echo, sent at `_sent_at` (s since 1970)
        self._sent_at = 0.0
        self._sent = 0  # the last echo that Redis took
        self._heard = 0  # the last one that arrived

    @property
    def echo_age(self) -> float:
        """Seconds since the last echo."""
        return time.monotonic() - self._heard_at

    @property
    def hears(self) -> bool:
        """Whether echoes arrive. A subscription alone does not show that nudges do.

        One that is lost for less than 5 s is repaired, and no game is refused.
        """
        return self.echo_age < DEAF_AFTER

    async def listen_forever(self) -> None:
        """Subscribe and read nudges; subscribe again after every loss.

        Raises StoreUnfit if this Redis must not be used at the start. Later that is an outage: the
        games keep their sockets.
        """
        while True:
            try:
                await self._engine.store.inspect()
                await self._listen()
            except StoreError as lost:
                if isinstance(lost, StoreUnfit) and not self._began:
                    raise
                self._metrics.redis_errors.inc()
                self._log_lost(str(lost))
            self.subscribed.clear()
            await asyncio.sleep(AGAIN_AFTER)

    def _log_lost(self, reason: str) -> None:
        """Log the loss; repeat once a minute while it lasts for the same reason."""
        now = time.monotonic()
        if self.subscribed.is_set() or reason != self._lost_for or now >= self._tell_again_at:
            self._lost_for, self._tell_again_at = reason, now + TELL_EVERY
            log.warning("pubsub subscription lost", extra=fields(error=reason))

    async def echo_forever(self) -> None:
        """Send the numbered echoes; compare all rooms if one did not arrive."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(ECHO_EVERY):
                    await self._echo_due.wait()
            self._echo_due.clear()
            if self.subscribed.is_set() and self._heard < self._sent:
                self._repair("echo missing")
            await self._send_echo()

    async def _send_echo(self) -> None:
        self._number, self._sent_at = self._number + 1, time.time()
        try:
            await self._engine.echo(self._gateway_id, self._number)
        except StoreError as away:
            # It is not missing: no nudge came through Redis either.
            self._metrics.redis_errors.inc()
            log.debug("echo not sent", extra=fields(error=str(away)))
        else:
            self._sent = self._number

    async def _listen(self) -> None:
        channel = inbox(self._gateway_id)
        subscription = await self._engine.store.subscription(
            gateway(self._gateway_id), channel, silent_after=SILENT_AFTER
        )
        log.info("starting pubsub subscription", extra=fields(channel=channel))
        async with subscription:
            self._heard = self._sent  # earlier echoes went elsewhere
            self._began = True
            self.subscribed.set()
            self._echo_due.set()
            self._repair("subscribed")
            # A working subscription receives at least its echoes.
            async for text in subscription:
                self._hear(text)

    def _hear(self, text: str) -> None:
        try:
            message = decode_inbox(text)
        except msgspec.DecodeError as problem:
            # Perhaps a nudge of another release: the logs have its message.
            log.warning("unreadable nudge", extra=fields(error=str(problem)))
            self._repair("unreadable nudge")
            return
        if isinstance(message, Echo):
            self._heard = message.number
            self._heard_at = time.monotonic()
            if message.number == self._number:
                self._metrics.clock.learn(self._sent_at, message.at, time.time())
        elif isinstance(message, RoomChanged) and message.round is None:
            self._audience.hear(message)
        elif not self._hub.route(message):
            log.debug("no local connection for room", extra=fields(room_id=message.room_id))

    def _repair(self, reason: str) -> None:
        self._metrics.repairs.inc()
        log.debug(
            "comparing all rooms with their logs", extra=fields(reason=reason, rooms=len(self._hub))
        )
        self._repair_due.set()

    async def repair_forever(self) -> None:
        """Compare all rooms with their logs whenever nudges may have been lost, some at a time."""
        while True:
            await self._repair_due.wait()
            self._repair_due.clear()
            compare: list[Callable[[], None]] = [owner.read_log for owner in self._hub]
            compare += self._audience.refreshes()
            for start in range(0, len(compare), TOGETHER):
                for compare_room in compare[start : start + TOGETHER]:
                    compare_room()
                with suppress(StoreError, TimeoutError):
                    async with asyncio.timeout(TOGETHER_WITHIN):
                        await self._engine.store.ping()  # is answered after these calls
