"""Calls to one server that arrive together travel together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Final

from redis import exceptions

from shared.process.tasks import end, fail_each
from shared.redis_store.connections import ANSWER_TIMEOUT, CONNECT_TIMEOUT
from shared.redis_store.errors import StoreFault, StoreUnavailable, translate
from shared.redis_store.redis_py import Link, Reply, packed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis.asyncio import Redis

    from shared.redis_store.library import Library
    from shared.redis_store.redis_py import Command

BATCH_LIMIT = 500  # calls in one round trip
WAITING_LIMIT = 5_000  # calls that wait for theirs

# A command that is still being added to; asked for when it is sent, again where it is sent again.
Growing = Callable[[], "Command"]
Call = tuple["Command | Growing", asyncio.Future[Reply]]

CLOSED = exceptions.ConnectionError("the connection was closed")

# s after it was sent in which a function may begin; less than ANSWER_TIMEOUT, so that a call that
# was given up does nothing later. The library's register.lua knows it too.
BEGIN_WITHIN: Final = 2.5
CLOCK_FRESH: Final = 1.0  # s after which the next round trip also asks for the time
CLOCK_TRUSTED: Final = 60.0  # s after which nothing is sent before the server has told the time
FUNCTION: Final = "FCALL"
TIME: Final = ("TIME",)
TOO_LATE: Final = ["too_late"]


class ServerClock:
    """An estimate of the server's clock from its replies to TIME, which is never ahead of it."""

    def __init__(self) -> None:
        self._ahead = 0.0  # s: the server's clock minus our monotonic one, at least
        self._learned_at = -CLOCK_TRUSTED  # on our clock

    def learn(self, reply: tuple[int, int]) -> None:
        """Take over the time in a reply (s since 1970, µs) that has just arrived."""
        self._learned_at = monotonic()
        seconds, microseconds = reply
        self._ahead = seconds + microseconds / 1e6 - self._learned_at

    def forget(self) -> None:
        """Trust the estimate no longer: the server's clock was set, or it is another server's."""
        self._learned_at = -CLOCK_TRUSTED

    @property
    def age(self) -> float:
        """How old the estimate is; s."""
        return monotonic() - self._learned_at

    def deadline(self) -> int:
        """Until when a function that is sent now may begin; ms since 1970 on the server's clock."""
        return int((monotonic() + self._ahead + BEGIN_WITHIN) * 1000)


