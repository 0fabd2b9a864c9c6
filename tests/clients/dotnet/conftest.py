"""Fixtures of the .NET package's tests: a gateway and its crowd."""

from __future__ import annotations

from tests.ws_gateway import conftest as gateways

gateway = gateways.gateway
crowd = gateways.crowd
