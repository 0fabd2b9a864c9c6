"""Signing keys rotate without downtime in three steps.

Add the new key as the second everywhere; move it to the first place; remove the old one.
"""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

import httpx
from websockets.exceptions import InvalidStatus

from shared.process.settings import load
from tests.api_service.running import api_settings, running
from tests.ws_gateway.game_end import websocket
from tests.ws_gateway.gateways import Running, gateway_settings, running_gateway

OLD, NEW = "the old signing key", "the new signing key"
# The value of SECRET_KEYS before and after each step.
BEFORE, KNOWN, SIGNS, AFTER = OLD, f"{OLD},{NEW}", f"{NEW},{OLD}", NEW
STEPS: Final = (BEFORE, KNOWN, SIGNS, AFTER)
FORBIDDEN: Final = 403
TOO_SOON: Final = {
    # (keys of the signer, keys of the verifier)
    (SIGNS, BEFORE),  # the new key signs before it is known everywhere
    (AFTER, BEFORE),
    (BEFORE, AFTER),  # the old key is removed while its signatures are in use
    (KNOWN, AFTER),
}


@dataclass(frozen=True)
class Pair:
    """An API service and a gateway with the same keys, and ids and a token that they signed."""

    api_url: str
    gateway: Running
    room_id: str
    token: str
    viewer_id: str

    async def takes(self, other: "Pair") -> tuple[bool, bool, bool]:
        """Return whether the API accepts `other`'s token, the gateway does, and its viewer id."""
        owner = {"Authorization": f"Bearer {other.token}"}
        path = f"/api/rooms/{other.room_id}"
        async with httpx.AsyncClient(base_url=self.api_url) as http:
            viewers = await http.get(f"{path}/viewers", headers=owner)
            joined = await http.post(f"{path}/join", json={"viewer_id": other.viewer_id})
        lets_in = await self._lets_in(other)
        return viewers.status_code == 200, lets_in, joined.status_code == 200

    async def _lets_in(self, other: "Pair") -> bool:
        url = f"{self.gateway.url}?room_id={other.room_id}"
        protocols = ["streamario.v1", f"token.{other.token}"]
        try:
            async with websocket(url, subprotocols=protocols):
                return True
        except InvalidStatus as refused:
            return refused.response.status_code != FORBIDDEN


async def pair_with(stack: AsyncExitStack, redis_url: str, database_url: str, secrets: str) -> Pair:
    keys = load({"SECRET_KEYS": secrets}).secret_keys
    settings = api_settings(redis_url, database_url, ledger=False, secret_keys=keys)
    await stack.enter_async_context(running(settings))
    gateway = await stack.enter_async_context(
        running_gateway(gateway_settings(redis_url, secret_keys=keys))
    )
    async with httpx.AsyncClient(base_url=settings.api_url) as http:
        room = (await http.post("/api/rooms", json={})).json()
        viewer = (await http.post("/api/viewers", json={})).json()
    found = room["room_id"], room["room_token"], viewer["viewer_id"]
    return Pair(settings.api_url, gateway, *found)


async def test_keys_rotate_in_three_steps_without_a_refusal_and_not_in_fewer(
    redis_url: str, database_url: str
) -> None:
    """Services of successive steps, which run side by side during a change, accept each other.

    Services that skip a step do not, so all three steps are needed.
    """
    async with AsyncExitStack() as stack:
        pairs = {keys: await pair_with(stack, redis_url, database_url, keys) for keys in STEPS}
        for signed in STEPS:
            for shown in STEPS:
                taken = await pairs[shown].takes(pairs[signed])
                assert taken == (((signed, shown) not in TOO_SOON),) * 3, (signed, shown)
        # What the old key signed is signed again meanwhile: a token at each attach, a viewer id at
        # each visit.
        async with httpx.AsyncClient(base_url=pairs[SIGNS].api_url) as http:
            known = {"viewer_id": pairs[BEFORE].viewer_id}
            anew = (await http.post("/api/viewers", json=known)).json()["viewer_id"]
        async with httpx.AsyncClient(base_url=pairs[AFTER].api_url) as http:
            answer = await http.post("/api/viewers", json={"viewer_id": anew})
            assert answer.json()["viewer_id"] == anew
        assert anew.partition(".")[0] == pairs[BEFORE].viewer_id.partition(".")[0]
