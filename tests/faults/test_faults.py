"""After any fault, no press and no number is lost, and none counts twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.deployment import Deployment, open_deployment
from tests.faults.experiment import perform
from tests.faults.faults import FAULTS, REDIS, SHORT, Fault
from tests.faults.soak import line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio

# Three times the goal, for machines with other load.
NOTICED_WITHIN: Final = 9.0  # s
TRIGGERS_WITHIN: Final = 9.0  # s
TRIGGERS_WITHIN_OF_REDIS: Final = 3.0  # s


@pytest.fixture(scope="module")
async def deployment(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Deployment]:
    async with open_deployment(tmp_path_factory.mktemp("deployment")) as opened:
        yield opened


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
async def test_nothing_is_lost_and_nothing_is_doubled(deployment: Deployment, fault: Fault) -> None:
    report = await perform(deployment, fault, SHORT)
    print(line(report))
    assert not report.verdict.problems
    assert (report.verdict.lost, report.verdict.doubled) == (0, 0)
    assert report.verdict.accepted > report.verdict.triggers > 0
    assert report.first_trigger is not None
    assert report.first_trigger < (
        TRIGGERS_WITHIN_OF_REDIS if fault.signs is REDIS else TRIGGERS_WITHIN
    )
    assert report.noticed is None or report.noticed < NOTICED_WITHIN
