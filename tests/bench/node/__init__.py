"""The baseline in Node: `server.mjs`, and the packages that it takes from npm."""

from pathlib import Path
from typing import Final

from tests.programs import node_folder

FOLDER: Final = Path(__file__).parent


def node_server(port: int) -> tuple[str, ...]:
    """Return the command that serves on this port; `REDIS_SOCKET` is Redis's unix socket."""
    (programs,) = node_folder()
    return f"{programs}/node", str(FOLDER / "server.mjs"), str(port)


def missing() -> str | None:
    """Return a hint if Node or its packages from npm are not installed, or None."""
    if node_folder() and (FOLDER / "node_modules").exists():
        return None
    return (
        "the baseline in Node lacks its packages from npm, which `make bench` installs;"
        " --only selects topics that do without"
    )
