"""The presses that a page has left in its storage."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec


def change_batches(storage: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change every batch that is stored."""
    kept: dict[str, str] = msgspec.json.decode(storage.read_bytes())
    for name in [name for name in kept if ":presses:" in name]:
        batches: list[dict[str, Any]] = msgspec.json.decode(kept[name])
        kept[name] = msgspec.json.encode([change(batch) for batch in batches]).decode()
    storage.write_bytes(msgspec.json.encode(kept))
