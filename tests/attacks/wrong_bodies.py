"""Sends bodies that are wrong at their end, as large as each route reads, from one IP address.

    python -m tests.attacks.wrong_bodies [--seconds S]

First it prints what each route costs the API process if the limit that is spent first is used up:
processor time for a request, with its answer. Then the address sends 33 of them a second to one
route after the other, while a game and its crowd play; it prints the presses' waits before and
meanwhile, the processor time, and the answers.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import httpx
import msgspec
import uvloop

from api_service.http.requests import BODY_LIMIT, SMALL_BODY_LIMIT
from api_service.studio.media_files import PICTURE_LIMIT, SOUND_LIMIT
from shared.engine.engine import Engine
from shared.engine.functions import LIBRARY
from shared.engine.keys import CHANGES_LIMIT
from shared.engine.refusals import RateLimited
from shared.identity.addresses import ROW, STORAGE, Address, client_address
from shared.redis_store.store import open_store
from tests.attacks.attackers import cpu_of, stranger
from tests.attacks.bystanders import Bystanders, Sample, bystanders
from tests.attacks.flood import own_fleet
from tests.attacks.hoard import LARGE, bearer, opened
from tests.flow.fleet import Member
from tests.waiting import until

TIMES: Final = 200  # requests to a route, one after the other
EACH_EVERY: Final = 0.03  # s
ROOMS_A_MINUTE: Final = 10
WRONG_SETTINGS: Final = {**LARGE, "multipliers": [{"up_to": 5, "factor": 1}, {"up_to": 9}]}
SETUPS: Final = "/api/studio/setups"
MEDIA: Final = "/api/studio/media"
ROOMS: Final = "POST /api/rooms"
PATCH: Final = "PATCH …/settings"
NEW_SETUP: Final = "POST /api/studio/setups"
encode: Final = msgspec.json.encode


@dataclass(frozen=True)
class Request:
    """A request with a wrong body, and the room whose limit it spends, if it spends one."""

    target: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    room_id: str = ""

    async def send(self, http: httpx.AsyncClient) -> int:
        """Send it as it is; return the answer's status."""
        method, path = self.target.split()
        answer = await http.request(method, path, content=self.body, headers=self.headers)
        return answer.status_code


def costly(length: int, last: str) -> bytes:
    """An object that takes long to parse for its length: half a character, then many objects."""
    head, tail, entries = '{"viewer_name":"\\ud83d","name":"\\ud83d","x":[', f"{{}}],{last}}}", ""
    for n in range(length):
        entry = f'{{"{n:x}":1.5}},'
        if len(head + entries + entry + tail) > length:
            break
        entries += entry
    return (head + entries + tail).encode()


async def requests(http: httpx.AsyncClient) -> Mapping[str, Request]:
    """A request for each route that reads more than 4 KB, and for some others, by name."""
    room, studio = await opened(http, "/api/rooms"), await opened(http, "/api/studios")
    room_id, owner, key = room["room_id"], bearer(room["room_token"]), bearer(studio["studio_key"])
    new_setup = {"name": "x", "settings": {}}
    setup = (await http.post(SETUPS, json=new_setup, headers=key)).json()["setup_id"]
    settings, wanted = encode(WRONG_SETTINGS), encode({"name": "x", "settings": WRONG_SETTINGS})
    small = costly(SMALL_BODY_LIMIT, '"viewer_id":1,"event_type":1,"command":1,"scope":1')
    a_press = costly(BODY_LIMIT, '"viewer_id":"","push_events":1')
    path, handle = f"/api/rooms/{room_id}", f"/api/studios/{studio['studio_id']}/handle"
    picture, sound = ({**key, "Content-Type": kind} for kind in ("image/webp", "audio/wav"))
    return {
        ROOMS: Request("POST /api/rooms", encode({"settings": WRONG_SETTINGS})),
        PATCH: Request(f"PATCH {path}/settings", settings, owner, room_id),
        NEW_SETUP: Request(f"POST {SETUPS}", wanted, key),
        "PUT /api/studio/setups/…": Request(f"PUT {SETUPS}/{setup}", wanted, key),
        "POST /api/studio/media, picture": Request(f"POST {MEDIA}", b"x" * PICTURE_LIMIT, picture),
        "POST /api/studio/media, sound": Request(f"POST {MEDIA}", b"x" * SOUND_LIMIT, sound),
        "POST …/events": Request(f"POST {path}/events", a_press),
        "POST …/join": Request(f"POST {path}/join", small),
        "POST …/fire": Request(f"POST {path}/fire", small, owner),
        "POST …/round": Request(f"POST {path}/round", small, owner),
        "POST …/block": Request(f"POST {path}/block", small, owner),
        "POST …/tokens": Request(f"POST {path}/tokens", small, owner),
        "POST /api/viewers/set_name": Request("POST /api/viewers/set_name", small),
        "PUT …/handle": Request(f"PUT {handle}", small, key),
    }


