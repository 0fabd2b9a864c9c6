"""The game client: it stays in a room across lost sockets."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Self

from websockets.frames import CloseCode

from clients.python import answers
from clients.python.answers import Answer, Answers
from clients.python.delivery import Delivery, GameCursor, Verdict
from clients.python.game_errors import (
    GameNote,
    GameRefused,
    GameSocketError,
    GatewayAway,
    NoGateway,
    NumbersMissing,
    SocketLost,
    end_by_error_code,
)
from clients.python.game_socket import (
    GameSocket,
    GatewayAddress,
    SavedRoom,
    called_off,
    open_game_socket,
)
from shared.wire.game_messages import (
    Error,
    GameEnd,
    GameEndSummary,
    GameEvent,
    GameMessage,
    GameStart,
    Gap,
    NumberedMessage,
    Pong,
    Reconnect,
    RoomCreated,
    RoomReady,
    ServerMessage,
)

GOOD_AFTER: Final = 5.0  # s; if a socket lived longer, the backoff starts again


class Backoff:
    """Exponential backoff: a bound that doubles from 0.2 s to 5 s; each wait is half of it or more.

    The jitter spreads the reconnects of games that a gateway dropped together.
    """

    FIRST: Final = 0.2
    LONGEST: Final = 5.0

    def __init__(self) -> None:
        self._next = self.FIRST

    def reset(self) -> None:
        """Start again at 0.2 s, after a successful attempt."""
        self._next = self.FIRST

    def delay(self, jitter: float) -> float:
        """The wait before the next attempt (s); `jitter` is a random number from 0 to 1."""
        whole, self._next = self._next, min(2 * self._next, self.LONGEST)
        return whole * (0.5 + jitter / 2)


class GameClient:
    """A game's connection to its room: it opens or resumes a room and receives its messages.

    The client returns each numbered message (GameEvent, GameEndSummary) once and in order, across
    sockets and gateways. When the game asks for the next message, the client takes the last one as
    applied and acknowledges it. It acknowledges a summary only after the game has sent GameStart
    for the next round, because that would end the room. After a `reconnect` it opens the next
    socket before it closes this one. It replaces lost sockets after a wait (backoff).

        async with GameClient(GatewayAddress("wss://game.example", key="...")) as game:
            async for message in game:
                match message:
                    case RoomCreated():
                        show(message.web_url)
                        await game.send(GameStart())
                    case GameEvent():
                        fire(message.event_type, message.viewer_name)
                        await game.done(message)
                save(game.room)

    `room` is the room that an earlier run saved; None opens a new room. The client calls `note`
    with what people should know (a GameNote): the gateway is away, a message is missing. With
    `round_changes` a new server also sends a RoundUpdate whenever the round begins, ends, pauses or
    goes on. Leaving the block closes the socket with 1000.

    The game may answer at any time, also offline: what became of a trigger (`lasting`, `done`,
    `failed`), and whether it can use a button. The client repeats an answer until the gateway has
    confirmed it. If the server does not take one, it sends an Error.
    """

    def __init__(
        self,
        gateway: GatewayAddress,
        room: SavedRoom | None = None,
        *,
        round_changes: bool = False,
        note: Callable[[GameNote], None] = lambda _: None,
    ) -> None:
        self._gateway = gateway
        self._room = room
        self._round_changes = round_changes
        self._note = note
        self._delivery = Delivery(room.cursor if room and room.cursor else GameCursor(0, 0))
        self._backoff = Backoff()
        self._answers = Answers()
        self._telling = asyncio.Lock()  # answers keep their order
        self._socket: GameSocket | None = None
        self._end: GameSocketError | None = None  # how the socket ended, once known
        self._since = 0.0
        self._wait = 0.0
        self._in_hands = False  # the game has a numbered message that it may not have applied yet
        self._successor: asyncio.Task[GameSocket] | None = None
        self._handing_over = False
        self._told_away = False

    @property
    def room(self) -> SavedRoom | None:
        """The room, and where a later run resumes: save it after applying each message.

        Between rounds that run gets the summary once more: resuming after it would end the room.
        """
        return self._room

    @property
    def caught_up(self) -> bool:
        """Whether all messages from before the socket attached have been returned."""
        return self._delivery.caught_up

    async def __aenter__(self) -> Self:
        """Connects only at the first `receive`."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave the room."""
        await self.close()

    def __aiter__(self) -> Self:
        """Iterates without end; raises GameRefused when the game is over."""
        return self

    async def __anext__(self) -> ServerMessage:
        """The same as `receive`."""
        return await self.receive()

    async def receive(self) -> ServerMessage:
        """Return the next new message; asking for it acknowledges the one before.

        The first message of every socket is RoomCreated or RoomReady. The call may be cancelled and
        repeated. Raises GameRefused when the game is over: TakenOver, RoomGone or SecretRefused.
        """
        self._in_hands = False
        while True:
            if self._socket is None or self._end is not None:
                return self._attach(await self._next_socket())
            try:
                message = await self._listen(self._socket)
            except GameSocketError as end:
                self._end = end
            else:
                if self._handle(message):
                    return message

    async def send(self, message: GameMessage) -> None:
        """Send a message.

        Raises GameSocketError if it was not sent: the next `receive` reconnects or raises
        GameRefused.
        """
        if self._socket is None:
            raise GatewayAway("not connected")
        await self._tell(self._socket)
        await self._socket.send(message)
        if isinstance(message, GameStart):
            self._delivery.round_begins()
        if isinstance(message, GameEnd):
            self._answers.round_ends()

    async def lasting(self, trigger: GameEvent, seconds: float) -> None:
        """The trigger's effect has begun and lasts `seconds` (0.1 to 3,600): viewers see it."""
        await self._answer(answers.lasting(trigger, seconds), trigger.room_id)

    async def done(self, trigger: GameEvent) -> None:
        """The game has carried out the trigger."""
        await self._answer(answers.done(trigger), trigger.room_id)

    async def failed(self, trigger: GameEvent, reason: str = "") -> None:
        """The game could not carry out the trigger: its presses go back to the button.

        Viewers see the reason, cut to 80 characters.
        """
        await self._answer(answers.failed(trigger, reason), trigger.room_id)

    async def available(self, event_type: str) -> None:
        """The game can use the button again."""
        await self._answer(answers.available(event_type))

    async def unavailable(self, event_type: str, reason: str = "") -> None:
        """The game cannot use the button until `available` or the end of the round.

        Presses of it are refused. Viewers see the reason, cut to 80 characters.
        """
        await self._answer(answers.unavailable(event_type, reason))

    async def close(self) -> None:
        """Acknowledge the messages applied, and close all sockets."""
        successor, self._successor = self._successor, None
        try:
            if successor is not None:
                await called_off(successor)
        finally:
            await self._let_go(CloseCode.NORMAL_CLOSURE)

    # Sockets.

    async def _next_socket(self) -> GameSocket:
        """Return the next socket; retries without limit. Raises GameRefused."""
        if (end := self._end) is not None:
            if self._successor is not None:
                # `replaced` is expected then: our own next socket replaced this one.
                if self._handing_over or isinstance(end, GatewayAway):
                    return await asyncio.shield(self._successor)
                self._successor.cancel()
            if isinstance(end, GameRefused):
                raise end
            if time.monotonic() - self._since > GOOD_AFTER:
                self._backoff.reset()
            self._wait = self._backoff.delay(random.random())
            self._tell_away(SocketLost(end))
            await self._let_go(CloseCode.GOING_AWAY)
        await asyncio.sleep(self._wait)
        return await self._reach()

    async def _reach(self) -> GameSocket:
        """Open a socket for our room or a new one; retries without limit. Raises GameRefused."""
        while True:
            try:
                return await open_game_socket(
                    self._gateway, self._room, round_changes=self._round_changes
                )
            except GatewayAway as away:
                self._tell_away(NoGateway(self._gateway.url, away))
                await asyncio.sleep(away.retry_after + self._backoff.delay(random.random()))

    def _attach(self, socket: GameSocket) -> RoomCreated | RoomReady:
        self._socket, self._since, self._wait = socket, time.monotonic(), 0.0
        self._end = self._successor = None
        self._handing_over = self._told_away = False
        welcome = socket.welcome
        if not isinstance(welcome, RoomReady):
            self._delivery = Delivery(GameCursor(welcome.epoch, welcome.seq))
            self._answers = Answers()
        else:
            if self._room is None or self._room.cursor is None:
                # Messages that earlier games acknowledged are not sent again.
                self._delivery = Delivery(GameCursor(welcome.epoch, welcome.seq - welcome.replayed))
            self._delivery.attached(welcome)
            self._answers.attached(time.monotonic(), in_round=welcome.status == "in_game")
        self._room = SavedRoom(
            welcome.room_id, welcome.room_token, welcome.web_url, gateway=self._gateway.url
        )
        self._moved()
        return welcome

    async def _let_go(self, goodbye: CloseCode) -> None:
        """Acknowledge the messages applied, and close the socket."""
        socket, self._socket, self._end = self._socket, None, None
        if socket is None:
            return
        if not self._in_hands and (ack := self._delivery.ack(time.monotonic(), leaving=True)):
            with suppress(GameSocketError):
                await socket.send(ack)
        await socket.close(goodbye)

    async def _open_next(self, socket: GameSocket, delay: float) -> GameSocket:
        """Open the next socket, then close this one."""
        await asyncio.sleep(delay)
        self._handing_over = True
        successor = await self._reach()
        try:
            await socket.close()
        except BaseException:
            await successor.close()
            raise
        return successor

    def _tell_away(self, note: GameNote) -> None:
        """Note it once, however often the next attempts fail."""
        if not self._told_away:
            self._told_away = True
            self._note(note)

    # Messages.

    async def _listen(self, socket: GameSocket) -> ServerMessage:
        """Return the socket's next message; acknowledge applied ones while waiting."""
        await self._tell(socket)
        while True:
            if ack := self._delivery.ack(time.monotonic()):
                await socket.send(ack)
            message = await socket.receive(self._delivery.ack_in(time.monotonic()))
            if message is not None:
                return message

    async def _answer(self, answer: Answer, room_id: str = "") -> None:
        """Send an answer, and store it for the next socket; ignore those about another room."""
        if room_id and (self._room is None or self._room.room_id != room_id):
            return
        self._answers.add(answer, time.monotonic())
        if self._socket is not None:
            with suppress(GameSocketError):
                await self._tell(self._socket)

    async def _tell(self, socket: GameSocket) -> None:
        """Send the answers that were not sent on this socket yet."""
        async with self._telling:
            while (message := self._answers.next()) is not None:
                await socket.send(message)
                if socket is not self._socket:
                    return
                self._answers.sent(message)

    def _handle(self, message: ServerMessage) -> bool:
        """Process the message; return whether the game should receive it."""
        match message:
            case GameEvent() | GameEndSummary():
                return self._is_new(message)
            case Gap():
                self._note_missing(self._delivery.cursor.seq + 1, message.last_seq)
                self._delivery.jump(message)
                self._moved()
            case Reconnect() if self._successor is None and self._socket is not None:
                successor = self._open_next(self._socket, message.after_ms / 1000)
                self._successor = asyncio.create_task(successor)
            case Pong():
                return not self._answers.confirm(message)
            case Error():
                self._end = end_by_error_code(message.code)
        return True

    def _is_new(self, message: NumberedMessage) -> bool:
        before = self._delivery.cursor.seq
        verdict = self._delivery.take(message)
        if verdict is Verdict.AHEAD:
            self._note_missing(before + 1, message.seq - 1)
        self._moved()
        self._in_hands = verdict is not Verdict.DUPLICATE
        return self._in_hands

    def _note_missing(self, first: int, last: int) -> None:
        if first <= last:
            self._note(NumbersMissing(first, last))

    def _moved(self) -> None:
        assert self._room is not None
        self._room = self._room.at(self._delivery.resume_from)
