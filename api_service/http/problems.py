"""Every error that the API answers, as one table, and the one place where errors become answers.

Refused             raised where a rule of the API itself refuses a request
TRANSLATIONS        errors of the engine, Redis and PostgreSQL, translated here and nowhere else
"""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api_service.books.errors import DatabaseUnavailable
from api_service.http.headers import OF_JSON
from shared.engine import refusals
from shared.redis_store.store import StoreUnavailable
from shared.wire.refusal import (
    NOT_FOUND,
    RATE_LIMITED,
    ROOM_NOT_FOUND,
    STORE_UNAVAILABLE,
    Refusal,
    problem_details,
)
from shared.wire.room_settings import Problem, SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

    from api_service.metrics import ApiMetrics
    from shared.wire.rest_bodies import ProblemDetails

    Handler = Callable[[Request, Exception], Awaitable[Response]]

STORE_RETRY: Final = 1  # s
# Scope key of a refused request: the error code, for the log.
REFUSED_WITH: Final = "streamario.refused_with"
LONGEST_ECHO: Final = 40  # characters of a client's text that an answer repeats
BEARER: Final = {"WWW-Authenticate": "Bearer"}  # RFC 6750, section 3


INVALID_BODY = Refusal(400, "invalid_body", "The request body is not what this route takes.")
INVALID_PUSH_COUNT = Refusal(
    400, "invalid_push_count", "push_count must be an integer from 1 to 2147483647."
)
UNKNOWN_EVENT_TYPE = Refusal(400, "unknown_event_type", "The room has no such button.")
INVALID_SETTINGS = Refusal(400, "invalid_settings", "Some settings hold what they may not.")
INVALID_REQUEST = Refusal(400, "invalid_request", "The request is not understood.")
INVALID_VIEWER = Refusal(
    401, "invalid_viewer", "This viewer id was not issued here; fetch a new one and try again."
)
INVALID_ROOM_TOKEN = Refusal(
    401, "invalid_room_token", "This needs the room's token, and one that is still valid."
)
INVALID_GAME_KEY = Refusal(401, "invalid_game_key", "Opening a room needs a valid game key.")
FORBIDDEN = Refusal(403, "forbidden", "The token is not this room's.")
ORIGIN_REFUSED = Refusal(403, "origin_refused", "Pages of this origin may not do this.")
METHOD_NOT_ALLOWED = Refusal(405, "method_not_allowed", "This address does not know this method.")
GAME_NOT_STARTED = Refusal(
    409,
    "game_not_started",
    "The game has not started yet; the room's setting 'starts' says what starts it.",
)
ROOM_NOT_ENDED = Refusal(409, "room_not_ended", "The round has no end yet.")
BODY_TOO_LARGE = Refusal(413, "body_too_large", "The request body is too large.")
INTERNAL_ERROR = Refusal(500, "internal_error", "Something went wrong on our side.")
OVERLOADED = Refusal(
    503, "overloaded", "More requests at once than this service can answer; try again in a moment."
)
RESULTS_PENDING = Refusal(
    503, "results_pending", "The round has ended, and its last presses are still being added up."
)
LEDGER_FULL = Refusal(
    503,
    "ledger_full",
    "Presses cannot be recorded just now; send the same batch again in a moment.",
)


class NotEnded(Exception):
    """The round has not ended yet."""


class ResultsPending(Exception):
    """The round has ended, but its end is not booked yet."""


TRANSLATIONS: Final[Mapping[type[Exception], Refusal]] = {
    refusals.RoomNotFound: ROOM_NOT_FOUND,
    refusals.GameNotStarted: GAME_NOT_STARTED,
    refusals.UnknownEventType: UNKNOWN_EVENT_TYPE,
    refusals.RateLimited: RATE_LIMITED,
    refusals.LedgerFull: LEDGER_FULL,
    NotEnded: ROOM_NOT_ENDED,
    ResultsPending: RESULTS_PENDING,
    SettingsInvalid: INVALID_SETTINGS,
    StoreUnavailable: STORE_UNAVAILABLE,
    DatabaseUnavailable: STORE_UNAVAILABLE,
}
# For each error, the store to count it under in the metrics.
STORES: Final[Mapping[type[Exception], str]] = {
    StoreUnavailable: "redis",
    DatabaseUnavailable: "postgresql",
}
BY_STATUS: Final = {404: NOT_FOUND, 405: METHOD_NOT_ALLOWED, 413: BODY_TOO_LARGE}


