"""The pages' module of sentences is the table of error codes."""

from __future__ import annotations

from api_service.pages import error_sentences


def test_the_module_is_fresh() -> None:
    """`make schemas` writes it anew."""
    assert error_sentences.TARGET.read_text("utf-8") == error_sentences.generate()
