"""The gateway and crowd fixtures of the gateway's own tests."""

from __future__ import annotations

from tests.ws_gateway import conftest as gateways

gateway = gateways.gateway
crowd = gateways.crowd
