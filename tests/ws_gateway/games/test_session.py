"""A game's socket gets every message once and in order, and after a drop those it missed."""

import pytest

from shared.engine.engine import Engine
from shared.engine.replies import LogPage
from shared.redis_store.store import StoreUnavailable
from shared.wire.game_messages import (
    Ack,
    Error,
    GameEnd,
    GameEndSummary,
    GameEvent,
    Gap,
    Outcome,
    RoomCreated,
    RoomReady,
    ViewerCountUpdate,
)
from tests.patience import HOUR
from tests.room_keys import room_keys
from tests.ws_gateway.game_end import Game, connected, new_game, refusal, resume_url, resumed
from tests.ws_gateway.gateways import Crowd, Running, gateway_settings, gone, running_gateway
from ws_gateway.games import session
from ws_gateway.sockets import connection

FAILURES = 2  # of reading a log


async def played(gateway: Running, crowd: Crowd, room: RoomCreated, *, acks: bool) -> GameEvent:
    """A game received triggers 1 to 5 and dropped, and 6 to 9 were fired since: its 4th trigger.

    With `acks` it acknowledged the first 3.
    """
    async with resumed(gateway.url, room) as (game, _):
        await game.start()
        await crowd.fire(room.room_id, 5)
        events = await game.events(5)
        assert [event.seq for event in events] == [1, 2, 3, 4, 5]
        assert not any(event.replayed for event in events)
        if acks:
            await game.say(Ack(epoch=events[2].epoch, seq=3))
        await game.settle()
    await gone(crowd, room.room_id)
    await crowd.fire(room.room_id, 4)
    return events[3]


async def test_a_trigger_tells_all_about_itself(gateway: Running, crowd: Crowd) -> None:
    """A trigger names its button, threshold, viewer and time."""
    async with new_game(gateway.url) as (game, room):
        await crowd.press(room.room_id, 5, name='リス"<\\')
        event = await game.next_of(GameEvent)
    assert (event.room_id, event.event_type) == (room.room_id, "skill1")
    assert (event.trigger_count, event.viewer_count) == (5, 1)
    assert event.viewer_name == 'リス"<\\'
    assert (event.epoch, event.seq, event.replayed) == (room.epoch, 1, False)
    assert event.fired_at >= room.epoch


@pytest.mark.parametrize(
    ("acks", "names", "first"),
    [
        pytest.param(True, "epoch, last_seq", 5, id="acks, names its last trigger"),
        pytest.param(True, "last_seq", 5, id="acks, names its last number"),
        pytest.param(True, "last_seq=1", 4, id="acks, names a smaller number"),
        pytest.param(True, "", 4, id="acks, names nothing"),
        pytest.param(False, "epoch, last_seq", 5, id="never acks, names its last trigger"),
        pytest.param(False, "", 6, id="never acks, names nothing"),
    ],
)
async def test_a_game_that_returns_gets_exactly_what_it_has_not_applied(
    gateway: Running, crowd: Crowd, acks: bool, names: str, first: int
) -> None:
    """It resumes after the number that it names, or acknowledged if greater, else was sent."""
    room = await crowd.open_room()
    last = await played(gateway, crowd, room, acks=acks)
    cursor = last if names == "epoch, last_seq" else None
    query = {"last_seq": f"&last_seq={last.seq}", "last_seq=1": "&last_seq=1"}.get(names, "")
    async with resumed(gateway.url, room, cursor, query=query) as (game, ready):
        assert (ready.recovered, ready.replayed, ready.seq) == (True, 10 - first, 9)
        assert (ready.status, ready.round) == ("in_game", 1)
        events = await game.events(10 - first)
        assert [event.seq for event in events] == list(range(first, 10))
        assert all(event.replayed for event in events)
        await crowd.fire(room.room_id)
        assert [(e.seq, e.replayed) for e in await game.events(1)] == [(10, False)]
        await game.settle()
        assert not [*game.unasked(Gap), *game.unasked(GameEvent)]


