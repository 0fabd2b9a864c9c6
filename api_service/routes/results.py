"""The results route: totals of rounds that have ended, and of one viewer in them."""

from dataclasses import dataclass
from time import monotonic
from typing import Final

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from api_service.books.round_totals import END_ASKED_EVERY, RoundTotals, Totals
from api_service.http.operations import Operation
from api_service.http.requests import (
    HUNG_UP,
    NO_VIEWER_ID,
    answer,
    hangs_up,
    read_query,
    room_id_of,
)
from api_service.http.routes import Routes
from shared.engine import refusals
from shared.engine.engine import Engine
from shared.engine.moderation import hidden_now
from shared.identity.tokens import bare, is_ulid
from shared.redis_store.store import StoreUnavailable
from shared.wire import rest_bodies
from shared.wire.error_codes import (
    BUSY,
    INVALID_QUERY,
    INVALID_REQUEST,
    RESULTS_PENDING,
    ROOM_NOT_ENDED,
)
from shared.wire.refusal import Refused

BOOKED_WITHIN: Final = 2.0  # s that a request waits for the books
# Requests that wait at once; each counts towards `IN_FLIGHT_LIMIT`, which presses share.
WAITING_LIMIT: Final = 500


@dataclass(eq=False)
class ResultsRoute(Routes):
    """The results route: answers from the books, also while games or Redis are away.

    A name that the books or the room hide is shown only to its viewer, who sends the signed id: the
    unsigned id is public.
    """

    def __post_init__(self) -> None:
        self._totals = Totals(self.database)
        self._waiting = 0

    @Operation(
        "GET",
        "/api/rooms/{room_id}/results",
        query=rest_bodies.ResultsQuery,
        answers=(rest_bodies.Results,),
        refusals=(ROOM_NOT_ENDED, RESULTS_PENDING, BUSY),
    )
    async def get(self, request: Request) -> Response:
        """Get the totals of a round that has ended. The one asked for, or the last."""
        query = read_query(request, rest_bodies.ResultsQuery)
        if query.viewer_id is not UNSET and not is_ulid(bare(query.viewer_id)):
            raise Refused(INVALID_QUERY, NO_VIEWER_ID)
        room_id = room_id_of(request)
        round_ = await self._ended(room_id, query.round or None)
        totals = await self._booked(request, room_id, round_)
        totals = totals.without_names_of(await hidden_now(self.engine, room_id, totals.named()))
        summary = None
        if query.viewer_id:
            summary = await self._summary(room_id, round_, query.viewer_id)
        return answer(
            rest_bodies.Results(
                room_id=room_id,
                round=round_,
                ended_at=rest_bodies.timestamp_of(totals.ended_at),
                top_by_event=totals.top_by_event,
                top_overall=totals.viewer_totals[0] if totals.viewer_totals else rest_bodies.NOBODY,
                event_totals=totals.event_totals,
                viewer_totals=totals.viewer_totals,
                viewer_summary=summary,
                outcomes=totals.outcomes,
                titles=totals.titles,
            )
        )

    async def _booked(self, request: Request, room_id: str, round_: int) -> RoundTotals:
        """The totals; waits until the books reach the round's end, usually a moment.

        Raises Refused after `BOOKED_WITHIN` s, or if `WAITING_LIMIT` requests wait already.
        """
        totals = await self._totals.of_round(room_id, round_)
        if totals is None and self._waiting < WAITING_LIMIT:
            self._waiting += 1
            until = monotonic() + BOOKED_WITHIN
            try:
                while totals is None and monotonic() < until:
                    if await hangs_up(request, within=END_ASKED_EVERY):
                        raise Refused(INVALID_REQUEST, HUNG_UP)
                    totals = await self._totals.of_round(room_id, round_)
            finally:
                self._waiting -= 1
        if totals is None:
            raise Refused(RESULTS_PENDING)
        return totals

    async def _ended(self, room_id: str, requested: int | None) -> int:
        """The round asked for, else the last that has ended: by Redis, else by the books.

        Raises Refused or StoreUnavailable.
        """
        try:
            room = await self.engine.describe(room_id)
        except refusals.RoomNotFound:
            booked = await self._totals.last_ended(room_id)
            if booked is None:
                raise
            last = booked
        except StoreUnavailable:
            # The totals of a round that ended by the books need nothing from Redis.
            booked = await self._totals.last_ended(room_id)
            if not booked or (requested or booked) > booked:
                raise
            last = booked
        else:
            last = room.round if room.is_round_over else room.round - 1
        if last < 1 or (requested or last) > last:
            raise Refused(ROOM_NOT_ENDED)
        return requested or last

    async def _summary(
        self, room_id: str, round_: int, viewer_id: str
    ) -> rest_bodies.ViewerSummary:
        viewer, is_asking = bare(viewer_id), self.signer.verify_viewer(viewer_id) is not None
        found = await self._totals.of_viewer(room_id, round_, viewer)
        is_told = is_asking or (
            found.shown and not await hidden_now(self.engine, room_id, {viewer})
        )
        return rest_bodies.ViewerSummary(
            viewer_id=viewer,
            viewer_name=found.viewer_name if is_told else None,
            counts=found.counts,
            total=sum(found.counts.values()),
        )


async def summary_of(
    engine: Engine, room_id: str, round_: int, viewer: str, name: str = ""
) -> rest_bodies.ViewerSummary:
    """What one viewer pressed in a round, by Redis; for that viewer, thus with the name.

    `name` is used if the room knows none.
    """
    found = await engine.viewer_summary(room_id, round_, viewer)
    return rest_bodies.ViewerSummary(
        viewer_id=viewer,
        viewer_name=found.viewer_name or name or None,
        counts=found.counts,
        total=found.total,
    )
