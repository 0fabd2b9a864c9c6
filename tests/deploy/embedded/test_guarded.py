"""Processes under a guard: what their starter hears of them."""

from pathlib import Path

import pytest

from clients.terminal.terminal_io import CommandError
from deploy.embedded.data_dir import locked_data_dir
from deploy.embedded.guarded import guarded, guarded_lines


async def test_a_program_that_the_system_cannot_run_is_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """In its output, as a shell does."""
    program = tmp_path / "program"
    program.write_bytes(b"\0")
    program.chmod(0o755)
    reason = f"{program}: Exec format error"
    async with locked_data_dir(tmp_path / "data") as folder:
        async with guarded_lines(folder, [str(program)], tmp_path) as lines:
            assert [line async for line in lines] == [reason, ""]
        with pytest.raises(CommandError) as failed:
            async with guarded(folder, "server", "", [str(program)], stop="SIGTERM"):
                raise AssertionError
    assert reason in str(failed.value)
    assert capfd.readouterr().err == ""
