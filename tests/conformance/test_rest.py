"""A short, deterministic run of Schemathesis; `python -m tests.conformance.rest` runs longer."""

from pathlib import Path

import pytest

from tests.conformance.rest import try_rest
from tests.conformance.target import open_target

EXAMPLES = 5
# All checks of Schemathesis. Three have little to check here: nothing is deleted, no header is
# required, and there are no user accounts. A response may take its time: no limit is set.
CHECKS = {
    "allow_header_conformance",
    "content_type_conformance",
    "ensure_resource_availability",
    "ignored_auth",
    "max_response_time",
    "missing_required_header",
    "negative_data_rejection",
    "not_a_server_error",
    "object_level_authorization",
    "positive_data_acceptance",
    "response_headers_conformance",
    "response_schema_conformance",
    "status_code_conformance",
    "unsupported_method",
    "use_after_free",
}


@pytest.mark.timeout(900)
async def test_the_api_does_what_its_schema_says_and_nothing_else(
    tmp_path: Path, redis_url: str, own_database_url: str
) -> None:
    async with open_target(tmp_path, redis_url, own_database_url) as target:
        report = await try_rest(target, tmp_path, examples=EXAMPLES)
        log = target.api.log.read_text()
    assert report.is_clean, report.text
    assert {name for name, _ in report.checks} == CHECKS, report.table()
    assert not any(status >= 500 for status in report.statuses), report.table()
    assert "Traceback" not in log, log
