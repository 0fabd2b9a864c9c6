"""The services that a room under load uses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tests.flow.fleet import Member


@dataclass(frozen=True, eq=False)
class Way:
    """A service process, and the URL under which clients reach it."""

    member: Member
    url: str


class Services(Protocol):
    """The API processes and gateways that a balancer would use, and their servers."""

    @property
    def redis_url(self) -> str: ...

    @property
    def database_url(self) -> str: ...

    @property
    def apis(self) -> Sequence[Way]: ...

    @property
    def gates(self) -> Sequence[Way]: ...
