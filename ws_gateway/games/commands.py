"""Carries out the messages that a game sends."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar, assert_never

import msgspec

from shared.engine.keys import CHANGES_LIMIT, COMMANDS_LIMIT, Limit
from shared.engine.refusals import (
    GameNotStarted,
    RateLimited,
    RoomNotFound,
    SocketReplaced,
    UnknownEventType,
)
from shared.process.telemetry import fields
from shared.redis_store.store import StoreError, StoreFault, StoreUnavailable, StoreUnfit
from shared.wire import error_codes, room_settings
from shared.wire.game_messages import (
    LONGEST_EFFECT,
    SHORTEST_EFFECT,
    Ack,
    Available,
    ChangeSettings,
    GameEnd,
    GameMessage,
    GameStart,
    Outcome,
    Pause,
    Ping,
    Pong,
    Resume,
    decode_game,
    unknown_type,
)
from shared.wire.refusal import ErrorKind, Refused
from shared.wire.room_settings import SettingsInvalid
from ws_gateway.games.session import GameSession
from ws_gateway.sockets import close_codes
from ws_gateway.sockets.close_codes import error_of

log = logging.getLogger(__name__)

Result = TypeVar("Result")

LARGEST_MESSAGE = 64 * 1024  # bytes
# Unknown types, as from a newer game: each of the first 20 on a socket gets one `error`, which
# quotes up to 64 code points of it.
UNKNOWN_TYPES, LONGEST_TYPE = 20, 64
AGAIN_AFTER = 0.5  # s between two tries of a command while Redis is away
LIMITS: dict[type[GameMessage], Limit] = {
    ChangeSettings: CHANGES_LIMIT,
    **dict.fromkeys((GameStart, GameEnd, Pause, Resume, Available), COMMANDS_LIMIT),
}
WRONG_DURATION = f"`duration_ms` must be {SHORTEST_EFFECT} to {LONGEST_EFFECT} for `started`."
CARRIED_OUT_LATER = "Redis is away. The server carries out this message when it is back."


class Commands:
    """Carries out one game's commands in the order in which they arrive."""

    __slots__ = ("_engine", "_free_at", "_metrics", "_room", "_session", "_unknown")

    def __init__(self, session: GameSession) -> None:
        self._session = session
        self._engine = session.engine
        self._metrics = session.metrics
        self._room = session.room_id, session.term  # the term under which the game holds it
        self._unknown: set[str] = set()  # types that were answered with an error
        self._free_at: dict[Limit, float] = {}  # used-up limits, and until when (s, monotonic)

    async def handle(self, frame: str | bytes) -> None:
        """Carry out one frame, or answer it with an error."""
        if len(frame if isinstance(frame, bytes) else frame.encode()) > LARGEST_MESSAGE:
            return self._session.part(close_codes.TOO_BIG)
        if isinstance(frame, bytes):
            sentence = "Messages are text frames that hold JSON."
            return await self._refuse(error_codes.BAD_MESSAGE, sentence)
        try:
            message = decode_game(frame)
        except (msgspec.DecodeError, RecursionError) as problem:
            if (named := unknown_type(frame)) is None:
                await self._refuse(error_codes.BAD_MESSAGE, str(problem))
            else:
                await self._pass_over(named[:LONGEST_TYPE])
        else:
            await self._carry_out(message, frame)

    async def _pass_over(self, named: str) -> None:
        """Answer once per type that it is ignored; it does not count as a bad message."""
        if named not in self._unknown and len(self._unknown) < UNKNOWN_TYPES:
            self._unknown.add(named)
            sentence = f"This server knows no type '{named}' and ignores it."
            await self._session.reply(error_of(error_codes.UNKNOWN_TYPE, sentence))

    async def _carry_out(self, message: GameMessage, frame: str) -> None:
        try:
            if limit := LIMITS.get(type(message)):
                await self._spend(limit)
            await self._do(message, frame)
        except (SocketReplaced, RoomNotFound, StoreFault) as refusal:
            self._session.give_up(refusal)
        except Refused as refused:
            detail = refused.detail.en if refused.detail else ""
            if isinstance(refused, UnknownEventType):
                await self._refuse(refused.kind, detail)
            else:
                # Not counted as a bad message: after a loss of data a game may tell many outcomes
                # of triggers that the room does not know.
                wait = refused.retry_after_ms
                await self._session.reply(error_of(refused.kind, detail, retry_after_ms=wait))

    async def _do(self, message: GameMessage, frame: str) -> None:
        match message:
            case Ack():
                await self._ack(message)
            case Outcome():
                await self._outcome(message)
            case ChangeSettings():
                await self._change_settings(frame)
            case Ping():
                await self._session.reply(Pong(t=message.t))
            case _:
                await self._command(message)

    async def _command(self, message: GameStart | GameEnd | Pause | Resume | Available) -> None:
        match message:
            case GameStart():
                address = self._session.entry.address
                round_ = await self._insist(lambda: self._engine.start(*self._room, of=address))
                log.info("game started", extra=fields(room_id=self._session.room_id, round=round_))
            case GameEnd():
                await self._insist(lambda: self._engine.finish(*self._room))
                log.info("game ended", extra=fields(room_id=self._session.room_id))
            case Pause():
                await self._insist(lambda: self._engine.pause(*self._room, paused=True))
            case Resume(discard):
                await self._insist(
                    lambda: self._engine.pause(*self._room, paused=False, discard=discard)
                )
            case Available():
                await self._insist(lambda: self._engine.available(*self._room, message))
            case _:
                assert_never(message)

    async def _spend(self, limit: Limit) -> None:
        """Count a command. Raises RateLimited, until the time is over without asking Redis again.

        So a flood of refused commands costs little, whatever is in them.
        """
        left = self._free_at.get(limit, 0.0) - time.monotonic()
        if left > 0:
            raise RateLimited(math.ceil(left * 1000))
        try:
            await self._insist(lambda: self._engine.spend_of(limit, self._session.room_id))
        except RateLimited as limited:
            self._free_at[limit] = time.monotonic() + limited.retry_after_ms / 1000
            raise

    async def _refuse(self, kind: ErrorKind, sentence: str = "") -> None:
        self._metrics.bad_messages.inc()
        if self._session.socket.note_bad_message():
            self._session.part(close_codes.TOO_MANY_BAD_MESSAGES)
        else:
            await self._session.reply(error_of(kind, sentence))

    async def _outcome(self, message: Outcome) -> None:
        lasts = message.status == "started"
        if lasts and not SHORTEST_EFFECT <= message.duration_ms <= LONGEST_EFFECT:
            await self._refuse(error_codes.BAD_MESSAGE, WRONG_DURATION)
        elif await self._insist(lambda: self._engine.outcome(*self._room, message)):
            self._metrics.outcomes.labels(message.status).inc()

    async def _ack(self, message: Ack) -> None:
        if not self._session.cursor.covers(message.epoch, message.seq):
            await self._refuse(error_codes.BAD_ACK)
            return
        self._session.acknowledging = True
        self._metrics.acks.inc()
        # A lost acknowledgement is covered by the next one, or by the next handshake's cursor.
        with suppress(StoreUnavailable, StoreUnfit):
            applied = await self._engine.ack(*self._room, message.epoch, message.seq)
            self._metrics.acknowledged.inc(applied)

    async def _change_settings(self, frame: str) -> None:
        address, size = self._session.entry.address, len(frame.encode())
        try:
            payer = await self._insist(lambda: self._engine.spend_storage(address, size))
            patch = msgspec.json.decode(frame)
            del patch["type"]
            change = partial(room_settings.merge, patch=patch)
            room_id, term = self._room
            await self._insist(
                lambda: self._engine.change_settings(room_id, change, term=term, of=payer)
            )
        except SettingsInvalid as invalid:
            sentence = "; ".join(f"{field}: {rule.en}" for field, rule in invalid.wrong)
            await self._refuse(error_codes.INVALID_SETTINGS, sentence)
        except msgspec.DecodeError as problem:
            await self._refuse(error_codes.BAD_MESSAGE, str(problem))

    async def _insist(self, call: Callable[[], Awaitable[Result]]) -> Result | None:
        """Repeat a command until Redis answers, and return the engine's answer.

        The game sends a command once, and commands keep their order. An earlier try may have been
        carried out; a repeat then changes nothing, except that `game_start` opens another round if
        the first try's has reached its limit meanwhile. If a repeated command raises
        GameNotStarted, an earlier try has ended the round already: return None.
        """
        is_repeat = False
        while True:
            try:
                return await call()
            except GameNotStarted:
                if is_repeat:
                    return None
                raise
            except StoreFault:
                raise
            except StoreError as away:
                self._metrics.redis_errors.inc()
                if not is_repeat:
                    log.warning(
                        "command waits for redis",
                        extra=fields(room_id=self._session.room_id, error=str(away)),
                    )
                    away_for_now = error_of(error_codes.STORE_UNAVAILABLE, CARRIED_OUT_LATER)
                    await self._session.reply(away_for_now)
                is_repeat = True
                await asyncio.sleep(AGAIN_AFTER)
