"""What Prometheus sees of a gateway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client import Counter, Histogram

from shared.process.prometheus_text import BUCKETS, ServiceMetrics, store_errors
from ws_gateway.redis_clock import RedisClock

if TYPE_CHECKING:
    from shared.process.prometheus_text import Figure


@dataclass(frozen=True, slots=True)
class GatewayFigures:
    """What is read whenever the figures are asked for; the echo's age in s."""

    ready: Figure
    sockets: Figure
    max_sockets: Figure
    viewer_sockets: Figure
    max_viewer_sockets: Figure
    inbox_echo_age_seconds: Figure


class GatewayMetrics(ServiceMetrics):
    """One gateway's counters, in a registry of their own."""

    def __init__(self) -> None:
        super().__init__("gateway")
        self.clock = RedisClock()
        self.attached = self._counter("sockets_attached", "Game sockets attached.")
        self.fired = self._counter("triggers_fired", "Triggers fired by `resume`.")
        self.delivered = self._counter("triggers_delivered", "Messages written to games.")
        self.replayed = self._counter("triggers_replayed", "Of these, fired before the attach.")
        self._delivery_seconds = Histogram(
            "streamario_delivery_seconds",
            "From the press to the game's socket, of triggers fired since the attach.",
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.acks = self._counter("acks", "Acknowledgements taken.")
        self.acknowledged = self._counter("triggers_acknowledged", "Messages that these covered.")
        self.gaps = self._counter("gaps", "Gaps that games were told of.")
        self.log_reads = self._counter("log_reads", "Logs read for what a nudge missed.")
        self.repairs = self._counter("repairs", "Times all rooms were compared with their logs.")
        self.stalled = self._counter("stalled_sockets", "Sockets closed that were not read.")
        self.bad_messages = self._counter("bad_messages", "Messages from games that were refused.")
        self.room_reads = self._counter("audience_looks", "Looks at rooms for their viewers.")
        self.viewer_updates = self._counter(
            "viewer_updates", "Updates, each shown to a room's viewers."
        )
        self.viewer_skips = self._counter(
            "viewer_skips", "Updates that a viewer was not sent who did not keep up."
        )
        self.viewers_dismissed = self._counter(
            "viewers_dismissed",
            "Viewers' sockets closed because they talked, or their room is gone.",
        )
        self.refused = Counter(
            "streamario_refused_handshakes",
            "Refusals before the upgrade.",
            ["status"],
            registry=self.registry,
        )
        self.redis_errors = store_errors(self.registry, "redis").labels("redis")

    def watch(self, figures: GatewayFigures) -> None:
        """Have these read whenever the figures are asked for."""
        self._gauge("ready", "Whether sockets should come: 1 or 0.", figures.ready)
        self._gauge("sockets", "Game sockets owned now.", figures.sockets)
        self._gauge("max_sockets", "Game sockets that fit.", figures.max_sockets)
        self._gauge("viewer_sockets", "Viewers' sockets now.", figures.viewer_sockets)
        self._gauge("max_viewer_sockets", "Viewers' sockets that fit.", figures.max_viewer_sockets)
        meaning = "Since the inbox last heard itself."
        self._gauge("inbox_echo_age_seconds", meaning, figures.inbox_echo_age_seconds)

    def note_delivery(self, fired_at: int) -> None:
        """A trigger was written to its game; `fired_at` is ms on Redis' clock."""
        self._delivery_seconds.observe(self.clock.since(fired_at))
