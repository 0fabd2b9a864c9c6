"""Runs Autobahn|Testsuite's cases against `/ws-unity`: `python -m tests.conformance.autobahn`.

pip downloads the suite, pinned by its hash, into the user's cache folder (or take it from
`--sdist`). The suite's own code judges each case by what it received and how the socket ended;
`autobahn_peer.py` defines what counts as an echo. The exit status is 1 if a case failed.
"""

import argparse
import asyncio
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.embedded.servers import embedded_servers
from tests.conformance.autobahn_cases import CaseClass, load_cases
from tests.conformance.autobahn_peer import Peer
from tests.flow.fleet import open_fleet
from tests.shards import mark_restored

NAME = "autobahntestsuite-25.10.1"
PINNED = (
    "autobahntestsuite==25.10.1 "
    "--hash=sha256:b083d6e15330fc16f3e5f0975cce2b15f21bfa0c6db09547316b1852c6dbd6df\n"
)
CACHE = Path.home() / ".cache" / "streamario"
AT_ONCE = 16
PASSED = ("OK", "NON-STRICT", "INFORMATIONAL")
COLUMNS = ("passed", "non-strict", "informational", "not applicable", "failed")
GROUPS = {
    "1": "framing",
    "2": "pings and pongs",
    "3": "reserved bits",
    "4": "opcodes",
    "5": "fragmentation",
    "6": "UTF-8",
    "7": "closing",
    "9": "limits, performance",
    "10": "auto-fragmentation",
    "12": "compression, payloads",
    "13": "compression, parameters",
}
# The cases of the ninth group that stay within a game's limits.
SMALL = {"9.1.1", "9.2.1"}
NOT_APPLICABLE = {
    "9": "messages beyond 64 KiB, or 1,000 in a row: refused by contract (1009, 4009)",
    "12": "permessage-deflate is never negotiated",
    "13": "permessage-deflate is never negotiated",
}


@dataclass(frozen=True)
class Verdict:
    """A case's result, in the suite's terms."""

    number: str
    behavior: str
    close: str
    reason: str = ""

    @property
    def column(self) -> str:
        if self.behavior == "NOT APPLICABLE":
            return "not applicable"
        if self.behavior not in PASSED or self.close not in ("OK", "INFORMATIONAL"):
            return "failed"
        return {"OK": "passed"}.get(self.behavior, self.behavior.lower())

    @property
    def group(self) -> str:
        return self.number.partition(".")[0]


async def play(port: int, cases: Mapping[str, CaseClass]) -> list[Verdict]:
    """Run every case that applies, some concurrently, each with its own socket and room."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def in_turn(number: str) -> Verdict:
        if (group := number.partition(".")[0]) in NOT_APPLICABLE and number not in SMALL:
            return Verdict(number, "NOT APPLICABLE", "", NOT_APPLICABLE[group])
        async with turns:
            return await play_case(port, number, cases[number])

    return list(await asyncio.gather(*map(in_turn, cases)))


async def play_case(port: int, number: str, case_class: CaseClass) -> Verdict:
    """Run one case, with its own socket and room."""
    loop = asyncio.get_running_loop()
    _, peer = await loop.create_connection(lambda: Peer(case_class), "127.0.0.1", port)
    await peer.done.wait()
    case = peer.case
    if peer.broken:
        return Verdict(number, "FAILED", "FAILED", peer.broken)
    return Verdict(
        number, case.behavior, case.behaviorClose, f"{case.result} {case.resultClose}".strip()
    )


def table(verdicts: Iterable[Verdict]) -> str:
    """Return a table of groups by result, and a line for every case that did not simply pass."""
    verdicts = list(verdicts)
    counted = Counter((verdict.group, verdict.column) for verdict in verdicts)
    lines = [f"{'':32}" + "".join(f"{column:>16}" for column in COLUMNS)]
    lines += [
        f"{group:>3} {name:28}" + "".join(f"{counted[group, column]:16}" for column in COLUMNS)
        for group, name in GROUPS.items()
    ]
    sums = Counter(verdict.column for verdict in verdicts)
    lines.append(f"    {'all':28}" + "".join(f"{sums[column]:16}" for column in COLUMNS))
    lines += [
        f"{verdict.number:8} {verdict.behavior} / {verdict.close}: {verdict.reason}"
        for verdict in verdicts
        if verdict.column not in ("passed", "not applicable")
    ]
    lines += [f"{group}.*: {reason}" for group, reason in NOT_APPLICABLE.items()]
    return "\n".join(lines)


def fetched() -> Path:
    """Return the suite's archive; download it if it is missing. pip checks the hash."""
    archive = CACHE / f"{NAME}.tar.gz"
    if not archive.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory() as folder:
            pinned = Path(folder) / "requirements.txt"
            pinned.write_text(PINNED)
            pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
            asked = ("download", "--no-deps", "--no-binary", ":all:", "--require-hashes")
            subprocess.run((*pip, *asked, "--requirement", pinned, "--dest", CACHE), check=True)
    return archive


async def _run(archive: Path) -> bool:
    with TemporaryDirectory(prefix="conformance-") as name:
        folder = Path(name)
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        cases = load_cases(folder / NAME / "autobahntestsuite")
        async with embedded_servers(folder, redis=True, database=False) as servers:
            await mark_restored(servers.redis_url)
            async with open_fleet(folder, servers.redis_url, "", patient=True) as fleet:
                gateway = await fleet.gateway()
                verdicts = await play(gateway.port, cases)
                log = gateway.log.read_text()
    assert "Traceback" not in log, log
    sys.stdout.write(f"{table(verdicts)}\n")
    return not any(verdict.column == "failed" for verdict in verdicts)


def main() -> None:
    """Run the suite, print the results, and exit with 1 if a case failed."""
    parser = argparse.ArgumentParser(description="Autobahn|Testsuite against the gateway.")
    parser.add_argument("--sdist", type=Path, help=f"{NAME}.tar.gz (default: download it)")
    archive = parser.parse_args().sdist or fetched()
    sys.exit(0 if asyncio.run(_run(archive)) else 1)


if __name__ == "__main__":
    main()