class Refused(Exception):
    """A request that a rule of the API refuses; `detail` says more than the kind's sentence."""

    def __init__(
        self, refusal: Refusal, detail: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.detail = detail or refusal.sentence
        self.headers = headers or {}


def unauthorized(refusal: Refusal) -> Refused:
    """A 401 that says how to prove oneself (RFC 9110, section 11.6.1)."""
    return Refused(refusal, headers=BEARER)


def shown(text: str) -> str:
    """A client's text, cut and escaped so that an answer may repeat it."""
    return text[:LONGEST_ECHO].encode("ascii", "backslashreplace").decode()


class ProblemResponse(Response):
    """The answer for an error: `application/problem+json` (RFC 9457)."""

    media_type = "application/problem+json"

    def __init__(self, details: ProblemDetails, headers: Mapping[str, str]) -> None:
        self.code = details.code
        super().__init__(msgspec.json.encode(details), details.status, headers)


def problem(
    refusal: Refusal,
    detail: str = "",
    headers: Mapping[str, str] | None = None,
    problems: tuple[Problem, ...] = (),
) -> ProblemResponse:
    """The answer for an error."""
    body = problem_details(refusal, detail, problems)
    return ProblemResponse(body, {**OF_JSON, **(headers or {})})


def handlers(metrics: ApiMetrics) -> dict[type[Exception], Handler]:
    """The exception handlers for Starlette; each counts its answer by code."""

    def counted(answer: Handler) -> Handler:
        async def count_and_answer(request: Request, error: Exception) -> Response:
            for kind, store in STORES.items():
                if isinstance(error, kind):
                    metrics.store_errors.labels(store).inc()
            response = await answer(request, error)
            if isinstance(response, ProblemResponse):
                metrics.refused.labels(response.code).inc()
                request.scope[REFUSED_WITH] = response.code
            return response

        return count_and_answer

    return {
        kind: counted(answer)
        for kind, answer in {
            **dict.fromkeys(TRANSLATIONS, answer_translated),
            Refused: answer_refused,
            HTTPException: answer_http,
            Exception: answer_crash,
        }.items()
    }


async def answer_refused(_: Request, error: Exception) -> Response:
    """A refusal of the API's own."""
    assert isinstance(error, Refused)
    return problem(error.refusal, error.detail, error.headers)


async def answer_translated(_: Request, error: Exception) -> Response:
    """An error of the engine, Redis or PostgreSQL; what it says of our insides stays here."""
    refusal = next(TRANSLATIONS[kind] for kind in type(error).__mro__ if kind in TRANSLATIONS)
    match error:
        case refusals.RateLimited(retry_after_ms=ms):
            return problem(refusal, headers=retry_after(math.ceil(ms / 1000)))
        case StoreUnavailable() | DatabaseUnavailable() | refusals.LedgerFull() | ResultsPending():
            return problem(refusal, headers=retry_after(STORE_RETRY))
        case refusals.UnknownEventType(event_type=name):
            return problem(refusal, f'The room has no button "{shown(name)}".')
        case SettingsInvalid(problems=problems):
            return problem(refusal, problems=problems)
    return problem(refusal)


def retry_after(seconds: int) -> dict[str, str]:
    """The header that says when to try again, in whole seconds (RFC 9110, section 10.2.3)."""
    return {"Retry-After": str(max(1, seconds))}


async def answer_http(request: Request, error: Exception) -> Response:
    """What the router refuses: no such address, no such method."""
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "OPTIONS":
        return Response(status_code=204, headers=error.headers)
    return problem(BY_STATUS.get(error.status_code, INVALID_REQUEST), headers=error.headers)


async def answer_crash(_: Request, __: Exception) -> Response:
    """A fault of ours, told without its details; the server logs them."""
    return problem(INTERNAL_ERROR)
