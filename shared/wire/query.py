"""The query of a request or a handshake, as fields."""

from typing import Final
from urllib.parse import parse_qsl

from shared.wire.error_codes import INVALID_QUERY
from shared.wire.languages import Sentence
from shared.wire.refusal import Refused

FIELDS_LIMIT: Final = 20

UNREADABLE: Final = Sentence("The query cannot be read.", "クエリを読み取れません。")
TOO_MANY_FIELDS: Final = Sentence(
    "The query has more than {limit} fields.", "クエリの項目が {limit} 個を超えています。"
).about(limit=FIELDS_LIMIT)


def fields_in(query: str) -> list[tuple[str, str]]:
    """The names and values. Raises Refused if they are no UTF-8, or unparsed if there are many."""
    if query.count("&") >= FIELDS_LIMIT:
        raise Refused(INVALID_QUERY, TOO_MANY_FIELDS)
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict")
    except ValueError:
        raise Refused(INVALID_QUERY, UNREADABLE) from None
