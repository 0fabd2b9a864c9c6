"""The pages' sentences for error codes: `python -m api_service.pages.error_sentences`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from shared.wire.error_codes import ERRORS, UNKNOWN_CODE

TARGET: Final = Path(__file__).parent / "web" / "common" / "errors.js"

MODULE: Final = """\
// Written by `make generate` from shared/wire/error_codes.py; changes belong there.

/** The sentence for each error code, by language. */
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
    kinds = [ERRORS[code] for code in sorted(ERRORS)]
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
