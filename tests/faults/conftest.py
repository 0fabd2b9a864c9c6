"""The services that faults are injected into, for the tests of one module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.deployment import open_deployment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.faults.deployment import Deployment


@pytest.fixture(scope="module")
async def deployment(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Deployment]:
    async with open_deployment(tmp_path_factory.mktemp("deployment")) as opened:
        yield opened
