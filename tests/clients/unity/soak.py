"""Lets a game only receive, for hours of its client's clock: real sockets, a real gateway.

    python -m tests.clients.unity.soak --hours 3.6 --speed 30

With `--speed 1` all of it is real time.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from tests.clients.unity.compiling import CORE, SERIALISER, SOURCES, compiled
from tests.clients.unity.games import UnityGame, played
from tests.clients.unity.rooms import Audience, in_round
from tests.ws_gateway.faults import own_valkey
from tests.ws_gateway.gateways import gateway_settings, gathered_crowd, running_gateway

HEARTBEAT = 5.0  # s of the client's clock between two triggers
WARM = 0.1  # of the time, after which Mono has compiled what it runs


async def soak(game: UnityGame, audience: Audience, hours: float, speed: float) -> None:
    """Send triggers, and print what it has cost. Raises AssertionError if one is missing."""
    began = time.monotonic()
    memory = 0
    sent = 0
    while (passed := (time.monotonic() - began) * speed) < hours * 3600:
        sent += 1
        await audience.fire(1)
        if not memory and passed > WARM * hours * 3600:
            memory = game.memory
        await asyncio.sleep(max(0.0, began + sent * HEARTBEAT / speed - time.monotonic()))
    await game.receives(sent)
    assert game.triggers == list(range(1, sent + 1))
    real = time.monotonic() - began
    print(f"client's clock  {real * speed / 3600:.2f} h, {speed:g} times as fast as real time")
    print(f"real time       {real / 60:.1f} min")
    print(f"triggers        {sent}, each once and in order")
    print(f"states          {' '.join(game.states)}")
    print(f"memory          {memory} KiB after {WARM:.0%} of it, {game.memory} KiB at the end")


async def main(hours: float, speed: float) -> None:
    """Start everything in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = [*CORE.glob("*.cs"), *(SOURCES / "game").glob("*.cs")]
        game_file = compiled(folder / "game.exe", sources, SERIALISER)
        async with (
            own_valkey(folder / "valkey") as valkey,
            running_gateway(gateway_settings(valkey.url)) as gateway,
            gathered_crowd(valkey.url) as crowd,
            played(game_file, gateway.url, folder / "room.json", f"speed={speed}") as game,
        ):
            await soak(game, await in_round(game, crowd), hours, speed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--hours", type=float, default=3.6, help="of the client's clock")
    parser.add_argument("--speed", type=float, default=30.0, help="of the client's clock")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.hours, arguments.speed))
