"""One short fault, after which no press and no number is lost, and none counts twice."""

from tests.faults.deployment import Deployment
from tests.faults.experiment import perform
from tests.faults.faults import SHORT, Fault
from tests.faults.soak import line


async def nothing_is_lost_and_nothing_is_doubled(deployment: Deployment, fault: Fault) -> None:
    """Inject the fault, and check what became of the presses."""
    report = await perform(deployment, fault, SHORT)
    print(line(report))
    assert not report.verdict.problems
    assert (report.verdict.lost, report.verdict.doubled) == (0, 0)
    assert report.verdict.accepted > report.verdict.triggers > 0
    assert report.first_trigger is not None
