"""The gateway and the crowd of the gateway's own tests, and their patience."""

from tests.ws_gateway import conftest as gateways

gateway = gateways.gateway
crowd = gateways.crowd
patience = gateways.patience
