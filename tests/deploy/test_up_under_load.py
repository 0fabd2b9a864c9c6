"""All that `streamario up` runs is killed in turn while a crowd presses; no press is lost."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.deploy.command_line import environment, finished
from tests.deploy.up_process import Up, processes_named, until
from tests.flow.fleet import COMMAND
from tests.patience import HOUR

AGAIN = "started again, nothing is lost"
PATIENT = f"""
from clients.terminal import simulate_command
simulate_command.PATIENCE = {HOUR}  # s for the last answers
{COMMAND}
"""
CROWD = ("simulate", "--viewers", "40", "--rate", "5", "--duration", "0")


def test_every_press_counts_once_whatever_is_killed(start: Callable[..., Up]) -> None:
    """Services, Valkey, PostgreSQL: all come back, game and crowd go on, and the books balance."""
    up = start(program=("-c", COMMAND)).is_ready()
    with running(up, COMMAND, "game", "--json") as game:
        until((up.data_dir / "game.json").exists)
        with running(up, PATIENT, *CROWD) as crowd:
            until_it_fires(game)
            for part in ("app:serve", "server:serve", "serve_ledger"):
                os.kill(up.services(part)[0], signal.SIGKILL)
                up.logs_until(AGAIN)
                until_it_fires(game)
            for name in ("valkey-server", "postgres"):
                for process in processes_named(name, up.data_dir):
                    with suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL)
                up.logs_until(AGAIN)
                until_it_fires(game)
            crowd.send_signal(signal.SIGINT)
            report, _ = crowd.communicate()
            assert crowd.returncode == 0, report
    accepted = int(re.findall(r"^ +accepted +([\d,]+)", report, re.MULTILINE)[0].replace(",", ""))
    until(lambda: recorded(up) == (0, accepted))


@contextmanager
def running(up: Up, program: str, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run one of the commands beside `up`, as in another terminal, while the block runs."""
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, env=variables(up), stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def variables(up: Up) -> dict[str, str]:
    return environment(
        PORT=str(up.port), UNITY_WS_PORT=str(up.unity_ws_port), DATA_DIR=str(up.data_dir)
    )


def until_it_fires(game: "subprocess.Popen[str]") -> None:
    """Read what the game prints until it tells of another trigger."""
    assert game.stdout is not None
    next(line for line in game.stdout if '"game_event"' in line)


def recorded(up: Up) -> tuple[int, int]:
    """Return the exit status of `streamario audit`, and how many presses the books have."""
    command = [sys.executable, "-c", COMMAND, "audit", "--json"]
    audited = finished(command, env=variables(up))
    books = json.loads(audited.stdout) if audited.stdout else {}
    buttons = [button for each in books.get("rounds", ()) for button in each["buttons"]]
    return audited.returncode, sum(button["presses"] for button in buttons)
