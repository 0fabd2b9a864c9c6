"""One socket of a game: opened, read, and its end translated into what the game should do."""

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

from clients.python.delivery import GameCursor
from clients.python.game_errors import (
    GameRefused,
    GatewayAway,
    end_by_close_code,
    end_by_error_code,
    end_by_status,
)
from shared.wire.game_messages import (
    SUBPROTOCOL,
    Error,
    RoomCreated,
    RoomReady,
    decode_server,
    encode,
)

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection
    from websockets.http11 import Response

    from clients.python.game_errors import GameSocketError
    from shared.wire.game_messages import GameMessage, ServerMessage

WELCOME_DEADLINE: Final = 10.0  # s
CLOSE_DEADLINE: Final = 2.0  # s
SILENT_AFTER: Final = 60.0  # s without an answer to a ping
# RFC 9110, section 5.6.2: only such a secret may travel as a subprotocol.
TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class GatewayAddress:
    """A gateway (`wss://host`), and the game key that it may ask for before it opens a room."""

    url: str
    key: str = ""


class SavedRoom(msgspec.Struct, frozen=True):
    """A room to come back to, the secret that proves it is ours, and the last number applied.

    Without `epoch` and `last_seq`, as in a room that `POST /api/rooms` opened, its log goes on
    where the room's last game left it. A msgspec struct: `msgspec.json` writes and reads it.
    """

    room_id: str
    room_token: str
    web_url: str = ""
    epoch: int | None = None
    last_seq: int | None = None

    @property
    def cursor(self) -> GameCursor | None:
        """The last message that was applied; None where that is for the gateway to know."""
        if self.epoch is None or self.last_seq is None:
            return None
        return GameCursor(self.epoch, self.last_seq)

    def at(self, cursor: GameCursor) -> SavedRoom:
        """The same room, with this message applied last."""
        return msgspec.structs.replace(self, epoch=cursor.epoch, last_seq=cursor.seq)


class _Coded(msgspec.Struct):
    """The part of a problem document (RFC 9457) that a program reads."""

    code: str


class GameSocket:
    """One open socket. `connection` is that of the websockets library."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.welcome: RoomCreated | RoomReady

    async def receive(self, within: float | None = None) -> ServerMessage | None:
        """The next message, or None after `within` seconds. Raises GameSocketError at the end."""
        try:
            async with asyncio.timeout(within):
                return await self._next()
        except TimeoutError:
            return None

    async def receive_text(self) -> str | bytes:
        """The next message as it came. Raises GameSocketError at the end."""
        try:
            return await self.connection.recv()
        except ConnectionClosed as closed:
            raise _end_of(closed) from None

    async def send(self, message: GameMessage) -> None:
        """Send one message. Raises GameSocketError."""
        try:
            await self.connection.send(encode(message))
        except ConnectionClosed as closed:
            raise _end_of(closed) from None

    async def close(self, code: CloseCode = CloseCode.NORMAL_CLOSURE) -> None:
        """Say goodbye, and wait for the end. After 1000 a gateway does not wait long for us."""
        await self.connection.close(code)

    async def _next(self) -> ServerMessage:
        while True:
            try:
                return decode_server(await self.receive_text())
            except msgspec.ValidationError:
                # A newer gateway may send what this game does not know.
                continue

    async def expect_welcome(self) -> None:
        """Read on until the room is there. Raises GameSocketError."""
        while True:
            match await self.receive(WELCOME_DEADLINE):
                case (RoomCreated() | RoomReady()) as welcome:
                    self.welcome = welcome
                    return
                case Error(code=code) if end := end_by_error_code(code):
                    raise end
                case None:
                    raise GatewayAway("the gateway does not say a word")


async def open_game_socket(gateway: GatewayAddress, room: SavedRoom | None = None) -> GameSocket:
    """Open a socket for a new room, or for one to come back to. Raises GameSocketError."""
    try:
        connection = await _connect(gateway, room)
    except InvalidStatus as refusal:
        raise _refusal(refusal.response, gateway, room) from None
    except (OSError, InvalidHandshake) as error:
        raise GatewayAway(getattr(error, "strerror", None) or str(error)) from None
    socket = GameSocket(connection)
    try:
        await socket.expect_welcome()
    except BaseException:
        await socket.close()
        raise
    return socket


async def _connect(gateway: GatewayAddress, room: SavedRoom | None) -> ClientConnection:
    protocols, headers = [Subprotocol(SUBPROTOCOL)], {}
    kind, secret = ("token", room.room_token) if room else ("key", gateway.key)
    if TOKEN.fullmatch(secret):
        protocols.append(Subprotocol(f"{kind}.{secret}"))
    elif secret:
        headers["Authorization"] = f"Bearer {secret}"
    return await connect(
        _target(gateway.url, room),
        subprotocols=protocols,
        additional_headers=headers,
        compression=None,
        user_agent_header=None,
        proxy=None,
        ping_timeout=SILENT_AFTER,
        close_timeout=CLOSE_DEADLINE,
        max_queue=256,
    )


def _target(url: str, room: SavedRoom | None) -> str:
    target = url.rstrip("/").removesuffix("/ws-unity") + "/ws-unity"
    if room is None:
        return target
    query: dict[str, str | int] = {"room_id": room.room_id}
    if cursor := room.cursor:
        query |= {"epoch": cursor.epoch, "last_seq": cursor.seq}
    return f"{target}?{urlencode(query)}"


def _refusal(
    response: Response, gateway: GatewayAddress, room: SavedRoom | None
) -> GameSocketError:
    if response.status_code == 404 and room is None:
        text = f"there is no game socket at {gateway.url}; is that the gateway's port?"
        return GameRefused(text, "not_found")
    return end_by_status(response.status_code, _code_of(response), new_room=room is None)


def _code_of(response: Response) -> str:
    """The code of the problem in a refusal's body; "" if it is no problem document."""
    try:
        return msgspec.json.decode(response.body or b"", type=_Coded).code
    except msgspec.DecodeError:
        return ""


def _end_of(closed: ConnectionClosed) -> GameSocketError:
    return end_by_close_code(int(closed.rcvd.code if closed.rcvd else CloseCode.ABNORMAL_CLOSURE))
