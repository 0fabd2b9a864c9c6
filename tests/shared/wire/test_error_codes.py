"""One table has every error code, with a sentence in both languages."""

import ast
import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from clients.python import game_errors
from shared.wire import error_codes
from shared.wire.error_codes import ERRORS
from shared.wire.refusal import ErrorKind

ROOT: Final = Path(__file__).parents[3]
SERVICES: Final = ("shared", "api_service", "ws_gateway")
SCRIPTS: Final = (ROOT / "clients/web", ROOT / "api_service/pages/web")
# How scripts name an error's code.
NAMED_BY_SCRIPTS: Final = re.compile(
    r'(?<!typeof body\?\.)\bcode === "([a-z_]+)"|\bcode = "([a-z_]+)"|StreamarioError\("([a-z_]+)"'
)
# How the balancer chooses a language.
CHOICE: Final = re.compile(r'%\[var\(txn\.ja,0\),iif\("([^"]*)","([^"]*)"\)\]')
IN_JAPANESE: Final = partial(CHOICE.sub, r"\1")
IN_ENGLISH: Final = partial(CHOICE.sub, r"\2")
NOT_FOR_USERS: Final = "store|Redis|ストア|ゲートウェイ|API|ledger"
IS_ENGLISH: Final = re.compile(rf"(?!.*({NOT_FOR_USERS}))[^぀-ヿ]*[.…]").fullmatch
IS_JAPANESE: Final = re.compile(rf"(?!.*({NOT_FOR_USERS}))(?=.*[぀-ヿ]).*[。…]").fullmatch


def test_every_code_has_a_sentence_in_both_languages() -> None:
    """A whole one, which people can read who know nothing of how Streamario is made."""
    english = {kind.code: kind.sentence.spoken("en") for kind in ERRORS.values()}
    japanese = {kind.code: kind.sentence.spoken("ja") for kind in ERRORS.values()}
    assert [code for code, said in english.items() if not IS_ENGLISH(said)] == []
    assert [code for code, said in japanese.items() if not IS_JAPANESE(said)] == []


def test_a_kind_is_called_by_its_code() -> None:
    """So that a reader of `error_codes.ROOM_OVER` knows what travels."""
    kinds = {name: one for name, one in vars(error_codes).items() if isinstance(one, ErrorKind)}
    assert {name: kind.code.upper() for name, kind in kinds.items()} == {
        name: name for name in kinds
    }


def test_no_kind_is_made_outside_of_the_table() -> None:
    """What one service calls an error, the other calls too: nobody writes it down again."""
    makers = {
        str(file.relative_to(ROOT))
        for file in sources()
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("ErrorKind")
    }
    assert makers == {"shared/wire/error_codes.py"}


def test_every_code_in_the_services_sources_is_in_the_table() -> None:
    """Also those in a message that is made by hand."""
    named = {
        keyword.value.value
        for file in sources()
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant)
    }
    assert named <= set(ERRORS)


def sources() -> Iterator[Path]:
    for package in SERVICES:
        yield from (ROOT / package).rglob("*.py")


def test_every_code_that_scripts_go_by_is_in_the_table() -> None:
    """Those of the web client and of the pages."""
    scripts = [file for folder in SCRIPTS for file in folder.rglob("*.js")]
    found = [NAMED_BY_SCRIPTS.findall(file.read_text("utf-8")) for file in scripts]
    named = {code for hits in found for groups in hits for code in groups if code}
    assert {"invalid_game_key", "unreachable", "too_late"} <= named
    assert named <= set(ERRORS)


def test_every_code_that_games_go_by_is_in_the_table() -> None:
    """Those of the Python client and of the Unity package."""
    ending = (ROOT / "clients/unity/Runtime/Core/Ending.cs").read_text("utf-8")
    tables = re.findall(r"(?:ByProblem|Announced) = [^{]*\{(.*?)\};", ending, re.DOTALL)
    named = {code for table in tables for code in re.findall(r'\{ "([a-z_]+)",', table)}
    assert {"room_over", "going_away", "missing_token"} <= named
    assert named | set(game_errors._BY_ERROR_CODE) <= set(ERRORS)


def test_the_balancer_answers_by_the_table() -> None:
    """Status, code and sentence: in English and, once a request is read, in Japanese."""
    configuration = (ROOT / "deploy/haproxy/haproxy.cfg").read_text("utf-8")
    answers = re.findall(r"string '(\{\"type.*?\})'", configuration)
    told = {json.loads(IN_ENGLISH(answer))["code"] for answer in answers}
    assert {"no_server_ready", "bad_gateway", "gateway_timeout"} <= told <= set(ERRORS)
    for answer in answers:
        english, japanese = json.loads(IN_ENGLISH(answer)), json.loads(IN_JAPANESE(answer))
        kind = ERRORS[english["code"]]
        assert (english["status"], english["detail"]) == (kind.status, kind.sentence.en)
        assert english["error"] == english["detail"]
        if "%[" in answer:
            assert japanese["detail"] == japanese["error"] == kind.sentence.ja
