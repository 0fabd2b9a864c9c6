"""One socket of a game: opens it, reads it, and translates its end into a GameSocketError."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.frames import CloseCode
from websockets.http11 import Response
from websockets.typing import Subprotocol

from clients.python.delivery import GameCursor
from clients.python.game_errors import (
    GameRefused,
    GameSocketError,
    GatewayAway,
    end_by_close_code,
    end_by_error_code,
    end_by_status,
)
from shared.wire.game_messages import (
    SUBPROTOCOL,
    Error,
    GameMessage,
    RoomCreated,
    RoomReady,
    ServerMessage,
    decode_server,
    encode,
)

WELCOME_DEADLINE: Final = 10.0  # s
CLOSE_DEADLINE: Final = 2.0  # s
SILENT_AFTER: Final = 60.0  # s without an answer to a ping
# Only a token (RFC 9110, section 5.6.2) may be sent as a subprotocol.
TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class GatewayAddress:
    """A gateway's URL (`wss://host`), and the game key that it may require to open a room."""

    url: str
    key: str = ""


class SavedRoom(msgspec.Struct, frozen=True):
    """A room to resume: its token, and the last message applied.

    Without `epoch` and `last_seq`, as for a room that `POST /api/rooms` opened, the game resumes
    where the room's last game stopped. `msgspec.json` writes and reads this struct. The token is a
    secret of the server behind `gateway`, the URL through which the room was reached last.
    """

    room_id: str
    room_token: str
    web_url: str = ""
    epoch: int | None = None
    last_seq: int | None = None
    gateway: str = ""

    @property
    def cursor(self) -> GameCursor | None:
        """The last message applied; None if only the gateway knows it."""
        if self.epoch is None or self.last_seq is None:
            return None
        return GameCursor(self.epoch, self.last_seq)

    def at(self, cursor: GameCursor) -> "SavedRoom":
        """The same room, with this message applied last."""
        return msgspec.structs.replace(self, epoch=cursor.epoch, last_seq=cursor.seq)


class _Coded(msgspec.Struct):
    """The part of a problem document (RFC 9457) that a program reads."""

    code: str


class GameSocket:
    """One open socket. `connection` is the connection of the websockets library."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.welcome: RoomCreated | RoomReady

    async def receive(self, within: float | None = None) -> ServerMessage | None:
        """The next message; None after `within` s. Raises GameSocketError if the socket ended."""
        try:
            async with asyncio.timeout(within):
                while True:
                    # A newer gateway may send messages that this client does not know.
                    with suppress(msgspec.DecodeError):
                        return decode_server(await self.receive_text())
        except TimeoutError:
            return None

    async def receive_text(self) -> str | bytes:
        """The next message, not decoded. Raises GameSocketError when the socket has ended."""
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
        """Close the socket. After 1000 the room waits less long for its game to return."""
        await self.connection.close(code)

    async def expect_welcome(self) -> None:
        """Read until the welcome (RoomCreated or RoomReady). Raises GameSocketError."""
        while True:
            match await self.receive(WELCOME_DEADLINE):
                case (RoomCreated() | RoomReady()) as welcome:
                    self.welcome = welcome
                    return
                case Error(code=code) if end := end_by_error_code(code):
                    raise end
                case None:
                    raise GatewayAway("the gateway does not say a word")


async def open_game_socket(
    gateway: GatewayAddress, room: SavedRoom | None = None, *, round_changes: bool = False
) -> GameSocket:
    """Open a socket for a new room, or resume `room`. Raises GameSocketError.

    With `round_changes` the gateway also sends the round (RoundUpdate).
    """
    try:
        connection = await _connect(gateway, room, round_changes=round_changes)
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


async def called_off(opening: asyncio.Task[GameSocket]) -> None:
    """Cancel the opening of a socket; close the socket if it is open already."""
    opening.cancel()
    await asyncio.wait([opening])
    if not opening.cancelled() and opening.exception() is None:
        await opening.result().close()


class _Connect(connect):
    """A handshake that follows no redirect: the subprotocols would take the secret elsewhere."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


async def _connect(
    gateway: GatewayAddress, room: SavedRoom | None, *, round_changes: bool
) -> ClientConnection:
    protocols, headers = [Subprotocol(SUBPROTOCOL)], {}
    kind, secret = ("token", room.room_token) if room else ("key", gateway.key)
    if TOKEN.fullmatch(secret):
        protocols.append(Subprotocol(f"{kind}.{secret}"))
    elif secret:
        headers["Authorization"] = f"Bearer {secret}"
    return await _Connect(
        _target(gateway.url, room, round_changes=round_changes),
        subprotocols=protocols,
        additional_headers=headers,
        compression=None,
        user_agent_header=None,
        proxy=None,
        ping_timeout=SILENT_AFTER,
        close_timeout=CLOSE_DEADLINE,
        max_queue=256,
    )


def _target(url: str, room: SavedRoom | None, *, round_changes: bool) -> str:
    target = url.rstrip("/").removesuffix("/ws-unity") + "/ws-unity"
    query: dict[str, str | int] = {}
    if room is not None:
        query["room_id"] = room.room_id
        if cursor := room.cursor:
            query |= {"epoch": cursor.epoch, "last_seq": cursor.seq}
    if round_changes:
        query["round_changes"] = "true"
    return f"{target}?{urlencode(query)}" if query else target


def _refusal(
    response: Response, gateway: GatewayAddress, room: SavedRoom | None
) -> GameSocketError:
    if response.status_code == 404 and room is None:
        text = f"there is no game socket at {gateway.url}; is that the gateway's port?"
        return GameRefused(text, "not_found")
    code, wait = "", response.headers.get("Retry-After", "")
    with suppress(msgspec.DecodeError):  # else the body is no problem document
        code = msgspec.json.decode(response.body or b"", type=_Coded).code
    retry_after = float(wait) if wait.isdecimal() else 0.0
    return end_by_status(response.status_code, code, new_room=room is None, retry_after=retry_after)


def _end_of(closed: ConnectionClosed) -> GameSocketError:
    return end_by_close_code(int(closed.rcvd.code if closed.rcvd else CloseCode.ABNORMAL_CLOSURE))
