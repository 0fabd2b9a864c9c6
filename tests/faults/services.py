"""The services that a room under load uses, as protocols."""

from collections.abc import Sequence
from typing import Protocol

from tests.flow.fleet import Member


class Way(Protocol):
    """A service, and the URL under which clients reach it."""

    @property
    def member(self) -> Member: ...

    @property
    def url(self) -> str: ...


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
