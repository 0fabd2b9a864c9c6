"""The pages' sentences for error codes: `python -m api_service.pages.error_sentences`."""

from pathlib import Path
from typing import Final

import msgspec

from shared.wire import error_codes as codes
from shared.wire.error_codes import ERRORS, UNKNOWN_CODE

TARGET: Final = Path(__file__).parent / "web" / "common" / "errors.js"
# What only games and operators are told: no page has to load sentences for these.
NOT_OF_PAGES: Final = (
    codes.BAD_ACK,
    codes.BAD_MESSAGE,
    codes.BAD_OUTCOME,
    codes.DRAINING,
    codes.FORBIDDEN_ORIGIN,
    codes.GOING_AWAY,
    codes.INVALID_ADMIN_TOKEN,
    codes.INVALID_TOKEN,
    codes.MESSAGE_TOO_BIG,
    codes.MISSING_TOKEN,
    codes.REFUSED_TOO_OFTEN,
    codes.TOO_MANY_ATTACHES,
    codes.TOO_MANY_BAD_MESSAGES,
    codes.UNKNOWN_TYPE,
)

MODULE: Final = """\
// Written by `make generate` from shared/wire/error_codes.py; changes belong there.

/** The sentence for each error code that a page may meet, by language. */
const SENTENCES = {sentences};

/** The sentence for a code that is not in the table, by language. */
const UNKNOWN = {unknown};

/** The sentence for this error code, in this language. */
export function errorIn(language, code) {{
  const sentences = SENTENCES[language];
  if (Object.hasOwn(sentences, code)) return sentences[code];
  return UNKNOWN[language].replace("{{code}}", () => code);
}}
"""


def generate() -> str:
    """The whole of errors.js."""
    kinds = [ERRORS[code] for code in sorted(ERRORS) if ERRORS[code] not in NOT_OF_PAGES]
    sentences = {
        "en": {kind.code: kind.sentence.en for kind in kinds},
        "ja": {kind.code: kind.sentence.ja for kind in kinds},
    }
    unknown = {"en": UNKNOWN_CODE.en, "ja": UNKNOWN_CODE.ja}
    return MODULE.format(sentences=_script(sentences), unknown=_script(unknown))


def _script(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


if __name__ == "__main__":
    TARGET.write_text(generate(), encoding="utf-8")
