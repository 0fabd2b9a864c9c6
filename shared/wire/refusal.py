"""How both services refuse over HTTP: the kinds that both have, and the body (RFC 9457)."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from shared.wire.rest_bodies import ProblemDetails

if TYPE_CHECKING:
    from shared.wire.room_settings import Problem


@dataclass(frozen=True, slots=True)
class Refusal:
    """One kind of error answer: its status, its stable code, and a sentence for people."""

    status: int
    code: str
    sentence: str


# Those of one service alone: api_service/http/problems.py, ws_gateway/door/refusals.py.
INVALID_QUERY = Refusal(400, "invalid_query", "A query parameter holds what it may not.")
INVALID_ADMIN_TOKEN = Refusal(401, "invalid_admin_token", "This needs the admin token.")
NOT_FOUND = Refusal(404, "not_found", "There is nothing at this address.")
ROOM_NOT_FOUND = Refusal(404, "room_not_found", "There is no such room.")
RATE_LIMITED = Refusal(429, "rate_limited", "Too many requests from this address; wait a little.")
STORE_UNAVAILABLE = Refusal(
    503, "store_unavailable", "The service cannot reach its store; try again in a moment."
)


def problem_details(
    refusal: Refusal, sentence: str = "", problems: tuple[Problem, ...] = ()
) -> ProblemDetails:
    """The body of the answer; `sentence` says more than the kind's own."""
    detail = sentence or refusal.sentence
    return ProblemDetails(
        title=HTTPStatus(refusal.status).phrase,
        status=refusal.status,
        detail=detail,
        code=refusal.code,
        error=detail,
        problems=problems,
    )
