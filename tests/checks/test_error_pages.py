"""The pages about errors list every code."""

import re
from typing import Final

import pytest

from shared.wire.error_codes import ERRORS
from shared.wire.languages import Language
from tests.browser.documents import DOCS
from ws_gateway.handshakes.claims import WRONG_GAME_KEY
from ws_gateway.sockets import close_codes
from ws_gateway.sockets.close_codes import CloseMessage

# A row of a page: code, status or close code where there is one, sentence.
ROW: Final = r"^\| (`\w+`) \|(?: ([^|]+) \|)? ([^|]+) \| [^|]+ \|$"


@pytest.mark.parametrize(("page", "language"), [("errors.md", "en"), ("errors.ja.md", "ja")])
def test_the_page_about_errors_has_the_rows_of_the_table(page: str, language: Language) -> None:
    """Each code with its statuses and its sentence; a close code where one follows."""
    text = (DOCS / page).read_text("utf-8")
    answers, messages, of_clients = (
        [[cell.strip("` ") for cell in row] for row in re.findall(ROW, part, re.MULTILINE)]
        for part in re.split("^## ", text, flags=re.MULTILINE)[1:]
    )
    told = {(code, kind.sentence.spoken(language)) for code, kind in ERRORS.items()}
    assert {(row[0], row[-1]) for row in (*answers, *messages, *of_clients)} == told
    statuses = {code: {int(status) for status in column.split(",")} for code, column, _ in answers}
    expected = {code: {kind.status} for code, kind in ERRORS.items() if kind.status}
    expected[WRONG_GAME_KEY.code].add(WRONG_GAME_KEY.status)
    assert statuses == expected
    closing = [value for value in vars(close_codes).values() if isinstance(value, CloseMessage)]
    closes = {each.error.code: str(each.code) for each in closing if each.error}
    assert closes.items() <= {code: column for code, column, _ in messages}.items()
