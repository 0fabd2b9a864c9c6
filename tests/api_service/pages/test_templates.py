"""A room may begin with any of the console's templates: the server takes their settings."""

import subprocess
from pathlib import Path
from typing import Final

import msgspec
import pytest

from shared.wire import room_settings
from tests.programs import program

TEMPLATES: Final = Path("api_service/pages/web/console/start/templates.js").absolute()
SCRIPT: Final = f"""
import {{ settingsOf, TEMPLATES }} from "{TEMPLATES}";
const words = {{ title: "Friday", teams: {{ skill: "応援", enemy: "妨害" }} }};
const all = [...TEMPLATES, "empty"].map((id) => [id, settingsOf(id, words)]);
console.log(JSON.stringify(Object.fromEntries(all)));
"""
MOST: Final = 12.0  # triggers a minute, as the console opens rooms


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Each template's settings, as the console sends them."""
    folder = tmp_path_factory.mktemp("templates")
    (folder / "run.mjs").write_text(SCRIPT)
    command = (program("node"), "run.mjs")
    answer = subprocess.run(command, stdout=subprocess.PIPE, cwd=folder, check=True)
    settings: dict[str, object] = msgspec.json.decode(answer.stdout)
    return settings


def test_the_server_takes_every_template(templates: dict[str, object]) -> None:
    """With every button switched on, and a name in both languages that fits."""
    assert len(templates) == 5
    for name, raw in templates.items():
        settings = room_settings.validate(raw)
        assert settings.buttons, name
        for button in settings.buttons:
            assert button.enabled, name
            assert button.min <= button.base <= button.max, name
            assert [label.lang for label in button.labels] == ["en", "ja"], name


def test_a_templates_buttons_share_the_rooms_triggers(templates: dict[str, object]) -> None:
    """None has a pace of its own; the rarest comes a few times in a round of five minutes."""
    for name, raw in templates.items():
        settings = room_settings.validate(raw)
        assert settings.round_limit_s == 300, name
        weights = [button.weight for button in settings.buttons]
        assert not any(button.pace_ms or button.cooldown_ms for button in settings.buttons), name
        rarest = MOST * min(weights) / sum(weights) * settings.round_limit_s / 60
        assert rarest >= 3, name
