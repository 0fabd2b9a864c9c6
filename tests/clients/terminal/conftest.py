"""The crowd fixture of the gateway's own tests."""

from __future__ import annotations

from tests.ws_gateway import conftest as gateways

crowd = gateways.crowd
