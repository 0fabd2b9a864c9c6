"""Sends batches to the room engine, and waits for their outcomes."""

import asyncio
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import NamedTuple

from shared.engine.engine import Engine
from shared.engine.keys import room_key
from shared.engine.press import Outcome, PressBatch
from shared.engine.replies import Counting, Stats
from shared.identity.addresses import UNIX_SOCKET, Address
from shared.redis_store.batcher import Batcher
from shared.wire.parts import Stat


@dataclass(eq=False)
class AwaitedBatch:
    """A batch whose outcome somebody waits for, unless its client `is_gone`."""

    viewer: str
    presses: Mapping[str, int]
    batch_id: str = ""
    _: KW_ONLY
    address: Address = UNIX_SOCKET
    name: str = ""
    batch_no: int = 0
    is_gone: bool = False

    def __post_init__(self) -> None:
        self.outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.source = self.address.key if self.address.limited else ""

    def is_abandoned(self) -> bool:
        return self.is_gone

    def resolve(self, outcome: Outcome | Exception) -> None:
        if self.outcome.done():
            return
        if isinstance(outcome, Exception):
            self.outcome.set_exception(outcome)
        else:
            self.outcome.set_result(outcome)


batch_of = AwaitedBatch


class Counted(NamedTuple):
    """What a batch counted of one button."""

    event_type: str
    accepted: int
    triggers: int


def counted(counting: Counting) -> tuple[Counted, ...]:
    """What a batch counted, without the buttons' states after it."""
    return tuple(
        Counted(result.event_type, result.accepted, result.triggers_fired)
        for result in counting.results
    )


def state_of(event_type: str, stats: Stats) -> Stat:
    """The state of one button."""
    return {stat.event_type: stat for stat in stats.stats}[event_type]


def sent(
    by: Engine | Batcher[PressBatch, Outcome], room_id: str, batch: AwaitedBatch
) -> asyncio.Future[Outcome]:
    """Send a batch. Returns the future of its outcome."""
    pressing = by.pressing if isinstance(by, Engine) else by
    pressing.add(room_key(room_id), batch)
    return batch.outcome
