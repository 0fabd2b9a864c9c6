"""`python -m tests.containers`: see --help."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from typing import Final, NoReturn

from tests.containers import machine, stand_ins
from tests.containers.engine import Engine, EngineFailed, open_engine
from tests.containers.override import write_override

DESCRIPTION: Final = """\
Runs compose.yaml on an engine of its own, and does there what README and docs/operations.md say.
With a COMMAND it runs that instead, on the same engine, in the network of its published ports, and
with DOCKER_HOST set. OVERRIDE is then the Compose file that this machine needs besides, if any.
"""
FAILED: Final = 1


def main() -> int:
    """Run the scenario, or a command; return the exit status."""
    options = _arguments()
    machine.become_root()
    if why := machine.forbids():
        print(f"containers: not run, since no engine can run on this machine: {why}")
        return 0
    if missing := machine.lacks():
        return _lacking(missing)
    signal.signal(signal.SIGTERM, _stop)
    files = machine.open_files()
    try:
        with open_engine() as engine:
            if not options.pull:
                stand_ins.build(engine, stand_ins.named_images())
            return _command(engine, files, options.command)
    except BlockingIOError:
        print("containers: another run in this checkout has not ended", file=sys.stderr)
    except (EngineFailed, stand_ins.NoStandIn) as problem:
        print(f"containers: {problem}", file=sys.stderr)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return FAILED


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.containers",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--pull", action="store_true", help="use the public images, no stand-ins")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND")
    return parser.parse_args()


def _lacking(missing: list[str]) -> int:
    """An engine could run here: then only a developer may go on without it."""
    print(
        f"containers: not run, since these programs are missing: {', '.join(missing)}. "
        "Install them with `.ci/packages install containers`."
    )
    return FAILED if os.environ.get("CI") == "true" else 0


def _command(engine: Engine, files: int, command: list[str]) -> int:
    environment = engine.environment | {
        "OVERRIDE": str(write_override(engine.settings, files) or "")
    }
    try:
        return subprocess.run((*engine.network, *command), env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _stop(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
