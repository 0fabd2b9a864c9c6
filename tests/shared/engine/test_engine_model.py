"""The room engine behaves, step by step, like its model in plain Python."""

from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.shared.engine.room_machine import RoomMachine


def test_the_engine_does_what_its_model_does(standing_url: str) -> None:
    """After every step: accounts balance, numbers have no gap, log, tops and state are equal."""
    RoomMachine.url = standing_url  # needs do not fall beside the model's
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