async def test_a_game_that_wants_no_replay_starts_from_now(gateway: Running, crowd: Crowd) -> None:
    """Everything so far counts as acknowledged, for the next time too."""
    room = await crowd.open_room()
    await played(gateway, crowd, room, acks=True)
    async with resumed(gateway.url, room, query="&replay=none") as (game, ready):
        assert (ready.recovered, ready.replayed, ready.seq) == (True, 0, 9)
        await crowd.fire(room.room_id)
        assert await game.seqs(1) == [10]
    async with resumed(gateway.url, room, query="&last_seq=0") as (_, ready):
        assert ready.replayed <= 1


async def test_a_summary_is_numbered_and_replayed_like_a_trigger(
    gateway: Running, crowd: Crowd
) -> None:
    """Its totals are the counts in Redis."""
    room = await crowd.open_room()
    async with resumed(gateway.url, room) as (game, _):
        await game.start()
        await crowd.press(room.room_id, 3, name="リス")
        await game.events(3)
        await game.say(GameEnd())
        told = await game.next_of(GameEndSummary)
    assert (told.seq, told.round) == (4, 1)
    assert told.top_overall is not None
    assert (told.top_overall.viewer_name, told.top_overall.count) == ("リス", 3)
    assert [total.count for total in told.event_totals] == [3, 0, 0, 0, 0, 0]
    async with resumed(gateway.url, room, query="&last_seq=2") as (game, ready):
        assert (ready.status, ready.replayed) == ("ended", 2)
        assert await game.seqs(1) == [3]
        assert await game.next_of(GameEndSummary) == told


async def test_an_ended_room_takes_its_game_until_the_summary_is_acknowledged(
    gateway: Running, crowd: Crowd
) -> None:
    """After that the room is over."""
    async with new_game(gateway.url) as (game, room):
        await game.say(GameEnd())
        summary = await game.next_of(GameEndSummary)
    async with resumed(gateway.url, room, query="&last_seq=0") as (game, _):
        assert await game.next_of(GameEndSummary) == summary
        await game.say(Ack(epoch=summary.epoch, seq=summary.seq))
        await game.settle()
    assert await refusal(resume_url(gateway.url, room)) == (404, "room_over")


@pytest.mark.usefixtures("short_linger")
async def test_a_new_socket_on_the_same_gateway_replaces_the_old_one(
    gateway: Running, crowd: Crowd
) -> None:
    """The old socket gets an `error`, then the close; the new one loses and repeats nothing."""
    async with new_game(gateway.url) as (old, room):
        await crowd.ease(room.room_id)
        await crowd.fire(room.room_id)
        (last,) = await old.events(1)
        async with resumed(gateway.url, room, last) as (new, _):
            assert await old.error() == "replaced"
            await crowd.fire(room.room_id)
            assert await new.seqs(1) == [2]
            await old_can_do_nothing(old, crowd, room)
            assert await old.closed() == 4001
            await crowd.fire(room.room_id)
            assert await new.seqs(1) == [3]
            assert old.unasked(GameEvent) == []


async def old_can_do_nothing(old: Game, crowd: Crowd, room: RoomCreated) -> None:
    """Send commands from a replaced socket that would change the room."""
    for text in (
        '{"type":"game_end"}',
        '{"type":"pause"}',
        '{"type":"settings","title":"taken over"}',
        f'{{"type":"ack","epoch":{room.epoch},"seq":1}}',
    ):
        await old.socket.send(text)
    found = await crowd.engine.describe(room.room_id)
    assert (found.status, found.paused, "taken over" in found.settings) == ("in_game", False, False)


