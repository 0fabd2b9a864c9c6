"""What the classes of routes share: the servers behind them, and what they ask of each request."""

from dataclasses import dataclass

from starlette.requests import Request

from api_service.books.database import Database
from api_service.http.requests import address_of, bearer, require_room_token, room_id_of
from shared.engine.engine import Engine, Payer
from shared.identity.addresses import Address
from shared.identity.tokens import Signer
from shared.process.settings import Settings
from shared.wire.error_codes import INVALID_STUDIO_KEY
from shared.wire.refusal import Refused


@dataclass(eq=False)
class Routes:
    """What routes of one kind share."""

    engine: Engine
    signer: Signer
    database: Database
    settings: Settings

    def own_room(self, request: Request) -> str:
        """The room in the path. Raises Refused unless the request carries its token."""
        require_room_token(request, self.signer)
        return room_id_of(request)

    def own_studio(self, request: Request) -> str:
        """The studio whose key the request carries. Raises Refused."""
        studio_id = self.signer.verify_studio_key(bearer(request) or "")
        if studio_id is None:
            raise Refused(INVALID_STUDIO_KEY)
        return studio_id

    def address_of(self, request: Request) -> Address:
        """The client's address, behind the trusted proxies."""
        return address_of(request.scope, self.settings.trusted_proxies)

    async def spend_storage(self, request: Request, size: int = 0) -> Payer:
        """Count what is stored for good, `size` bytes. Raises RateLimited."""
        return await self.engine.spend_storage(self.address_of(request), size)

    async def spend_as_viewer(self, purpose: str, request: Request) -> None:
        """Count what an address may do as often as become a new viewer. Raises RateLimited."""
        limit, address = self.settings.viewers_per_address, self.address_of(request)
        await self.engine.spend(purpose, address, per_minute=limit.per_minute, burst=limit.burst)
