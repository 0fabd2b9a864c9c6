"""A crowd for the gateway, as the gateway's own tests have it."""

from __future__ import annotations

from tests.ws_gateway import conftest as gateways

crowd = gateways.crowd
