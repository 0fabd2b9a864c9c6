"""Counts the presses of one room that arrive together in one call to Redis.

A room has one call under way. Batches that arrive meanwhile go with its next one, which leaves
before the batches of the last one are answered: so Redis counts one crowd while this process
answers another. Many presses share the cost of loading the room; a single one is sent at once.
"""

from __future__ import annotations

import asyncio
from contextvars import Context
from functools import partial
from itertools import count, repeat
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import msgspec

from shared.engine import refusals, replies
from shared.engine.keys import room_key
from shared.process.tasks import copy_of
from shared.redis_store.store import ConnectionLost, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from shared.identity.addresses import Address
    from shared.redis_store.store import KeysAndArguments, Store
    from shared.wire.refusal import Refused

# Batches of one call. Redis runs nothing else while it counts them.
GROUP_LIMIT: Final = 128

Outcome = replies.Counting | replies.RoundOver


class SenderGone(Exception):
    """The client that sent the batch has hung up; the batch was dropped before it was counted."""


class Client(Protocol):
    """Who sent a batch and gets its outcome."""

    def is_abandoned(self) -> bool:
        """Whether nobody waits for the outcome: then the batch is dropped when a call is sent."""

    def settle(self, batch: PressBatch, outcome: Outcome | Exception) -> None:
        """Take the batch's outcome, or why there is none: Refused, StoreError or SenderGone."""


class PressBatch(NamedTuple):
    """The presses of one request: `presses` by event type; without any it only asks for the state.

    A repeated `batch_id` ("" for none) is not counted again. If `batch_no` is not 0, the id names
    the sender, whose batches count in the order of their numbers. `name` is the display name, ""
    for none.
    """

    viewer: str
    presses: Mapping[str, int]
    batch_id: str
    address: Address
    client: Client
    name: str = ""
    batch_no: int = 0

    @property
    def sender(self) -> str:
        """The sender of a numbered batch.

        An id may end with the number, to be unique also for a server that knows no numbers.
        """
        return self.batch_id.removesuffix(f"#{self.batch_no}")


class Call:
    """One call for a room: it takes the batches that wait when it is sent.

    Redis knows a call by its number: so it may be sent again after a lost connection, and counts
    once. `answer_last` is called when it has been sent.
    """

    def __init__(
        self, number: int, waiting: list[PressBatch], answer_last: Callable[[], None]
    ) -> None:
        self.number = number
        self._taken: list[PressBatch] | None = None
        self._waiting = waiting
        self._answer_last = answer_last

    def take(self) -> list[PressBatch]:
        """The call's batches, without those whose clients are gone by now."""
        if self._taken is None:
            taken, self._waiting[:GROUP_LIMIT] = self._waiting[:GROUP_LIMIT], ()
            self._taken = [batch for batch in taken if not batch.client.is_abandoned()]
            asyncio.get_running_loop().call_soon(self._answer_last)
            for batch in taken if len(self._taken) < len(taken) else ():
                if batch.client.is_abandoned():
                    batch.client.settle(batch, SenderGone())
        return self._taken

    def answer(self, outcomes: Iterable[Outcome | Exception]) -> None:
        """Give each batch its outcome or refusal."""
        _settle(self.take(), outcomes)

    def fail(self, error: Exception) -> Callable[[], None]:
        """What gives the error to each batch, also to those that wait if Redis does not answer."""
        batches = [*self.take()]
        if isinstance(error, StoreError):
            batches += self._waiting
            self._waiting.clear()
        return partial(_settle, batches, repeat(error))


class Pressing:
    """Counts the batches of all rooms through one store."""

    def __init__(
        self,
        store: Store,
        limits: tuple[int, int, str],  # viewers of an address, tap 1|0, of the ledger
    ) -> None:
        self._store = store
        self._limits = limits
        # Of each room with a call under way: the batches that wait for the next one.
        self._waiting: dict[str, list[PressBatch]] = {}
        self._senders: set[asyncio.Task[None]] = set()
        self._process = token_urlsafe(9)
        self._numbers = count(1)

    def add(self, room_id: str, batch: PressBatch) -> None:
        """Count a batch with the room's next call; its client gets the outcome."""
        waiting = self._waiting.get(room_id)
        if waiting is None:
            waiting = self._waiting[room_id] = []
            sender = asyncio.create_task(
                self._send(room_id, waiting), name="presses of a room", context=Context()
            )
            self._senders.add(sender)
            sender.add_done_callback(self._senders.discard)
        waiting.append(batch)

    async def _send(self, room_id: str, waiting: list[PressBatch]) -> None:
        """Send one call after another until no batch waits."""
        answer = _nothing
        try:
            while waiting:
                call = Call(next(self._numbers), waiting, answer)
                try:
                    answer = partial(call.answer, await self._count(room_key(room_id), call))
                except Exception as error:  # noqa: BLE001 - everybody who waits gets it
                    answer = call.fail(error)
        finally:
            del self._waiting[room_id]
        answer()

    async def _count(self, key: str, call: Call) -> Sequence[Outcome | Refused]:
        """The outcome or refusal of each batch. Raises Refused, StoreError or SenderGone."""

        def arguments() -> KeysAndArguments:
            if not call.take():
                raise SenderGone  # the call is not sent: nobody waits for it
            return [key], self._arguments(call, may_have_counted=False)

        try:
            reply = await self._store.call_when_sent("press", key, arguments)
        except ConnectionLost:
            again = self._arguments(call, may_have_counted=True)
            reply = await self._store.call("press", [key], again)
        return _outcomes(reply, len(call.take()))

    def _arguments(self, call: Call, *, may_have_counted: bool) -> list[str | int | bytes]:
        per_address, tap, ledger_limits = self._limits
        items: list[str | int] = []
        for batch in call.take():
            items += (
                batch.viewer,
                batch.name,
                batch.batch_id,
                batch.batch_no,
                batch.sender,
                batch.address.key if batch.address.limited and per_address else "",
                len(batch.presses),
                *(item for wish in batch.presses.items() for item in wish),
            )
        encoded, again = msgspec.msgpack.encode(items), int(may_have_counted)
        return [per_address, tap, ledger_limits, encoded, self._process, call.number, again]


def _settle(batches: Iterable[PressBatch], outcomes: Iterable[Outcome | Exception]) -> None:
    for batch, outcome in zip(batches, outcomes, strict=False):
        own = copy_of(outcome) if isinstance(outcome, Exception) else outcome
        batch.client.settle(batch, own)


def _nothing() -> None:
    """Answers nobody: there was no call before."""


def _outcomes(reply: list[Any], batches: int) -> Sequence[Outcome | Refused]:
    if reply[0] == "game_over":
        return [replies.RoundOver(round=int(reply[1]), final=reply[2] == 1)] * batches
    return replies.countings_of(refusals.check(reply))
