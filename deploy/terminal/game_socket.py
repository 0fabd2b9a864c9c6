"""A game's socket: opened, read, and its ends translated into what the game should do.

SocketError
├── Away             nobody answers, or the socket is gone: come back
└── Refused          coming back will not help
    ├── RoomGone
    ├── Forbidden
    └── TakenOver
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.frames import CloseCode
from websockets.typing import Subprotocol

from shared.wire.game_messages import (
    SUBPROTOCOL,
    Error,
    RoomCreated,
    RoomReady,
    decode_server,
    encode,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from websockets.asyncio.client import ClientConnection

    from deploy.terminal.delivery import Cursor
    from shared.wire.game_messages import GameMessage, ServerMessage

WELCOME_DEADLINE: Final = 10.0  # s
CLOSE_DEADLINE: Final = 2.0  # s
# RFC 9110, section 5.6.2: only such a secret may travel as a subprotocol.
TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class SocketError(Exception):
    """There is no socket; the text is a line for a person."""


class Away(SocketError):
    """Nobody answers, or the socket is gone: come back."""


class Refused(SocketError):
    """The gateway will not have this game; coming back will not help."""


class RoomGone(Refused):
    """There is no such room, or not any more."""


class Forbidden(Refused):
    """The secret is missing or wrong."""


class TakenOver(Refused):
    """Another game has the room now."""


ROOM_GONE: Final = RoomGone("the room is gone")
ROOM_OVER: Final = RoomGone("the room is over")
FORBIDDEN: Final = Forbidden("the server refuses the key or token")
TAKEN_OVER: Final = TakenOver("another game has taken the room over")

REFUSALS_BY_STATUS: Final[Mapping[int, Refused]] = {
    400: Refused("the server does not understand this game"),
    401: FORBIDDEN,
    403: FORBIDDEN,
    404: ROOM_GONE,
}
# A new room is asked for with a game key, if with anything.
NEW_ROOM_REFUSALS_BY_STATUS: Final[Mapping[int, Refused]] = {
    **REFUSALS_BY_STATUS,
    401: Forbidden("the server asks for a game key; give one with --key, or in GAME_KEYS"),
    403: Forbidden("the server refuses the game key; give another with --key, or in GAME_KEYS"),
}
REFUSALS_BY_CLOSE_CODE: Final[Mapping[int, Refused]] = {
    4001: TAKEN_OVER,
    4003: FORBIDDEN,
    4004: ROOM_GONE,
    4010: ROOM_OVER,
}
# A close that its gateway announces need not be waited for.
ENDS_BY_ERROR: Final[Mapping[str, SocketError]] = {
    "going_away": Away("the gateway goes away"),
    "replaced": TAKEN_OVER,
    "forbidden": FORBIDDEN,
    "room_not_found": ROOM_GONE,
    "room_over": ROOM_OVER,
}


@dataclass(frozen=True, slots=True)
class Resume:
    """The room to come back to, and where its log should go on; None where nothing was applied."""

    room_id: str
    room_token: str
    after: Cursor | None


@dataclass(frozen=True, slots=True)
class Address:
    """A gateway, and the game key that it may ask for."""

    url: str
    key: str


class GameSocket:
    """One open socket, after its welcome."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.welcome: RoomCreated | RoomReady

    async def receive(self, within: float | None = None) -> ServerMessage | None:
        """The next message, or None after `within` seconds. Raises SocketError at the end."""
        try:
            async with asyncio.timeout(within):
                return await self._next()
        except TimeoutError:
            return None
        except ConnectionClosed as closed:
            raise _end_of(closed) from None

    async def send(self, message: GameMessage) -> None:
        """Send one message. Raises SocketError."""
        try:
            await self._connection.send(encode(message))
        except ConnectionClosed as closed:
            raise _end_of(closed) from None

    async def close(self, code: CloseCode = CloseCode.NORMAL_CLOSURE) -> None:
        """Say goodbye, and wait for the end. After 1000 a gateway does not wait long for us."""
        await self._connection.close(code)

    async def _next(self) -> ServerMessage:
        while True:
            text = await self._connection.recv()
            try:
                return decode_server(text)
            except msgspec.ValidationError:
                # A newer gateway may send what this game does not know.
                continue

    async def expect_welcome(self) -> None:
        """Read on until the room is there. Raises SocketError."""
        while True:
            match await self.receive(WELCOME_DEADLINE):
                case (RoomCreated() | RoomReady()) as welcome:
                    self.welcome = welcome
                    return
                case Error(code=code) if code in ENDS_BY_ERROR:
                    raise ENDS_BY_ERROR[code]
                case None:
                    raise Away("the gateway does not say a word")


async def dial(address: Address, resume: Resume | None) -> GameSocket:
    """Open a socket: for a new room, or for the room to resume. Raises SocketError."""
    try:
        connection = await _connect(address, resume)
    except InvalidStatus as refusal:
        raise _refusal(refusal.response.status_code, address, resume) from None
    except (OSError, InvalidHandshake) as error:
        raise Away(getattr(error, "strerror", None) or str(error)) from None
    socket = GameSocket(connection)
    try:
        await socket.expect_welcome()
    except BaseException:
        await socket.close()
        raise
    return socket


async def _connect(address: Address, resume: Resume | None) -> ClientConnection:
    protocols, headers = [Subprotocol(SUBPROTOCOL)], {}
    kind, secret = ("token", resume.room_token) if resume else ("key", address.key)
    if TOKEN.fullmatch(secret):
        protocols.append(Subprotocol(f"{kind}.{secret}"))
    elif secret:
        headers["Authorization"] = f"Bearer {secret}"
    return await connect(
        _target(address.url, resume),
        subprotocols=protocols,
        additional_headers=headers,
        compression=None,
        user_agent_header=None,
        proxy=None,
        ping_timeout=60,
        close_timeout=CLOSE_DEADLINE,
        max_queue=256,
    )


def _target(url: str, resume: Resume | None) -> str:
    target = url.rstrip("/").removesuffix("/ws-unity") + "/ws-unity"
    if resume is None:
        return target
    query: dict[str, str | int] = {"room_id": resume.room_id}
    if resume.after is not None:
        query |= {"epoch": resume.after.epoch, "last_seq": resume.after.seq}
    return f"{target}?{urlencode(query)}"


def _refusal(status: int, address: Address, resume: Resume | None) -> SocketError:
    if status == 404 and resume is None:
        return Refused(f"there is no game socket at {address.url}; is that the gateway's port?")
    refusals = REFUSALS_BY_STATUS if resume else NEW_ROOM_REFUSALS_BY_STATUS
    return refusals.get(status) or Away(f"the server answers {status}")


def _end_of(closed: ConnectionClosed) -> SocketError:
    code = closed.rcvd.code if closed.rcvd else CloseCode.ABNORMAL_CLOSURE
    return REFUSALS_BY_CLOSE_CODE.get(code) or Away(f"closed with {int(code)}")
