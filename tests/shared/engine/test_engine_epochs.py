"""New messages are never mistaken for messages that Redis may have forgotten."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from shared.engine.engine import Engine
from shared.engine.ledger_entries import Renewed, Reset
from shared.engine.refusals import SocketReplaced
from tests.shared.engine.clocks import HOUR, clocked_server
from tests.shared.engine.fired_trigger import entries
from tests.shared.engine.rooms import (
    ONE_PRESS_FIRES,
    OwnServer,
    Played,
    book,
    engine_at,
    fire,
    numbers,
    own_server,
    play,
    press,
    whole_log,
)


async def played_until(engine: Engine, triggers: int) -> Played:
    played = await play(engine, ONE_PRESS_FIRES)
    await fire(engine, played.room_id, triggers)
    return played


class Earlier:
    """A snapshot of a server's data."""

    def __init__(self, server: OwnServer) -> None:
        self._server = server
        self._now = server.folder / "appendonlydir"
        self._then = server.folder / "earlier"
        shutil.copytree(self._now, self._then)

    async def restore(self) -> None:
        """Discard what was written since, as a lost disk or an outdated replica would."""
        await self._server.kill()
        shutil.rmtree(self._now)
        self._then.rename(self._now)
        await self._server.start()


async def version_of_title(engine: Engine, room_id: str, title: str) -> int:
    """Change the room's title; return the version of the settings that it has then."""
    await engine.change_settings(room_id, lambda now: msgspec.structs.replace(now, title=title))
    return (await engine.describe(room_id)).settings_version


@asynccontextmanager
async def restarted(folder: Path) -> AsyncIterator[tuple[Engine, Played]]:
    """A room with two triggers, whose server has been killed since and has started again."""
    async with own_server(folder) as server:
        async with engine_at(server.url) as engine:
            played = await played_until(engine, 2)
        await server.kill()
        await server.start()
        async with engine_at(server.url) as engine:
            yield engine, played


async def test_a_killed_server_loses_nothing_and_opens_a_new_epoch(tmp_path: Path) -> None:
    """If every write is on disk, a game gets after a restart what it had not applied."""
    async with own_server(tmp_path) as server:
        async with engine_at(server.url) as engine:
            played = await played_until(engine, 10)
            await press(engine, played.room_id, "twice", batch_id="same", skill1=2)
        await server.kill()
        await server.start()
        async with engine_at(server.url) as engine:
            counting = await press(engine, played.room_id, "twice", batch_id="same", skill1=2)
            assert counting.duplicate
            held = await engine.attach(
                played.room_id, "other", log_epoch=played.log_epoch, last_seq=7, skip=False
            )
            assert held.log_epoch > played.log_epoch
            assert (held.start, held.seq, held.recovered) == (7, 12, True)
            await fire(engine, played.room_id, 3)
            assert await numbers(engine, played.room_id) == list(range(1, 16))
            log = await whole_log(engine, played.room_id)
            assert [m.epoch for m in log] == [played.log_epoch] * 12 + [held.log_epoch] * 3
            assert (await book(engine, played.room_id, "skill1")).balanced


async def test_a_round_that_ends_after_a_restart_ends_in_a_new_epoch(tmp_path: Path) -> None:
    """Also if nothing else has happened since."""
    async with restarted(tmp_path) as (engine, played):
        await engine.finish(played.room_id, played.term)
        *_, fired, summary = await whole_log(engine, played.room_id)
        assert (fired.epoch, fired.seq) == (played.log_epoch, 2)
        assert (summary.epoch > played.log_epoch, summary.seq) == (True, 3)


async def test_the_ledger_gets_what_a_restart_left_before_a_reset_throws_it_away(
    tmp_path: Path,
) -> None:
    async with restarted(tmp_path) as (engine, played):
        await engine.reset(played.room_id)
        *_, renewed, reset = await entries(engine, played.room_id)
        assert (type(renewed), type(reset)) == (Renewed, Reset)


@pytest.mark.parametrize("step", [1, -HOUR])
async def test_a_server_that_was_demoted_for_a_moment_opens_a_new_epoch_after_a_second(
    tmp_path: Path, step: int
) -> None:
    """It keeps its process, but may have lost what another server had. Its clock may be behind."""
    async with clocked_server(tmp_path) as clock, engine_at(clock.url) as engine:
        played = await played_until(engine, 1)
        for master in (("127.0.0.1", "1"), ("NO", "ONE")):
            await engine.store.command("REPLICAOF", *master)
        clock.step(step)
        await fire(engine, played.room_id, 1)
        first, second = await whole_log(engine, played.room_id)
        assert second.epoch > first.epoch == played.log_epoch


async def test_a_cursor_of_an_older_epoch_is_good_up_to_its_end(tmp_path: Path) -> None:
    """After several restarts, the game has applied everything that the server still has."""
    async with own_server(tmp_path) as server:
        async with engine_at(server.url) as engine:
            played = await played_until(engine, 4)
        for _ in range(2):
            await server.kill()
            await server.start()
            async with engine_at(server.url) as engine:
                await fire(engine, played.room_id, 3)
        async with engine_at(server.url) as engine:
            page = await engine.read(played.room_id, played.log_epoch, 4, limit=100)
            assert (page.start, [m.seq for m in page.messages]) == (4, [5, 6, 7, 8, 9, 10])
            second = page.messages[0].epoch
            assert (await engine.read(played.room_id, second, 7, limit=1)).start == 7
            # This epoch never had a number 8, which the next one began with.
            assert (await engine.read(played.room_id, second, 8, limit=1)).start == 7
            await engine.ack(played.room_id, played.term, played.log_epoch, 9)
            held = await engine.attach(
                played.room_id, "other", log_epoch=None, last_seq=None, skip=False
            )
            assert held.start == 4


