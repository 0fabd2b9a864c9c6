"""A game and a crowd, as the README starts them, while something happens to the servers."""

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from tests.containers.engine import WITHIN
from tests.containers.project import STREAMARIO, Failed, Project, until

ROW: Final = re.compile(r"^  (presses sent|\w+) +([\d,]+)", re.MULTILINE)
ACCEPTED: Final = re.compile(r"accepted [1-9]")  # in the crowd's line on its progress
VIEWERS: Final = ("--viewers", "30")


class Message(msgspec.Struct):
    """What the game prints of a message: triggers have a number, a new room has an id."""

    type: str
    seq: int = 0
    room_id: str = ""


@dataclass(frozen=True)
class Game:
    """A running game. Its file has the messages that it applied, one on each line."""

    messages: Path

    def heard(self, kind: str) -> list[Message]:
        """Return its messages of this type."""
        # The last line may not be complete.
        lines = self.messages.read_bytes().split(b"\n")[:-1]
        told = [msgspec.json.decode(line, type=Message) for line in lines]
        return [message for message in told if message.type == kind]

    @property
    def room(self) -> str:
        """The id of its room. Raises Failed if it gets none."""
        until("the game has a room", lambda: bool(self.heard("room_created")))
        return self.heard("room_created")[0].room_id

    def triggers(self) -> int:
        """Return how many it has applied. Raises Failed unless each came once and in order."""
        numbers = [message.seq for message in self.heard("game_event")]
        if numbers != list(range(1, len(numbers) + 1)):
            raise Failed(f"the game got triggers with these numbers: {numbers}")
        return len(numbers)


@contextmanager
def playing(project: Project) -> Iterator[Game]:
    """Let a game play through the balancer while the block runs."""
    messages = project.folder / "game.jsonl"
    key = project.secret("game_keys")
    command = (STREAMARIO, "game", "--json", "--key", key, "--state", "game.json")
    with messages.open("wb") as output, _started(project, command, output=output.fileno()):
        yield Game(messages)


@dataclass(frozen=True)
class Pressed:
    """What a crowd reports."""

    sent: int
    accepted: int
    unanswered: int
    triggers: int
    errors: int

    def __str__(self) -> str:
        return f"{self.sent} presses, {self.unanswered} unanswered, {self.errors} request errors"


@dataclass
class Crowd:
    """A crowd whose report is complete when it has stopped."""

    report: Pressed | None = None

    @property
    def pressed(self) -> Pressed:
        """What it reports. Raises Failed if it has none, or if a press was never answered."""
        if self.report is None or self.report.unanswered:
            raise Failed(f"the crowd's report: {self.report}")
        return self.report


@contextmanager
def pressing(project: Project, room: str) -> Iterator[Crowd]:
    """Let a crowd press through the balancer while the block runs."""
    crowd = Crowd()
    told = project.folder / "crowd.log"
    command = (STREAMARIO, "simulate", "--room", room, "--duration", "0", *VIEWERS)
    with told.open("wb") as output, _started(project, command, output=output.fileno()):
        until("the crowd presses", lambda: bool(ACCEPTED.search(told.read_text())))
        yield crowd
    project.log.write(told.read_text())
    crowd.report = pressed(told.read_text())


def press(project: Project, room: str, seconds: int) -> Pressed:
    """Let a crowd press for some seconds. Raises Failed if a press was never answered."""
    command = (STREAMARIO, "simulate", "--room", room, "--duration", str(seconds), *VIEWERS)
    return Crowd(pressed(project.run(*command))).pressed


def pressed(report: str) -> Pressed | None:
    """Return the totals of `streamario simulate`; None if it printed none."""
    rows = {name: int(figure.replace(",", "")) for name, figure in ROW.findall(report)}
    if "presses sent" not in rows:
        return None
    return Pressed(
        rows["presses sent"],
        *(rows[name] for name in ("accepted", "unanswered", "triggers", "errors")),
    )


@contextmanager
def _started(project: Project, command: tuple[str, ...], *, output: int) -> Iterator[None]:
    """Run a command; at the end of the block send it SIGINT, which lets it finish."""
    with subprocess.Popen(
        # Ended by the kernel if we are killed.
        ("setpriv", "--pdeathsig", "KILL", "--", *project.engine.network, *command),
        cwd=project.folder,
        env=project.environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=project.log,
        start_new_session=True,
    ) as process:
        try:
            yield
            process.send_signal(signal.SIGINT)
            process.wait(WITHIN)
        finally:
            process.kill()
