"""The file from which the terminal's game resumes its room after a restart."""

from pathlib import Path
from typing import Final

import msgspec

from clients.python import SavedRoom
from clients.terminal.terminal_io import CommandError
from shared.wire.languages import Sentence

ROOM_FILE: Final = "game.json"  # in DATA_DIR


def read_room(path: Path) -> SavedRoom | None:
    """The room of an earlier run; None if there is none, or the file cannot be read as one."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=SavedRoom)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def room_of(path: Path, gateway: str) -> SavedRoom | None:
    """The same, but None if another gateway was its: that one alone gets its token."""
    room = read_room(path)
    return room if room and room.gateway == gateway else None


def last_room_id(path: Path, missing: Sentence) -> str:
    """The id of the room of the last game; if there is none, raises CommandError with `missing`."""
    if (room := read_room(path)) is None:
        raise CommandError(missing.about(path=path))
    return room.room_id


def write_room(path: Path, room: SavedRoom) -> None:
    """Replace the file in one step, readable by its owner only: it holds the room's token."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(room)))
    fresh.rename(path)
