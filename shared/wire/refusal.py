"""HTTP refusals of both services: the body (RFC 9457) in the client's language, and headers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from shared.wire.rest_bodies import ProblemDetails

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.wire.error_codes import ErrorKind
    from shared.wire.languages import Language, Sentence
    from shared.wire.room_settings import WrongValue


def problem_details(
    kind: ErrorKind,
    language: Language,
    sentence: Sentence | None = None,
    wrong: Sequence[WrongValue] = (),
) -> ProblemDetails:
    """The body of the answer; `sentence` says more than the kind's own."""
    detail = (sentence or kind.sentence).spoken(language)
    return ProblemDetails(
        title=HTTPStatus(kind.status).phrase,
        status=kind.status,
        detail=detail,
        code=kind.code,
        error=detail,
        problems=tuple(value.problem(language) for value in wrong),
    )


def language_headers(language: Language) -> dict[str, str]:
    """Headers that name the answer's language and what chose it (RFC 9110, 8.5 and 12.5.5)."""
    return {"Content-Language": language, "Vary": "Accept-Language"}
