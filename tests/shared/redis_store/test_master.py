"""Calls are masterd, and each gets a reply or an error."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

import pytest

from shared.redis_store.errors import ConnectionLost, StoreFault, StoreUnavailable
from shared.redis_store.master import SLOTS_A_SECOND, WAITING_LIMIT, Call, Master, ReleaseSlot
from shared.redis_store.redis_py import ANSWER_TIMEOUT
from tests.patience import be_patient
from tests.shared.engine.rooms import own_server
from tests.shared.redis_store.members import master_at, master_of
from tests.waiting import until

FAR = 0.2  # s


@pytest.fixture
async def master(redis_url: str) -> AsyncIterator[Master]:
    async with master_at(redis_url) as master:
        yield master


def take_slot(master: Master, begun: list[ReleaseSlot]) -> None:
    """Note a slot, now or when there is one."""
    if slot := master.acquire_slot(begun.append):
        begun.append(slot)


def echoes(master: Master, count: int) -> list[asyncio.Future[Any]]:
    return [master.send(("ECHO", n)) for n in range(count)]


async def reads(master: Master) -> int:
    """How often the server has read from its clients, including this query."""
    return int((await master.send(("INFO", "stats")))["total_reads_processed"])


async def blocking(master: Master) -> bool:
    return bool((await master.send(("INFO", "clients")))["blocked_clients"])


async def test_the_calls_of_one_turn_of_the_loop_travel_together(master: Master) -> None:
    """In two pieces: the first call does not wait for the others."""
    before = await reads(master)
    answers = await asyncio.gather(*echoes(master, 100))
    assert [int(answer) for answer in answers] == list(range(100))
    assert await reads(master) - before <= 3  # with this question


async def test_a_call_does_not_wait_for_the_reply_to_an_earlier_one(redis_url: str) -> None:
    """The server has it while it still carries out the other."""
    async with master_at(redis_url) as master, master_at(redis_url) as other:
        waiting = master.send(("BLPOP", "turn", 0))
        behind = master.send(("ECHO", "behind"))
        await until(lambda: blocking(other))
        assert not behind.done()
        await other.send(("RPUSH", "turn", "now"))
        assert await waiting == ("turn", "now")
        assert await behind == "behind"


async def test_an_error_of_one_call_does_not_touch_its_neighbours(master: Master) -> None:
    """Also if it cannot be encoded, or is cancelled while it waits."""
    given_up = master.send(("PING",))
    given_up.cancel()
    commands: list[tuple[Any, ...]] = [
        ("ECHO", "a"),
        ("NONSENSE",),
        ("ECHO", "\ud800"),
        ("ECHO", None),
        ("ECHO", "b"),
    ]
    answers = await asyncio.gather(
        *(master.send(command) for command in commands), return_exceptions=True
    )
    assert (answers[0], answers[4]) == ("a", "b")
    assert isinstance(answers[1], StoreFault)
    assert isinstance(answers[2], UnicodeError)
    assert isinstance(answers[3], TypeError)


async def test_calls_end_with_their_master(redis_url: str) -> None:
    """Unfinished calls raise an error, and new calls are refused."""
    async with master_at(redis_url) as master, master_at(redis_url) as other:
        under_way = master.send(("BLPOP", "nothing", 0))
        await until(lambda: blocking(other))
        waiting = master.send(("PING",))
        await master.aclose()
        outcomes = await asyncio.gather(under_way, waiting, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [ConnectionLost] * 2
        with pytest.raises(ConnectionLost):
            await master.send(("PING",))


async def test_a_connection_that_breaks_is_told_apart(tmp_path: Path) -> None:
    """The calls may have run; later ones go over a new connection."""
    async with (
        own_server(tmp_path) as server,
        master_at(server.url) as master,
        master_at(server.url) as other,
    ):
        calls = [master.send(("BLPOP", "nothing", 0)), master.send(("ECHO", "behind"))]
        await until(lambda: blocking(other))
        await other.send(("CLIENT KILL", "TYPE", "normal", "SKIPME", "yes"))
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [ConnectionLost] * 2
        assert await master.send(("ECHO", "later")) == "later"


@pytest.mark.usefixtures("real_limits")
async def test_a_server_that_stands_still_is_not_waited_for(tmp_path: Path) -> None:
    """Each call fails after the timeout; late replies are discarded."""
    async with own_server(tmp_path) as server, master_at(server.url) as master:
        server.send(signal.SIGSTOP)
        begun = time.monotonic()
        calls = echoes(master, 1_500)
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        waited = time.monotonic() - begun
        be_patient()  # with what comes now
        server.send(signal.SIGCONT)
        assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}
        assert waited >= ANSWER_TIMEOUT - 0.1
        assert await master.send(("ECHO", "on time")) == "on time"


@pytest.mark.usefixtures("real_limits")
async def test_a_function_is_given_up_only_after_its_own_deadline(tmp_path: Path) -> None:
    """Also if the server was given up before: it may have the call, and carry it out until then."""
    async with own_server(tmp_path) as server, master_at(server.url) as master:
        with pytest.raises(StoreFault):
            await master.send(("FCALL", "none", 0))  # asks for the server's clock before
        server.send(signal.SIGSTOP)
        first = master.send(("ECHO", "first"))
        begun = time.monotonic()
        later = master.send(("FCALL", "none", 0))
        master._sent[0].sent_at -= ANSWER_TIMEOUT
        master._check_timeout()
        with pytest.raises(StoreUnavailable):
            await first
        with pytest.raises(StoreUnavailable):
            await later
        server.send(signal.SIGCONT)
        assert time.monotonic() - begun >= ANSWER_TIMEOUT - 0.1


async def test_more_calls_than_may_wait_are_refused_at_once(tmp_path: Path) -> None:
    """The others get their replies when the server continues."""
    async with own_server(tmp_path) as server, master_at(server.url) as master:
        server.send(signal.SIGSTOP)
        calls = echoes(master, WAITING_LIMIT)
        with pytest.raises(StoreUnavailable, match="too many calls wait"):
            await master.send(("ECHO", "one more"))
        server.send(signal.SIGCONT)
        answers = await asyncio.gather(*calls)
        assert [int(answer) for answer in answers] == list(range(WAITING_LIMIT))


async def test_only_so_many_calls_in_turns_are_under_way_as_the_server_can_run(
    redis_url: str,
) -> None:
    """On a short way two; the next begins when one of them ends."""
    begun: list[ReleaseSlot] = []
    async with master_at(redis_url) as master:
        for _ in range(4):
            take_slot(master, begun)
        assert len(begun) == 2
        begun[0]()
        assert len(begun) == 3
        begun[1]()
        begun[2]()
        assert len(begun) == 4


async def test_a_longer_round_trip_allows_more_calls_in_flight(tmp_path: Path) -> None:
    """Otherwise the server would wait for them."""
    begun: list[ReleaseSlot] = []
    async with own_server(tmp_path) as server, master_at(server.url) as master:
        server.send(signal.SIGSTOP)
        asked_at = time.monotonic()
        call = master.send(("FCALL", "none", 0))  # asks for the server's clock before

        async def has_asked() -> bool:
            return bool(master._sent)

        await until(has_asked)
        least_at, resumed_at = time.monotonic(), []

        def resume() -> None:
            resumed_at.append(time.monotonic())
            server.send(signal.SIGCONT)

        asyncio.get_running_loop().call_later(FAR, resume)
        with pytest.raises(StoreFault):
            await call
        least = int((resumed_at[0] - least_at) * SLOTS_A_SECOND)
        most = 2 + int((time.monotonic() - asked_at) * SLOTS_A_SECOND)
        for _ in range(2 * most):
            take_slot(master, begun)
        assert least < len(begun) <= most


async def test_nothing_waits_for_its_turn_at_a_server_that_is_gone(tmp_path: Path) -> None:
    """Calls fail together, then; not some after the others."""
    begun: list[ReleaseSlot] = []
    async with own_server(tmp_path) as server, master_at(server.url) as master:
        for _ in range(4):
            take_slot(master, begun)
        waiting = master.send(("BLPOP", "nothing", 0))
        await server.kill()
        with pytest.raises(ConnectionLost):
            await waiting
        begun[0]()
        assert len(begun) == 4


@pytest.mark.usefixtures("real_limits")
async def test_calls_that_are_given_up_take_no_turn_any_more(tmp_path: Path) -> None:
    """Other calls need not wait for their deadlines."""
    begun: list[ReleaseSlot] = []
    async with own_server(tmp_path) as server, master_at(server.url) as master:
        for _ in range(3):
            take_slot(master, begun)
        server.send(signal.SIGSTOP)
        with pytest.raises(StoreUnavailable):
            await master.send(("PING",))
        assert len(begun) == 3  # nothing waits for its turn without a connection
        be_patient()  # with what comes now
        server.send(signal.SIGCONT)
        await master.send(("PING",))
        for _ in range(2):
            take_slot(master, begun)
        begun[2]()
        assert len(begun) == 5


async def test_a_call_for_a_slot_that_migrates_is_as_old_as_what_asks_for_it(
    redis_url: str,
) -> None:
    """Or the server would be given up at once."""
    async with master_at(redis_url) as master:
        call = Call(("PING",), asyncio.get_running_loop().create_future())
        call.asks = True
        master.start(call)
        asking, asked = master._sent
        assert asking.sent_at == asked.sent_at > 0
        with suppress(StoreFault):  # this server is in no cluster
            await call.reply


async def test_a_reply_that_is_none_fails_its_call_and_no_later_one_waits_for_ever(
    tmp_path: Path,
) -> None:
    """What answers may be no Redis."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):
            writer.write(b"+OK\r\n" * 8)
        writer.close()

    socket = tmp_path / "socket"
    server = await asyncio.start_unix_server(answer, socket)
    async with server, aclosing(master_of(f"unix://{socket}")) as master:
        for _ in range(2):
            with pytest.raises((ValueError, ConnectionLost)):
                await master.send(("FCALL", "none", 0))
