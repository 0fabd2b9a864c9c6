"""Log lines: one event each, in a format for grep, and rate-limited."""

from __future__ import annotations

import io
import json
import logging
import re
import threading
from typing import TYPE_CHECKING

import pytest

from shared.process.telemetry import (
    LINES_PER_SECOND,
    JsonFormatter,
    Kind,
    TextFormatter,
    Throttle,
    ThrottledHandler,
    configure_logging,
    fields,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = Kind("ws_gateway.games.session", logging.INFO, "event triggered")


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    """A logger of Streamario; the logging configuration is restored afterwards."""
    root = logging.getLogger()
    before = root.level, root.handlers[:]
    yield logging.getLogger("ws_gateway.games.session")
    for handler in root.handlers:
        if handler not in before[1]:
            handler.close()
    root.level, root.handlers[:] = before


@pytest.fixture
def handler(logger: logging.Logger) -> ThrottledHandler:
    """The handler of logging as configured at INFO, as text."""
    configure_logging("INFO", "text")
    (ours,) = (h for h in logging.getLogger().handlers if isinstance(h, ThrottledHandler))
    return ours


@pytest.fixture
def output(handler: ThrottledHandler) -> io.StringIO:
    """What it writes."""
    stream = io.StringIO()
    handler.setStream(stream)
    return stream


def record(message: str, **facts: str | float | None) -> logging.LogRecord:
    """A log record with fields."""
    entry = logging.LogRecord("ws_gateway.games.session", logging.INFO, "", 0, message, None, None)
    vars(entry).update(fields(**facts))
    return entry


def test_a_text_line_is_time_level_component_message_fields() -> None:
    """The form that ops grep for."""
    line = TextFormatter().format(record("event triggered", room_id="01HX", count=5))
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO ws_gateway\.games\.session"
        r" event triggered room_id=01HX count=5",
        line,
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Ada L", '"Ada L"'),
        ("x\ny", '"x\\ny"'),
        ('a"b', '"a\\"b"'),
        ("a=b", '"a=b"'),
        ("", '""'),
        ("\u2028", '"\\u2028"'),
        (None, "null"),
        ("花子", "花子"),
    ],
)
def test_a_value_cannot_forge_a_field_or_a_line(value: str | None, written: str) -> None:
    """Names come from viewers."""
    line = TextFormatter().format(record("event triggered", name=value))
    assert line.endswith(f" name={written}")


def test_a_json_line_is_one_object() -> None:
    """Fields stand beside time, level, component and message."""
    line = JsonFormatter().format(record("event triggered", room_id="01\nHX", count=5))
    assert "\n" not in line
    assert json.loads(line) | {"time": ""} == {
        "time": "",
        "level": "INFO",
        "component": "ws_gateway.games.session",
        "message": "event triggered",
        "room_id": "01\nHX",
        "count": 5,
    }


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_a_traceback_is_written(formatter: logging.Formatter) -> None:
    """The traceback of an unexpected error is logged."""
    try:
        raise LookupError("no such thing")
    except LookupError as error:
        entry = record("unexpected")
        entry.exc_info = (LookupError, error, error.__traceback__)
    assert "LookupError: no such thing" in formatter.format(entry)


def test_our_packages_follow_the_level_and_libraries_stay_quiet(
    logger: logging.Logger, output: io.StringIO
) -> None:
    """Below WARNING, libraries log request targets, which may contain secrets."""
    logger.info("event triggered", extra=fields(room_id="01HX"))
    logger.debug("no local connection for room")
    logging.getLogger("websockets.server").info("connection open")
    logging.getLogger("uvicorn.error").warning("too many requests")
    lines = output.getvalue().splitlines()
    assert [line.split(" ", 2)[2] for line in lines] == [
        "ws_gateway.games.session event triggered room_id=01HX",
        "uvicorn.error too many requests",
    ]


def test_twenty_lines_of_a_kind_pass_in_a_second_and_the_rest_is_counted() -> None:
    """The next second begins anew."""
    throttle = Throttle()
    passed = [throttle.admit(KIND, now=0.01 * n) for n in range(50)]
    assert sum(passed) == LINES_PER_SECOND
    assert list(throttle.closed(now=0.9)) == []
    assert list(throttle.closed(now=1.0)) == [(KIND, 30)]
    assert not throttle.holds_back
    assert throttle.admit(KIND, now=1.0)


def test_kinds_are_throttled_apart() -> None:
    """A flood of one line silences no other."""
    throttle = Throttle()
    for _ in range(50):
        throttle.admit(KIND, now=0.0)
    assert throttle.admit(KIND._replace(message="room ended"), now=0.0)


def test_windows_of_past_seconds_are_forgotten() -> None:
    """Memory does not grow with the kinds ever seen."""
    throttle = Throttle()
    for n in range(100):
        list(throttle.closed(now=float(n)))
        throttle.admit(KIND._replace(message=str(n)), now=float(n))
    assert len(throttle._windows) == 1


def test_a_burst_is_summed_up_though_nothing_follows(
    logger: logging.Logger, handler: ThrottledHandler, output: io.StringIO
) -> None:
    """The sum is written when the second ends, without another log line."""
    for n in range(LINES_PER_SECOND + 512):
        logger.info("event triggered", extra=fields(count=n))
    assert len(output.getvalue().splitlines()) == LINES_PER_SECOND
    timer = handler._timer
    assert isinstance(timer, threading.Timer)
    timer.join()
    assert output.getvalue().endswith("event triggered … 512 more in the last second\n")


def test_what_is_held_back_is_written_at_the_end(
    logger: logging.Logger, handler: ThrottledHandler, output: io.StringIO
) -> None:
    """A process that ends within the second still logs how many lines it suppressed."""
    for _ in range(LINES_PER_SECOND + 3):
        logger.info("event triggered")
    handler.close()
    assert output.getvalue().endswith("event triggered … 3 more in the last second\n")
