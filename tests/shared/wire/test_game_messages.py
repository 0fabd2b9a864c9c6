"""Messages: both this code and Unity's parser can read what is written."""

import json
import math
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.wire import game_messages
from shared.wire.game_messages import (
    Ack,
    ChangeSettings,
    Echo,
    GameEnd,
    GameEndSummary,
    GameEvent,
    GameMessage,
    GameStart,
    Gap,
    InboxMessage,
    Message,
    Pause,
    Ping,
    Pong,
    Replaced,
    Resume,
    RoomChanged,
    RoomCreated,
    RoomReady,
    RoundUpdate,
    ServerMessage,
    TeamTops,
    ViewerCountUpdate,
    decode_game,
    decode_inbox,
    decode_logged,
    decode_server,
    encode,
)

UNITY_READS = (int, float, str, bool, type(None), list)


def any_of(kind: type[Message]) -> st.SearchStrategy[Any]:
    """Messages with any values that JSON has: it knows no infinity."""
    return st.from_type(kind).filter(lambda message: finite(getattr(message, "t", None)))


def finite(value: object) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


def members(union: Any) -> list[type[Message]]:
    return list(get_args(union))


@pytest.mark.parametrize("kind", members(ServerMessage), ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_what_a_gateway_sends_is_read_as_it_was_written(
    kind: type[Message], data: st.DataObject
) -> None:
    """For any values, in one JSON object that begins with its type."""
    message = data.draw(any_of(kind))
    text = encode(message)
    assert text.startswith('{"type":')
    assert decode_server(text) == message


@pytest.mark.parametrize("kind", members(InboxMessage), ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_what_reaches_an_inbox_is_read_as_it_was_written(
    kind: type[Message], data: st.DataObject
) -> None:
    """The inbox and the game's socket share messages."""
    message = data.draw(any_of(kind))
    assert decode_inbox(encode(message)) == message


def test_gateways_of_two_releases_read_each_others_nudges_and_triggers() -> None:
    """An older one reads a preview as a nudge; what it does not write has its default."""

    class OlderNudge(Message, frozen=True, tag="room_changed"):
        room_id: str

    preview = encode(RoomChanged("room", "skill1"))
    assert msgspec.json.decode(preview, type=OlderNudge) == OlderNudge("room")
    assert decode_inbox(encode(OlderNudge("room"))) == RoomChanged("room")
    fired = GameEvent("room", "skill1", 5, 9, None, 1, 2, 3, people=4)
    older = {**msgspec.to_builtins(fired), "type": "game_event"}
    del older["people"], older["by_streamer"]
    assert decode_logged(msgspec.json.encode(older).decode()) == msgspec.structs.replace(
        fired, people=0
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type":"game_start"}', GameStart()),
        ('{"type":"game_end"}', GameEnd()),
        ('{"type":"ack","epoch":7,"seq":3}', Ack(epoch=7, seq=3)),
        ('{"type":"pause"}', Pause()),
        ('{"type":"resume"}', Resume()),
        ('{"type":"settings","title":"x","buttons":[]}', ChangeSettings()),
        ('{"type":"ping","t":1.5}', Ping(t=1.5)),
        ('{"type":"ping"}', Ping(t=None)),
        ('{"seq":3,"more":[1,{}],"epoch":7,"type":"ack"}', Ack(epoch=7, seq=3)),
    ],
)
def test_what_a_game_sends_is_read(text: str, message: GameMessage) -> None:
    """In any order of members; unknown members are ignored."""
    assert decode_game(text) == message


@pytest.mark.parametrize(
    "text",
    [
        "", "nonsense", "null", "[]", "{}", '{"type":null}', '{"type":"nonsense"}',
        '{"type":"ack"}',
        '{"type":"ack","epoch":"7","seq":3}', '{"type":"ack","epoch":7,"seq":3.5}',
        '{"type":"ack","epoch":null,"seq":3}', '{"type":"ping","t":{}}', '{"type":"room_created"}',
        '{"type":"pause"', '\ufeff{"type":"pause"}',
    ],
)  # fmt: skip
def test_what_no_game_may_send_is_refused(text: str) -> None:
    """With an error that names the mistake."""
    with pytest.raises(msgspec.DecodeError):
        decode_game(text)


def test_the_messages_of_the_wire_are_named_as_games_know_them() -> None:
    """Names are fixed; games in the field depend on them."""
    names = {kind.__struct_config__.tag for kind in members(ServerMessage)}
    assert names == {
        "room_created",
        "room_ready",
        "game_event",
        "viewer_count_update",
        "round",
        "game_end_summary",
        "gap",
        "reconnect",
        "error",
        "pong",
    }
    names = {kind.__struct_config__.tag for kind in members(GameMessage)}
    assert names == {
        "game_start",
        "game_end",
        "ack",
        "pause",
        "outcome",
        "available",
        "resume",
        "settings",
        "ping",
    }


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (RoomCreated, "room_id web_url api_url room_token protocol epoch seq"),
        (
            RoomReady,
            "room_id web_url api_url room_token protocol epoch seq status round recovered replayed",
        ),
        (
            GameEvent,
            (
                "room_id event_type trigger_count people viewer_count viewer_name epoch seq"
                " fired_at replayed by_streamer"
            ),
        ),
        (ViewerCountUpdate, "room_id viewer_count"),
        (RoundUpdate, "status round paused stopped"),
        (
            GameEndSummary,
            "room_id round team_tops top_by_button top_overall event_totals epoch seq",
        ),
        (Gap, "epoch last_seq"),
        (game_messages.Reconnect, "after_ms"),
        (game_messages.Error, "code message retry_after_ms"),
        (Pong, "t"),
        (Ack, "epoch seq"),
        (Replaced, "room_id term"),
        (Echo, "number at"),
    ],
)
def test_the_fields_of_the_wire_are_named_as_games_know_them(
    kind: type[Message], fields: str
) -> None:
    """Every one of them is written, whatever its value, but an error's `retry_after_ms`."""
    assert set(kind.__struct_fields__) == set(fields.split())
    assert kind.__struct_config__.omit_defaults == (kind is game_messages.Error)


def test_an_error_says_how_long_to_wait_only_where_that_helps() -> None:
    """Older games know two fields."""
    error = game_messages.Error("bad_message", "No.")
    assert json.loads(encode(error)) == {"type": "error", "code": "bad_message", "message": "No."}
    limited = msgspec.structs.replace(error, retry_after_ms=740)
    assert json.loads(encode(limited))["retry_after_ms"] == 740


@given(data=st.data())
def test_unity_finds_arrays_and_known_objects_only(data: st.DataObject) -> None:
    """No member of a summary is a dictionary of names that a game cannot know."""
    summary = json.loads(encode(data.draw(any_of(GameEndSummary))))
    tops = summary.pop("team_tops")
    assert set(tops) == set(TeamTops.__struct_fields__)
    best = summary.pop("top_overall")
    assert best is None or set(best) == {"viewer_id", "viewer_name", "count"}
    assert all(isinstance(value, UNITY_READS) for value in summary.values())
    for top in summary["top_by_button"]:
        assert set(top) == {"event_type", "viewer_id", "viewer_name", "count"}
    for total in summary["event_totals"]:
        assert set(total) == {"event_type", "count"}
