"""Log lines: one event each, in a format for grep, and rate-limited."""

import io
import json
import logging
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from shared.process.telemetry import (
    LINES_PER_SECOND,
    WINDOW,
    JsonFormatter,
    TextFormatter,
    Throttle,
    configure_logging,
    fields,
)


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
def handler(logger: logging.Logger) -> logging.StreamHandler[io.StringIO]:
    """The handler of logging as configured at INFO, as text."""
    configure_logging("INFO", "text")
    (ours,) = (h for h in logging.getLogger().handlers if h.filters)
    assert isinstance(ours, logging.StreamHandler)
    return ours


@pytest.fixture
def output(handler: logging.StreamHandler[io.StringIO]) -> io.StringIO:
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


def test_twenty_lines_of_a_kind_pass_in_a_second_and_the_rest_is_counted(
    logger: logging.Logger, output: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next second begins anew, and a flood of one line silences no other."""
    now = time.monotonic() + 100
    monkeypatch.setattr(time, "monotonic", lambda: now)
    for _ in range(LINES_PER_SECOND + 30):
        logger.info("event triggered")
    logger.info("room ended")
    now += WINDOW
    logger.info("event triggered")
    lines = [line.split(" ", 3)[3] for line in output.getvalue().splitlines()]
    assert lines[LINES_PER_SECOND - 1 :] == [
        "event triggered",
        "room ended",
        "event triggered … 30 more in the last second",
        "event triggered",
    ]


def test_kinds_of_past_seconds_are_forgotten(
    handler: logging.Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory does not grow with the kinds ever seen."""
    now = time.monotonic() + 100
    monkeypatch.setattr(time, "monotonic", lambda: now)
    throttle = Throttle(handler)
    for n in range(100):
        now += WINDOW
        assert throttle.filter(record(str(n)))
    assert len(throttle._lines) == 1


def test_a_burst_is_summed_up_though_nothing_follows(
    logger: logging.Logger, output: io.StringIO
) -> None:
    """The sum is written when the second ends, without another log line."""
    before = threading.enumerate()
    for n in range(LINES_PER_SECOND + 512):
        logger.info("event triggered", extra=fields(count=n))
    assert len(output.getvalue().splitlines()) == LINES_PER_SECOND
    (timer,) = (thread for thread in threading.enumerate() if thread not in before)
    timer.join()
    assert output.getvalue().endswith("event triggered … 512 more in the last second\n")


def test_what_is_held_back_is_written_at_the_end() -> None:
    """A process that ends within the second still logs how many lines it suppressed."""
    program = (
        "import logging; from shared.process.telemetry import configure_logging\n"
        "configure_logging('INFO', 'text')\n"
        "log = logging.getLogger('shared')\n"
        f"for _ in range({LINES_PER_SECOND + 3}): log.info('event triggered')"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert ended.stderr.decode().endswith("event triggered … 3 more in the last second\n")
