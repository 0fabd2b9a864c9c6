"""A large crowd's half hour in a room as the console opens it, on a server whose clock is set."""

from collections import Counter
from pathlib import Path

import msgspec
import pytest

from shared.wire.room_settings import DEFAULT_SETTINGS
from tests.shared.engine.clocks import clocked_server
from tests.shared.engine.crowd import Crowd, gaps
from tests.shared.engine.rooms import book, engine_at, play

PER_MINUTE = 12.0  # see api_service/pages/web/console/opening.js
# Presses a second of a thousand viewers: what they like they press ten times as often.
LIKED = {
    "skill1": 90.0,
    "skill2": 40.0,
    "skill3": 25.0,
    "enemy1": 20.0,
    "enemy2": 15.0,
    "enemy3": 10.0,
}


@pytest.mark.timeout(360)
async def test_half_an_hour_of_a_thousand_viewers_has_moments_and_no_noise(tmp_path: Path) -> None:
    """Twelve triggers a minute, none too soon after another, and none in the pause."""
    settings = msgspec.structs.replace(DEFAULT_SETTINGS, triggers_per_minute=PER_MINUTE)
    async with clocked_server(tmp_path) as clock, engine_at(clock.url) as engine:
        room = await play(engine, settings)
        crowd = Crowd(engine, clock, room)
        before = await crowd.press(900, LIKED, 1_000, 5)
        await engine.pause(room.room_id, room.term, paused=True)
        assert await crowd.press(180, LIKED, 1_000, 5, all_count=False) == []
        await engine.pause(room.room_id, room.term, paused=False)
        after = await crowd.press(720, LIKED, 1_000, 5)
        accounts = [await book(engine, room.room_id, event_type) for event_type in LIKED]
    for events in (before, after):
        # Of three minutes: a minute alone may have one trigger more at its end, another one less.
        _, *parts, _ = Counter(int(event.fired_at // 180_000) for event in events).values()
        assert all(30 <= triggers <= 42 for triggers in parts), parts
    events = [*before, *after]
    assert min(gaps(events)) >= 20 / PER_MINUTE
    pace = 60 * len(LIKED) / PER_MINUTE
    for event_type in LIKED:
        assert min(gaps([each for each in events if each.event_type == event_type])) >= pace / 4
    assert all(account.balanced for account in accounts)