async def test_a_game_that_closes_the_replaced_socket_first_is_not_kept_waiting(
    gateway: Running, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has had its `error`: the gateway answers the close at once."""
    monkeypatch.setattr(connection, "LINGER", HOUR)
    async with connected(gateway.url, close_timeout=None) as old:
        room = await old.next_of(RoomCreated)
        async with resumed(gateway.url, room):
            assert await old.error() == "replaced"
            await old.socket.close()
            assert (await crowd.engine.describe(room.room_id)).connected


async def test_a_clean_goodbye_is_told_from_a_drop(gateway: Running, crowd: Crowd) -> None:
    """After a close with 1000 the room waits less long for its game."""
    for clean in (True, False):
        room = await crowd.open_room()
        async with connected(resume_url(gateway.url, room)) as game:
            await game.next_of(RoomReady)
            if not clean:
                game.socket.transport.abort()
        await gone(crowd, room.room_id)
        told = await crowd.engine.store.command("HGET", room_keys(room.room_id).room, "left_clean")
        assert told == str(int(clean))


async def test_viewer_counts_are_told_when_they_change_and_not_again_for_a_while(
    gateway: Running, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trigger of the last press comes after its count would have."""
    monkeypatch.setattr(session, "COUNT_PACE", HOUR)
    async with new_game(gateway.url) as (game, room):
        await crowd.press(room.room_id, 1)
        assert (await game.next_of(ViewerCountUpdate)).viewer_count == 1
        for _ in range(4):
            await crowd.press(room.room_id, 1)
        assert await game.seqs(1) == [1]
        await game.settle()
        assert game.unasked(ViewerCountUpdate) == []


async def test_a_viewer_count_that_changed_in_that_while_is_told_when_it_is_over(
    gateway: Running, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the gateway heard of it or not."""
    monkeypatch.setattr(session, "COUNT_PACE", 0.2)
    async with new_game(gateway.url) as (game, room):
        for _ in range(6):
            await crowd.press(room.room_id, 1)
        while (await game.next_of(ViewerCountUpdate)).viewer_count < 6:
            pass
        await game.settle()
        assert game.unasked(ViewerCountUpdate) == []


async def test_a_game_that_comes_back_is_told_how_many_viewers_there_are(
    gateway: Running, crowd: Crowd
) -> None:
    """The count may have changed while it was away, to none too."""
    room = await crowd.open_room()
    async with resumed(gateway.url, room) as (game, _):
        assert (await game.next_of(ViewerCountUpdate)).viewer_count == 0
        await game.start()
        await crowd.press(room.room_id, 1)
    async with resumed(gateway.url, room) as (game, _):
        assert (await game.next_of(ViewerCountUpdate)).viewer_count == 1


async def test_an_outcome_may_come_before_its_trigger_is_replayed(
    gateway: Running, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A game may have got the trigger on its last socket, and not acknowledged it."""
    monkeypatch.setattr(session, "PAGE", 1)
    async with new_game(gateway.url) as (game, room):
        await crowd.ease(room.room_id)
        await crowd.fire(room.room_id, 100)
        last = (await game.events(100))[-1]
    async with resumed(gateway.url, room, room) as (again, ready):
        await again.say(Outcome(epoch=last.epoch, seq=last.seq, status="done"))
        await again.settle()
        assert ready.replayed == 100
        assert again.unasked(Error) == []


async def test_a_log_that_could_not_be_read_is_read_again_by_itself(
    redis_url: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not when the room is next compared with its log, nor with the next trigger."""
    monkeypatch.setattr(session, "COUNT_PACE", HOUR)
    failures = list[StoreUnavailable]()
    read = Engine.read

    async def fails_at_first(
        engine: Engine, room_id: str, log_epoch: int, seq: int, *, limit: int
    ) -> LogPage:
        if len(failures) < FAILURES:
            failures.append(StoreUnavailable("a fault of the test"))
            raise failures[-1]
        return await read(engine, room_id, log_epoch, seq, limit=limit)

    async with running_gateway(gateway_settings(redis_url)) as gateway:
        async with new_game(gateway.url) as (_, room):
            await crowd.ease(room.room_id)
        await gone(crowd, room.room_id)
        await crowd.fire(room.room_id, 3)
        monkeypatch.setattr(Engine, "read", fails_at_first)
        async with resumed(gateway.url, room) as (game, _):
            assert await game.seqs(3) == [1, 2, 3]
        counted = await gateway.counted('streamario_store_errors_total{store="redis"}')
    assert counted == len(failures) == FAILURES
