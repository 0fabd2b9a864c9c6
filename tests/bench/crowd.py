"""Makes viewers and the requests with which they press."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from shared.identity.tokens import Signer
from tests.bench.bench import BUTTON
from tests.flow.fleet import SECRET

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def new_viewers(count: int) -> list[str]:
    """Return `count` viewer ids, signed as the API signs them."""
    signer = Signer((SECRET,))
    return [signer.new_viewer_id() for _ in range(count)]


def path_of(room_id: str) -> str:
    """Return the path for a room's presses."""
    return f"/api/rooms/{room_id}/events"


def body_of(viewer_id: str, **more: str) -> bytes:
    """Return the body of one press, as a page sends it."""
    event = {"button_name": BUTTON, "push_count": 1}
    return msgspec.json.encode({"viewer_id": viewer_id, "push_events": [event], **more})


def write_lists(
    folder: Path, room_ids: Sequence[str], viewers: Sequence[str], count: int
) -> list[Path]:
    """Write a list of requests for each of `count` wrk processes, and return the files.

    Each list has its own viewers. Viewers are assigned to rooms in turn.
    """
    paths = [path_of(room_id) for room_id in room_ids]
    lists = [folder / f"requests-{n}.txt" for n in range(count)]
    for n, file in enumerate(lists):
        requests = (
            b"%s %s\n" % (paths[at % len(paths)].encode(), body_of(viewers[at]))
            for at in range(n, len(viewers), count)
        )
        file.write_bytes(b"".join(requests))
    return lists
