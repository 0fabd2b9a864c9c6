"""The services that faults are injected into, for the tests of one module."""

from collections.abc import AsyncIterator

import pytest

from tests.faults.deployment import Deployment, open_deployment


@pytest.fixture(scope="module")
async def deployment(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Deployment]:
    async with open_deployment(tmp_path_factory.mktemp("deployment")) as opened:
        yield opened
