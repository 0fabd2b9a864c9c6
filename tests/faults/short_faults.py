"""One short fault, after which no press and no number is lost, and none counts twice."""

from __future__ import annotations

from typing import Final

from tests.faults.deployment import Deployment
from tests.faults.experiment import perform
from tests.faults.faults import REDIS, SHORT, Fault
from tests.faults.soak import line

# Three times the goal, for machines with other load.
NOTICED_WITHIN: Final = 9.0  # s
TRIGGERS_WITHIN: Final = 9.0  # s
TRIGGERS_WITHIN_OF_REDIS: Final = 3.0  # s


async def nothing_is_lost_and_nothing_is_doubled(deployment: Deployment, fault: Fault) -> None:
    """Inject the fault, and check what became of the presses."""
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
