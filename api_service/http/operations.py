"""What a route takes and answers, declared on the method that answers it.

The router and the published schema are made from these declarations.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from api_service.http.middleware import is_limited
from shared.wire import error_codes
from shared.wire.refusal import ErrorKind

Endpoint = Callable[[Request], Awaitable[Response]]
AnyEndpoint = TypeVar("AnyEndpoint", bound=Callable[..., object])

OF_ROOM: Final = (error_codes.ROOM_NOT_FOUND, error_codes.STORE_UNAVAILABLE)
# What a request without the right secret is answered, by the secret that the route needs.
WITHOUT_SECRET: Final[Mapping[str, tuple[ErrorKind, ...]]] = {
    "room_token": (error_codes.INVALID_ROOM_TOKEN, error_codes.FORBIDDEN),
    "room_or_moderator_token": (error_codes.INVALID_ROOM_TOKEN, error_codes.FORBIDDEN),
    "game_key": (error_codes.INVALID_GAME_KEY,),
    "studio_key": (error_codes.INVALID_STUDIO_KEY,),
    "admin_token": (error_codes.INVALID_ADMIN_TOKEN,),
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One route: its request, and every answer that it may give. A decorator of its method.

    The server asks the method of a press for one that answers itself; ASGI calls all others.

    `summary` is the first sentence of the method's docstring. `answers` are the structs of a
    success, `also` those of other statuses that are not errors, `body` and `query` those of the
    request. `sends` and `takes` are the media types of a success and a request that are no JSON; a
    success that is neither is plain text. `refusals` are the errors that `all_refusals` does not
    add.
    """

    method: str
    path: str
    summary: str = field(default="", kw_only=True)
    answers: tuple[type, ...] = ()
    status: int = 200
    also: Mapping[int, type] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    body: tuple[type, ...] = ()
    body_required: bool = True
    takes: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    query: type | None = None
    refusals: tuple[ErrorKind, ...] = ()
    security: str = ""
    secret_optional: bool = False
    names_room: bool = False  # whether a success has a `room_id` that other operations take

    def __call__(self, endpoint: AnyEndpoint) -> AnyEndpoint:
        """Declare what the method answers."""
        sentences = " ".join((endpoint.__doc__ or "").split())
        summary = sentences.partition(". ")[0].removesuffix(".")
        vars(endpoint)["operation"] = replace(self, summary=f"{summary}.")
        return endpoint

    @property
    def takes_room(self) -> bool:
        """Whether the path names a room."""
        return "{room_id}" in self.path

    @property
    def is_for_own_pages(self) -> bool:
        """Whether foreign pages are refused: it is a streamer's, by its secret or its path."""
        if self.path.startswith("/api/studio") or self.security == "game_key":
            return True  # also where no game key is set
        return self.security not in ("", "admin_token") and not self.secret_optional

    @property
    def all_refusals(self) -> tuple[ErrorKind, ...]:
        """The error answers: the listed ones, and those that follow from the route's shape."""
        needs_secret = self.security and not self.secret_optional
        return (
            *((error_codes.ORIGIN_REFUSED,) if self.is_for_own_pages else ()),
            *((error_codes.INVALID_BODY,) if self.body else ()),
            *((error_codes.INVALID_QUERY,) if self.query else ()),
            *self.refusals,
            *(WITHOUT_SECRET[self.security] if needs_secret else ()),
            *(OF_ROOM if self.takes_room else ()),
            *((error_codes.BODY_TOO_LARGE,) if self.body or self.takes else ()),
            *((error_codes.OVERLOADED,) if is_limited(self.path) else ()),
        )


def operation_of(endpoint: Endpoint) -> Operation:
    """What a method declares."""
    found: Operation = endpoint.operation  # type: ignore[attr-defined]
    return found


def endpoints_of(*owners: object) -> Iterator[Endpoint]:
    """Yield the methods that answer a route, in the order of the objects and of their classes."""
    for owner in owners:
        for name, value in vars(type(owner)).items():
            if hasattr(value, "operation"):
                yield getattr(owner, name)
