"""The Prometheus metrics of a gateway."""

import time
from collections import deque
from typing import Final, get_args

from prometheus_client import Histogram

from shared.process.prometheus_text import BUCKETS, Figure, Registry
from shared.wire.parts import OutcomeStatus

ECHOES: Final = 16  # echoes, one a second: after a clock is reset, the estimate follows within 16 s
GAUGES: Final = {
    "ready": "1 if the gateway accepts new sockets, else 0",
    "sockets": "Game sockets that own a room",
    "max_sockets": "Limit of game sockets (MAX_SOCKETS)",
    "viewer_sockets": "Viewers' sockets",
    "max_viewer_sockets": "Limit of viewers' sockets (MAX_VIEWER_SOCKETS)",
    "inbox_echo_age_seconds": "Time since the gateway last received its own echo through Redis",
}


class RedisClock:
    """Redis' clock, which stamps triggers, estimated from echoes as NTP does (RFC 5905, section 8).

    Of the last echoes the one with the shortest round trip counts: its error is at most half of it.
    """

    def __init__(self) -> None:
        # Of each echo, its round-trip time and how far Redis' clock was ahead of ours (s).
        self._samples: deque[tuple[float, float]] = deque(maxlen=ECHOES)
        self._ahead = 0.0

    def learn(self, sent: float, redis: int, heard: float) -> None:
        """Add an echo, sent at `sent` and received at `heard` (s since 1970); `redis`: its ms."""
        ahead = redis / 1000 - (sent + heard) / 2
        self._samples.append((heard - sent, ahead))
        _, self._ahead = min(self._samples)

    def since(self, at: int) -> float:
        """Seconds since `at` (ms since 1970 on Redis' clock), at least 0."""
        return max(0.0, time.time() + self._ahead - at / 1000)


class GatewayMetrics:
    """One gateway's counters, in a separate registry."""

    def __init__(self) -> None:
        self.registry = registry = Registry("gateway")
        counter = registry.counter
        self.clock = RedisClock()
        self.attached = counter("sockets_attached", "Game sockets attached")
        self.delivered = counter("triggers_delivered", "Messages written to games")
        self.replayed = counter(
            "triggers_replayed", "Messages written to games that were fired before the attach"
        )
        self._delivery_seconds = Histogram(
            "streamario_delivery_seconds",
            "Time from the press to the game's socket; only triggers fired since the attach",
            buckets=BUCKETS,
            registry=registry,
        )
        self.acks = counter("acks", "Valid acknowledgements from games")
        self.acknowledged = counter("triggers_acknowledged", "Messages that games acknowledged")
        self.gaps = counter("gaps", "Gap messages for games: part of a log was lost")
        self.log_reads = counter("log_reads", "Reads of a room's log for missed messages")
        self.repairs = counter("repairs", "Comparisons of all rooms with their logs")
        self.stalled = counter("stalled_sockets", "Game sockets closed because a write took 60 s")
        self.outcomes = counter(
            "outcomes", "Outcomes that games told of their triggers, without repeats", "status"
        )
        for status in get_args(OutcomeStatus):
            self.outcomes.labels(status)
        self.bad_messages = counter("bad_messages", "Messages from games that were refused")
        self.audience_looks = counter("audience_looks", "Reads of rooms for their viewers")
        self.viewer_updates = counter(
            "viewer_updates", "Updates sent to viewers; counted once for all viewers of a room"
        )
        self.viewer_skips = counter(
            "viewer_skips", "Updates that were not sent to a viewer who reads too slowly"
        )
        self.viewers_dismissed = counter(
            "viewers_dismissed",
            "Viewers' sockets closed because they sent too much, or their room is gone",
        )
        self.refused = counter("refused_handshakes", "Refusals before the upgrade", "status")
        self.redis_errors = registry.store_errors("redis").labels("redis")

    def watch(self, **figures: Figure) -> None:
        """Add the gauges of `GAUGES`, which read these on every scrape."""
        for name, meaning in GAUGES.items():
            self.registry.gauge(name, meaning, figures[name])

    def note_delivery(self, fired_at: int) -> None:
        """Observe the delivery time of a trigger; `fired_at` is ms on Redis' clock."""
        self._delivery_seconds.observe(self.clock.since(fired_at))
