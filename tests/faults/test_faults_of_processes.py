"""After a fault of a process or a server, no press and no number is lost, and none counts twice."""

import pytest

from tests.faults.deployment import Deployment
from tests.faults.faults import FAULTS_OF_PROCESSES, Fault
from tests.faults.short_faults import nothing_is_lost_and_nothing_is_doubled


@pytest.mark.parametrize("fault", FAULTS_OF_PROCESSES, ids=lambda fault: fault.name)
async def test_nothing_is_lost_and_nothing_is_doubled(deployment: Deployment, fault: Fault) -> None:
    await nothing_is_lost_and_nothing_is_doubled(deployment, fault)
