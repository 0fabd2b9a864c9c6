"""A gateway and a crowd for it, as the gateway's own tests have them."""

from __future__ import annotations

from tests.ws_gateway import conftest as gateways

gateway = gateways.gateway
crowd = gateways.crowd
