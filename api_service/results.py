"""Totals of rounds that have ended, and of one viewer in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from api_service.problems import INVALID_QUERY, Refused
from api_service.requests import answer, field_problem, room_id_of
from shared import replies, rest
from shared.tokens import bare, is_ulid

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from shared.engine import Engine

TOP_VIEWERS: Final = 100


class Results:
    """The results route."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def get(self, request: Request) -> Response:
        """The totals of a round that has ended: the one asked for, or the last."""
        query = _query_of(request)
        room_id = room_id_of(request)
        round_ = query.round or await self._last_ended(room_id)
        totals = await self._engine.results(room_id, round_, viewers=TOP_VIEWERS)
        summary = None
        if query.viewer_id is not None:
            summary = await summary_of(self._engine, room_id, round_, bare(query.viewer_id))
        return answer(
            rest.Results(
                room_id=room_id,
                round=round_,
                ended_at=rest.timestamp(totals.ended_at),
                top_by_event=totals.top_by_event,
                top_overall=totals.viewer_totals[0] if totals.viewer_totals else None,
                event_totals=totals.event_totals,
                viewer_totals=totals.viewer_totals,
                viewer_summary=summary,
            )
        )

    async def _last_ended(self, room_id: str) -> int:
        room = await self._engine.describe(room_id)
        last = room.round if room.status == "ended" else room.round - 1
        if last < 1:
            raise replies.NotEnded
        return last


async def summary_of(
    engine: Engine, room_id: str, round_: int, viewer: str, name: str = ""
) -> rest.ViewerSummary:
    """What one viewer pressed in a round; `name` is shown where the room knows none."""
    found = await engine.viewer_summary(room_id, round_, viewer)
    return rest.ViewerSummary(
        viewer_id=viewer,
        viewer_name=found.viewer_name or name or None,
        counts=found.counts,
        total=found.total,
    )


def _query_of(request: Request) -> rest.ResultsQuery:
    try:
        query = msgspec.convert(dict(request.query_params), rest.ResultsQuery, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(INVALID_QUERY, field_problem(error)) from None
    if query.viewer_id is not None and not is_ulid(bare(query.viewer_id)):
        raise Refused(INVALID_QUERY, "viewer_id: Expected a viewer id, or its first part")
    return query
