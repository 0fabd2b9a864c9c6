"""Runs Schemathesis against the API: `python -m tests.conformance.rest --examples 200`.

All its checks and phases run. It learns the API from /openapi.json, and rooms, viewers and tokens
from `rest_hooks.py`. The exit status is 1 if it finds a problem.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import msgspec

from api_service.books.migrate import upgrade
from deploy.embedded.servers import embedded_servers
from shared.identity.tokens import Signer, new_ulid
from tests.conformance.rest_report import Report, read_report
from tests.conformance.target import ADMIN_TOKEN, GAME_KEY, Target, open_target
from tests.flow.fleet import SECRET

ROOT = Path(__file__).parents[2]
PHASES = "examples,coverage,fuzzing,stateful"
PROGRAM = "from schemathesis.cli import schemathesis; schemathesis()"
CONFIGURATION = """\
hooks = "tests.conformance.rest_hooks"
continue-on-failure = true
request-timeout = 3600

# Every value of the settings is tried where they are changed: setups and new rooms have the same.
[[operations]]
include-path-regex = "^/api/(studio/setups|rooms$)"
phases.coverage.enabled = false

[auth.openapi]
room_token = {{ bearer = "{room_token}" }}
room_or_moderator_token = {{ bearer = "{room_token}" }}
game_key = {{ bearer = "{game_key}" }}
studio_key = {{ bearer = "{studio_key}" }}
admin_token = {{ bearer = "{admin_token}" }}

[reports.json]
path = "{folder}/summary.json"

[reports.ndjson]
path = "{folder}/events.ndjson"
"""


async def try_rest(
    target: Target, folder: Path, *, examples: int, seed: int | None = None
) -> Report:
    """Run it with `examples` examples per operation; without a seed, every run is the same."""
    signer = Signer([SECRET])
    studio_id = new_ulid()
    studio_key = signer.sign_studio(studio_id)
    await _keep_rooms(target, signer, studio_key)
    handle = await _keep_handle(target, signer)
    text = CONFIGURATION.format(
        room_token=target.running.room_token,
        game_key=GAME_KEY,
        studio_key=studio_key,
        admin_token=ADMIN_TOKEN,
        folder=folder,
    )
    (folder / "schemathesis.toml").write_text(text)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, "run", f"{target.api.url}/openapi.json"),
        *("--checks", "all", "--phases", PHASES),
        *("--max-examples", str(examples), "--no-color", *_chance(seed)),
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "CONFORMANCE_KNOWN": _known(target, studio_id, handle),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    assert (folder / "events.ndjson").exists(), printed.decode()
    return read_report(folder, printed.decode())


async def _keep_rooms(target: Target, signer: Signer, studio_key: str) -> None:
    """Put rooms into the studio's history: one to look at, one to forget."""
    headers = {"Authorization": f"Bearer {studio_key}"}
    async with httpx.AsyncClient(base_url=target.api.url, headers=headers) as http:
        for room_id in (target.ended.room_id, target.waiting):
            body = {"room_token": signer.room_token(room_id, time.time())}
            answer = await http.put(f"/api/studio/rooms/{room_id}", json=body)
            answer.raise_for_status()


async def _keep_handle(target: Target, signer: Signer) -> str:
    """The handle of another studio."""
    studio_id, handle = new_ulid(), "known"
    headers = {"Authorization": f"Bearer {signer.sign_studio(studio_id)}"}
    async with httpx.AsyncClient(base_url=target.api.url, headers=headers) as http:
        answer = await http.put(f"/api/studios/{studio_id}/handle", json={"handle": handle})
        answer.raise_for_status()
    return handle


def _chance(seed: int | None) -> tuple[str, ...]:
    if seed is None:
        return ("--generation-deterministic",)
    return ("--seed", str(seed), "--generation-database", "none")


def _known(target: Target, studio_id: str, handle: str) -> str:
    known: Mapping[str, object] = {
        "rooms": [target.running.room_id, target.ended.room_id, target.waiting],
        "viewers": target.viewers,
        "token": target.running.room_token,
        "studio_id": studio_id,
        "handle": handle,
    }
    return msgspec.json.encode(known).decode()


async def _run(examples: int, seed: int | None) -> bool:
    with TemporaryDirectory(prefix="conformance-") as name:
        folder = Path(name)
        async with embedded_servers(folder, redis=True, database=True) as servers:
            upgrade(servers.database_url)
            async with open_target(folder, servers.redis_url, servers.database_url) as target:
                report = await try_rest(target, folder, examples=examples, seed=seed)
        sys.stdout.write(f"{report.table() if report.is_clean else report.text}\n")
        return report.is_clean


def main() -> None:
    """Run, print the figures, and exit with 1 if a problem was found."""
    parser = argparse.ArgumentParser(description="Schemathesis against the API.")
    parser.add_argument("--examples", type=int, default=200, help="per operation and phase")
    parser.add_argument("--seed", type=int, help="seed for other requests than the default ones")
    chosen = parser.parse_args()
    sys.exit(0 if asyncio.run(_run(chosen.examples, chosen.seed)) else 1)


if __name__ == "__main__":
    main()
