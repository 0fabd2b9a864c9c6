"""Runs services in one event loop, from the start to a graceful shutdown."""

import asyncio
import errno
import resource
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import uvloop

from api_service.books.errors import DatabaseUnfit
from api_service.http.listeners import listening
from clients.terminal.terminal_io import CommandError
from deploy import texts
from deploy.errors import INTERRUPTED
from deploy.services import ListeningService
from shared.process.settings import Settings
from shared.process.tasks import on_stop_signals
from shared.redis_store.store import StoreUnfit


class Shutdown:
    """Stops the services: the first signal starts a graceful shutdown, the second ends at once.

    The first signal also calls `say_stopping`, since a drain takes seconds. Before the services
    run there is nothing to drain, so the first signal cancels the start.
    """

    def __init__(self, say_stopping: Callable[[], None]) -> None:
        self._say_stopping = say_stopping
        self.stop = asyncio.Event()
        self.serving = False
        self.forced = False
        self._task = asyncio.current_task()

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Handle SIGINT, SIGTERM and SIGHUP while the block runs; swallow their cancellation."""
        try:
            with on_stop_signals(self.ask):
                yield
        except asyncio.CancelledError:
            if not self.stop.is_set():
                raise

    def ask(self) -> None:
        """Start a graceful shutdown; on the second call, cancel everything."""
        self.forced = self.stop.is_set()
        if not self.stop.is_set():
            self.stop.set()
            self._say_stopping()
        if self._task is not None and (self.forced or not self.serving):
            self._task.cancel()


def run(
    body: Callable[[Shutdown], Coroutine[Any, Any, None]], say_stopping: Callable[[], None]
) -> int:
    """Run `body` until it ends or a second signal cancels it; return the exit status."""
    raise_limit()

    async def until_shutdown() -> int:
        shutdown = Shutdown(say_stopping)
        with shutdown.on_signals():
            await body(shutdown)
        return INTERRUPTED if shutdown.forced else 0

    return uvloop.run(until_shutdown())


def raise_limit() -> None:
    """Raise the soft limit of file descriptors, and so of sockets, to the hard limit.

    The soft limit is often 1,024, for programs that use select(); nothing here does.
    """
    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError):  # macOS reports an infinite hard limit, but refuses it
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, allowed))


async def serve(
    settings: Settings,
    services: Sequence[ListeningService],
    shutdown: Shutdown,
    announce: Callable[[], None],
) -> None:
    """Run the services until shutdown is requested, or until one of them ends or fails.

    Calls `announce` when all of them listen. Raises CommandError if a port is in use, or
    if Redis or PostgreSQL must not be used.
    """
    shutdown.serving = True
    ready = [asyncio.Event() for _ in services]
    async with asyncio.TaskGroup() as group:
        announcing = group.create_task(once_ready(ready, announce))
        async with asyncio.TaskGroup() as running:
            for service, listens in zip(services, ready, strict=True):
                running.create_task(_run(service, settings, shutdown.stop, listens))
        announcing.cancel()


async def once_ready(ready: Sequence[asyncio.Event], announce: Callable[[], None]) -> None:
    """Call `announce` when all the events are set."""
    for listens in ready:
        await listens.wait()
    announce()


async def _run(
    service: ListeningService, settings: Settings, stop: asyncio.Event, ready: asyncio.Event
) -> None:
    try:
        await service.load()(settings, stop=stop, ready=ready)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise _refusal(settings.host, service, error) from None
    except (StoreUnfit, DatabaseUnfit) as error:
        raise CommandError(texts.UNFIT.about(why=error)) from None
    finally:
        # If one service ends, the others stop too.
        stop.set()


def require_free_ports(settings: Settings, services: Sequence[ListeningService]) -> None:
    """Raise CommandError if a port cannot be opened. Call this before anything is started."""
    for service in services:
        try:
            with listening(settings.host, service.port):
                pass
        except OSError as error:
            raise _refusal(settings.host, service, error) from None


def _refusal(host: str, service: ListeningService, error: OSError) -> CommandError:
    sentence = texts.PORT_IN_USE if error.errno == errno.EADDRINUSE else texts.CANNOT_LISTEN
    where = {"variable": service.variable, "host": host, "port": service.port}
    return CommandError(sentence.about(**where, why=error.strerror))
