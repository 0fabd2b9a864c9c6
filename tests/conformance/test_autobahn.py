"""The runner of Autobahn|Testsuite's cases, tested with cases of our own.

`python -m tests.conformance.autobahn` downloads and runs the suite itself.
"""

from collections.abc import AsyncIterator

import pytest

from tests.conformance import autobahn_peer
from tests.conformance.autobahn import play_case, table
from tests.conformance.autobahn_peer import Peer
from tests.patience import HOUR
from tests.ws_gateway.gateways import Running, gateway_settings, running_gateway


class OneAnswerEach:
    """A case in the suite's form: two messages and a ping, each of which must be answered once."""

    def __init__(self, protocol: Peer) -> None:
        self.p = protocol
        self.wanted = [("one", False), ("\xfe", True), ("ping", None)]
        self.received: list[tuple[str, bool | None]] = []
        self.expected: dict[str, list[tuple[object, ...]]] = {}
        self.behavior = self.behaviorClose = "FAILED"
        self.result = self.resultClose = ""

    def onOpen(self) -> None:  # noqa: N802 the suite's name
        self.p.sendFrame(1, "on", fin=False, chopsize=1)
        self.p.sendFrame(0, "e")
        self.p.sendMessage("\xfe", isBinary=True)

    def onMessage(self, msg: str, binary: bool) -> None:  # noqa: N802 the suite's name
        self.received.append((msg, binary))
        if binary:
            self.p.continueLater(0, lambda: self.p.sendFrame(9, "ping"))

    def onPing(self, payload: str) -> None:  # noqa: N802 the suite's name
        self.received.append((payload, None))

    def onPong(self, payload: str) -> None:  # noqa: N802 the suite's name
        self.received.append((payload, None))
        self.p.closeAfter(0)

    def onConnectionLost(self, failedByMe: bool) -> None:  # noqa: N802, N803, ARG002
        self.behavior = "OK" if self.received == self.wanted else "FAILED"
        self.behaviorClose = "OK" if self.p.wasClean and not self.p.droppedByMe else "UNCLEAN"


class OneTooFew(OneAnswerEach):
    """A case that expects one answer more than it gets."""

    def __init__(self, protocol: Peer) -> None:
        super().__init__(protocol)
        self.wanted.append(("another", False))


@pytest.fixture(autouse=True)
def patient_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autobahn_peer, "CLOSE_WITHIN", HOUR)


@pytest.fixture(scope="module")
async def gateway(redis_url: str) -> AsyncIterator[Running]:
    async with running_gateway(gateway_settings(redis_url)) as running:
        yield running


async def test_an_error_counts_as_the_echo_of_a_message_and_a_close_as_clean(
    gateway: Running,
) -> None:
    verdict = await play_case(gateway.port, "1.1.1", OneAnswerEach)
    assert verdict.column == "passed", verdict


async def test_a_case_that_is_not_content_fails(gateway: Running) -> None:
    verdict = await play_case(gateway.port, "1.1.1", OneTooFew)
    assert (verdict.column, verdict.behavior, verdict.close) == ("failed", "FAILED", "OK")
    assert "1.1.1    FAILED" in table([verdict])
