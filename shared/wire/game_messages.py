"""Every message on a game's socket and in a gateway's inbox, as frozen structs tagged by `type`.

Field names and types are what Unity's JsonUtility reads: whole numbers, arrays instead of
dictionaries. Times are ms since 1970, counts are presses. `epoch` (that of the room's log) and
`seq` identify a numbered message.
"""

from __future__ import annotations

from typing import get_args

import msgspec

from shared.wire.parts import Top

PROTOCOL = 1
SUBPROTOCOL = "streamario.v1"


class Message(msgspec.Struct, frozen=True, tag_field="type"):
    """A JSON object whose `type` says which message it is."""


# Server to game.


class RoomCreated(Message, frozen=True, tag="room_created"):
    """A new room, and the secret that proves it is this game's."""

    room_id: str
    web_url: str
    room_token: str
    epoch: int
    seq: int
    protocol: int = PROTOCOL


class RoomReady(Message, frozen=True, tag="room_ready"):
    """The room again: `replayed` messages follow that the game has not applied, up to `seq`.

    `recovered` is false exactly when numbers were rolled back below what the game has, or when
    something after its cursor is gone; a `gap` then says where the log goes on.
    """

    room_id: str
    web_url: str
    room_token: str
    epoch: int
    seq: int
    status: str
    round: int
    recovered: bool
    replayed: int
    protocol: int = PROTOCOL


class GameEvent(Message, frozen=True, tag="game_event"):
    """A trigger.

    `trigger_count` is the threshold that it used up, `viewer_name` whose press tipped it.
    """

    room_id: str
    event_type: str
    trigger_count: int
    viewer_count: int
    viewer_name: str | None
    epoch: int
    seq: int
    fired_at: int
    replayed: bool = False


class ViewerCountUpdate(Message, frozen=True, tag="viewer_count_update"):
    """How many viewers are active, when it changed, at most once a second."""

    room_id: str
    viewer_count: int


class TeamTops(msgspec.Struct, frozen=True):
    """Who pressed most of all, and for each team."""

    all: Top | None
    skill: Top | None
    enemy: Top | None


class ButtonTop(Top, frozen=True, kw_only=True):
    """Who pressed one button most."""

    event_type: str


class EventTotal(msgspec.Struct, frozen=True):
    """The accepted presses of one button in a round."""

    event_type: str
    count: int


class GameEndSummary(Message, frozen=True, tag="game_end_summary"):
    """How a round went; buttons that nobody pressed have no entry in `top_by_button`."""

    room_id: str
    round: int
    team_tops: TeamTops
    top_by_button: tuple[ButtonTop, ...]
    top_overall: Top | None
    event_totals: tuple[EventTotal, ...]
    epoch: int
    seq: int


class Gap(Message, frozen=True, tag="gap"):
    """What came before cannot be given any more; next is `last_seq` + 1."""

    epoch: int
    last_seq: int


class Reconnect(Message, frozen=True, tag="reconnect"):
    """The gateway drains: open the next socket in `after_ms`, then let this one go."""

    after_ms: int


class Error(Message, frozen=True, tag="error"):
    """Something was refused; the socket stays open unless a close follows."""

    code: str
    message: str


class Pong(Message, frozen=True, tag="pong"):
    """The answer to `ping`, with its `t`."""

    t: int | float | str | None


NumberedMessage = GameEvent | GameEndSummary
ServerMessage = (
    RoomCreated
    | RoomReady
    | GameEvent
    | ViewerCountUpdate
    | GameEndSummary
    | Gap
    | Reconnect
    | Error
    | Pong
)


# Game to server.


class GameStart(Message, frozen=True, tag="game_start"):
    """Opens a round; in a running round it changes nothing."""


class GameEnd(Message, frozen=True, tag="game_end"):
    """Ends the round."""


class Ack(Message, frozen=True, tag="ack"):
    """Everything up to (`epoch`, `seq`) has been applied."""

    epoch: int
    seq: int


class Pause(Message, frozen=True, tag="pause"):
    """No triggers until `resume`."""


class Resume(Message, frozen=True, tag="resume"):
    """Triggers again; each full button fires once."""


class ChangeSettings(Message, frozen=True, tag="settings"):
    """Changes the settings named beside `type`: merges the top level, replaces lists."""


class Ping(Message, frozen=True, tag="ping"):
    """Asks for a `pong` with the same `t`."""

    t: int | float | str | None = None


GameMessage = GameStart | GameEnd | Ack | Pause | Resume | ChangeSettings | Ping


# Redis to gateway, in its inbox.


class Replaced(Message, frozen=True, tag="replaced"):
    """The socket attached under `term` lost the room to a newer one."""

    room_id: str
    term: int


class Echo(Message, frozen=True, tag="echo"):
    """A gateway's numbered word to itself, sent `at` ms since 1970 on Redis' clock."""

    number: int
    at: int


class RoomChanged(Message, frozen=True, tag="room_changed"):
    """A room that is watched here changed; said once until the gateway reads it."""

    room_id: str


InboxMessage = GameEvent | GameEndSummary | ViewerCountUpdate | Replaced | RoomChanged | Echo


class _Typed(msgspec.Struct):
    """All that is known of a message of another release."""

    type: str


_GAME_TYPES = frozenset(kind.__struct_config__.tag for kind in get_args(GameMessage))
_encoder = msgspec.json.Encoder()
_game_decoder: msgspec.json.Decoder[GameMessage] = msgspec.json.Decoder(GameMessage)
_type_decoder: msgspec.json.Decoder[_Typed] = msgspec.json.Decoder(_Typed)
_server_decoder: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)
_inbox_decoder: msgspec.json.Decoder[InboxMessage] = msgspec.json.Decoder(InboxMessage)
_log_decoder: msgspec.json.Decoder[NumberedMessage] = msgspec.json.Decoder(NumberedMessage)


def encode(message: Message) -> str:
    """The message as JSON text."""
    return _encoder.encode(message).decode()


def decode_game(text: str) -> GameMessage:
    """What a game sent.

    Raises `msgspec.DecodeError` (or its `ValidationError`), which says what is wrong.
    """
    return _game_decoder.decode(text)


def unknown_type(text: str) -> str | None:
    """The `type` of what `decode_game` refused, where it is one that no game's message has here."""
    try:
        named = _type_decoder.decode(text).type
    except (msgspec.DecodeError, RecursionError):
        return None
    return None if named in _GAME_TYPES else named


def decode_server(text: str | bytes) -> ServerMessage:
    """What a gateway sent to a game."""
    return _server_decoder.decode(text)


def decode_inbox(text: str | bytes) -> InboxMessage:
    """What reached a gateway's inbox."""
    return _inbox_decoder.decode(text)


def decode_logged(text: str | bytes) -> NumberedMessage:
    """An entry of a room's log."""
    return _log_decoder.decode(text)
