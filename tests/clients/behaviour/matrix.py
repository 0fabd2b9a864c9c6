"""Writes the table of promises and clients of docs/client_behaviour.md from the cases.

Run it with `python -m tests.clients.behaviour.matrix`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from tests.clients.behaviour.cases import CLIENTS, TOPICS, Case, read_topic

Language = Literal["en", "ja"]

DOCS: Final = Path(__file__).parents[3] / "docs"
PAGES: Final[dict[Path, Language]] = {
    DOCS / "client_behaviour.md": "en",
    DOCS / "client_behaviour.ja.md": "ja",
}
TABLES: Final = re.compile(r"(?<=<!-- the cases -->\n).*(?=<!-- end of the cases -->)", re.DOTALL)
HEAD: Final = {
    "en": ("promise", "Unity, .NET", "Python", "console"),
    "ja": ("約束", "Unity、.NET", "Python", "コンソール"),
}
TITLES: Final[dict[str, dict[Language, str]]] = {
    "connection": {"en": "The connection", "ja": "接続"},
    "refusals": {"en": "Refused handshakes", "ja": "拒否されたハンドシェイク"},
    "delivery": {"en": "Triggers and acknowledgements", "ja": "トリガーと確認応答"},
    "rounds": {"en": "Rounds", "ja": "ラウンド"},
    "commands": {"en": "Commands", "ja": "コマンド"},
    "answers": {"en": "Answers to triggers", "ja": "トリガーへの答え"},
    "messages": {"en": "What is not known", "ja": "未知のもの"},
}
# Why a client does not make a promise, in the order in which the tables need them.
NOTES: Final = ("stand_in", "no_stand_in", "library", "browser", "pull", "rest", "raises")


def generate(page: Path) -> str:
    """The page, with the tables that the cases give."""
    return TABLES.sub(lambda _: tables(PAGES[page]), page.read_text("utf-8"))


def tables(language: Language) -> str:
    """A table for each topic, with a row for each case."""
    return "\n" + "\n\n".join(_table(topic, language) for topic in TOPICS) + "\n\n"


def _table(topic: str, language: Language) -> str:
    cases = f"[{topic}.json](../tests/clients/behaviour/{topic}.json)"
    heading = f"### {TITLES[topic][language]}\n\n{cases}"
    rows = [HEAD[language], ["---"] * 4, *_rows(topic, language)]
    return heading + "\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _rows(topic: str, language: Language) -> Iterator[tuple[str, ...]]:
    for case in read_topic(topic):
        sentence = case.promise.en if language == "en" else case.promise.ja
        yield f"{sentence} (`{case.name}`)", *(_cell(case, client) for client in CLIENTS)


def _cell(case: Case, client: str) -> str:
    reason = case.not_for.get(client)  # type: ignore[call-overload]
    return f"– {NOTES.index(reason) + 1}" if reason else "✓"


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(generate(page), "utf-8")
