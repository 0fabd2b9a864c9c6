"""`streamario up` shortens its log on a terminal, and nowhere else."""

import logging
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from deploy.screen_log import (
    AGAIN_AFTER,
    DELIVERED,
    DELIVERED_BY,
    LEFT_OUT,
    REFUSED,
    ScreenFormatter,
    ScreenLog,
    SomeRefusals,
)
from shared.process.settings import Tunnel
from shared.process.telemetry import TextFormatter, fields
from tests.deploy.command_line import COMPLETE, environment, own_ports

ROOT = Path(__file__).parents[2]
CONSOLE: Final = re.compile(r"http://127\.0\.0\.1:\d+/console")
FIRING_PAIR: Final = Path(__file__).with_name("firing_pair.py")


def in_pipe(folder: Path, triggers: int, **variables: str) -> str:
    """Return its log when it writes to a pipe."""
    return subprocess.run(
        [sys.executable, str(FIRING_PAIR), "up"],
        cwd=folder,
        env=_environment(triggers, variables),
        capture_output=True,
        text=True,
        check=True,
    ).stderr


def on_screen(folder: Path, triggers: int, **variables: str) -> str:
    """Return its log when it writes to a terminal."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as screen:
        process = subprocess.Popen(
            [sys.executable, str(FIRING_PAIR), "up"],
            cwd=folder,
            env=_environment(triggers, variables),
            stdout=subprocess.DEVNULL,
            stderr=theirs,
        )
        os.close(theirs)
        shown = b"".join(iter(lambda: _read(screen.fileno()), b""))
        assert process.wait() == 0
    return shown.decode().replace("\r\n", "\n")


def _environment(triggers: int, variables: Mapping[str, str]) -> dict[str, str]:
    return environment(**COMPLETE, **own_ports(), TRIGGERS=str(triggers), **variables)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""  # the process at the other end has ended


def test_a_trigger_is_one_short_line_on_a_terminal(tmp_path: Path) -> None:
    """In colour, with its button and number; other lines are normal log lines."""
    first, second, gap = on_screen(tmp_path, 2).splitlines()
    assert first[2::3][:2] == "::"
    assert first[8:] == "  \x1b[33m⚡ skill1\x1b[0m  #1  room 01HX"
    assert second[8:] == "  \x1b[33m⚡ skill1\x1b[0m  #2  room 01HX  replayed"
    assert gap.endswith("Z WARNING ws_gateway.games.session gap room_id=01HX")


def test_the_consoles_address_stays_in_sight(tmp_path: Path) -> None:
    """It is repeated after fewer lines than a terminal shows."""
    lines = on_screen(tmp_path, AGAIN_AFTER).splitlines()
    assert AGAIN_AFTER < 24
    assert [n for n, line in enumerate(lines) if CONSOLE.search(line)] == [AGAIN_AFTER]


def test_the_consoles_address_does_not_follow_the_lines_of_a_stop(tmp_path: Path) -> None:
    """However many lines came before; nothing is there any more."""
    shown = on_screen(tmp_path, AGAIN_AFTER - 1)
    assert shown.endswith(" gap room_id=01HX\n")
    assert not CONSOLE.search(shown)


def test_a_terminal_without_colours_gets_none(tmp_path: Path) -> None:
    assert "  ⚡ skill1  #1  room 01HX\n" in on_screen(tmp_path, 1, NO_COLOR="1")


def test_a_terminal_shows_no_triggers_where_only_warnings_are_asked_for(tmp_path: Path) -> None:
    shown = on_screen(tmp_path, 1, LOG_LEVEL="WARNING")
    assert "skill1" not in shown
    assert shown.endswith("Z WARNING ws_gateway.games.session gap room_id=01HX\n")


@pytest.mark.parametrize(
    ("shown", "variables", "level", "delivered"),
    [
        (in_pipe, {}, "INFO", 0),
        (on_screen, {"LOG_FORMAT": "text"}, "DEBUG", AGAIN_AFTER),
    ],
)
def test_elsewhere_and_where_a_format_is_asked_for_the_lines_stay(
    shown: Callable[..., str],
    variables: dict[str, str],
    level: str,
    delivered: int,
    tmp_path: Path,
) -> None:
    """People and programs grep for them; the third appears at DEBUG only."""
    variables = {**variables, "LOG_LEVEL": level}
    log = shown(tmp_path, AGAIN_AFTER, **variables)
    assert log.count(" event triggered room_id=01HX event_type=skill1 count=10 seq=") == AGAIN_AFTER
    assert log.count(" event published to pubsub room_id=01HX ") == AGAIN_AFTER
    assert log.count(" event delivered to unity via pubsub room_id=01HX ") == delivered
    assert log.count(" comparison failed room_id=01HX\n") == bool(delivered)
    assert "\x1b" not in log
    assert not CONSOLE.search(log)


def test_the_lines_that_a_terminal_shows_otherwise_are_those_that_are_written() -> None:
    """If such a message were reworded, it would appear in full again."""
    presses = (ROOT / "api_service/routes/presses.py").read_text()
    assert [message for message in LEFT_OUT if f'"{message}"' not in presses] == []
    services = (ROOT / "api_service", ROOT / "ws_gateway")
    sources = "".join(file.read_text() for folder in services for file in folder.rglob("*.py"))
    assert [message for message in REFUSED if f'"{message}"' not in sources] == []
    session = ROOT / DELIVERED_BY.replace(".", "/")
    assert f'log.debug("{DELIVERED}"' in session.with_suffix(".py").read_text()


def test_the_public_link_stays_in_sight_below_it() -> None:
    """It is the tunnel's URL at that time; without one, there is no line."""
    tunnel = Tunnel()
    formatter = ScreenFormatter(
        ScreenLog("http://localhost/console", in_color=False, tunnel=tunnel)
    )
    trigger = logging.makeLogRecord(
        {"msg": DELIVERED, **fields(event_type="skill1", seq=1, room_id="01HX", replayed=False)}
    )

    def below_triggers() -> list[str]:
        return [formatter.format(trigger) for _ in range(AGAIN_AFTER)][-1].splitlines()[1:]

    assert below_triggers() == ["  console  http://localhost/console"]
    tunnel.url = "https://tunnel.example"
    assert below_triggers()[1] == "  public   https://tunnel.example"


def refusal(number: int) -> logging.LogRecord:
    """The log's record of a refused request."""
    return logging.makeLogRecord({"msg": "request refused", **fields(path=f"/{number}")})


def test_of_refusals_a_terminal_shows_one_a_minute_and_how_many_others_there_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    refusals = SomeRefusals()
    records = [refusal(number) for number in range(5)]
    assert [refusals.filter(record) for record in records] == [True, *[False] * 4]
    assert refusals.filter(logging.makeLogRecord({"msg": "gap"}))
    now += 60.0
    later = refusal(5)
    assert refusals.filter(later)
    shown = [TextFormatter().format(record).split(" refused ")[1] for record in (records[0], later)]
    assert shown == ["path=/0 others=0", "path=/5 others=4"]


def test_refusals_are_held_back_only_where_there_is_a_tunnel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Somebody who writes a game in this network sees why each request was refused."""
    handler = logging.StreamHandler()
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    monkeypatch.setattr(logging.getLogger(DELIVERED_BY), "level", logging.WARNING)
    ScreenLog("http://localhost/console", in_color=False).show()
    assert handler.filter(refusal(0))
    assert handler.filter(refusal(1))
    ScreenLog("http://localhost/console", in_color=False, tunnel=Tunnel()).show()
    assert handler.filter(refusal(2))
    assert not handler.filter(refusal(3))
