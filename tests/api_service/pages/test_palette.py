"""Whatever colours a theme wishes, what pages show of it is legible: by WCAG's own formula."""

import random
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from tests.programs import program

WEB: Final = Path("api_service/pages/web")
MODULES: Final = ("colors.js", "palette.js")
TEXTS: Final = ("--ink", "--ink-soft", "--good", "--warn", "--bad")
SIGNS: Final = ("--accent", "--focus")
BLACK, WHITE = (0.0, 0.0, 0.0), (255.0, 255.0, 255.0)
BOARD: Final = "#17150f"
ROUNDING: Final = 0.03  # of contrast, where what is seen is mixed of two colours
RANDOM_PAIRS: Final = 300
SCRIPT: Final = """
import { readFileSync } from "node:fs";
import { OWN, PLATE, paletteOf, platesOf } from "./palette.js";
const asked = JSON.parse(readFileSync(0, "utf8"));
const shown = asked.map(([theme, isNight]) => [paletteOf(theme, { isNight }), platesOf(theme)]);
console.log(JSON.stringify({ own: OWN, plate: PLATE, shown }));
"""

Color = tuple[float, ...]


def parsed(color: str) -> Color:
    return tuple(float(int(color[at : at + 2], 16)) for at in range(1, len(color) - 1, 2))


def contrast(one: Color, other: Color) -> float:
    """WCAG 2.2, "contrast ratio"."""

    def luminance(color: Color) -> float:
        shares = [part / 255 for part in color]
        linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
        return sum(
            weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
        )

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def laid_over(color: str, ground: Color) -> Color:
    """What is seen of "#rrggbbaa" over a ground."""
    *parts, opacity = parsed(color)
    return tuple(
        below + (part - below) * opacity / 255 for part, below in zip(parts, ground, strict=True)
    )


def rules(sheet: str) -> str:
    return (WEB / sheet).read_text("utf-8")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the pages' module makes of many themes, and the themes."""
    folder = tmp_path_factory.mktemp("palette")
    (folder / "package.json").write_text('{"type": "module"}')
    for name in MODULES:
        shutil.copy(WEB / "common" / name, folder)
    (folder / "run.js").write_text(SCRIPT)
    asked = themes()
    answer = subprocess.run(
        (program("node"), "run.js"),
        input=msgspec.json.encode(asked),
        stdout=subprocess.PIPE,
        cwd=folder,
        check=True,
    )
    return {**msgspec.json.decode(answer.stdout), "asked": asked}


def themes() -> Sequence[tuple[Mapping[str, str], bool]]:
    """Random colours and the hardest ones, with and without a picture, by day and by night."""
    dice = random.Random(7)
    wild = [f"#{dice.randrange(1 << 24):06x}" for _ in range(RANDOM_PAIRS)]
    greys = [f"#{grey:02x}{grey:02x}{grey:02x}" for grey in (0, 90, 116, 117, 118, 119, 128, 255)]
    colors = ["", *greys, "#ffff00", "#0000ff", "#00ff00", "#ff0000"]
    pairs = [*product(colors, colors), *zip(wild, reversed(wild), strict=True)]
    return [
        ({"accent": accent, "backdrop": backdrop, "background": picture}, is_night)
        for accent, backdrop in pairs
        for picture in ("", "0" * 32)
        for is_night in (False, True)
    ]


def test_every_text_and_sign_is_legible_on_every_ground(shown: dict[str, Any]) -> None:
    """4.5 for text, 3 for what else must be seen, also on the blackest and whitest of a picture."""
    for (theme, is_night), (page, _) in zip(shown["asked"], shown["shown"], strict=True):
        if not any(theme.values()):
            assert page == {}
            continue
        grounds = [parsed(page["--paper"]), parsed(page["--surface"])]
        if scrim := page.get("--scrim"):
            grounds += [laid_over(scrim, BLACK), laid_over(scrim, WHITE)]
        for name, least in [*((text, 4.5) for text in TEXTS), *((sign, 3) for sign in SIGNS)]:
            worst = min(contrast(parsed(page[name]), ground) for ground in grounds)
            assert worst >= least - ROUNDING, (theme, is_night, name, worst)
        assert contrast(parsed(page["--accent-ink"]), parsed(page["--accent"])) >= 4.5
        if board := page.get("--board-ink"):
            assert contrast(parsed(board), parsed(BOARD)) >= 4.5


def test_a_colour_that_can_be_read_stays_as_it_was_chosen(shown: dict[str, Any]) -> None:
    """Only what has too little contrast is corrected, and a ground only under a picture."""
    for (theme, _), (page, _) in zip(shown["asked"], shown["shown"], strict=True):
        if theme["background"] or not any(theme.values()):
            continue
        assert page["--paper"] == theme["backdrop"] or not theme["backdrop"]
        grounds = [parsed(page["--paper"]), parsed(page["--surface"])]
        accent = theme["accent"]
        if accent and min(contrast(parsed(accent), ground) for ground in grounds) >= 3:
            assert page["--accent"] == accent


def test_the_overlays_plates_are_dark_enough_over_a_white_picture(shown: dict[str, Any]) -> None:
    """For white letters, for what failed, and for announcements in the theme's colour."""
    own = shown["plate"]
    opaque = f"{own['plate']}{round(own['opacity'] * 255):02x}"
    for (theme, _), (_, plates) in zip(shown["asked"], shown["shown"], strict=True):
        ground = laid_over(plates.get("--plate", opaque), WHITE)
        for letters in ("#ffffff", own["failure"], plates.get("--news", own["news"])):
            assert contrast(parsed(letters), ground) >= 4.5 - ROUNDING, (theme, letters)


def test_the_pages_own_colours_are_those_of_their_style_sheets(shown: dict[str, Any]) -> None:
    """A theme that sets one colour is corrected against the others."""
    day, night = re.findall(r":root \{(.*?)\}", rules("common/base.css"), re.DOTALL)[:2]
    for sheet, colors in ((day, shown["own"]["day"]), (night, shown["own"]["night"])):
        for name, color in colors.items():
            property_name = re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)
            assert f"--{property_name}: {color};" in sheet
    assert f"--board: {BOARD};" in day
    overlay = rules("overlay/overlay.css")
    red, green, blue, *_ = map(int, parsed(shown["plate"]["plate"]))
    assert f"var(--plate, rgb({red} {green} {blue} / {shown['plate']['opacity']:.0%}))" in overlay
    for name in ("failure", "news"):
        assert shown["plate"][name] in overlay