class Batcher:
    """One server's calls, on one connection.

    While one round trip is in flight, calls that arrive are collected and go as one pipeline when
    it returns: no timer, no wait when there is little to do.

    Close it with `aclose`: what is under way, and what waits, ends with ConnectionLost.
    """

    def __init__(self, client: Redis, library: Library) -> None:
        self._client = client
        self._library = library
        self._link = Link(client)
        self._link.set_no_timers()  # one limit for a whole trip
        self._clock = ServerClock()
        self._waiting: list[Call] = []
        self._new_reply = asyncio.get_running_loop().create_future
        self._arrived = asyncio.Event()
        self._closed = False
        self._sender = asyncio.create_task(self._send_forever(), name="store sender")

    async def aclose(self) -> None:
        """Let go of the server."""
        self._closed = True
        self._fail_waiting(CLOSED)
        await end(self._sender)
        await self._link.close()
        await self._client.aclose()

    def send(self, command: Command | Growing) -> asyncio.Future[Reply]:
        """The reply to come, or the error that became of the command.

        Raises StoreUnavailable where too many wait already.
        """
        if self._closed:
            raise translate(CLOSED)
        if len(self._waiting) >= WAITING_LIMIT:
            raise StoreUnavailable("too many calls wait for Redis")
        reply = self._new_reply()
        self._waiting.append((command, reply))
        self._arrived.set()
        return reply

    async def ask(self, command: Command | Growing) -> Reply:
        """The reply to a command about a slot that is just moving to this server."""
        _, reply = await asyncio.gather(self.send(("ASKING",)), self.send(command))
        return reply

    def link(self) -> Link:
        """Another connection to the same server, not yet open."""
        return Link(self._client)

    async def load_library(self) -> None:
        """Load the library unless the server has it; it stays, in snapshots and on replicas.

        Asked first: a server without memory refuses to load even what it has.
        """
        if await self.send(self._library.find):
            return
        try:
            await self.send(self._library.load)
        except StoreFault as error:
            if not _already_there(error):
                raise

    async def _send_forever(self) -> None:
        while True:
            await self._arrived.wait()
            batch, self._waiting = self._waiting[:BATCH_LIMIT], self._waiting[BATCH_LIMIT:]
            if not self._waiting:
                self._arrived.clear()
            await self._send(batch)

    async def _send(self, batch: list[Call]) -> None:
        commands, batch = _commands_of(batch)
        try:
            replies = await self._replies(commands)
            await self._give_library(commands, replies)
        except asyncio.CancelledError:
            _resolve(batch, [CLOSED] * len(batch))
            raise
        _resolve(batch, replies)

    async def _give_library(self, commands: list[Command], replies: list[Reply]) -> None:
        """Load the library where calls found it missing, and repeat those: they did nothing."""
        missing = [i for i, reply in enumerate(replies) if _function_missing(reply)]
        if not missing:
            return
        loaded, *again = await self._replies([self._library.load, *(commands[i] for i in missing)])
        for i, reply in zip(missing, again, strict=True):
            replies[i] = reply
        if isinstance(loaded, Exception) and not _already_there(loaded):
            for i in missing:
                replies[i] = loaded

    async def _replies(self, commands: Sequence[Command]) -> list[Reply]:
        """Each command's reply, or the exception that became of it."""
        names = [command[0] for command in commands]
        try:
            await self._be_ready(needs_clock=FUNCTION in names)
            sent = self._packed(commands)
            if sent is None:
                # One of them cannot be put into bytes: the others go without it.
                return [reply for command in commands for reply in await self._replies([command])]
            replies = await self._round_trip(sent, names)
        except Exception as error:  # noqa: BLE001 - every caller gets it; the sender goes on
            if isinstance(error, exceptions.TimeoutError | TimeoutError):
                self._fail_waiting(error)  # nobody waits for a second timeout
            return [error] * len(commands)
        return [self._in_time(reply) for reply in replies]

    def _packed(self, commands: Sequence[Command]) -> bytes | None:
        """The commands as bytes, functions with their deadline.

        None where one of several cannot be put into bytes; of a single one the error is raised.
        """
        deadline = self._clock.deadline()
        dated = [(*words, deadline) if words[0] == FUNCTION else words for words in commands]
        try:
            return packed(dated)
        except (UnicodeError, TypeError):
            if len(commands) == 1:
                raise
            return None

    def _in_time(self, reply: Reply) -> Reply:
        """The reply, or StoreUnavailable where a function began after its deadline."""
        if reply != TOO_LATE:
            return reply
        self._clock.forget()
        return StoreUnavailable("the call reached Redis too late")

    async def _round_trip(self, sent: bytes, names: Sequence[str]) -> list[Reply]:
        link, asks_time = self._link, FUNCTION in names and self._clock.age > CLOCK_FRESH
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                await link.send(packed([TIME]) + sent if asks_time else sent)
                if asks_time:
                    self._clock.learn(_time_in(await link.read(*TIME)))
                return [await link.read(name) for name in names]
        except BaseException:
            # What is still to come must not be taken for the answer to something else.
            await link.close()
            raise

    async def _be_ready(self, *, needs_clock: bool) -> None:
        """Open the link to the server unless it is; learn the server's clock if that is needed."""
        link = self._link
        if link.is_open and await link.has_input():
            await link.close()  # the server has closed it
        if not link.is_open:
            self._clock.forget()
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await link.open()
        if needs_clock and self._clock.age >= CLOCK_TRUSTED:
            (reply,) = await self._round_trip(packed([TIME]), TIME)
            self._clock.learn(_time_in(reply))

    def _fail_waiting(self, error: Exception) -> None:
        waiting, self._waiting = self._waiting, []
        _resolve(waiting, [error] * len(waiting))


def _commands_of(batch: list[Call]) -> tuple[list[Command], list[Call]]:
    """The commands as they stand now, and their calls; one that cannot be told fails alone."""
    commands, calls = [], []
    for command, future in batch:
        try:
            commands.append(command() if callable(command) else command)
        except Exception as error:  # noqa: BLE001 - its caller hears of it; the sender lives on
            fail_each([future], error)
        else:
            calls.append((command, future))
    return commands, calls


def _resolve(calls: list[Call], replies: list[Reply]) -> None:
    for (_, future), reply in zip(calls, replies, strict=True):
        if future.done():
            continue
        if isinstance(reply, exceptions.AskError):
            future.set_exception(reply)  # tells where the key's slot is: the masters' business
        elif isinstance(reply, Exception):
            future.set_exception(translate(reply))
        else:
            future.set_result(reply)


def _time_in(reply: Reply) -> tuple[int, int]:
    if isinstance(reply, Exception):
        raise reply
    seconds, microseconds = reply
    return seconds, microseconds


def _function_missing(reply: Reply) -> bool:
    return isinstance(reply, exceptions.ResponseError) and "Function not found" in str(reply)


def _already_there(error: Exception) -> bool:
    return "already exists" in str(error)
