"""Turns every error into an answer, in the client's language.

Refused             raised if a rule of the API or of the engine refuses a request
TRANSLATIONS        errors of others, translated here and nowhere else
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from api_service.books.errors import DatabaseBusy, DatabaseUnavailable
from api_service.http.headers import OF_JSON
from api_service.metrics import ApiMetrics
from shared.redis_store.store import StoreUnavailable
from shared.wire import error_codes
from shared.wire.error_codes import INVALID_VIEWER
from shared.wire.languages import Language, Sentence, preferred_language
from shared.wire.refusal import ErrorKind, Refused, language_headers, problem_details, retry_header
from shared.wire.rest_bodies import ProblemDetails
from shared.wire.room_settings import SettingsInvalid, WrongValue

Handler = Callable[[Request, Exception], Awaitable[Response]]

# Scope key of a refused request: the error code, for the log.
REFUSED_WITH: Final = "streamario.refused_with"
BEARER: Final = {"WWW-Authenticate": "Bearer"}  # RFC 6750, section 3

TRANSLATIONS: Final[Mapping[type[Exception], ErrorKind]] = {
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
    retry_after_ms: int = 0,
) -> ProblemResponse:
    """The answer for an error."""
    body = problem_details(kind, language, detail, wrong)
    more = {**retry_header(retry_after_ms or kind.retry_after_ms), **(headers or {})}
    return ProblemResponse(body, {**OF_JSON, **language_headers(language), **more})


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
    """Answer a refusal by a rule of the API, or by the engine."""
    assert isinstance(error, Refused)
    # A viewer's id authenticates no request: it is in the body.
    is_challenge = error.kind.status == HTTPStatus.UNAUTHORIZED and error.kind is not INVALID_VIEWER
    return problem(
        error.kind,
        language_of(request.scope),
        error.detail,
        BEARER if is_challenge else {},
        retry_after_ms=error.retry_after_ms,
    )


async def answer_translated(request: Request, error: Exception) -> Response:
    """Answer an error of Redis, PostgreSQL or the settings, without its internal details."""
    kind = next(TRANSLATIONS[kind] for kind in type(error).__mro__ if kind in TRANSLATIONS)
    wrong = error.wrong if isinstance(error, SettingsInvalid) else ()
    return problem(kind, language_of(request.scope), wrong=wrong)


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
