"""Reads the cases, and writes what a client's player is to do.

A player is a program or a class that plays one client on a clock of its own, with sockets that do
what it is told. It reads lines of words separated by tabs, and answers each with lines of what the
client did, then with `done`:

    case NAME OPTION=VALUE…     a new client; see `Options`
    game CALL [ARGUMENT]        the game calls the client
    socket SECONDS              let time pass until another socket is opened, at most so long
    accept SOCKET               the handshake succeeds
    say SOCKET JSON             the gateway sends this; `"$ping"` is the `t` of the last ping
    close SOCKET CODE           the gateway closes the socket; 1006: the connection is lost
    refuse SOCKET STATUS CODE RETRY_AFTER    the gateway refuses the handshake
    pass SECONDS                time passes

    opened SECONDS SOCKET URL SUBPROTOCOLS   the client opens its next socket, at this time
    sent SECONDS SOCKET JSON
    closed SECONDS SOCKET CODE               the client closes a socket
    heard SECONDS EVENT…                     the game is told something
"""

import json
from pathlib import Path
from typing import Any, Final, Literal, cast

import msgspec
from msgspec import UNSET

FOLDER: Final = Path(__file__).parent
FRAMES: Final[dict[str, dict[str, Any]]] = json.loads((FOLDER / "frames.json").read_text("utf-8"))
TOPICS: Final = ("connection", "refusals", "delivery", "rounds", "commands", "answers", "messages")

Client = Literal["unity", "python", "page"]
CLIENTS: Final[tuple[Client, ...]] = ("unity", "python", "page")


class Sentence(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a client promises."""

    en: str
    ja: str


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """What the game sets before it opens the client.

    `room` is a room that was opened beforehand, with the token T; with `epoch` and `last_seq`, one
    that an earlier run saved. `luck`, from 0 to 1, is what chance gives.
    """

    room: str = ""
    epoch: int = 0
    last_seq: int = 0
    key: str = ""
    manual: bool = False
    luck: float = 1.0


class Step(
    msgspec.Struct,
    forbid_unknown_fields=True,
    frozen=True,
    omit_defaults=True,
    rename={"only": "for"},
):
    """One thing that happens, or what must have happened since the last step of the same kind.

    What differs between clients is an object by client, with `*` for the others.
    """

    only: tuple[Client, ...] = CLIENTS
    socket: int | None = None  # the last one that was opened, if none is named
    # What happens.
    game: str | None = None
    says: dict[str, Any] | None = None
    sends_text: str | None = None
    accepts: bool | None = None
    closes: int | None = None
    refuses: dict[str, Any] | None = None
    passes: float | None = None
    # What must happen.
    opens: dict[str, Any] | None = None
    hears: Any = UNSET
    sends: Any = UNSET
    acks: Any = UNSET
    pings: bool | None = None
    closed: Any = UNSET  # the code with which the client closed its socket; null: it did not


class Case(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One promise. `not_for`: the clients that cannot keep it, and the note that says why."""

    name: str
    promise: Sentence
    steps: tuple[Step, ...]
    given: Literal["nothing", "room", "round"] = "nothing"
    options: Options = Options()
    not_for: dict[Client, str] = {}

    @property
    def clients(self) -> tuple[Client, ...]:
        """The clients that keep this promise."""
        return tuple(client for client in CLIENTS if client not in self.not_for)

    def steps_of(self, client: Client) -> list[Step]:
        """All steps for a client, from the first call of its game on."""
        steps = [*_BEGINNINGS[self.given](client), *self.steps]
        return [step for step in steps if client in step.only]


def _in_room(client: Client) -> list[Step]:
    welcome = "room_ready" if client == "page" else "room_created"
    return [
        Step(game="open"),
        Step(opens={}),
        Step(says={"type": welcome}),
        Step(hears=[welcome]),
    ]


def _in_round(client: Client) -> list[Step]:
    start = [Step(game="start"), Step(sends=[{"type": "game_start"}]), Step(says={"type": "pong"})]
    return _in_room(client) + start


_BEGINNINGS: Final = {"nothing": lambda _: [], "room": _in_room, "round": _in_round}


def read_topic(topic: str) -> tuple[Case, ...]:
    """The cases of one file."""
    return msgspec.json.decode((FOLDER / f"{topic}.json").read_bytes(), type=tuple[Case, ...])


def frame(fields: dict[str, Any]) -> dict[str, Any]:
    """A frame of the gateway: what the case names, and the usual rest of its type."""
    return {**fields, **FRAMES.get(fields["type"], {}), **fields}


def pick(value: Any, client: Client) -> Any:
    """The value for a client, where clients differ."""
    if isinstance(value, dict) and {"*", *CLIENTS} & set(value):
        return value.get(client, value.get("*"))
    return value


def lines_of(case: Case, client: Client) -> list[str]:
    """What the player is to do, a line for each step that is not a mere check."""
    options = cast("dict[str, Any]", msgspec.to_builtins(case.options))
    lines, sockets = [_line("case", case.name, *(f"{k}={v}" for k, v in options.items()))], 0
    for step in case.steps_of(client):
        sockets += step.opens is not None and not step.opens.get("never")
        if (words := _words(step, step.socket or sockets, client)) is not None:
            lines.append(_line(*words))
    return lines


def _words(step: Step, socket: int, client: Client) -> tuple[object, ...] | None:
    """What a step makes the player do; None if it only checks."""
    if step.game is not None:
        return "game", *step.game.split(" ")
    if step.opens is not None:
        return "socket", pick(step.opens.get("within", 0.5), client)
    if step.accepts:
        return "accept", socket
    if step.says is not None:
        return "say", socket, json.dumps(frame(step.says), separators=(",", ":"))
    if step.sends_text is not None:
        return "say", socket, step.sends_text
    if step.closes is not None:
        return "close", socket, step.closes
    if step.refuses is not None:
        refusal = {"status": 0, "code": "", "retry_after": 0} | step.refuses
        return "refuse", socket, *refusal.values()
    return None if step.passes is None else ("pass", step.passes)


def _line(*words: object) -> str:
    return "\t".join(map(str, words))
