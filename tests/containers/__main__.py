"""`python -m tests.containers`: see --help."""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NoReturn, TextIO

from tests.containers import machine, stand_ins
from tests.containers.engine import CACHE, Engine, EngineFailed, open_engine
from tests.containers.project import Failed, Project, copy_checkout
from tests.containers.report import complain, step
from tests.containers.scenario import play_scenario
from tests.containers.small_server import play_small_server

DESCRIPTION: Final = """\
Runs compose.yaml on an engine of its own, and does there what README and docs/operations.md say.
With a COMMAND it runs that instead, on the same engine, in the network of its published ports, and
with DOCKER_HOST set. OVERRIDE is then the Compose file that this machine needs besides, if any.
"""
FAILED: Final = 1
INTERRUPTED: Final = 128 + signal.SIGINT
LOG: Final = CACHE / "run.log"

Scenario = Callable[[Project, Path | None], None]


def main() -> int:
    """Run the scenario, or a command; return the exit status."""
    options = _arguments()
    machine.become_root()
    if why := _impossible():
        print(f"containers: not run, since {why}")
        # Only a developer may go on without it.
        return FAILED if os.environ.get("CI") == "true" else 0
    signal.signal(signal.SIGTERM, _stop)
    files = machine.open_files()
    try:
        # Public images and stand-ins have the same names.
        with open_engine(CACHE / ("public" if options.pull else "stand-ins")) as engine:
            return _on_engine(engine, files, options)
    except (EngineFailed, stand_ins.NoStandIn, Failed) as problem:
        complain(str(problem))
    except KeyboardInterrupt:
        return INTERRUPTED
    return FAILED


def _on_engine(engine: Engine, files: int, options: argparse.Namespace) -> int:
    override = machine.write_override(engine.settings, files)
    if not options.pull:
        with step("images") as now:
            now.found(f"stand-ins for {', '.join(stand_ins.build(engine))}")
    if options.command:
        return _command(engine, override, options.command)
    if override:
        print(f"This machine limits open files to {files:,}, so containers get no more.")
    started = time.monotonic()
    with LOG.open("w") as log:
        _play(play_scenario, engine, override, log)
        if options.long:
            engine.empty()
            _operate(engine, override, log)
            engine.empty()
            _play(play_small_server, engine, override, log)
    print(f"All is well, after {time.monotonic() - started:.0f} s.")
    return 0


def _play(scenario: Scenario, engine: Engine, override: Path | None, log: TextIO) -> None:
    with TemporaryDirectory(prefix="streamario-copy-") as name:
        project = Project(engine, Path(name), log)
        copy_checkout(project.folder)
        try:
            scenario(project, override)
        except Failed:
            project.tried("docker", "compose", "ps", "--all")
            project.tried("docker", "compose", "logs", "--tail=1000")
            complain(f"what every command printed: {LOG}")
            raise


def _operate(engine: Engine, override: Path | None, log: TextIO) -> None:
    with step("operated at length (tests/containers/operating.py)"):
        operating = [sys.executable, "-m", "tests.containers.operating"]
        if _command(engine, override, operating, output=log):
            raise Failed(f"see the end of {LOG}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.containers",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--pull", action="store_true", help="use the public images, no stand-ins")
    parser.add_argument(
        "--long", action="store_true", help="then also what operating.py and small_server.py do"
    )
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND")
    return parser.parse_args()


def _impossible() -> str:
    """Why this machine cannot run it; empty if it can."""
    if why := machine.forbids():
        return f"no engine can run on this machine: {why}"
    if missing := machine.lacks():
        return (
            f"these programs are missing: {', '.join(missing)}. "
            "Install them with `.ci/packages install containers`."
        )
    return ""


def _command(
    engine: Engine, override: Path | None, command: list[str], output: TextIO | None = None
) -> int:
    environment = engine.environment | {"OVERRIDE": str(override or "")}
    ran = subprocess.run(
        (*engine.network, *command),
        env=environment,
        stdout=output,
        stderr=output,
        check=False,
    )
    return ran.returncode


def _stop(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
