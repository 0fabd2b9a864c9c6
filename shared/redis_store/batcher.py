"""Pipelines concurrent calls to one server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Final

from redis import exceptions

from shared.process.tasks import end, fail_each
from shared.redis_store.connections import ANSWER_TIMEOUT, CONNECT_TIMEOUT
from shared.redis_store.errors import StoreFault, StoreUnavailable, translate
from shared.redis_store.redis_py import Link, Reply, encode_commands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis.asyncio import Redis

    from shared.redis_store.library import Library
    from shared.redis_store.redis_py import Command

BATCH_LIMIT = 500  # calls in one round trip
WAITING_LIMIT = 5_000  # calls that wait for a round trip

# A function that returns a command which may still grow: called each time the command is sent.
Growing = Callable[[], "Command"]
Call = tuple["Command | Growing", asyncio.Future[Reply]]

CLOSED = exceptions.ConnectionError("the connection was closed")

# s: a function's deadline, counted from when it is sent. Redis runs nothing after the deadline, and
# it is shorter than ANSWER_TIMEOUT: so a call that was given up does nothing later. register.lua's
# LONGEST_WAIT depends on it.
BEGIN_WITHIN: Final = 2.5
CLOCK_FRESH: Final = 1.0  # s after which the next round trip also sends TIME
CLOCK_TRUSTED: Final = 60.0  # s after which TIME must succeed before any function is sent
FUNCTION: Final = "FCALL"
TIME: Final = ("TIME",)
TOO_LATE: Final = ["too_late"]


class ServerClock:
    """An estimate of the server's clock, made from its replies to TIME. It is never ahead."""

    def __init__(self) -> None:
        self._ahead = 0.0  # s: a lower bound of the server's clock minus our monotonic clock
        self._learned_at = -CLOCK_TRUSTED  # on our clock

    def learn(self, reply: tuple[int, int]) -> None:
        """Update the estimate from a reply (s since 1970, µs) that has just arrived."""
        self._learned_at = monotonic()
        seconds, microseconds = reply
        self._ahead = seconds + microseconds / 1e6 - self._learned_at

    def forget(self) -> None:
        """Discard the estimate: the server's clock was set, or the server is another one."""
        self._learned_at = -CLOCK_TRUSTED

    @property
    def age(self) -> float:
        """The age of the estimate in s."""
        return monotonic() - self._learned_at

    def deadline(self) -> int:
        """The latest start of a function that is sent now; ms since 1970 on the server's clock."""
        return int((monotonic() + self._ahead + BEGIN_WITHIN) * 1000)


