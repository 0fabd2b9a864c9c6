"""The room engine's Redis Functions library, put together from its parts.

The library's name carries a digest of its source. A release with other functions therefore has
another library, and replicas of both run side by side: nothing is replaced under a running one.
"""

from hashlib import sha256
from importlib.resources import files

from shared.redis_store.library import Library

LAYOUT = 1

# In this order: a part may use those above it.
PARTS = (
    "arguments",
    "server",
    "register",
    "shard",
    "ledger",
    "rules",
    "room",
    "active",
    "log",
    "buttons",
    "tops",
    "watch",
    "viewer",
    "source",
    "press",
    "life",
    "game_socket",
    "queries",
    "shard_ledger",
    "tally",
    "rebuild",
    "open_room",
    "address_bucket",
    "echo",
)

# `register`, in register.lua, puts it before each function's name.
_PREFIX = "local PREFIX = '%s_'"


def _read_parts() -> str:
    folder = files("shared.engine.functions")
    return "\n".join((folder / f"{part}.lua").read_text("utf-8") for part in PARTS)


def _name(parts: str) -> str:
    return f"streamario_{LAYOUT}_{sha256(parts.encode()).hexdigest()[:8]}"


_PARTS_TEXT = _read_parts()
NAME = _name(_PARTS_TEXT)
SOURCE = f"#!lua name={NAME}\n{_PREFIX % NAME}\n{_PARTS_TEXT}"
LIBRARY = Library(NAME, SOURCE)
