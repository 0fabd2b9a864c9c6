"""The crowd of the gateway's own tests, and their patience."""

from tests.ws_gateway import conftest as gateways

crowd = gateways.crowd
patience = gateways.patience