class Batcher:
    """Sends calls to one server, on one connection.

    While one round trip is in flight, the batcher collects the calls that arrive. When the trip
    returns, it sends them as one pipeline. There is no timer: with little load nothing waits.

    Close it with `aclose`: calls in flight and waiting calls then raise ConnectionLost.
    """

    def __init__(self, client: Redis, library: Library) -> None:
        self._client = client
        self._library = library
        self._link = Link(client)
        self._link.set_no_timers()  # _round_trip has one timeout for a whole trip
        self._clock = ServerClock()
        self._waiting: list[Call] = []
        self._new_reply = asyncio.get_running_loop().create_future
        self._arrived = asyncio.Event()
        self._closed = False
        self._sender = asyncio.create_task(self._send_forever(), name="store sender")

    async def aclose(self) -> None:
        """Close the connection; unfinished calls raise ConnectionLost."""
        self._closed = True
        self._fail_waiting(CLOSED)
        await end(self._sender)
        await self._link.close()
        await self._client.aclose()

    def send(self, command: Command | Growing) -> asyncio.Future[Reply]:
        """Queue a command. Returns a future of its reply or error.

        Raises StoreUnavailable if too many calls are waiting.
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
        """The reply to a command for a slot that is migrating to this server."""
        _, reply = await asyncio.gather(self.send(("ASKING",)), self.send(command))
        return reply

    def link(self) -> Link:
        """Another connection to the same server, not yet open."""
        return Link(self._client)

    async def load_library(self) -> None:
        """Load the library unless the server has it; Redis persists and replicates it.

        It is looked for first, because a server that is out of memory refuses FUNCTION LOAD even
        for a library that it has.
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
        """If calls failed because the library is missing, load it and repeat those calls."""
        missing = [i for i, reply in enumerate(replies) if _function_missing(reply)]
        if not missing:
            return
        loaded, *again = await self._replies([self._library.load, *(commands[i] for i in missing)])
        _replace(replies, missing, again)
        if isinstance(loaded, Exception) and not _already_there(loaded):
            for i in missing:
                replies[i] = loaded

    async def _replies(
        self, commands: Sequence[Command], *, may_repeat: bool = True
    ) -> list[Reply]:
        """Each command's reply, or its exception."""
        names = [command[0] for command in commands]
        try:
            # Nothing may come between ASKING and its call, which may go with the next trip.
            await self._be_ready(needs_clock=FUNCTION in names or "ASKING" in names)
            sent = self._encode(commands)
            if sent is None:
                # One of them cannot be encoded: send each alone, so that only that one fails.
                return [reply for command in commands for reply in await self._replies([command])]
            began = monotonic()
            replies = await self._round_trip(sent, names)
        except Exception as error:  # noqa: BLE001 - every caller gets it; the sender continues
            if isinstance(error, exceptions.TimeoutError | TimeoutError):
                self._fail_waiting(error)  # or waiting calls would wait for a second timeout
            return [error] * len(commands)
        late = [i for i, reply in enumerate(replies) if reply == TOO_LATE]
        if late:
            self._clock.forget()
            if may_repeat and monotonic() - began < BEGIN_WITHIN:
                # The trip was quick, so the estimate of the clock was wrong. The calls did nothing.
                again = await self._replies([commands[i] for i in late], may_repeat=False)
            else:
                again = [StoreUnavailable("the call reached Redis too late") for _ in late]
            _replace(replies, late, again)
        return replies

    def _encode(self, commands: Sequence[Command]) -> bytes | None:
        """Encode the commands, function calls with their deadline.

        Returns None if one of several commands cannot be encoded; raises its error if there is
        only one.
        """
        deadline = self._clock.deadline()
        dated = [(*each, deadline) if each[0] == FUNCTION else each for each in commands]
        try:
            return encode_commands(dated)
        except (UnicodeError, TypeError):
            if len(commands) == 1:
                raise
            return None

    async def _round_trip(self, sent: bytes, names: Sequence[str]) -> list[Reply]:
        link = self._link
        # A command right after ASKING would take its place.
        asks_time = FUNCTION in names and self._clock.age > CLOCK_FRESH and names[-1] != "ASKING"
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                await link.send(sent + encode_commands([TIME]) if asks_time else sent)
                replies = [await link.read(name) for name in names]
                if asks_time:
                    self._clock.learn(_time_in(await link.read(*TIME)))
        except BaseException:
            # Replies that are still to come must not be read as replies to later commands.
            await link.close()
            raise
        if exceptions.ReadOnlyError in map(type, replies):
            # The master is a replica now; the server's name may lead to its successor.
            await link.close()
        return replies

    async def _be_ready(self, *, needs_clock: bool) -> None:
        """Open the link unless it is open; read the server's clock if that is needed."""
        link = self._link
        if link.is_open and await link.has_input():
            await link.close()  # the server has closed it
        if not link.is_open:
            self._clock.forget()
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await link.open()
        if needs_clock and self._clock.age >= CLOCK_TRUSTED:
            (reply,) = await self._round_trip(encode_commands([TIME]), TIME)
            self._clock.learn(_time_in(reply))

    def _fail_waiting(self, error: Exception) -> None:
        waiting, self._waiting = self._waiting, []
        _resolve(waiting, [error] * len(waiting))


def _commands_of(batch: list[Call]) -> tuple[list[Command], list[Call]]:
    """The commands as they are now, and their calls. A command that raises fails only its call."""
    commands, calls = [], []
    for command, future in batch:
        try:
            commands.append(command() if callable(command) else command)
        except Exception as error:  # noqa: BLE001 - its caller gets it; the sender continues
            fail_each([future], error)
        else:
            calls.append((command, future))
    return commands, calls


def _resolve(calls: list[Call], replies: list[Reply]) -> None:
    for (_, future), reply in zip(calls, replies, strict=True):
        if future.done():
            continue
        if isinstance(reply, exceptions.AskError):
            future.set_exception(reply)  # `Masters` follows the redirect
        elif isinstance(reply, Exception):
            future.set_exception(translate(reply))
        else:
            future.set_result(reply)


def _replace(replies: list[Reply], indexes: Sequence[int], others: Sequence[Reply]) -> None:
    for index, other in zip(indexes, others, strict=True):
        replies[index] = other


def _time_in(reply: Reply) -> tuple[int, int]:
    if isinstance(reply, Exception):
        raise reply
    seconds, microseconds = reply
    return seconds, microseconds


def _function_missing(reply: Reply) -> bool:
    return isinstance(reply, exceptions.ResponseError) and "Function not found" in str(reply)


def _already_there(error: Exception) -> bool:
    return "already exists" in str(error)
