"""What a service raises to refuse a request, and how it answers over HTTP: the body (RFC 9457) in
the client's language, and headers.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from shared.wire.languages import Language, Sentence, echoed
from shared.wire.rest_bodies import ProblemDetails
from shared.wire.room_settings import WrongValue

LONGEST_ORIGIN: Final = 270  # characters: scheme, host (RFC 1035, section 2.3.4) and port
# Why the request of a foreign page is refused, by the sign that shows whose it is.
FOREIGN: Final[Mapping[str, Sentence]] = {
    "Origin": Sentence(
        "Pages of {sent} may not do this. Set FRONTEND_URL='*,{sent}' on the server, or add the"
        " origin to the list that it has.",
        "{sent} のページからは使えません。サーバーに FRONTEND_URL='*,{sent}' を設定するか、"
        "設定済みの一覧にこのオリジンを加えてください。",
    ),
    "null": Sentence(
        "Pages without an origin of their own ({sent}) may not do this, and no list can name them."
        " Open the page from a web server (http:), not as a file.",
        "ファイルとして開いたページなど、オリジンのないページ（{sent}）からは使えず、設定にも"
        "加えられません。ページは Web サーバー（http:）から開いてください。",
    ),
    "Sec-Fetch-Site": Sentence(
        "Pages of other origins may not do this.",
        "ほかのオリジンのページからは使えません。",
    ),
    "Host": Sentence(
        "This server is not configured for the host name {sent}. To use that name, set its"
        " PUBLIC_API_URL.",
        "{sent} は、サーバーに設定されていないホスト名です。使うには、サーバーの PUBLIC_API_URL を"
        "設定してください。",
    ),
}
# What a page that only plays may be told besides.
FOREIGN_GAME: Final[Mapping[str, Sentence]] = {
    "Origin": Sentence(
        " For game sockets alone, GAME_ORIGINS will do.",
        "ゲームのソケットだけなら、GAME_ORIGINS でも構いません。",
    ),
    "null": Sentence(
        " For game sockets alone, GAME_ORIGINS='*' will do.",
        "ゲームのソケットだけなら、GAME_ORIGINS='*' でも構いません。",
    ),
}


@dataclass(slots=True, eq=False)
class ErrorKind:
    """One kind of error: its stable code, a sentence for people, and its HTTP status.

    The status is 0 where no HTTP answer has the code: a message on a socket says it, or a client.
    Answers say to try again after `retry_after_ms`, unless the refusal itself says when; those with
    0 do not say it.
    """

    status: int
    sentence: Sentence
    retry_after_ms: int = 0
    code: str = ""  # the table in `error_codes.py` fills it in


class Refused(Exception):
    """A request is refused, and nothing was changed.

    `detail`, if given, is more exact than the kind's own sentence, and `retry_after_ms` than the
    kind's own time to wait.
    """

    def __init__(
        self, kind: ErrorKind, detail: Sentence | None = None, retry_after_ms: int = 0
    ) -> None:
        # `args` stay what the class was called with: calls that share an outcome copy the error.
        self.kind = kind
        self.detail = detail
        self.retry_after_ms = retry_after_ms or kind.retry_after_ms

    def __str__(self) -> str:
        return self.kind.code


def of_foreign_page(kind: ErrorKind, sign: str, sent: str, *, plays: bool = False) -> Refused:
    """The refusal of a page of another origin, and what it `sent` if it names itself."""
    sentence = FOREIGN[sign]
    if plays and (more := FOREIGN_GAME.get(sign)):
        sentence = Sentence(sentence.en + more.en, sentence.ja + more.ja)
    return Refused(kind, sentence.about(sent=echoed(sent, LONGEST_ORIGIN)) if sent else sentence)


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


def retry_header(ms: int) -> dict[str, str]:
    """The header that says when to try again, in whole seconds (RFC 9110, section 10.2.3)."""
    return {"Retry-After": str(math.ceil(ms / 1000))} if ms else {}