async def use_up(engine: Engine, address: Address, room_id: str) -> None:
    """Take what the limits of the address and of the room have left."""
    most = {"per_minute": ROOMS_A_MINUTE, "burst": ROOMS_A_MINUTE}
    for spend in (
        partial(engine.spend, "storage", address, **STORAGE, cost=ROW),
        partial(engine.spend, "rooms", address, **most),
        partial(engine.spend_of, CHANGES_LIMIT, room_id),
    ):
        with suppress(RateLimited):
            while True:
                await spend()


async def cost(
    api: Member, http: httpx.AsyncClient, engine: Engine, request: Request
) -> tuple[float, Counter[int]]:
    """The processor time (ms) of a request whose limits are used up, and the answers."""
    address = client_address(http.headers["X-Forwarded-For"], (), ())
    answers: Counter[int] = Counter()
    used = 0
    for _ in range(TIMES):
        await use_up(engine, address, request.room_id)
        before = cpu_ns(api)
        answers[await request.send(http)] += 1
        used += cpu_ns(api) - before
    return used / TIMES / 1e6, answers


def cpu_ns(api: Member) -> int:
    """How much processor time the thread that serves all requests has used, ns."""
    return int(Path(f"/proc/{api.process.pid}/schedstat").read_text().split()[0])


async def flood(http: httpx.AsyncClient, request: Request, seconds: float) -> Counter[int]:
    """Send the request at a steady pace, whether or not it is answered; return the answers."""
    answers: Counter[int] = Counter()
    began = time.monotonic()

    async def one(due: float) -> None:
        await asyncio.sleep(due - time.monotonic())
        answers[await request.send(http)] += 1

    async with asyncio.TaskGroup() as group:
        for n in range(int(seconds / EACH_EVERY)):
            group.create_task(one(began + n * EACH_EVERY))
    return answers


async def assailed(
    now: Bystanders, http: httpx.AsyncClient, request: Request, seconds: float
) -> str:
    """Flood with one request for some seconds; return what is printed."""
    began = time.monotonic()
    await asyncio.sleep(seconds)
    since, used = time.monotonic(), cpu_of(now.api.process.pid)
    answers = await flood(http, request, seconds)
    over, used = time.monotonic(), cpu_of(now.api.process.pid) - used
    alone, among = _shown(now.presses, began, since), _shown(now.presses, since, over)
    return f"{alone:>15} {among:>15} {used / (over - since):>6.2f}  {dict(answers)}"


def _shown(samples: Sequence[Sample], since: float, until_: float) -> str:
    """The median, and what 95 of 100 wait at most, ms."""
    found = sorted(sample.seconds for sample in samples if since <= sample.since < until_)
    median, most = (found[int(len(found) * share)] * 1e3 for share in (0.5, 0.95))
    return f"{median:.0f} / {most:.0f}"


async def main(seconds: float) -> None:
    """Measure each route, then flood some; each flood comes from a new IP address."""
    limits = {"TRUSTED_PROXIES": "127.0.0.1/32", "ROOMS_PER_ADDRESS": f"{ROOMS_A_MINUTE}/20"}
    with tempfile.TemporaryDirectory() as folder:
        async with (
            own_fleet(Path(folder)) as (fleet, redis_url),
            open_store(redis_url, client_name="attack", library=LIBRARY) as store,
        ):
            api, gateway = await asyncio.gather(fleet.api(**limits), fleet.gateway())
            await measure(api, Engine(store))
            async with bystanders(api, gateway) as now:
                await until(now.all_are_in)
                print(f"{'presses, ms':23} {'before':>15} {'meanwhile':>15} {'cores':>6}  answers")
                for name in (PATCH, ROOMS, NEW_SETUP):
                    async with attacker(api) as http:
                        told = await assailed(now, http, (await requests(http))[name], seconds)
                    print(f"{name:23} {told}", flush=True)
            await now.check(redis_url)


async def measure(api: Member, engine: Engine) -> None:
    """Print what each route costs if its limits are used up."""
    print(f"{'refused':32} {'KB':>5} {'ms':>6}  answers")
    async with attacker(api) as http:
        for name, request in (await requests(http)).items():
            took, answers = await cost(api, http, engine, request)
            print(f"{name:32} {len(request.body) / 1e3:>5.0f} {took:>6.2f}  {dict(answers)}")


def attacker(api: Member) -> httpx.AsyncClient:
    """A client at an IP address of its own."""
    headers = {"X-Forwarded-For": stranger()}
    return httpx.AsyncClient(base_url=api.url, headers=headers, timeout=None)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    uvloop.run(main(parser.parse_args().seconds))
