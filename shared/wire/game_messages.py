"""Every message on a game's socket and in a gateway's inbox, as frozen structs tagged by `type`.

Field names and types are such that Unity's JsonUtility can read them: integers, arrays instead of
dictionaries. Times are in ms since 1970, counts are presses. `epoch` (of the room's log) and `seq`
identify a numbered message.
"""

from collections.abc import Callable
from typing import Annotated, get_args

import msgspec
from msgspec import Meta

from shared.wire.parts import OutcomeStatus, RoomStatus, Top

PROTOCOL = 1
SUBPROTOCOL = "streamario.v1"


class Message(msgspec.Struct, frozen=True, tag_field="type"):
    """A JSON object whose `type` names the kind of message."""


# Server to game.


class RoomCreated(Message, frozen=True, tag="room_created"):
    """A new room. `room_token` is the secret that proves that the room belongs to this game.

    It is for the gateway and for the API at `api_url` alone ("" = not known); `web_url` may be on
    another site.
    """

    room_id: str
    web_url: str
    room_token: str
    epoch: int
    seq: int
    protocol: int = PROTOCOL
    api_url: str = ""


class RoomReady(Message, frozen=True, tag="room_ready"):
    """The game is attached to its room again.

    `replayed` messages follow that the game has not applied, up to `seq`. `recovered` is false if
    the server lost messages that the game has already applied, messages that should follow now, or
    the round that ran; a `gap` then names the number after which messages continue.
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
    api_url: str = ""


class GameEvent(Message, frozen=True, tag="game_event"):
    """A trigger: a button fired.

    `trigger_count` is how many presses it took, and `people` how many viewers pressed the button
    since its last trigger; 0 if an older release fired it, or only the streamer pressed.
    `viewer_name` is the viewer whose press fired it, null for the streamer's (`by_streamer`). If
    `replayed`, it fired before this socket was attached.
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
    people: int = 0
    by_streamer: bool = False


class ViewerCountUpdate(Message, frozen=True, tag="viewer_count_update"):
    """The number of active viewers. It is sent when it changes, at most once a second."""

    room_id: str
    viewer_count: int


class RoundUpdate(Message, frozen=True, tag="round"):
    """The state of the room's round, for a game that asked for it with `round_changes=true`.

    It is sent after the welcome and whenever it changes, whoever changes it: the game, the room's
    owner, a press or the time limit. `round` is 0 before the first one.
    """

    status: RoomStatus
    round: int
    paused: bool
    stopped: bool


class TeamTops(msgspec.Struct, frozen=True):
    """The viewers who pressed most: overall, and for each team."""

    all: Top | None
    skill: Top | None
    enemy: Top | None


class ButtonTop(Top, frozen=True, kw_only=True):
    """The viewer who pressed one button most."""

    event_type: str


class EventTotal(msgspec.Struct, frozen=True):
    """The accepted presses of one button in a round."""

    event_type: str
    count: int


class GameEndSummary(Message, frozen=True, tag="game_end_summary"):
    """The results of a round. Buttons without presses have no entry in `top_by_button`."""

    room_id: str
    round: int
    team_tops: TeamTops
    top_by_button: tuple[ButtonTop, ...]
    top_overall: Top | None
    event_totals: tuple[EventTotal, ...]
    epoch: int
    seq: int


class Gap(Message, frozen=True, tag="gap"):
    """Messages up to `last_seq` are no longer available; the next number is `last_seq` + 1."""

    epoch: int
    last_seq: int


class Reconnect(Message, frozen=True, tag="reconnect"):
    """The gateway will close this socket: after `after_ms` open another, then close this one."""

    after_ms: int


class Error(Message, frozen=True, tag="error", omit_defaults=True):
    """The server refused something. The socket stays open unless the server closes it next.

    Only where it helps to wait, `retry_after_ms` says how long.
    """

    code: str
    message: str
    retry_after_ms: int = 0


class Pong(Message, frozen=True, tag="pong"):
    """The answer to `ping`, with its `t`."""

    t: int | float | str | None


NumberedMessage = GameEvent | GameEndSummary
ServerMessage = (
    RoomCreated
    | RoomReady
    | GameEvent
    | ViewerCountUpdate
    | RoundUpdate
    | GameEndSummary
    | Gap
    | Reconnect
    | Error
    | Pong
)


