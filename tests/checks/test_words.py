"""One word for one thing, in both languages: what people read has no other word for it.

People read the documents, the pages' texts, and what the commands and the services say.
"""

import re
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.browser.documents import DOCS

ROOT: Final = DOCS.parent
BUNDLES: Final = ROOT / "api_service/pages/bundles"  # what the modules say
WRITTEN: Final = (".md", ".py", ".lua", ".js", ".html", ".cs", ".yml", ".yaml", ".sh", ".cfg")
ASSETS: Final = ("Makefile", ".env.example", "ws_gateway/asyncapi.json")
JAPANESE_LETTER: Final = "[ぁ-んァ-ヶ一-鿿々ー]"

# A pattern of what is not said, and what is said instead.
JAPANESE: Final = {
    "発火": "発動",
    "いっぱい|満ちる|満ちた|満ちて": "満タン",
    "帳簿": "台帳",
    "受信確認": "確認応答（ack）",
    "終了コード": "クローズコード; of a process: 終了ステータス",
    "(?<!しきい値（)閾値": "しきい値, the first time しきい値（閾値）",
    "(?<!リ)ストア": "Redis, PostgreSQL",
    "コンピュータ": "パソコン",
    "(?<!IP )(?<!IPv4 )アドレス": "IP アドレス, or URL",
    "送る量を減らす": "1 件のメッセージを小さくする",
    "視聴者の入力を待たせる": "トリガーを止める（ボタンはたまる）",
    "視聴者数の上限": "この人数まで",
    "秘密情報なので": "次回も使うので保存し、他人に見せない",
    "配信のしくみ": "トリガーが届くしくみ",
    "配信の保証|配信保証|再配信|配信漏れ": "トリガーの送達",
    "他人のルームには": "操作できるのは持ち主だけ",
    "黙って失": "失ったら必ず知らせる",
    "お持ちのもの": "用途",
    "WebSocket サーバー(?!）)": "ゲートウェイ（旧：WebSocket サーバー）",
    "通信プロトコル": "通信仕様",
    "かまい(?:ません|ます)": "構いません",
    "[るたい]時(?:は|に|、)": "とき",
    "～": "〜",
    "[０-９Ａ-Ｚａ-ｚ]": "0 to 9, A to Z",
}
# What streamers and viewers read besides.
ON_PAGES: Final = {
    "ゲートウェイ|API|WebSocket": "サーバー",
    "グラフの高さ": "縦軸の最大",
    "エポック|epoch": "記録の一部が失われました",
    "離れ(?:ます|る|て)": "退出",
    "しきい値|threshold": "必要な回数, or the presses that are needed",
    "押下": "押した回数",
    "[Gg]ateway|[Ss]ocket": "server, connection",
}
ENGLISH: Final = {
    r"\b(?:go|goes|went|going) off\b": "fires",
    r"\bthe books\b": "the ledger",
    r"\bthe journals?\b": "the ledger",
    r"\b(?:the|a|its|their|each) stores?\b": "Redis, PostgreSQL",
}
# What nobody understood at first reading, in small letters.
SENTENCES: Final = (
    "only the tests want more",
    "judge both wires",
    "breaks everything in turn",
    "beside yardsticks",
    "and in it a room",
    "in order, every trigger at least once",
    "whichever process dies when",
    "than the viewers it counts for",
    "says lives",
    "being woken at night",
    "presses that arrive together travel together",
    "in the logs of whatever is in between",
    "skip what is not greater",
    "of no use to anybody",
    "is closed by the server only after",
    "whose counting redis lost",
    "one machine is one machine",
    "takes it for good",
    "taken for good",
    "is told from one that went on",
    "games are written at least half",
    "more than a twentieth counts",
    "a page that is held",
    "as many as would have to press alike",
    "as many would press alike",
    "known and second everywhere",
    "viewers shall take part in it",
    "is said again until",
    "neither for a first word",
    "as good as nothing, and no error",
    "it would be everybody's in the call",
    "is one that somebody has flushed",
    "keeps no hand on",
    "no half of a pair",
    "what only looks ends",
    "of which it has none",
)


