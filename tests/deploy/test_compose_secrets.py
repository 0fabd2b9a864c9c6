"""deploy/compose/make-secrets creates secrets that the servers accept."""

import asyncio
import os
import re
import stat
from contextlib import suppress
from pathlib import Path

import pytest
from redis import exceptions
from redis.asyncio import Redis

from deploy.embedded import programs
from deploy.environment import SECRETS
from shared.process.settings import load
from tests.conftest import free_ports
from tests.deploy.command_line import finished
from tests.deploy.compose import MAKE_SECRETS, ROOT, make_secrets, read
from tests.waiting import until


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    """Other users of the machine cannot read them; each container's user can.

    Also after they were copied, which can change modes.
    """
    folder = tmp_path / "secrets"
    expected = set(read("compose.yaml", "deploy/compose/game-keys.yaml")["secrets"])
    assert make_secrets(folder).count("created ") == len(expected)
    files = {path.name: path.read_text() for path in folder.iterdir()}
    assert files.keys() == expected
    for path, mode in ((folder, 0o755), *((path, 0o600) for path in folder.iterdir())):
        path.chmod(mode)
    assert make_secrets(folder) == ""
    assert {path.name: path.read_text() for path in folder.iterdir()} == files
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o644}
    words = {re.sub(r".*[ :]", "", text.partition("@")[0].strip()) for text in files.values()}
    assert len(words) == 6  # two appear twice: in the server's file and in the URL
    assert min(map(len, words)) == 64


def test_what_is_made_loads_and_what_exists_elsewhere_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make_secrets(folder, SECRET_KEYS="a secret of the test suite", POSTGRES_PASSWORD="known")
    settings = load({name: (folder / name.lower()).read_text().strip() for name in SECRETS})
    assert len(settings.game_keys) == 1
    assert settings.database_url == "postgresql://streamario:known@postgres:5432/streamario"
    assert (folder / "secret_keys").read_text() == "a secret of the test suite\n"


@pytest.mark.parametrize("password", ["a@b/c", "two words", "käse"])
def test_a_password_that_would_break_its_url_is_refused(tmp_path: Path, password: str) -> None:
    """With one line, before anything is created."""
    ran = finished(
        (MAKE_SECRETS, tmp_path / "secrets"),
        env={"PATH": os.environ["PATH"], "POSTGRES_PASSWORD": password},
    )
    said = "POSTGRES_PASSWORD becomes part of a URL: use letters and digits only.\n"
    assert (ran.returncode, ran.stderr) == (2, said)
    assert not (tmp_path / "secrets").exists()


async def test_valkey_takes_its_file_and_asks_for_the_password(tmp_path: Path) -> None:
    """The real server, with the deployed file and the created secret."""
    folder = tmp_path / "secrets"
    make_secrets(folder)
    (port,) = free_ports(1)
    at = f"127.0.0.1:{port}"
    url = (folder / "redis_url").read_text().strip().replace("valkey:6379", at)
    server = await asyncio.create_subprocess_exec(
        *(programs.valkey(), str(ROOT / "deploy/compose/valkey.conf")),
        *("--include", str(folder / "valkey_auth")),
        *("--port", str(port), "--dir", str(tmp_path), "--bind", "127.0.0.1"),
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        async with Redis.from_url(url, decode_responses=True) as redis:

            async def answers() -> bool:
                with suppress(exceptions.ConnectionError):
                    return bool(await redis.ping())
                return False

            await until(answers)
            told = await redis.config_get("appendfsync", "maxmemory-policy")
            assert told == {"appendfsync": "always", "maxmemory-policy": "noeviction"}
        async with Redis.from_url(f"redis://{at}/0") as stranger:
            with pytest.raises(exceptions.AuthenticationError):
                await stranger.ping()
    finally:
        server.kill()
        await server.wait()
