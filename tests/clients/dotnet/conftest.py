"""Fixtures of the .NET package's tests: a gateway and its crowd."""

from tests.clients.unity.compiling import SDK
from tests.ws_gateway import conftest as gateways

gateway = gateways.gateway
crowd = gateways.crowd
collect_ignore = [] if SDK else ["test_nuget.py"]