def written() -> list[Path]:
    """Every file that people of this project wrote."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = sorted(set(listed.stdout.splitlines()))
    chosen = [name for name in names if name.endswith(WRITTEN) or name in ASSETS]
    return [ROOT / name for name in chosen if (ROOT / name).is_file()]


FILES: Final = [
    path for path in written() if path != Path(__file__) and BUNDLES not in path.parents
]
DOCUMENTS: Final = [path for path in FILES if path.suffix == ".md"]
IN_TWO_LANGUAGES: Final = {
    "announcements.js",
    "code.js",
    "deferred_texts.js",
    "en.js",
    "ja.js",
    "round_picture.js",
    "texts.js",
}
TEXTS: Final = [path for path in FILES if path.name in IN_TWO_LANGUAGES]
TOLD: Final = [path for path in FILES if path.relative_to(ROOT).parts[0] != "tests"]
IN_JAPANESE: Final = [
    path
    for path in TOLD
    if path.name != "languages.js" and re.search("[ぁ-ん]", path.read_text("utf-8"))
]


def whole(text: str) -> str:
    """All of a file."""
    return text


def literals(text: str) -> str:
    """What a module says: its strings, without names and comments."""
    lines = (re.findall(r'"[^"]*"|`[^`]*`', line) for line in text.splitlines())
    return "\n".join(" ".join(strings) for strings in lines)


def prose(text: str) -> str:
    """A text without code and links, and with a figure for each value."""
    blocks = re.sub(r"^ *```.*?^ *```$", _blank, text, flags=re.DOTALL | re.MULTILINE)
    inline = re.sub(r"``?[^`$\n]+``?", "", blocks)
    return re.sub(r"\$\{[^}]*\}", "1", re.sub(r"\]\([^)\n]*\)", "]", inline))


def _blank(block: re.Match[str]) -> str:
    return "\n" * block[0].count("\n")


def found(pattern: str, files: list[Path], part: Callable[[str], str] = whole) -> list[str]:
    """Where a pattern stands in that part of the files, as an editor opens it."""
    sought = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:160]}"
        for path in files
        for number, line in enumerate(_lines(path, part), 1)
        if sought.search(line)
    ]


@cache
def _lines(path: Path, part: Callable[[str], str]) -> list[str]:
    return part(path.read_text("utf-8")).splitlines()


@pytest.mark.parametrize(("wrong", "right"), JAPANESE.items(), ids=JAPANESE.values())
def test_japanese_has_one_word_for_one_thing(wrong: str, right: str) -> None:
    assert found(wrong, TOLD) == [], right


@pytest.mark.parametrize(("wrong", "right"), ON_PAGES.items(), ids=ON_PAGES.values())
def test_streamers_and_viewers_are_not_taken_for_engineers(wrong: str, right: str) -> None:
    assert found(wrong, TEXTS, part=literals) == [], right


@pytest.mark.parametrize(("wrong", "right"), ENGLISH.items(), ids=ENGLISH.values())
def test_english_has_one_word_for_one_thing(wrong: str, right: str) -> None:
    assert found(wrong, [*DOCUMENTS, *TEXTS]) == [], right


def test_japanese_has_a_space_beside_latin_letters_and_digits() -> None:
    touching = f"{JAPANESE_LETTER}[A-Za-z0-9]|[A-Za-z0-9]{JAPANESE_LETTER}"
    assert found(touching, IN_JAPANESE, part=prose) == []


def test_no_sentence_must_be_read_twice() -> None:
    texts = {path: path.read_text("utf-8").lower() for path in FILES}
    standing = [(path, each) for path, text in texts.items() for each in SENTENCES if each in text]
    assert standing == []
