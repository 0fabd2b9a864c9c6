"""The log of requests, and the trusted proxies whose clients it names."""

import pytest

from shared.process.settings import load

BALANCER = load({"TRUSTED_PROXIES": "127.0.0.1"}).trusted_proxies


def told(caplog: pytest.LogCaptureFixture, message: str) -> list[dict[str, object]]:
    """The fields of the log lines with this message."""
    return [r.fields for r in caplog.records if r.getMessage() == message]  # type: ignore[attr-defined]
