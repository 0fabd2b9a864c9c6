"""The runbook has every alert, with what one needs at night."""

import re
from typing import Final

import pytest

from tests.deploy.monitoring import ALERTS, ROOT, RUNBOOK, Rule, anchors

RUNBOOK_LINK: Final = "{{ $externalLabels.runbook }}#"


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule.alert)
def test_an_alert_says_whom_to_wake_and_where_to_read_on(rule: Rule) -> None:
    """Its section of the runbook says the five things that one needs at night."""
    assert rule.labels["severity"] in ("page", "ticket")
    assert rule.annotations["summary"]
    told = rule.annotations["description"]
    assert "$value" in told or "$labels.instance" in told or "absent(" in rule.expr
    anchor = rule.annotations["runbook_url"].removeprefix(RUNBOOK_LINK)
    assert anchor == rule.alert.lower()
    section = anchors(RUNBOOK)[anchor]
    for part in ("Impact.", "Check.", "Likely causes.", "Fix.", "Resolved when"):
        assert f"**{part}**" in section


def test_the_runbooks_list_of_alerts_is_complete() -> None:
    """Each with its severity and its summary, in the order of alerts.yml."""
    row = r"^\| \[(\w+)\]\(#\w+\) \| (page|ticket) \| (.+) \|$"
    assert re.findall(row, RUNBOOK.read_text(), re.MULTILINE) == [
        (rule.alert, rule.labels["severity"], rule.annotations["summary"]) for rule in ALERTS
    ]


def test_the_japanese_runbooks_list_of_alerts_is_complete() -> None:
    """Each with its severity, and a link to its section in English."""
    row = r"^\| \[(\w+)\]\(runbook\.md#(\w+)\) \| (page|ticket) \|"
    page = RUNBOOK.with_name("runbook.ja.md")
    assert re.findall(row, page.read_text(), re.MULTILINE) == [
        (rule.alert, rule.alert.lower(), rule.labels["severity"]) for rule in ALERTS
    ]


def test_what_the_runbook_quotes_of_a_start_is_what_it_prints() -> None:
    quoted = "the schema is not at … yet; run: streamario migrate"
    assert f"`streamario: DATABASE_URL: {quoted}`" in RUNBOOK.read_text()
    source = (ROOT / "api_service/books/database.py").read_text()
    assert f'f"DATABASE_URL: {quoted.replace("…", "{REVISION}")}"' in source
