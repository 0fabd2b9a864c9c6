"""One server: calls are sent to it without waiting for earlier replies."""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from time import monotonic
from typing import Any, Final, NamedTuple

import msgspec
from redis import exceptions
from redis.asyncio import Redis

from shared.process.redis_url import Node
from shared.process.tasks import copy_of, end
from shared.redis_store.errors import StoreError, StoreFault, StoreUnavailable, translate
from shared.redis_store.redis_py import (
    ANSWER_TIMEOUT,
    CONNECT_TIMEOUT,
    Command,
    Link,
    Reply,
    encode_command,
    parsed,
)

WAITING_LIMIT = 5_000  # calls that wait for their reply
# s: a function's deadline, counted from when it is sent. Redis runs nothing after the deadline, and
# it is shorter than ANSWER_TIMEOUT: so a call that was given up does nothing later. server.lua's
# LONGEST_WAIT depends on it.
BEGIN_WITHIN: Final = 2.5
CLOCK_FRESH: Final = 1.0  # s after which TIME follows the next function
CLOCK_TRUSTED: Final = 60.0  # s after which TIME must succeed before another function is sent
REPEATS: Final = 2  # of a call that did nothing: its deadline was wrong, the library was missing
REPEATED_WITHIN: Final = BEGIN_WITHIN  # s after it was sent; after that, its deadline was right
# Calls in slots that Redis runs in a second, at most: a press alone takes it about 0.1 ms.
SLOTS_A_SECOND: Final = 10_000

CLOSED = exceptions.ConnectionError("the connection was closed")
FUNCTION: Final = "FCALL"
ASKING: Final = ("ASKING",)
TIME: Final = ("TIME",)
TOO_LATE: Final = ["too_late"]

ReleaseSlot = Callable[[], None]
Begin = Callable[[ReleaseSlot], None]


class Library(NamedTuple):
    """A Redis Functions library: its name on the servers, and its source.

    Its functions are called `<name>_<function>`. The name is `<product>_<layout>_<digest>`: a
    different source has a different name, so that releases can run side by side; a different layout
    of the data is one that they cannot share.
    """

    name: str
    source: str

    @property
    def find_all(self) -> Command:
        """The command that lists the libraries of all releases."""
        return ("FUNCTION LIST", "LIBRARYNAME", f"{self.name.partition('_')[0]}_*")

    @property
    def load(self) -> Command:
        """The command that loads the library."""
        return ("FUNCTION LOAD", self.source)

    def can_share(self, other: str) -> bool:
        """Whether the library with this name has the same layout."""
        return other.rpartition("_")[0] == self.name.rpartition("_")[0]


class Call(msgspec.Struct, eq=False):
    """A command and the future of its reply.

    `asks` tells that the slot of its key is migrating to the server. `sent_at` is in s, monotonic.
    """

    command: Command
    reply: asyncio.Future[Any]
    is_function: bool = False
    asks: bool = False
    sent_at: float = 0.0
    repeats: int = 0
    redirects: int = 0

    def fail(self, error: Exception) -> None:
        """Give the caller an error of redis-py, of the network or of the store."""
        if not self.reply.done():
            self.reply.set_exception(translate(copy_of(error)))


