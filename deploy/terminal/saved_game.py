"""The file that lets a game go on with its room after a restart."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path


class SavedGame(msgspec.Struct, frozen=True):
    """A room, the secret that proves it is ours, and the last number applied."""

    room_id: str
    room_token: str
    web_url: str
    epoch: int
    last_seq: int


def read(path: Path) -> SavedGame | None:
    """The game of an earlier run; None where there is none, or the file is not ours."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=SavedGame)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def write(path: Path, game: SavedGame) -> None:
    """Replace the file in one step, readable by its owner only: it holds the room's token."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(file, msgspec.json.format(msgspec.json.encode(game)))
    finally:
        os.close(file)
    fresh.rename(path)
