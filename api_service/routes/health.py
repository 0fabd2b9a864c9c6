"""The routes for probes and metrics, and the checks of Redis and PostgreSQL behind them."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from api_service.books.database import Database, State
from api_service.books.tables import REVISION
from api_service.http.headers import OF_JSON
from api_service.http.operations import Operation
from api_service.http.requests import answer, bearer
from shared.identity.tokens import AccessKeys
from shared.process.telemetry import fields
from shared.redis_store.store import Store, StoreUnavailable
from shared.wire import rest_bodies
from shared.wire.error_codes import INVALID_ADMIN_TOKEN
from shared.wire.refusal import Refused

log = logging.getLogger(__name__)

FIRST_CONTACT_PAUSE: Final = 0.5  # s between tries
WATCH_PAUSE: Final = 2.0  # s between checks


class Health:
    """The state of Redis and PostgreSQL as last checked, and the routes that report it."""

    def __init__(
        self, store: Store, database: Database, figures: Callable[[], bytes], admin_token: str
    ) -> None:
        self.draining = False
        self._store = store
        self._database = database
        self._figures = figures
        self._admin = AccessKeys([admin_token])
        self._had_contact = False
        self.redis_answers = False
        self._database_state: State = "away"

    @property
    def ready(self) -> bool:
        """Whether to send requests here: from first contact with Redis until draining."""
        return self._had_contact and not self.draining

    @property
    def database_answers(self) -> bool:
        """Whether PostgreSQL answered the last check, with whatever schema."""
        return self._database_state != "away"

    @Operation("GET", "/healthz", answers=(rest_bodies.Alive,))
    async def alive(self, _: Request) -> Response:
        """Check that the process is alive. Checks nothing outside it."""
        return answer(rest_bodies.Alive())

    @Operation(
        "GET",
        "/readyz",
        answers=(rest_bodies.Readiness,),
        also={503: rest_bodies.Readiness},
    )
    async def readiness(self, _: Request) -> Response:
        """Check whether requests should be sent here.

        They should from first contact with Redis until draining; the body reports later outages.
        """
        ready = self.ready
        body = rest_bodies.Readiness(
            ready=ready,
            redis="ok" if self.redis_answers else "away",
            database=self._database_state,
            draining=self.draining,
        )
        return answer(body, 200 if ready else 503, {} if ready else {"Retry-After": "1"})

    @Operation("GET", "/metrics", security="admin_token")
    async def metrics(self, request: Request) -> Response:
        """Get the metrics, in Prometheus' text format."""
        if not self._admin.allows(bearer(request)):
            raise Refused(INVALID_ADMIN_TOKEN)
        return Response(self._figures(), headers=OF_JSON, media_type=CONTENT_TYPE_LATEST)

    async def watch_redis(self) -> None:
        """Check Redis periodically. Raises StoreUnfit if it must not be used."""
        logged: bool | None = None
        while True:
            try:  # inspect it fully until first contact
                await (self._store.ping() if self._had_contact else self._store.inspect())
            except StoreUnavailable as error:
                self.redis_answers = False
                if logged is not False:
                    log.warning("redis away", extra=fields(reason=str(error) or "no answer"))
            else:
                self.redis_answers = self._had_contact = True
                if not logged:
                    log.info("redis reached")
            logged = self.redis_answers
            await asyncio.sleep(WATCH_PAUSE if self._had_contact else FIRST_CONTACT_PAUSE)

    async def watch_database(self) -> None:
        """Check PostgreSQL periodically."""
        logged: State | None = None
        while True:
            self._database_state = await self._database.state()
            if self._database_state != logged:
                logged = self._database_state
                _log_database(logged, self._database.why_away)
            await asyncio.sleep(WATCH_PAUSE)


def _log_database(state: State, why_away: str) -> None:
    match state:
        case "ok":
            log.info("database reached", extra=fields(schema=REVISION))
        case "away":
            log.warning("database away", extra=fields(reason=why_away))
        case "behind":
            log.error(
                "database schema is not current, run: streamario migrate",
                extra=fields(needed=REVISION),
            )
