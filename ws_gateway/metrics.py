"""What Prometheus sees of a gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

if TYPE_CHECKING:
    from collections.abc import Callable


class Metrics:
    """One gateway's counters, in a registry of their own."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self.attached = Counter(
            "streamario_sockets_attached", "Game sockets attached.", registry=registry
        )
        self.delivered = Counter(
            "streamario_triggers_delivered", "Messages written to games.", registry=registry
        )
        self.replayed = Counter(
            "streamario_triggers_replayed", "Of these, fired before the attach.", registry=registry
        )
        self.acknowledged = Counter("streamario_acks", "Acknowledgements taken.", registry=registry)
        self.gaps = Counter("streamario_gaps", "Gaps that games were told of.", registry=registry)
        self.log_reads = Counter(
            "streamario_log_reads",
            "Times a log was read for what a nudge missed.",
            registry=registry,
        )
        self.repairs = Counter(
            "streamario_repairs",
            "Times all rooms were compared with their logs.",
            registry=registry,
        )
        self.stalled = Counter(
            "streamario_stalled_sockets",
            "Sockets closed because they were not read.",
            registry=registry,
        )
        self.bad_messages = Counter(
            "streamario_bad_messages", "Messages from games that were refused.", registry=registry
        )
        self.looks = Counter(
            "streamario_audience_looks", "Looks at rooms for their viewers.", registry=registry
        )
        self.viewer_updates = Counter(
            "streamario_viewer_updates",
            "Updates, each shown to a room's viewers.",
            registry=registry,
        )
        self.viewer_skips = Counter(
            "streamario_viewer_skips",
            "Updates that a viewer was not sent who did not keep up.",
            registry=registry,
        )
        self.viewers_dismissed = Counter(
            "streamario_viewers_dismissed",
            "Viewers' sockets closed because they talked, or their room is gone.",
            registry=registry,
        )
        self.refused = Counter(
            "streamario_refused_handshakes",
            "Refusals before the upgrade.",
            ["status"],
            registry=registry,
        )

    def watch(
        self,
        sockets: Callable[[], float],
        viewer_sockets: Callable[[], float],
        echo_age: Callable[[], float],
    ) -> None:
        """Have these figures read whenever they are asked for: two numbers, and an age in s."""
        owned = Gauge("streamario_sockets", "Game sockets owned now.", registry=self.registry)
        owned.set_function(sockets)
        watching = Gauge(
            "streamario_viewer_sockets", "Viewers' sockets now.", registry=self.registry
        )
        watching.set_function(viewer_sockets)
        age = Gauge(
            "streamario_inbox_echo_age_seconds",
            "Since the inbox last heard itself.",
            registry=self.registry,
        )
        age.set_function(echo_age)

    def expose(self) -> bytes:
        """The figures in Prometheus' text format."""
        return generate_latest(self.registry)
