"""The room engine's Redis Functions library, assembled from its parts.

The library's name contains a digest of its source. A release with different functions therefore
loads a library of a different name, and replicas of both releases can run side by side.
"""

from hashlib import sha256
from importlib.resources import files

from shared.redis_store.master import Library

LAYOUT = 1

# The order matters: a part may use only those listed above it.
_USED_BY_OTHERS = (
    "server",
    "rules",
    "pacing",
    "viewer",
    "round_clock",
    "shard_ledger",
    "room",
    "send_interval",
    "log",
    "trigger_records",
    "buttons",
    "dedup",
    "address",
    "tops",
    "arrivals",
    "watch",
    "outcome",
)
# Each is a block of its own: Lua allows 200 local variables in one.
_FUNCTIONS = (
    "press",
    "fire",
    "life",
    "game_socket",
    "queries",
    "pressers",
    "tokens",
    "rebuild",
    "open_room",
)
PARTS = _USED_BY_OTHERS + _FUNCTIONS


def _read(part: str) -> str:
    return (files("shared.engine.functions") / f"{part}.lua").read_text("utf-8")


def _name(parts: str) -> str:
    return f"streamario_{LAYOUT}_{sha256(parts.encode()).hexdigest()[:8]}"


_USED_TEXT = "\n".join(map(_read, _USED_BY_OTHERS))
_PARTS_TEXT = _USED_TEXT + "do\n" + "end do\n".join(map(_read, _FUNCTIONS)) + "end\n"
NAME = _name(_PARTS_TEXT)
# server.lua puts the prefix before each function's name.
SOURCE = f"#!lua name={NAME}\nlocal PREFIX = '{NAME}_'\n{_PARTS_TEXT}"
LIBRARY = Library(NAME, SOURCE)
