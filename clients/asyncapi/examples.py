"""An example of each message for the published schema; as structs, so that mypy checks them."""

from typing import Any, Final

import msgspec

from shared.wire import game_messages as game
from shared.wire import viewer_messages as viewer
from shared.wire.game_messages import Message, encode
from shared.wire.parts import Stat, Top
from shared.wire.room_settings import DEFAULT_BUTTONS, DEFAULT_MULTIPLIERS, RoomSettings

ROOM: Final = "01KB4A2Q9ZV6T3M8XHNRJ5W7CD"
TOKEN: Final = "1796205600.dGhpcyBpcyBhbiBleGFtcA"
WEB_URL: Final = f"https://play.example.com/play/{ROOM}"
EPOCH: Final = 1_795_599_823_900
FIRED_AT: Final = 1_795_600_812_345

_mika = Top(viewer_id="01KB4A3F7K2N5R8T1V4X6Z9BDG", viewer_name="Mika", count=61)
_panda = Top(viewer_id="01KB4A3M0P3S6V9Y2B5E8H1KNQ", viewer_name=None, count=48)
_stat = Stat(
    event_type="skill1",
    current_count=4,
    current_level=2,
    required_count=10,
    remaining_count=6,
    progress=0.4,
    next_threshold=10,
    viewer_count=37,
    enabled=True,
    cooldown_left_ms=0,
    people=3,
)
_waiting = msgspec.structs.replace(
    _stat, event_type="enemy1", current_count=0, remaining_count=10, progress=0.0, people=0
)

EXAMPLES: Final[tuple[Message, ...]] = (
    game.RoomCreated(room_id=ROOM, web_url=WEB_URL, room_token=TOKEN, epoch=EPOCH, seq=0),
    game.RoomReady(
        room_id=ROOM,
        web_url=WEB_URL,
        room_token=TOKEN,
        epoch=EPOCH,
        seq=128,
        status="in_game",
        round=2,
        recovered=True,
        replayed=3,
    ),
    game.GameEvent(
        room_id=ROOM,
        event_type="skill1",
        trigger_count=10,
        viewer_count=37,
        viewer_name="Mika",
        epoch=EPOCH,
        seq=129,
        fired_at=FIRED_AT,
        people=7,
    ),
    game.ViewerCountUpdate(room_id=ROOM, viewer_count=38),
    game.RoundUpdate(status="in_game", round=2, paused=True, stopped=False),
    game.GameEndSummary(
        room_id=ROOM,
        round=2,
        team_tops=game.TeamTops(all=_mika, skill=_mika, enemy=_panda),
        top_by_button=(
            game.ButtonTop(
                event_type="skill1", viewer_id=_mika.viewer_id, viewer_name="Mika", count=40
            ),
        ),
        top_overall=_mika,
        event_totals=(game.EventTotal(event_type="skill1", count=212),),
        epoch=EPOCH,
        seq=130,
    ),
    game.Gap(epoch=EPOCH + 3_600_000, last_seq=120),
    game.Reconnect(after_ms=1200),
    game.Error(
        code="rate_limited",
        message="Too many requests. Wait a little and try again.",
        retry_after_ms=740,
    ),
    game.Pong(t=FIRED_AT),
    game.GameStart(),
    game.GameEnd(),
    game.Ack(epoch=EPOCH, seq=129),
    game.Outcome(epoch=EPOCH, seq=129, status="started", duration_ms=8_000),
    game.Available(event_type="enemy1", available=False, reason="The boss is not here."),
    game.Pause(),
    game.Resume(discard=True),
    game.ChangeSettings(),
    game.Ping(t=FIRED_AT),
    viewer.RoomShown(
        room_id=ROOM,
        stats=(_stat, _waiting),
        viewer_count=37,
        send_every_ms=300,
        time="2026-11-25T10:00:12.345Z",
        status="in_game",
        round=2,
        paused=False,
        round_ends_at=FIRED_AT + 120_000,
        started_at="2026-11-25T09:58:12.345Z",
    ),
    viewer.StatsUpdate(stats=(_stat,), viewer_count=37, send_every_ms=300),
    viewer.Trigger(
        event_type="skill1",
        viewer_name="Mika",
        epoch=EPOCH,
        seq=129,
        trigger_count=10,
        people=7,
        round=2,
    ),
    viewer.Effect(
        event_type="skill1",
        epoch=EPOCH,
        seq=129,
        viewer_name="Mika",
        status="started",
        reason=None,
        ends_at=FIRED_AT + 8_000,
        returned=0,
    ),
    viewer.StatusUpdate(
        status="in_game",
        round=2,
        paused=True,
        round_left_ms=118_400,
        started_at="2026-11-25T09:58:12.345Z",
        time="2026-11-25T10:00:12.345Z",
    ),
    viewer.SettingsUpdate(
        settings=RoomSettings(
            title="Boss night",
            buttons=DEFAULT_BUTTONS[:1],
            multipliers=DEFAULT_MULTIPLIERS[-1:],
        )
    ),
    viewer.RanksShown(
        round=2,
        places=(viewer.RankCount(1, 341), viewer.RankCount(2, 280), viewer.RankCount(3, 96)),
    ),
    viewer.Arrived(names=("Mika", "Panda 46"), viewer_count=37),
    viewer.Preview(event_type="skill1"),
    viewer.GameOver(room_id=ROOM, round=2),
)


def examples() -> dict[type, dict[str, Any]]:
    """One decoded JSON object for each kind of message."""
    shown = {type(message): msgspec.json.decode(encode(message)) for message in EXAMPLES}
    # The settings are fields of the message, but not of its struct.
    shown[game.ChangeSettings] |= {"title": "Boss night", "show_names": False}
    return shown
