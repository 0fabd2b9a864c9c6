"""Sends batches to the room engine, and waits for their outcomes."""

import asyncio

from shared.engine.engine import Engine
from shared.engine.keys import room_key
from shared.engine.press import Outcome, PressBatch, Pressing
from shared.identity.addresses import UNIX_SOCKET, Address


class Waiter:
    """A client that waits for its batch's outcome, or none that waits."""

    def __init__(self, *, is_gone: bool = False) -> None:
        self.outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._is_gone = is_gone

    def is_abandoned(self) -> bool:
        return self._is_gone

    def resolve(self, _: PressBatch, outcome: Outcome | Exception) -> None:
        if self.outcome.done():
            return
        if isinstance(outcome, Exception):
            self.outcome.set_exception(outcome)
        else:
            self.outcome.set_result(outcome)


def batch_of(
    viewer: str,
    presses: dict[str, int],
    batch_id: str = "",
    *,
    address: Address = UNIX_SOCKET,
    name: str = "",
    batch_no: int = 0,
    is_gone: bool = False,
) -> PressBatch:
    """A batch that somebody waits for, unless its client `is_gone`."""
    waiter = Waiter(is_gone=is_gone)
    return PressBatch(viewer, presses, batch_id, address, waiter, name, batch_no)


def sent(by: Engine | Pressing, room_id: str, batch: PressBatch) -> asyncio.Future[Outcome]:
    """Send a batch. Returns the future of its outcome."""
    assert isinstance(batch.client, Waiter)
    pressing = by.pressing if isinstance(by, Engine) else by
    pressing.add(room_key(room_id), batch)
    return batch.client.outcome
