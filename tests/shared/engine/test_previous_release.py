"""During a rolling upgrade, presses are counted by this release and the previous one in turn.

The previous release's part is written here as it writes it: each viewer in a key of its own, whole
top lists, a hash of names, and counts without `pressers`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from shared.engine.keys import TEAMS, room_keys
from shared.engine.press import PressBatch
from shared.engine.replies import Counting, TopViewer
from shared.engine.tally import RunningRounds
from shared.wire.game_messages import ButtonTop, EventTotal, GameEndSummary, TeamTops
from shared.wire.parts import Top
from tests.shared.engine.rooms import (
    LOCAL,
    PER_REQUEST,
    Book,
    book,
    button,
    play,
    playing,
    press,
    whole_log,
)

if TYPE_CHECKING:
    from shared.engine.engine import Engine
    from shared.wire.room_settings import RoomSettings
    from tests.shared.engine.rooms import Played

pytestmark = pytest.mark.anyio

SETTINGS: Final = playing(
    button("skill1", 100_000, team="skill"), button("enemy1", 100_000, team="enemy")
)
CLAMP: Final = [7, 0, 0, 0, 0, 0]
# What the previous release packed of a viewer, in its order; times are given as ages in s.
REMEMBER: Final = """
local seconds = tonumber(redis.call('TIME')[1])
local recent, older, batches = cjson.decode(ARGV[1]), cjson.decode(ARGV[2]), ''
for _, batch in ipairs(recent) do
  batches = batches .. cmsgpack.pack({ batch[1], (seconds - batch[2]) * 1000, batch[3], batch[4] })