# Game to server.


class GameStart(Message, frozen=True, tag="game_start"):
    """Opens a round. It changes nothing if a round is running."""


class GameEnd(Message, frozen=True, tag="game_end"):
    """Ends the round."""


class Ack(Message, frozen=True, tag="ack"):
    """Acknowledges everything up to (`epoch`, `seq`): the game has applied it."""

    epoch: int
    seq: int


class Pause(Message, frozen=True, tag="pause"):
    """Pauses the round: no triggers fire until `resume`."""


class Resume(Message, frozen=True, tag="resume"):
    """Resumes the round: what is full fires with the next press.

    With `discard`, counts of a paused round become zero.
    """

    discard: bool = False


Reason = Annotated[str, Meta(description="Shown to viewers: the first 80 characters.")]
LONGEST_EFFECT, SHORTEST_EFFECT = 3_600_000, 100  # ms


class Outcome(Message, frozen=True, tag="outcome"):
    """What became of a trigger that the game got at most ten minutes ago.

    `started`: it lasts for `duration_ms` (100 … 3,600,000; only then). `done` and `failed` are
    final: repeated, they change nothing. `failed` gives its presses back to the button.
    """

    epoch: int
    seq: int
    status: OutcomeStatus
    duration_ms: int = 0
    reason: Reason = ""


class Available(Message, frozen=True, tag="available"):
    """Whether the game can use a button: holds until the game says otherwise or the round ends.

    While it cannot, presses of the button are refused as `unavailable`, and it does not fire.
    """

    event_type: str
    available: bool
    reason: Reason = ""


class ChangeSettings(Message, frozen=True, tag="settings"):
    """Changes the settings that are given beside `type`; a given list replaces the whole list."""


class Ping(Message, frozen=True, tag="ping"):
    """Asks for a `pong` with the same `t`."""

    t: int | float | str | None = None


GameMessage = (
    GameStart | GameEnd | Ack | Outcome | Available | Pause | Resume | ChangeSettings | Ping
)


# Redis to gateway, in its inbox.


class Replaced(Message, frozen=True, tag="replaced"):
    """A newer socket has taken over the room from the socket attached under `term`."""

    room_id: str
    term: int


class Echo(Message, frozen=True, tag="echo"):
    """A numbered message from a gateway to itself; `at` is its time on Redis's clock."""

    number: int
    at: int


class RoomChanged(Message, frozen=True, tag="room_changed"):
    """A room that this gateway watches has changed; sent once until the gateway reads the room.

    With `preview`, its streamer tries that button: pages that show previews get it. With `round`,
    it is for the room's game, and sent at every change. An older gateway only reads the room.
    """

    room_id: str
    preview: str | None = None
    round: RoundUpdate | None = None


Nudge = GameEvent | GameEndSummary | ViewerCountUpdate | RoundUpdate
InboxMessage = GameEvent | GameEndSummary | ViewerCountUpdate | Replaced | RoomChanged | Echo


class _Typed(msgspec.Struct):
    """The only field that is known of a message of another release."""

    type: str


_GAME_TYPES = frozenset(kind.__struct_config__.tag for kind in get_args(GameMessage))
_encoder = msgspec.json.Encoder()
_decode_type = msgspec.json.Decoder(_Typed).decode

# From a game, to a game, of a gateway's inbox, of a room's log. Each raises `msgspec.DecodeError`
# (or its `ValidationError`), whose text names the mistake.
decode_game: Callable[[str], GameMessage] = msgspec.json.Decoder(GameMessage).decode
decode_server: Callable[[str | bytes], ServerMessage] = msgspec.json.Decoder(ServerMessage).decode
decode_inbox: Callable[[str | bytes], InboxMessage] = msgspec.json.Decoder(InboxMessage).decode
decode_logged: Callable[[str], NumberedMessage] = msgspec.json.Decoder(NumberedMessage).decode


def encode(message: Message) -> str:
    """Encode a message as JSON text."""
    return _encoder.encode(message).decode()


def unknown_type(text: str) -> str | None:
    """The `type` of a text that `decode_game` refused, if this release does not know that type."""
    try:
        named = _decode_type(text).type
    except (msgspec.DecodeError, RecursionError):
        return None
    return None if named in _GAME_TYPES else named