async def test_a_cursor_of_an_older_epoch_is_recovered_where_nothing_was_lost(
    tmp_path: Path,
) -> None:
    """The game hears of no gap: it gets everything after its number."""
    async with own_server(tmp_path) as server:
        async with engine_at(server.url) as engine:
            played = await played_until(engine, 4)
        await server.kill()
        await server.start()
        async with engine_at(server.url) as engine:
            page = await engine.read(played.room_id, played.log_epoch, 2, limit=100)
            assert (page.start, page.recovered) == (2, True)
            assert [message.seq for message in page.messages] == [3, 4]


async def test_numbers_that_were_cut_off_are_given_anew_in_another_epoch(tmp_path: Path) -> None:
    """The game that has applied them is told, and gets the messages that now have these numbers."""
    async with own_server(tmp_path) as server:
        async with engine_at(server.url) as engine:
            played = await played_until(engine, 6)
            earlier = Earlier(server)
            await fire(engine, played.room_id, 4)
            assert (await numbers(engine, played.room_id))[-1] == 10
        await earlier.restore()
        async with engine_at(server.url) as engine:
            await fire(engine, played.room_id, 8)
            held = await engine.attach(
                played.room_id, "other", log_epoch=played.log_epoch, last_seq=10, skip=False
            )
            assert (held.start, held.seq, held.recovered) == (6, 14, False)
            page = await engine.read(played.room_id, held.log_epoch, held.start, limit=100)
            assert [m.seq for m in page.messages] == list(range(7, 15))
            assert {m.epoch for m in page.messages} == {held.log_epoch}
            assert held.log_epoch > played.log_epoch


async def test_replay_none_is_recovered_unless_the_games_own_numbers_are_gone(
    tmp_path: Path,
) -> None:
    """Losing messages that the game skips is no loss; losing messages that it applied is."""
    async with own_server(tmp_path) as server:
        async with engine_at(server.url) as engine:
            played = await played_until(engine, 6)
            earlier = Earlier(server)
            await fire(engine, played.room_id, 4)
        await earlier.restore()
        async with engine_at(server.url) as engine:
            await fire(engine, played.room_id, 8)
            for last_seq, recovered in ((5, True), (10, False)):
                held = await engine.attach(
                    played.room_id,
                    "other",
                    log_epoch=played.log_epoch,
                    last_seq=last_seq,
                    skip=True,
                )
                assert (held.start, held.recovered) == (14, recovered)


async def test_an_epoch_that_was_itself_forgotten_ends_where_the_current_one_begins(
    tmp_path: Path,
) -> None:
    """As after a failover to a server whose clock is slow."""
    async with own_server(tmp_path) as server:
        async with engine_at(server.url) as engine:
            played = await played_until(engine, 6)
        await server.kill()
        await server.start()
        async with engine_at(server.url) as engine:
            await fire(engine, played.room_id, 8)
            now = (await engine.describe(played.room_id)).now
            held = await engine.attach(
                played.room_id, "other", log_epoch=now + 3_600_000, last_seq=10, skip=False
            )
            assert (held.start, held.recovered) == (6, False)


async def test_a_socket_whose_attach_was_forgotten_is_not_sent_away(tmp_path: Path) -> None:
    """No socket replaced it: its commands are accepted; its next `check` makes it attach again."""
    async with own_server(tmp_path) as server:
        async with engine_at(server.url) as engine:
            played = await played_until(engine, 2)
            earlier = Earlier(server)
            held = await engine.attach(
                played.room_id, "other", log_epoch=played.log_epoch, last_seq=2, skip=False
            )
        await earlier.restore()
        async with engine_at(server.url) as engine:
            await engine.written(played.room_id, held.term, 2)
            await engine.ack(played.room_id, held.term, held.log_epoch, 2)
            await engine.pause(played.room_id, held.term, paused=True)
            assert (await engine.describe(played.room_id)).paused
            assert await engine.check(played.room_id, held.term) is None
            again = await engine.attach(
                played.room_id, "other", log_epoch=None, last_seq=None, skip=False
            )
            assert again.term > held.term
            assert again.start == 2
            assert await engine.check(played.room_id, again.term) is not None


async def test_a_socket_that_a_lost_tail_held_takes_its_room_back_from_the_one_before(
    tmp_path: Path,
) -> None:
    """The server's data has an owner that was replaced long ago."""
    async with own_server(tmp_path) as server:
        async with engine_at(server.url) as engine:
            room_id, older, _ = await played_until(engine, 1)
            earlier = Earlier(server)
            newer = await engine.attach(room_id, "other", log_epoch=None, last_seq=None, skip=False)
        await earlier.restore()
        async with engine_at(server.url) as engine:
            assert await engine.check(room_id, older) is not None
            assert await engine.check(room_id, newer.term) is None
            assert (await engine.attach_again(room_id, "other", newer.term)).term == newer.term
            assert await engine.check(room_id, newer.term) is not None
            with pytest.raises(SocketReplaced):
                await engine.check(room_id, older)


async def test_settings_that_redis_has_forgotten_share_no_version_with_later_ones(
    tmp_path: Path,
) -> None:
    """A gateway would go on with what it knows of the version, and `if_version` would let pass."""
    async with own_server(tmp_path) as server:
        async with engine_at(server.url) as engine:
            played = await play(engine, ONE_PRESS_FIRES)
            earlier = Earlier(server)
            forgotten = await version_of_title(engine, played.room_id, "forgotten")
        await earlier.restore()
        async with engine_at(server.url) as engine:
            assert await version_of_title(engine, played.room_id, "later") > forgotten
