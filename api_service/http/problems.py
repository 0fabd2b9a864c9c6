"""Turns every error into an answer, in the client's language.

Refused             raised if a rule of the API itself refuses a request
TRANSLATIONS        errors of the engine, Redis and PostgreSQL, translated here and nowhere else
"""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api_service.books.errors import DatabaseBusy, DatabaseUnavailable
from api_service.http.headers import OF_JSON
from shared.engine import refusals
from shared.redis_store.store import StoreUnavailable
from shared.wire import error_codes
from shared.wire.languages import Sentence, echoed, preferred_language
from shared.wire.refusal import language_headers, problem_details
from shared.wire.room_settings import SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from starlette.requests import Request
    from starlette.types import Scope

    from api_service.metrics import ApiMetrics
    from shared.wire.error_codes import ErrorKind
    from shared.wire.languages import Language
    from shared.wire.rest_bodies import ProblemDetails
    from shared.wire.room_settings import WrongValue

    Handler = Callable[[Request, Exception], Awaitable[Response]]

STORE_RETRY: Final = 1  # s
# Scope key of a refused request: the error code, for the log.
REFUSED_WITH: Final = "streamario.refused_with"
BEARER: Final = {"WWW-Authenticate": "Bearer"}  # RFC 6750, section 3

NOT_STARTED: Final = Sentence(
    "No round is running. The room's setting 'starts' says what begins one: game_start, or a press"
    " while the game is connected.",
    "ラウンドが始まっていません。何で始まるかはルームの設定 starts で決まります。"
    "game_start、またはゲームの接続中の押下です。",
)
NO_BUTTON: Final = Sentence(
    'The room has no button "{name}".', "このルームに、ボタン「{name}」はありません。"
)


class NotEnded(Exception):
    """The round has not ended yet."""


class ResultsPending(Exception):
    """The round has ended, but its end is not booked yet."""


TRANSLATIONS: Final[Mapping[type[Exception], ErrorKind]] = {
    refusals.RoomNotFound: error_codes.ROOM_NOT_FOUND,
    refusals.GameNotStarted: error_codes.GAME_NOT_STARTED,
    refusals.UnknownEventType: error_codes.UNKNOWN_EVENT_TYPE,
    refusals.RateLimited: error_codes.RATE_LIMITED,
    refusals.LedgerFull: error_codes.LEDGER_FULL,
    refusals.TooManyTokens: error_codes.TOO_MANY_TOKENS,
    refusals.TooManyBlocked: error_codes.TOO_MANY_BLOCKED,
    NotEnded: error_codes.ROOM_NOT_ENDED,
    ResultsPending: error_codes.RESULTS_PENDING,
    SettingsInvalid: error_codes.INVALID_SETTINGS,
    StoreUnavailable: error_codes.STORE_UNAVAILABLE,
    DatabaseUnavailable: error_codes.STORE_UNAVAILABLE,
    DatabaseBusy: error_codes.BUSY,
}
# For each error, the store to count it under in the metrics.
STORES: Final[Mapping[type[Exception], str]] = {
    StoreUnavailable: "redis",
    DatabaseUnavailable: "postgresql",
}
BY_STATUS: Final = {
    404: error_codes.NOT_FOUND,
    405: error_codes.METHOD_NOT_ALLOWED,
    413: error_codes.BODY_TOO_LARGE,
}


class Refused(Exception):
    """A request that a rule of the API refuses; `detail` replaces the kind's general sentence."""

    def __init__(
        self,
        kind: ErrorKind,
        detail: Sentence | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.detail = detail
        self.headers = headers or {}


def unauthorized(kind: ErrorKind) -> Refused:
    """A 401 that names the way to authenticate (RFC 9110, section 11.6.1)."""
    return Refused(kind, headers=BEARER)


class ProblemResponse(Response):
    """The answer for an error: `application/problem+json` (RFC 9457)."""

    media_type = "application/problem+json"

    def __init__(self, details: ProblemDetails, headers: Mapping[str, str]) -> None:
        self.code = details.code
        super().__init__(msgspec.json.encode(details), details.status, headers)


def problem(
    kind: ErrorKind,
    language: Language,
    detail: Sentence | None = None,
    headers: Mapping[str, str] | None = None,
    wrong: Sequence[WrongValue] = (),
) -> ProblemResponse:
    """The answer for an error."""
    body = problem_details(kind, language, detail, wrong)
    return ProblemResponse(body, {**OF_JSON, **language_headers(language), **(headers or {})})


def language_of(scope: Scope) -> Language:
    """The language for a client's errors, from the request's `Accept-Language`."""
    values = (value for name, value in scope["headers"] if name == b"accept-language")
    return preferred_language(b",".join(values).decode("latin-1"))


def handlers(metrics: ApiMetrics) -> dict[type[Exception], Handler]:
    """The exception handlers for Starlette; each counts its answer by code."""

    def counted(answer: Handler) -> Handler:
        async def count_and_answer(request: Request, error: Exception) -> Response:
            for kind, store in STORES.items():
                if isinstance(error, kind) and not isinstance(error, DatabaseBusy):
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


async def answer_refused(request: Request, error: Exception) -> Response:
    """Answer a refusal by a rule of the API."""
    assert isinstance(error, Refused)
    return problem(error.kind, language_of(request.scope), error.detail, error.headers)


async def answer_translated(request: Request, error: Exception) -> Response:
    """Answer an error of the engine, Redis or PostgreSQL, without its internal details."""
    kind = next(TRANSLATIONS[kind] for kind in type(error).__mro__ if kind in TRANSLATIONS)
    language = language_of(request.scope)
    match error:
        case refusals.RateLimited(retry_after_ms=ms):
            return problem(kind, language, headers=retry_after(math.ceil(ms / 1000)))
        case StoreUnavailable() | DatabaseUnavailable() | refusals.LedgerFull() | ResultsPending():
            return problem(kind, language, headers=retry_after(STORE_RETRY))
        case refusals.GameNotStarted():
            return problem(kind, language, NOT_STARTED)
        case refusals.UnknownEventType(event_type=name):
            return problem(kind, language, NO_BUTTON.about(name=echoed(name)))
        case SettingsInvalid(wrong=wrong):
            return problem(kind, language, wrong=wrong)
    return problem(kind, language)


def retry_after(seconds: int) -> dict[str, str]:
    """The header that says when to try again, in whole seconds (RFC 9110, section 10.2.3)."""
    return {"Retry-After": str(max(1, seconds))}


async def answer_http(request: Request, error: Exception) -> Response:
    """Answer the router's refusals: no such path, no such method."""
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "OPTIONS":
        return Response(status_code=204, headers=error.headers)
    kind = BY_STATUS.get(error.status_code, error_codes.INVALID_REQUEST)
    return problem(kind, language_of(request.scope), headers=error.headers)


async def answer_crash(request: Request, _: Exception) -> Response:
    """Answer a bug without its details; the server logs them."""
    return problem(error_codes.INTERNAL_ERROR, language_of(request.scope))
