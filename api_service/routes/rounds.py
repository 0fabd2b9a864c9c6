"""The route by which a room's owner runs its rounds, whichever game is connected."""

import logging

from starlette.requests import Request
from starlette.responses import Response

from api_service.http.operations import Operation
from api_service.http.requests import answer, read_struct
from api_service.http.routes import Routes
from shared.engine.keys import ROUND_COMMANDS_LIMIT
from shared.identity.addresses import Address
from shared.process.telemetry import fields
from shared.wire.error_codes import GAME_NOT_STARTED, LEDGER_FULL, RATE_LIMITED, ROOM_OVER
from shared.wire.rest_bodies import DiscardedPresses, RoundCommand, RoundState, timestamp

log = logging.getLogger(__name__)


class Rounds(Routes):
    """The route of rounds."""

    @Operation(
        "POST",
        "/api/rooms/{room_id}/round",
        body=(RoundCommand,),
        answers=(RoundState,),
        security="room_token",
        refusals=(GAME_NOT_STARTED, ROOM_OVER, RATE_LIMITED, LEDGER_FULL),
    )
    async def run(self, request: Request) -> Response:
        """Start, pause, resume, stop or end the round, or say how long it still goes on."""
        room_id = self.own_room(request)
        wanted = await read_struct(request, RoundCommand)
        await self.engine.spend_of(ROUND_COMMANDS_LIMIT, room_id)
        discarded = await self._carry_out(wanted, room_id, self.address_of(request))
        log.info("round command", extra=fields(room_id=room_id, command=wanted.command))
        room = await self.engine.describe(room_id)
        body = RoundState(
            room_id=room_id,
            status=room.status,
            round=room.round,
            paused=room.paused,
            stopped=room.stopped,
            discarded=discarded,
            time=timestamp(room.now),
        )
        return answer(body)

    async def _carry_out(
        self, wanted: RoundCommand, room_id: str, address: Address
    ) -> tuple[DiscardedPresses, ...]:
        """Carry out the command, with the right of the room's token. Returns what it discards."""
        engine, only = self.engine, wanted.round or 0
        match wanted.command:
            case "start":
                await engine.start(room_id, None, of=address)
            case "end":
                await engine.finish(room_id, None, only=only)
            case "limit":
                await engine.limit(room_id, wanted.limit_s or 0, only=only)
            case "resume":
                return await engine.pause(room_id, None, paused=False, only=only)
            case command:
                stops = command == "stop"
                return await engine.pause(room_id, None, paused=True, discard=stops, only=only)
        return ()
