"""The query of a request or a handshake, as fields."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from shared.wire.error_codes import INVALID_QUERY
from shared.wire.languages import Sentence
from shared.wire.refusal import Refused

FIELDS_LIMIT: Final = 20

UNREADABLE: Final = Sentence("The query cannot be read.", "クエリを読み取れません。")


def fields_in(query: str) -> list[tuple[str, str]]:
    """The names and values. Raises Refused if they are no UTF-8, or unparsed if there are many."""
    try:
        return parse_qsl(
            query, keep_blank_values=True, errors="strict", max_num_fields=FIELDS_LIMIT
        )
    except ValueError:
        raise Refused(INVALID_QUERY, UNREADABLE) from None
