"""Sends calls to one server without waiting for earlier replies."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Final

from redis import exceptions

from shared.process.tasks import copy_of, end
from shared.redis_store.connections import ANSWER_TIMEOUT, CONNECT_TIMEOUT
from shared.redis_store.errors import StoreError, StoreFault, StoreUnavailable, translate
from shared.redis_store.redis_py import CallbackLink, Link, Reply, encode_command, parsed
from shared.redis_store.server_clock import BEGIN_WITHIN, ServerClock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redis.asyncio import Redis

    from shared.redis_store.library import Library
    from shared.redis_store.redis_py import Command

WAITING_LIMIT = 5_000  # calls that wait for their reply
# Calls in turns that Redis runs in a second, at most: a press alone takes it about 0.1 ms.
TURNS_A_SECOND: Final = 10_000
REPEATS: Final = 2  # of a call that did nothing: its deadline was wrong, the library was missing

CLOSED = exceptions.ConnectionError("the connection was closed")

CLOCK_FRESH: Final = 1.0  # s after which TIME follows the next function
FUNCTION: Final = "FCALL"
ASKING: Final = ("ASKING",)
TIME: Final = ("TIME",)
TOO_LATE: Final = ["too_late"]

EndTurn = Callable[[], None]
BeginTurn = Callable[[EndTurn], None]


class Call:
    """A command and the future of its reply."""

    __slots__ = ("asks", "command", "is_function", "redirects", "repeats", "reply", "sent_at")

    def __init__(self, command: Command, reply: asyncio.Future[Reply]) -> None:
        self.command = command
        self.reply = reply
        self.is_function = command[0] == FUNCTION
        self.asks = False  # for a slot that is migrating to the server
        self.sent_at = 0.0  # s, monotonic
        self.repeats = self.redirects = 0

    def succeed(self, reply: Reply) -> None:
        """Give the caller the reply."""
        if not self.reply.done():
            self.reply.set_result(reply)

    def fail(self, error: Exception) -> None:
        """Give the caller an error of redis-py, of the network or of the store."""
        if not self.reply.done():
            self.reply.set_exception(translate(copy_of(error)))


class Pipeline:
    """Sends calls to one server, on one connection.

    A call is written at once, behind those that have no reply yet; replies come in the same order.
    A call waits only while the connection is opened, or, if it calls a function, while the server's
    clock is unknown.
    """

    def __init__(self, client: Redis, library: Library) -> None:
        self._client = client
        self._library = library
        self._loop = asyncio.get_running_loop()
        self._clock = ServerClock()
        self._link: CallbackLink | None = None
        self._sent: deque[Call] = deque()  # on the link, oldest first
        self._waiting: list[Call] = []  # until the link is ready
        self._without_library: list[Call] = []  # until it is loaded
        self._given_up: set[Call] = set()  # functions, until their deadlines are over
        self._time: asyncio.Future[Reply] | None = None  # while TIME is under way
        self._preparing: asyncio.Task[None] | None = None
        self._timeout: asyncio.TimerHandle | None = None
        self._turns: deque[BeginTurn] = deque()  # that have not begun
        self._begun: set[object] = set()  # turns on this link that have, and have not ended
        self._round_trip = math.inf  # s, the shortest of TIME on this link
        self._most_in_turns = 2
        self._is_closed = False

    async def aclose(self) -> None:
        """Close the connection; unfinished calls raise ConnectionLost."""
        self._is_closed = True
        if self._preparing:
            await end(self._preparing)
        self._drop_link()
        unfinished = (*self._take_sent(), *self._take_waiting(), *self._without_library)
        for call in (*unfinished, *self._given_up):
            call.fail(CLOSED)
        await self._client.aclose()

    def send(self, command: Command) -> asyncio.Future[Reply]:
        """Send a command. Returns the future of its reply, or of a StoreError."""
        reply: asyncio.Future[Reply] = self._loop.create_future()
        self.start(Call(command, reply))
        return reply

    def start(self, call: Call) -> None:
        """Send a call, at once if the link is ready for it."""
        if self._is_closed:
            self._end(call, CLOSED)
        elif len(self._sent) + len(self._waiting) >= WAITING_LIMIT:
            self._end(call, StoreUnavailable("too many calls wait for Redis"))
        elif self._link and (not call.is_function or self._clock.is_known):
            self._write(self._link, call)
        else:
            self._waiting.append(call)
            if self._preparing is None:
                self._preparing = asyncio.create_task(self._prepare(), name="store connection")

    def take_turn(self, begin: BeginTurn) -> None:
        """Call `begin`, which sends a call, when few enough such calls are in flight.

        The limit is what the server runs in a round trip (the bandwidth-delay product), plus two.
        What waits here may still grow; what waits at the server may not.
        """
        self._turns.append(begin)
        self._give_turns()

    def _give_turns(self) -> None:
        while self._turns and (self._link is None or len(self._begun) < self._most_in_turns):
            turn = object()
            self._begun.add(turn)
            self._turns.popleft()(partial(self._end_turn, turn))

    def _end_turn(self, turn: object) -> None:
        self._begun.discard(turn)
        self._give_turns()

    def new_link(self) -> Link:
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

    # Hooks.

    def failed(self) -> None:
        """A call has failed because the server cannot serve."""

    def redirected(self, call: Call, error: exceptions.AskError) -> None:
        """Another server holds the call's key, or will."""
        call.fail(error)

    # The connection.

    async def _prepare(self) -> None:
        """Open the link, read the clock if a function waits, and send all that waits."""
        try:
            if self._link is None:
                self._clock.forget()
                self._round_trip = math.inf
                link = CallbackLink(self._client, self._take_reply, self._lose_link)
                async with asyncio.timeout(CONNECT_TIMEOUT):
                    await link.open()
                self._link = link
            if any(call.is_function for call in self._waiting):
                await self._ask_time(self._link)
        except Exception as error:  # noqa: BLE001 - every caller gets it
            for call in self._take_waiting():
                self._end(call, error)
        finally:
            self._preparing = None
        for call in self._take_waiting():
            self.start(call)

    def _ask_time(self, link: CallbackLink) -> asyncio.Future[Reply]:
        if self._time is None:
            self._time = self._loop.create_future()
            self._write(link, Call(TIME, self._time))
        return self._time

    def _write(self, link: CallbackLink, call: Call) -> None:
        dated = (*call.command, self._clock.deadline()) if call.is_function else call.command
        try:
            encoded = encode_command(dated)
        except (UnicodeError, TypeError) as error:
            call.fail(error)
            return
        call.sent_at = monotonic()
        if call.asks:
            encoded = encode_command(ASKING) + encoded
            asking = Call(ASKING, _without_listener(self._loop.create_future()))
            asking.sent_at = call.sent_at
            self._sent.append(asking)
            call.asks = False
        self._sent.append(call)
        link.send(encoded)
        if self._timeout is None:
            self._timeout = self._loop.call_later(ANSWER_TIMEOUT, self._check_timeout)
        if call.is_function and self._clock.age > CLOCK_FRESH:
            _without_listener(self._ask_time(link))

    def _check_timeout(self) -> None:
        """Give up the calls of a server that does not answer."""
        self._timeout = None
        if not self._sent:
            return
        left = self._sent[0].sent_at + ANSWER_TIMEOUT - monotonic()
        if left > 0:
            self._timeout = self._loop.call_later(left, self._check_timeout)
            return
        self._drop_link()
        for call in self._take_sent():
            # A function may yet run until its deadline, so its caller waits as long as this one.
            left = call.sent_at + ANSWER_TIMEOUT - monotonic() if call.is_function else 0
            self._given_up.add(call)
            self._loop.call_later(left, self._end_late, call)

    def _end_late(self, call: Call) -> None:
        self._given_up.discard(call)
        self._end(call, TimeoutError())

    def _lose_link(self, error: Exception | None) -> None:
        self._drop_link()
        for call in self._take_sent():
            self._end(call, error or CLOSED)

    def _drop_link(self) -> None:
        link, self._link, self._time = self._link, None, None
        if link:
            link.abort()
        # Calls that are given up later have no turn any more.
        self._begun.clear()
        self._give_turns()

    def _take_sent(self) -> Iterable[Call]:
        sent, self._sent = self._sent, deque()
        return sent

    def _take_waiting(self) -> list[Call]:
        waiting, self._waiting = self._waiting, []
        return waiting

    # Replies.

    def _take_reply(self, reply: Reply) -> None:
        call = self._sent.popleft()
        if isinstance(reply, Exception):
            self._take_error(call, reply)
        elif reply == TOO_LATE:
            self._start_again(call)
        elif call.is_function:
            call.succeed(reply)
        else:
            self._parse(call, reply)

    def _parse(self, call: Call, reply: Reply) -> None:
        try:
            if call.command is TIME:
                self._learn_time(call, reply)
            call.succeed(parsed(self._client, call.command[0], reply))
        except Exception as error:  # noqa: BLE001 - its caller gets it
            call.fail(error)
            self._lose_link(exceptions.InvalidResponse(f"a reply to {call.command[0]}: {error}"))

    def _learn_time(self, call: Call, reply: Reply) -> None:
        self._time = None
        seconds, microseconds = reply
        self._clock.learn((int(seconds), int(microseconds)))
        self._round_trip = min(self._round_trip, monotonic() - call.sent_at)
        self._most_in_turns = 2 + int(self._round_trip * TURNS_A_SECOND)

    def _take_error(self, call: Call, error: Exception) -> None:
        if isinstance(error, exceptions.AskError):
            self.redirected(call, error)
            return
        if _function_missing(error) and call.repeats < REPEATS:
            self._load_for(call)
            return
        if call.command is TIME:
            self._time = None
        self._end(call, error)
        if isinstance(error, exceptions.ReadOnlyError):
            # The master is a replica now; the server's name may lead to its successor.
            self._lose_link(None)

    def _start_again(self, call: Call) -> None:
        """Send a call again that was too late, if the estimate of the clock was wrong."""
        self._clock.forget()
        if call.repeats < REPEATS and monotonic() - call.sent_at < BEGIN_WITHIN:
            call.repeats += 1
            self.start(call)
        else:
            self._end(call, StoreUnavailable("the call reached Redis too late"))

    def _load_for(self, call: Call) -> None:
        """Load the missing library, and then send the call again."""
        call.repeats += 1
        self._without_library.append(call)
        if len(self._without_library) == 1:
            self.send(self._library.load).add_done_callback(self._loaded)

    def _loaded(self, loading: asyncio.Future[Reply]) -> None:
        calls, self._without_library = self._without_library, []
        error = loading.exception()
        for call in calls:
            if isinstance(error, StoreError) and not _already_there(error):
                call.fail(error)
            else:
                self.start(call)

    def _end(self, call: Call, error: Exception) -> None:
        call.fail(error)
        if isinstance(translate(error), StoreUnavailable):
            self.failed()


def _without_listener(reply: asyncio.Future[Reply]) -> asyncio.Future[Reply]:
    """A reply for which nobody waits: asyncio would log an error that nobody has retrieved."""
    reply.add_done_callback(lambda done: done.cancelled() or done.exception())
    return reply


def _function_missing(error: Exception) -> bool:
    return isinstance(error, exceptions.ResponseError) and "Function not found" in str(error)


def _already_there(error: Exception) -> bool:
    return "already exists" in str(error)
