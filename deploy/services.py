"""What a service is to those who run it. `deploy.serve` runs it, and imports more than this."""

import asyncio
import socket
from dataclasses import dataclass
from functools import partial
from pkgutil import resolve_name
from typing import Any, Protocol

from shared.process.settings import Settings
from shared.wire.languages import Sentence


class Serve(Protocol):
    """A service: sets `ready` once it listens, drains and returns once `stop` is set."""

    async def __call__(
        self, settings: Settings, *, stop: asyncio.Event, ready: asyncio.Event
    ) -> None:
        """Serve until `stop` is set and the drain is done."""


@dataclass(frozen=True, slots=True)
class ListeningService:
    """A service, as `module:function` of a `Serve`; its port, and the variable that sets the port.

    `listeners` are the file descriptors of sockets that already listen, if it inherits any.
    """

    name: Sentence
    variable: str
    port: int
    part: str
    listeners: tuple[int, ...] = ()

    def load(self) -> Serve:
        """Import the service, if it is not imported yet."""
        serve: Any = resolve_name(self.part)
        sockets = [socket.socket(fileno=number) for number in self.listeners]
        return partial(serve, sockets=sockets) if sockets else serve