end
local records = ''
for _, batch in ipairs(older) do
  local hex = redis.sha1hex(batch[1])
  local digest = { tonumber(string.sub(hex, 1, 8), 16), tonumber(string.sub(hex, 9, 16), 16) }
  records = records .. struct.pack('>I4I4I4B', digest[1], digest[2], seconds - batch[2], #batch[3])
    .. string.char(unpack(batch[3]))
end
local form, tokens, name, round = 2, 60000, '', 1
local now = seconds * 1000
local viewer = cmsgpack.pack(form, tokens, now, name, #recent, batches, round, records)
redis.call('SET', KEYS[1], viewer, 'PX', 300000)
"""


class Recent(NamedTuple):
    """One of the last eight batches: its results are event type, accepted, triggers of each."""

    batch_id: str
    age: int  # s
    rejected: list[int]
    results: list[str | int]


class Older(NamedTuple):
    """A batch that was pushed out of the last eight, and what was accepted of each button."""

    batch_id: str
    age: int  # s
    accepted: list[int]


class PreviousRelease:
    """A process of the previous release, in the first round of one room."""

    def __init__(self, engine: Engine, room_id: str) -> None:
        self._engine = engine
        self._keys = room_keys(room_id)

    async def count(self, viewer: str, event_type: str, presses: int, name: str = "") -> None:
        """Add presses to the counts, the top lists and the round's names."""
        command, keys = self._engine.store.command, self._keys
        counts, team = keys.counts(1), event_type.rstrip("1")
        for field in ("count", "accepted"):
            await command("HINCRBY", counts, f"{event_type}:{field}", presses)
        for top in (keys.top(1, "all"), keys.top(1, team), keys.button_top(1, event_type)):
            pressed = int(await command("ZINCRBY", top, presses, viewer))
            if top == keys.top(1, "all"):
                weight = presses * (2 * pressed - presses)
                await command("HINCRBY", counts, "squares", weight)
                await command("HINCRBY", counts, "source_squares", weight)
        if name:
            await command("HSET", f"{keys.room}:1:names", viewer, name)

    async def remember(
        self, viewer: str, *, recent: tuple[Recent, ...] = (), older: tuple[Older, ...] = ()
    ) -> None:
        """Keep these batches of the viewer."""
        key = f"{self._keys.room}:viewer:{viewer}"
        words = (json.dumps(recent), json.dumps(older))
        await self._engine.store.command("EVAL", REMEMBER, 1, key, *words)


async def begun(
    engine: Engine, settings: RoomSettings = SETTINGS
) -> tuple[Played, PreviousRelease]:
    """A room in whose first round the previous release has counted 5 presses of Ann."""
    played = await play(engine, settings)
    previous = PreviousRelease(engine, played.room_id)
    await previous.count("ann", "skill1", 5, "Ann")
    return played, previous


async def scores(engine: Engine, room_id: str) -> dict[str, dict[str, int]]:
    """Each top list of the first round."""
    keys = room_keys(room_id)
    lists = {team: keys.top(1, team) for team in TEAMS}
    lists |= {name: keys.button_top(1, name) for name in ("skill1", "enemy1")}
    return {name: await scores_of(engine, key) for name, key in lists.items()}


async def scores_of(engine: Engine, key: str) -> dict[str, int]:
    flat = await engine.store.command("ZRANGE", key, 0, -1, "WITHSCORES")
    return dict(zip(flat[::2], map(int, flat[1::2]), strict=True))


# Batches that the previous release counted.


async def test_a_batch_that_the_previous_release_counted_is_known(engine: Engine) -> None:
    """The repeat gets the same outcome."""
    (room_id, _, _), previous = await begun(engine)
    batch = Recent("b1", 4, CLAMP, ["skill1", 3, 1, "enemy1", 2, 0])
    await previous.remember("ann", recent=(batch,))
    again = await press(engine, room_id, "ann", batch_id="b1", skill1=10, enemy1=2)
    assert again.duplicate
    assert [(r.event_type, r.accepted, r.triggers) for r in again.results] == [
        ("skill1", 3, 1),
        ("enemy1", 2, 0),
    ]
    assert again.rejected.clamp == 7
    assert await book(engine, room_id, "skill1") == Book(count=5, accepted=5)


async def test_a_numbered_batch_is_known_by_its_whole_id(engine: Engine) -> None:
    """The previous release does not know numbers: its ids differ from batch to batch."""
    (room_id, _, _), previous = await begun(engine)
    await previous.remember("ann", recent=(Recent("page#7", 4, [], ["skill1", 3, 0]),))
    outcomes = [
        await engine.press(
            room_id, PressBatch("ann", {"skill1": 3}, f"page#{number}", LOCAL, batch_no=number)
        )
        for number in (7, 8)
    ]
    assert [outcome.duplicate for outcome in outcomes if isinstance(outcome, Counting)] == [
        True,
        False,
    ]
    assert await book(engine, room_id, "skill1") == Book(count=8, accepted=8)


async def test_a_batch_that_newer_ones_pushed_out_is_known_for_15_seconds(engine: Engine) -> None:
    (room_id, _, _), previous = await begun(engine)
    records = (Older("b1", 16, [2]), Older("b2", 12, [3, 1]), Older("b3", 11, [4]))
    await previous.remember("ann", older=records)
    known = await press(engine, room_id, "ann", batch_id="b2", skill1=3, enemy1=1)
    assert known.duplicate
    assert [(r.accepted, r.triggers) for r in known.results] == [(3, 0), (1, 0)]
    assert (await press(engine, room_id, "ann", batch_id="b3", skill1=4)).duplicate
    assert not (await press(engine, room_id, "ann", batch_id="b1", skill1=2)).duplicate
    assert await book(engine, room_id, "skill1") == Book(count=7, accepted=7)


async def test_a_batch_of_the_last_eight_is_known_for_five_minutes(engine: Engine) -> None:
    (room_id, _, _), previous = await begun(engine)
    results: list[str | int] = ["skill1", 1, 0]
    await previous.remember(
        "ann", recent=(Recent("b1", 301, [], results), Recent("b2", 290, [], results))
    )
    assert not (await press(engine, room_id, "ann", batch_id="b1", skill1=1)).duplicate
    assert (await press(engine, room_id, "ann", batch_id="b2", skill1=1)).duplicate


async def test_a_button_that_was_removed_since_is_left_out(engine: Engine) -> None:
    (room_id, _, _), previous = await begun(engine)
    batch = Recent("b1", 4, [], ["gone", 3, 0, "skill1", 2, 0])
    await previous.remember("ann", recent=(batch,))
    again = await press(engine, room_id, "ann", batch_id="b1", skill1=2)
    assert [(r.event_type, r.accepted) for r in again.results] == [("skill1", 2)]


async def test_a_batch_of_another_viewer_with_the_same_id_counts(engine: Engine) -> None:
    (room_id, _, _), previous = await begun(engine)
    await previous.remember("ann", recent=(Recent("b1", 4, [], ["skill1", 3, 0]),))
    assert not (await press(engine, room_id, "bob", batch_id="b1", skill1=3)).duplicate


# Who pressed most.


async def test_presses_add_to_those_that_the_previous_release_counted(engine: Engine) -> None:
    (room_id, _, _), previous = await begun(engine)
    await press(engine, room_id, "ann", skill1=2)
    await press(engine, room_id, "ann", enemy1=4)
    await previous.count("ann", "skill1", 3)
    await press(engine, room_id, "ann", skill1=1)
    assert await scores(engine, room_id) == {
        "all": {"ann": 15},
        "skill": {"ann": 11},
        "enemy": {"ann": 4},
        "skill1": {"ann": 11},
        "enemy1": {"ann": 4},
    }
    assert await book(engine, room_id, "skill1") == Book(count=11, accepted=11)


async def test_the_previous_release_may_join_a_round_that_this_one_began(engine: Engine) -> None:
    """What it counted is neither overwritten nor counted again."""
    room_id, _, _ = await play(engine, SETTINGS)
    await press(engine, room_id, "ann", skill1=2)
    await press(engine, room_id, "bob", skill1=1)
    previous = PreviousRelease(engine, room_id)
    await previous.count("ann", "skill1", 3)
    await previous.remember("ann", recent=(Recent("b1", 1, [], ["skill1", 3, 0]),))
    assert (await press(engine, room_id, "ann", batch_id="b1", skill1=3)).duplicate
    await press(engine, room_id, "ann", skill1=4)
    await previous.count("cem", "skill1", 1)
    await press(engine, room_id, "cem", skill1=1)
    everyone = {"ann": 9, "bob": 1, "cem": 2}
    assert await scores(engine, room_id) == {
        "all": everyone,
        "skill": everyone,
        "enemy": {},
        "skill1": everyone,
        "enemy1": {},
    }


async def test_the_lists_of_a_round_of_both_releases_keep_everyone(engine: Engine) -> None:
    """The previous release adds to a viewer's score: it must find everyone's."""
    (room_id, _, _), _ = await begun(engine)
    key = room_keys(room_id).top(1, "all")
    crowd = [word for n in range(1_000) for word in (2, f"viewer {n}")]
    await engine.store.command("ZADD", key, *crowd)
    await press(engine, room_id, "bob", skill1=1)
    assert len(await scores_of(engine, key)) == 1_002


async def test_the_figures_of_a_round_of_both_releases_include_everyone(engine: Engine) -> None:
    played, previous = await begun(engine)
    await press(engine, played.room_id, "bob", skill1=3)
    await previous.count("ann", "skill1", 1)
    await press(engine, played.room_id, "ann", skill1=3)
    rounds = {running.room_id: running for running in await RunningRounds(engine.store).find()}
    figures = rounds[played.room_id]
    assert (figures.accepted, figures.pressers, figures.difference) == (12, 2, 0)
    assert figures.effective_pressers == pytest.approx(12**2 / (9**2 + 3**2))


async def test_the_next_round_is_this_releases_alone(engine: Engine) -> None:
    """What was pressed in the round of both releases does not count in it."""
    (room_id, term, _), _ = await begun(engine)
    await press(engine, room_id, "ann", skill1=2)
    await engine.finish(room_id, term)
    await engine.start(room_id, term)
    await press(engine, room_id, "ann", skill1=1)
    assert await scores_of(engine, room_keys(room_id).top(2, "all")) == {"ann": 1}
    counts = await engine.store.command("HGETALL", room_keys(room_id).counts(2))
    assert counts["pressers"] == "1"


# Names and results.


async def test_the_owners_list_has_names_of_both_releases(engine: Engine) -> None:
    (room_id, _, _), previous = await begun(engine)
    await previous.count("bob", "skill1", 4)
    await press(engine, room_id, "bob", name="Bob", skill1=2)
    await press(engine, room_id, "cem", skill1=1)
    assert (await engine.top_viewers(room_id, limit=10)).viewers == (
        TopViewer("bob", "Bob", 6, blocked=False),
        TopViewer("ann", "Ann", 5, blocked=False),
        TopViewer("cem", None, 1, blocked=False),
    )


async def test_a_name_that_came_since_replaces_the_previous_releases(engine: Engine) -> None:
    (room_id, _, _), _ = await begun(engine)
    await press(engine, room_id, "ann", name="Anna", skill1=1)
    assert (await engine.top_viewers(room_id, limit=10)).viewers[0].name == "Anna"


async def test_a_viewer_learns_what_both_releases_counted(engine: Engine) -> None:
    (room_id, _, _), _ = await begun(engine)
    before = await engine.viewer_summary(room_id, 1, "ann")
    assert (before.viewer_name, before.total) == ("Ann", 5)
    assert before.counts == {"skill1": 5, "enemy1": 0}
    await press(engine, room_id, "ann", enemy1=2)
    after = await engine.viewer_summary(room_id, 1, "ann")
    assert (after.viewer_name, after.total) == ("Ann", 7)
    assert after.counts == {"skill1": 5, "enemy1": 2}


async def test_the_rounds_summary_has_what_both_releases_counted(engine: Engine) -> None:
    (room_id, term, log_epoch), previous = await begun(engine)
    await previous.count("bob", "enemy1", 4)
    await press(engine, room_id, "bob", name="Bob", enemy1=2)
    await press(engine, room_id, "cem", name="Cem", skill1=1)
    await engine.finish(room_id, term)
    ann, bob = Top("ann", "Ann", 5), Top("bob", "Bob", 6)
    assert await whole_log(engine, room_id) == (
        GameEndSummary(
            room_id=room_id,
            round=1,
            team_tops=TeamTops(all=bob, skill=ann, enemy=bob),
            top_by_button=(
                ButtonTop("ann", "Ann", 5, event_type="skill1"),
                ButtonTop("bob", "Bob", 6, event_type="enemy1"),
            ),
            top_overall=bob,
            event_totals=(EventTotal("skill1", 6), EventTotal("enemy1", 6)),
            epoch=log_epoch,
            seq=1,
        ),
    )


async def test_a_round_that_only_the_previous_release_counted_has_its_summary(
    engine: Engine,
) -> None:
    (room_id, term, _), _ = await begun(engine)
    await engine.finish(room_id, term)
    (summary,) = await whole_log(engine, room_id)
    assert isinstance(summary, GameEndSummary)
    assert summary.top_overall == Top("ann", "Ann", 5)
    assert summary.event_totals == (EventTotal("skill1", 5), EventTotal("enemy1", 0))


async def test_triggers_fire_in_a_round_of_both_releases(engine: Engine) -> None:
    """A full button takes what either release counted, and every number is given once."""
    (room_id, _, _), previous = await begun(engine, playing(button("skill1", 6)))
    fired = (await press(engine, room_id, "bob", name="Bob", skill1=PER_REQUEST)).fired
    assert [trigger.seq for trigger in fired] == [1, 2, 3, 4]
    assert await book(engine, room_id, "skill1") == Book(count=1, accepted=25, consumed=24, fired=4)
    await previous.count("ann", "skill1", 4)
    (trigger,) = (await press(engine, room_id, "bob", skill1=1)).fired
    assert (trigger.seq, trigger.threshold) == (5, 6)
    assert [message.seq for message in await whole_log(engine, room_id)] == [1, 2, 3, 4, 5]
