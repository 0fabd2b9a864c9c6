"""Secrets can be read from files, and an error is one line."""

import re
from pathlib import Path

import pytest

from deploy.environment import SECRETS, misspelt, read_environment, with_secrets
from shared.process.settings import VARIABLES, SettingsError, load

ROOT = Path(__file__).parents[2]
KEY = "a secret of the test suite"


@pytest.mark.parametrize("name", SECRETS)
def test_each_secret_may_stand_in_a_file(tmp_path: Path, name: str) -> None:
    """The newline that editors leave at the end is not part of it."""
    (tmp_path / "secret").write_text(f"{KEY}\n")
    found = with_secrets({f"{name}_FILE": str(tmp_path / "secret"), "PORT": "1"})
    assert (found[name], found["PORT"]) == (KEY, "1")


def test_what_a_file_may_hold_are_the_variables_that_settings_keep_to_themselves() -> None:
    """Exactly the settings that `repr` hides are secrets."""
    hidden = {
        name.upper()
        for name in VARIABLES
        if not load({}).__dataclass_fields__[name].repr  # as `field(repr=False)` says
    }
    assert hidden == set(SECRETS)


def test_several_keys_stand_in_one_file(tmp_path: Path) -> None:
    """Comma-separated, as in the variable."""
    (tmp_path / "keys").write_text(f"{KEY} new, {KEY} old\r\n")
    settings = load(with_secrets({"SECRET_KEYS_FILE": str(tmp_path / "keys")}))
    assert settings.secret_keys == (f"{KEY} new", f"{KEY} old")


def test_a_secret_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    """The line shows neither of the two values."""
    (tmp_path / "secret").write_text("another one in the file")
    both = {"ADMIN_TOKEN": KEY, "ADMIN_TOKEN_FILE": str(tmp_path / "secret")}
    with pytest.raises(SettingsError) as refused:
        with_secrets(both)
    assert (
        str(refused.value) == "ADMIN_TOKEN and ADMIN_TOKEN_FILE are both set; set only one of them"
    )


def test_an_empty_value_counts_as_unset_on_either_side(tmp_path: Path) -> None:
    """`.env.example` has all variables, most of them empty."""
    (tmp_path / "secret").write_text(KEY)
    assert with_secrets({"ADMIN_TOKEN": "", "ADMIN_TOKEN_FILE": str(tmp_path / "secret")}) == {
        "ADMIN_TOKEN": KEY,
        "ADMIN_TOKEN_FILE": str(tmp_path / "secret"),
    }
    assert with_secrets({"ADMIN_TOKEN": KEY, "ADMIN_TOKEN_FILE": ""})["ADMIN_TOKEN"] == KEY


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "cannot read {path}: No such file or directory"),
        (b"", "{path} is empty"),
        (b" \n", "{path} is empty"),
        (b"\xff\xfehush", "{path} is not text in UTF-8"),
    ],
)
def test_a_file_that_holds_no_secret_stops_the_start(
    tmp_path: Path, content: bytes | None, problem: str
) -> None:
    """An empty file too: as an unset variable it would disable what it protects."""
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError) as refused:
        with_secrets({"GAME_KEYS_FILE": str(path)})
    assert str(refused.value) == f"GAME_KEYS_FILE: {problem.format(path=path)}"


def test_a_folder_in_place_of_a_file_is_told(tmp_path: Path) -> None:
    """Docker creates a folder if the file to mount is missing."""
    with pytest.raises(SettingsError, match=r"REDIS_URL_FILE: cannot read .*: Is a directory"):
        with_secrets({"REDIS_URL_FILE": str(tmp_path)})


def test_the_file_of_variables_may_name_files_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text(KEY)
    (tmp_path / ".env").write_text("ADMIN_TOKEN_FILE=secret\n")
    monkeypatch.chdir(tmp_path)
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    assert read_environment()["ADMIN_TOKEN"] == KEY


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("PORTS", "PORT"),
        ("REDIS_URI", "REDIS_URL"),
        ("SECRET_KEY_FILE", "SECRET_KEYS_FILE"),
        ("TRUSTED_PROXY", "TRUSTED_PROXIES"),
    ],
)
def test_a_name_in_the_file_of_variables_that_is_close_to_one_of_ours_is_misspelt(
    name: str, meant: str
) -> None:
    """The file is only for this program, so less similar names count."""
    assert misspelt({"PORT": "1", name: "x"}, {}) == {name: meant}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("PUBIC_API_URL", "PUBLIC_API_URL"),
        ("GAME_KYES", "GAME_KEYS"),
        ("PULBIC_API_URL", "PUBLIC_API_URL"),
    ],
)
def test_a_name_in_the_environment_is_misspelt_where_it_is_very_close(
    name: str, meant: str
) -> None:
    assert misspelt({}, {name: "x"}) == {name: meant}


@pytest.mark.parametrize(
    "name", ["HOSTNAME", "PGHOST", "PGPORT", "REDIS_PORT", "DATADIR", "DATABASE_URI", "NODE_ENV"]
)
def test_the_environments_foreign_variables_are_left_alone(name: str) -> None:
    assert misspelt({}, {name: "x"}) == {}


def test_what_compose_reads_is_never_taken_for_one_of_ours() -> None:
    """Compose's variables are in the same file, which containers get as their environment."""
    texts = [(ROOT / name).read_text() for name in (".env.example", "compose.yaml")]
    names = re.findall(
        r"^(?:# )?([A-Z_]+)=|\b([A-Z][A-Z_]+):|\$\{([A-Z_]+)", "\n".join(texts), re.MULTILINE
    )
    theirs = {name: "x" for found in names for name in found if name}
    assert {"COMPOSE_FILE", "MAX_CONNECTIONS", "API_SLOTS", "POSTGRES_USER"} <= set(theirs)
    assert misspelt(theirs, theirs) == {}
