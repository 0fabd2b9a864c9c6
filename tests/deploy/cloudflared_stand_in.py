"""A program: prints what `cloudflared tunnel --url URL` prints, and forwards a port to the URL's.

FOLDER/public_port names the port; while there is FOLDER/refuses, it fails as without a network.
"""

import argparse
import asyncio
import sys
from pathlib import Path
from urllib.parse import urlsplit

TERMS = (
    "Thank you for trying Cloudflare Tunnel. Doing so, without a Cloudflare account, is a quick way"
    " to experiment and try it out. However, be aware that these account-less Tunnels have no"
    " uptime guarantee, are subject to the Cloudflare Online Services Terms of Use"
    " (https://www.cloudflare.com/website-terms/)."
)
REFUSAL = (
    'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": dial tcp: lookup'
    " api.trycloudflare.com: no such host"
)
CREATED = "Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):"


def log(line: str) -> None:
    print("2026-01-01T00:00:00Z INF", line, file=sys.stderr, flush=True)


def announce(url: str) -> None:
    width = len(CREATED)
    log("+" + "-" * (width + 4) + "+")
    for line in (CREATED, url):
        log(f"|  {line:<{width}}  |")
    log("+" + "-" * (width + 4) + "+")


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def forward(port: int, origin: int) -> None:
    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        read, write = await asyncio.open_connection("127.0.0.1", origin)
        await asyncio.gather(copy(reader, write), copy(read, writer))

    server = await asyncio.start_server(connect, "127.0.0.1", port)
    announce(f"http://127.0.0.1:{port}")
    await server.serve_forever()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("command", choices=["tunnel"])
    parser.add_argument("--no-autoupdate", action="store_true", required=True)
    parser.add_argument("--url", required=True)
    options = parser.parse_args()
    log(TERMS)
    log("Requesting new quick Tunnel on trycloudflare.com...")
    if (options.folder / "refuses").exists():
        print(REFUSAL, file=sys.stderr)
        return 1
    port = int((options.folder / "public_port").read_text())
    asyncio.run(forward(port, urlsplit(options.url).port or 80))
    return 0


if __name__ == "__main__":
    sys.exit(main())
