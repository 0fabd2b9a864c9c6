"""Makes viewers and the requests with which they press."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from clients.python import BatchNumbers
from shared.identity.tokens import Signer
from tests.bench.bench import BUTTON
from tests.flow.fleet import SECRET

REQUEST: Final = (
    b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%s"
)
NUMBER: Final = b"222222222222"  # as long as each number that press.lua writes


def new_viewers(count: int) -> list[str]:
    """Return `count` viewer ids, signed as the API signs them."""
    signer = Signer((SECRET,))
    return [signer.new_viewer_id() for _ in range(count)]


def path_of(room_id: str) -> str:
    """Return the path for a room's presses."""
    return f"/api/rooms/{room_id}/events"


def body_of(viewer_id: str, **more: str) -> bytes:
    """Return the body of one press."""
    event = {"button_name": BUTTON, "push_count": 1}
    return msgspec.json.encode({"viewer_id": viewer_id, "push_events": [event], **more})


def request(path: str, body: bytes) -> bytes:
    """Return the request of a press on a persistent connection."""
    return REQUEST % (path.encode(), len(body), body)


class ViewersPage:
    """One viewer's page: each request is one press, in a batch with the next number."""

    def __init__(self, path: str, viewer_id: str, **more: str) -> None:
        self._path = path
        self._body = body_of(viewer_id, **more).removesuffix(b"}")
        self._numbers = BatchNumbers()

    def next(self) -> bytes:
        """Return the next request."""
        return request(self._path, self.next_body())

    def next_body(self) -> bytes:
        """Return the body of the next request."""
        batch_id, batch_no = self._numbers.next()
        return self._body + b',"batch_id":"%s","batch_no":%d}' % (batch_id.encode(), batch_no)


def write_lists(
    folder: Path, room_ids: Sequence[str], viewers: Sequence[str], count: int
) -> list[Path]:
    """Write a list of requests for each of `count` wrk processes, and return the files.

    Each list has its own viewers. Viewers are assigned to rooms in turn. In each body, `NUMBER`
    stands where press.lua writes the batch's number.
    """
    paths = [path_of(room_id) for room_id in room_ids]
    lists = [folder / f"requests-{n}.txt" for n in range(count)]
    for n, file in enumerate(lists):
        requests = (
            b"%s %s\n" % (paths[at % len(paths)].encode(), _unnumbered(viewers[at]))
            for at in range(n, len(viewers), count)
        )
        file.write_bytes(b"".join(requests))
    return lists


def _unnumbered(viewer_id: str) -> bytes:
    sender, _, _ = BatchNumbers().next().batch_id.partition("#")
    number = b',"batch_id":"%s#%s","batch_no":%s}' % (sender.encode(), NUMBER, NUMBER)
    return body_of(viewer_id).removesuffix(b"}") + number
