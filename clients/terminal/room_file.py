"""The file from which the terminal's game resumes its room after a restart."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import msgspec

from clients.python import SavedRoom

if TYPE_CHECKING:
    from pathlib import Path

ROOM_FILE: Final = "game.json"  # in DATA_DIR


def read_room(path: Path) -> SavedRoom | None:
    """The room of an earlier run; None if there is none, or the file cannot be read as one."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=SavedRoom)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def write_room(path: Path, room: SavedRoom) -> None:
    """Replace the file in one step, readable by its owner only: it holds the room's token."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(file, msgspec.json.format(msgspec.json.encode(room)))
    finally:
        os.close(file)
    fresh.rename(path)
