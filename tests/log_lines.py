"""Captures log lines in JSON."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from shared.process.telemetry import JsonFormatter


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(JsonFormatter().format(record))


@contextmanager
def json_lines(logger: str) -> Iterator[list[str]]:
    """Collect a logger's lines while the block runs; each is formatted when it is logged."""
    log = logging.getLogger(logger)
    log.addHandler(written := _Lines())
    try:
        yield written.lines
    finally:
        log.removeHandler(written)
