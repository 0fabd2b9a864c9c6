"""The room engine behaves, step by step, like its model in plain Python."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.shared.engine.clocks import clocked_server
from tests.shared.engine.room_machine import RoomMachine


@pytest.fixture
async def still_url(anyio_backend: object, tmp_path: Path) -> AsyncIterator[str]:
    """A server whose clock stands: needs do not fall beside the model's."""
    async with clocked_server(tmp_path, stands=True) as server:
        yield server.url


def test_the_engine_does_what_its_model_does(still_url: str) -> None:
    """After every step: accounts balance, numbers have no gap, log, tops and state are equal."""
    RoomMachine.url = still_url
    run_state_machine_as_test(
        RoomMachine,
        settings=settings(
            max_examples=70,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # to shrink a failure takes minutes
        ),
    )