class Master:
    """Sends calls to one server, on one connection.

    A call is written at once, behind those that have no reply yet; replies come in the same order.
    A call waits only while the connection is opened, or, if it calls a function, while the server's
    clock is unknown.

    `failed(master)` is called when a call has failed because the server cannot serve;
    `redirected(master, call, error)` when another server holds the call's key, or will.
    """

    def __init__(
        self,
        node: Node,
        client: Redis,
        library: Library,
        failed: "Callable[[Master], None]",
        redirected: "Callable[[Master, Call, exceptions.AskError], None]",
    ) -> None:
        self.node = node
        self.client = client
        self._library = library
        self._failed = failed
        self._redirected = redirected
        self._loop = asyncio.get_running_loop()
        self._link: Link | None = None
        self._preparing: asyncio.Task[None] | None = None
        self._is_closed = False
        # Calls: sent on the link, the oldest first; waiting until the link is ready; waiting until
        # the library is loaded; functions that are given up, until their deadlines are over.
        self._sent: deque[Call] = deque()
        self._waiting: list[Call] = []
        self._without_library: list[Call] = []
        self._given_up: set[Call] = set()
        self._timeout: asyncio.TimerHandle | None = None
        # The server's clock, by its replies to TIME; what is estimated is never ahead of it.
        self._clock_ahead = 0.0  # s: a lower bound of it minus our monotonic clock
        self._clock_read_at = -math.inf  # s, on our clock; -inf while it is unknown
        self._time: asyncio.Future[Reply] | None = None  # while TIME is under way
        self._round_trip = math.inf  # s, the shortest of TIME on this link
        # Slots: what waits for one, and those that are taken on this link.
        self._queue: deque[Begin] = deque()
        self._taken: set[object] = set()
        self._most_taken = 2

    async def aclose(self) -> None:
        """Close the connection; unfinished calls raise ConnectionLost."""
        self._is_closed = True
        if self._preparing:
            await end(self._preparing)
        self._drop_link()
        unfinished = (*self._take_sent(), *self._take_waiting(), *self._without_library)
        for call in (*unfinished, *self._given_up):
            call.fail(CLOSED)
        await self.client.aclose()

    # Calls.

    def send(self, command: Command) -> asyncio.Future[Reply]:
        """Send a command. Returns the future of its reply, or of a StoreError."""
        return self.start(Call(command, self._loop.create_future(), command[0] == FUNCTION))

    def start(self, call: Call) -> asyncio.Future[Reply]:
        """Send a call, at once if the link is ready for it. Returns the future of its reply."""
        link, now = self._link, monotonic()
        clock_age = now - self._clock_read_at
        if (
            link is None
            or (call.is_function and clock_age >= CLOCK_TRUSTED)
            or len(self._sent) + len(self._waiting) >= WAITING_LIMIT
        ):
            self._hold(call)
            return call.reply
        command = call.command
        if call.is_function:
            # Its latest start: ms since 1970 on the server's clock.
            command = (*command, int((now + self._clock_ahead + BEGIN_WITHIN) * 1000))
        try:
            encoded = encode_command(command)
        except (UnicodeError, TypeError) as error:
            call.fail(error)
            return call.reply
        call.sent_at = now
        if call.asks:
            encoded = self._asking(now) + encoded
            call.asks = False
        self._sent.append(call)
        link.send(encoded)
        if self._timeout is None:
            self._timeout = self._loop.call_later(ANSWER_TIMEOUT, self._check_timeout)
        if call.is_function and clock_age > CLOCK_FRESH and self._time is None:
            self._ask_time(link)
        return call.reply

    def _hold(self, call: Call) -> None:
        """Refuse a call, or let it wait until the link is ready."""
        if self._is_closed:
            self._end(call, CLOSED)
        elif len(self._sent) + len(self._waiting) >= WAITING_LIMIT:
            self._end(call, StoreUnavailable("too many calls wait for Redis"))
        else:
            self._waiting.append(call)
            if self._preparing is None:
                self._preparing = asyncio.create_task(self._prepare(), name="store connection")

    def _asking(self, now: float) -> bytes:
        """Note and encode what must precede a call for a slot that is migrating to the server."""
        self._sent.append(Call(ASKING, self._unheard(), sent_at=now))
        return encode_command(ASKING)

    def _unheard(self) -> asyncio.Future[Reply]:
        """The future of a reply that nobody may wait for: asyncio would log its error else."""
        reply: asyncio.Future[Reply] = self._loop.create_future()
        reply.add_done_callback(lambda done: done.cancelled() or done.exception())
        return reply

    # Slots.

    def acquire_slot(self, begin: Begin) -> ReleaseSlot | None:
        """A slot for a call, if few enough are in flight: what to call when the reply is here.

        Else None, and `begin` gets a slot later. The limit is what the server runs in a round trip
        (the bandwidth-delay product), plus two. What waits here may still grow; what waits at the
        server may not.
        """
        if not self._queue and (release_slot := self._take_slot()):
            return release_slot
        self._queue.append(begin)
        self._give_slots()
        return None

    def _take_slot(self) -> ReleaseSlot | None:
        if self._link is not None and len(self._taken) >= self._most_taken:
            return None
        slot = object()
        self._taken.add(slot)
        return partial(self._release_slot, slot)

    def _give_slots(self) -> None:
        while self._queue and (release_slot := self._take_slot()):
            self._queue.popleft()(release_slot)

    def _release_slot(self, slot: object) -> None:
        self._taken.discard(slot)
        self._give_slots()

    # The link.

    async def _prepare(self) -> None:
        """Open the link, read the clock if a function waits, and send all that waits."""
        try:
            if self._link is None:
                self._clock_read_at, self._round_trip = -math.inf, math.inf
                link = Link(self.client, self._take_reply, self._lose_link)
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

    def _ask_time(self, link: Link) -> asyncio.Future[Reply]:
        if self._time is None:
            self._time = self._unheard()
            self._sent.append(Call(TIME, self._time, sent_at=monotonic()))
            link.send(encode_command(TIME))
            if self._timeout is None:
                self._timeout = self._loop.call_later(ANSWER_TIMEOUT, self._check_timeout)
        return self._time

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
        # Calls that are given up later have no slot any more.
        self._taken.clear()
        self._give_slots()

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
        elif not call.is_function:
            self._parse(call, reply)
        elif not call.reply.done():
            call.reply.set_result(reply)

    def _parse(self, call: Call, reply: Reply) -> None:
        try:
            if call.command is TIME:
                self._learn_time(call, reply)
            found = parsed(self.client, call.command[0], reply)
        except Exception as error:  # noqa: BLE001 - its caller gets it
            call.fail(error)
            self._lose_link(exceptions.InvalidResponse(f"a reply to {call.command[0]}: {error}"))
        else:
            if not call.reply.done():
                call.reply.set_result(found)

    def _learn_time(self, call: Call, reply: Reply) -> None:
        seconds, microseconds = reply
        self._time = None
        now = monotonic()
        self._clock_ahead = int(seconds) + int(microseconds) / 1e6 - now
        self._clock_read_at = now
        self._round_trip = min(self._round_trip, now - call.sent_at)
        self._most_taken = 2 + int(self._round_trip * SLOTS_A_SECOND)

    def _take_error(self, call: Call, error: Exception) -> None:
        if isinstance(error, exceptions.AskError):
            self._redirected(self, call, error)
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
        self._clock_read_at = -math.inf
        if call.repeats < REPEATS and monotonic() - call.sent_at < REPEATED_WITHIN:
            call.repeats += 1
            self.start(call)
        else:
            self._end(call, StoreUnavailable("the call reached Redis too late"))

    def _end(self, call: Call, error: Exception) -> None:
        call.fail(error)
        if isinstance(translate(error), StoreUnavailable):
            self._failed(self)

    # The library.

    async def load_library(self) -> None:
        """Load the library, which the server lacks; Redis persists and replicates it."""
        try:
            await self.send(self._library.load)
        except StoreFault as error:
            if not _already_there(error):
                raise

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


def _function_missing(error: Exception) -> bool:
    return isinstance(error, exceptions.ResponseError) and "Function not found" in str(error)


def _already_there(error: Exception) -> bool:
    return "already exists" in str(error)
