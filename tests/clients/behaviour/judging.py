"""Compares what a client did with what a case expects."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import msgspec
from msgspec import UNSET

from tests.clients.behaviour.cases import Case, Client, Step, lines_of, pick

# A player lets time pass in steps: what it says of a moment is so exact (s).
EXACT: Final = 0.15
DONE: Final = "done"
QUIET: Final = ("ping", "ack")  # checked by steps of their own


@dataclass
class Seen:
    """What the client did and no check has taken yet."""

    sockets: list[tuple[float, str, str]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    closed: dict[int, int] = field(default_factory=dict)

    def note(self, line: str) -> None:
        """Take one line of a player."""
        kind, at, *words = line.split("\t")
        match kind:
            case "opened":
                self.sockets.append((float(at), words[1], words[2]))
            case "heard":
                self.heard.append(" ".join(words))
            case "sent":
                self.sent.append(json.loads(words[1]))
            case "closed":
                self.closed.setdefault(int(words[0]), int(words[1]))
            case _:
                raise AssertionError(f"the player says: {line}")

    def take(self, *kinds: str) -> list[dict[str, Any]]:
        """The frames sent of these kinds; of none: all others than pings and acknowledgements."""
        taken = [
            each
            for each in self.sent
            if (each["type"] in kinds if kinds else each["type"] not in QUIET)
        ]
        self.sent = [each for each in self.sent if each not in taken]
        return taken


class Judge:
    """Follows one case of one client through a player's lines."""

    def __init__(self, case: Case, client: Client, output: Iterable[str]) -> None:
        self._case, self._client = case, client
        self._output: Iterator[str] = iter(output)
        self._seen = Seen()
        self._sockets = 0
        self._now = 0.0  # when the last thing happened (s)

    def judge(self) -> None:
        """Raise AssertionError where the client does not do what the case says."""
        self._follow()  # the case begins
        for number, step in enumerate(self._case.steps_of(self._client), 1):
            try:
                self._check(step)
            except AssertionError as wrong:
                text = msgspec.json.encode(step).decode()
                wrong.add_note(f"{self._client}, {self._case.name}, step {number}: {text}")
                raise
        rest = self._seen
        _same("did further", (rest.heard, rest.take()), ([], []))

    def _check(self, step: Step) -> None:
        if step.opens is not None:
            self._opens(step.opens)
        elif step.hears is not UNSET:
            heard, self._seen.heard = self._seen.heard, []
            _same("heard", heard, pick(step.hears, self._client))
        elif step.sends is not UNSET:
            self._sends(pick(step.sends, self._client))
        elif step.acks is not UNSET:
            seqs = [ack["seq"] for ack in self._seen.take("ack")]
            _same("acknowledged", seqs, pick(step.acks, self._client))
        elif step.pings is not None:
            _same("pinged", bool(self._seen.take("ping")), step.pings)
        elif step.closed is not UNSET:
            code = self._seen.closed.get(step.socket or self._sockets)
            _same("closed with", code, pick(step.closed, self._client))
        else:
            self._follow()

    def _follow(self) -> None:
        """Take what the client did in one step of the player."""
        for line in self._output:
            if line.startswith(DONE):
                self._now = float(line.split("\t")[1])
                return
            self._seen.note(line)
        raise AssertionError("the player has stopped")

    def _opens(self, wanted: dict[str, Any]) -> None:
        since = self._now
        self._follow()
        if wanted.get("never"):
            assert len(self._seen.sockets) == self._sockets, "the client opened a socket"
            return
        assert len(self._seen.sockets) > self._sockets, "the client opened no socket"
        at, url, subprotocols = self._seen.sockets[self._sockets]
        self._sockets += 1
        earliest = since + pick(wanted.get("not_before", 0), self._client)
        assert at >= earliest - EXACT, f"opened at {at}, {earliest} is the earliest"
        query = dict(parse_qsl(urlsplit(url).query))
        for name, value in (pick(wanted.get("query"), self._client) or {}).items():
            _same(f"asked, in {url},", query.get(name), value)
        if "secret" in wanted:
            secrets = subprotocols.split(",")[1:]
            _same("showed", secrets, [wanted["secret"]] * bool(wanted["secret"]))

    def _sends(self, wanted: list[dict[str, Any]]) -> None:
        sent = self._seen.take()
        _same("sent", [each["type"] for each in sent], [each["type"] for each in wanted])
        for one, other in zip(sent, wanted, strict=True):
            _same("sent", {name: one.get(name) for name in other}, other)


def _same(what: str, found: object, wanted: object) -> None:
    assert found == wanted, f"the client {what} {found}, not {wanted}"


def judge(case: Case, client: Client, output: Iterable[str]) -> None:
    """Raise AssertionError where a client does not do what the case says."""
    Judge(case, client, output).judge()


def script(cases: Iterable[Case], client: Client) -> str:
    """What a player is to do in all these cases."""
    return "".join(f"{line}\n" for case in cases for line in lines_of(case, client))


def outputs(text: str) -> dict[str, list[str]]:
    """A player's lines by case; each case begins with the line `case` and its name."""
    by_case: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        kind, _, name = line.partition("\t")
        if kind == "case":
            lines = by_case[name] = []
        else:
            lines.append(line)
    return by_case
