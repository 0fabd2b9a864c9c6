"""Prometheus, its alerts, the dashboard and the runbook are consistent with the services."""

import asyncio
import os
import re
import subprocess
from itertools import combinations
from pathlib import Path
from typing import Final, NamedTuple

import httpx
import pytest
import yaml

from shared.engine.replies import REASONS
from shared.wire.error_codes import ERRORS
from tests.deploy.monitoring import (
    DASHBOARD,
    GRAFANA,
    METRICS,
    MONITORING,
    NAMES,
    PANELS,
    ROOT,
    RUNBOOK,
    anchors,
    exposed_by,
    exposed_by_haproxy,
    expressions,
    families,
    load,
    promtool,
    rules,
)
from tests.flow.fleet import open_fleet

METRIC: Final = re.compile(r"\b(?:streamario|process|haproxy)_[a-z0-9_]+")
LABEL: Final = re.compile(r'[{,]([a-z_]+)="')
OF_JOB: Final = re.compile(r'([a-z0-9_]+)\{[^}]*job="([a-z]+)"')
RECORDED: Final = re.compile(r"\bstreamario:[a-z0-9_:]+")


class Area(NamedTuple):
    """The area of a panel, from its upper left corner."""

    x: int
    y: int
    w: int
    h: int


def test_prometheus_takes_its_configuration(tmp_path: Path) -> None:
    """With a token in the container's place; this also checks the rules."""
    token = tmp_path / "admin_token"
    token.write_text("a token of the test suite")
    config = (MONITORING / "prometheus.yml").read_text()
    for name in ("prometheus.yml", "alerts.yml"):
        (tmp_path / name).write_bytes((MONITORING / name).read_bytes())
    (tmp_path / "prometheus.yml").write_text(config.replace("/run/secrets/admin_token", str(token)))
    promtool("check", "config", "--lint=all", "--lint-fatal", "prometheus.yml", cwd=tmp_path)


def test_prometheus_finds_each_service_by_name_and_shows_its_token() -> None:
    """The job names are those that the alerts use."""
    jobs = {job["job_name"]: job for job in load(MONITORING / "prometheus.yml")["scrape_configs"]}
    found = {
        name: (job["dns_sd_configs"][0]["names"], job["dns_sd_configs"][0]["port"])
        for name, job in jobs.items()
        if "dns_sd_configs" in job
    }
    assert found == {
        "api": (["api"], 8888),
        "gateway": (["gateway"], 8890),
        "ledger": (["ledger"], 8888),
    }
    tokens = {jobs[name]["authorization"]["credentials_file"] for name in found}
    assert tokens == {"/run/secrets/admin_token"}
    assert jobs["haproxy"]["static_configs"] == [{"targets": ["haproxy:8405"]}]


def test_each_alert_fires_when_it_should_and_not_otherwise() -> None:
    """Half an idle hour, a full house whose processes are all replaced, and cases of each alert."""
    promtool("test", "rules", "alerts_test.yml")


def test_each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    """The idle half hour and the upgrade name all of them, and ask for any that fired meanwhile."""
    idle, upgrade, *cases = load(MONITORING / "alerts_test.yml")["tests"]
    outcomes = {
        (case["alertname"], bool(case["exp_alerts"]))
        for test in cases
        for case in test["alert_rule_test"]
    }
    assert outcomes == {(name, fires) for name in NAMES for fires in (True, False)}
    for world in (idle, upgrade):
        assert [case["alertname"] for case in world["alert_rule_test"]] == NAMES
        assert not any(case["exp_alerts"] for case in world["alert_rule_test"])
        assert world["promql_expr_test"][0]["exp_samples"] == []


async def test_every_metric_that_is_asked_for_is_exposed(
    redis_url: str, database_url: str, tmp_path: Path
) -> None:
    """By the service that the job names; and the table in docs/metrics.md lists every metric.

    None has a label whose values grow with rooms or people: Prometheus keeps each of them.
    """
    async with open_fleet(tmp_path, redis_url, database_url) as fleet:
        api, gateway, ledger = await asyncio.gather(fleet.api(), fleet.gateway(), fleet.ledger())
        async with httpx.AsyncClient() as http:
            texts = {
                member.service: (await http.get(f"{member.url}/metrics")).text
                for member in (api, gateway, ledger)
            }
    exposed = {service: set(exposed_by(text)) for service, text in texts.items()}
    exposed["haproxy"] = await exposed_by_haproxy(tmp_path)
    everything = set().union(*exposed.values())
    asked = [*(rule.expr for rule in rules()), *expressions()]
    assert {name for expr in asked for name in METRIC.findall(expr)} <= everything
    of_jobs = {pair for expr in asked for pair in OF_JOB.findall(expr)}
    assert not {(name, job) for name, job in of_jobs if name != "up" and name not in exposed[job]}
    labels = {name for text in texts.values() for name in LABEL.findall(text)}
    assert labels <= {"code", "le", "reason", "service", "status", "store", "version"}
    ours = {name for text in texts.values() for name in families(text)}
    assert ours == set(re.findall(r"^\| `([a-z_]+)", METRICS.read_text(), re.MULTILINE))


@pytest.mark.parametrize("place", ["containers", "kubernetes", "bare processes"])
def test_the_runbooks_short_forms_are_there_for_each_place(place: str, tmp_path: Path) -> None:
    """They pass on all their arguments, and read the logs of all named services."""
    forms = dict(zip(("containers", "kubernetes", "bare processes"), short_forms(), strict=True))
    for name in ("docker", "kubectl", "journalctl", "promtool", "valkey-cli", "cat"):
        (tmp_path / name).write_text(f'#!/bin/sh\nprintf "[%s]" {name} "$@"\n')
        (tmp_path / name).chmod(0o755)
    said = subprocess.run(
        ("sh", "-eu"),
        input=f"{forms[place]}\nask up; logs api gateway; valkey INFO memory",
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "PROMETHEUS": "http://prometheus.test"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "[up]" in said
    assert said.endswith("[INFO][memory]")
    logs = {
        "containers": "[logs][--since][1h][api][gateway]",
        "kubernetes": "[--selector][app.kubernetes.io/component in (api,gateway)]",
        "bare processes": "[--unit=streamario-api*][--unit=streamario-gateway*]",
    }
    assert logs[place] in said
    assert "streamario()" in forms[place]


def short_forms() -> list[str]:
    section = anchors(RUNBOOK)["commands"]
    return re.findall(r"^```sh\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)


def test_alerts_go_by_codes_reasons_and_backends_that_there_are() -> None:
    """An alert on an old name would never fire."""
    text = " ".join([*(rule.expr for rule in rules()), *expressions()])
    assert values_of("code", text) <= set(ERRORS)
    assert values_of("reason", text) <= set(REASONS)
    balancer = (ROOT / "deploy" / "haproxy" / "haproxy.cfg").read_text()
    backends = re.findall(r"^(?:backend|frontend) (\w+)$", balancer, re.MULTILINE)
    assert values_of("proxy", text) <= set(backends)
    assert values_of("name", text) <= set(backends)  # a backend names its stick table


def values_of(label: str, text: str) -> set[str]:
    """Return the values that a label is compared with."""
    found = re.findall(rf'\b{label}=~?"([^"]+)"', text)
    return {value for alternatives in found for value in alternatives.split("|")}


def test_prometheus_understands_each_question_of_the_dashboard(tmp_path: Path) -> None:
    """And there is a recording rule for every recorded series that it uses."""
    asked = [{"record": f"asked:number{n}", "expr": expr} for n, expr in enumerate(expressions())]
    rule_file = tmp_path / "asked.yml"
    rule_file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": asked}]}))
    promtool("check", "rules", rule_file)
    kept = {rule.record for rule in rules()}
    used = [*expressions(), *(rule.expr for rule in rules())]
    assert {name for expr in used for name in RECORDED.findall(expr)} <= kept


def test_a_panel_says_what_it_shows() -> None:
    """It has a title, a description and a unit, and uses the selected data source."""
    for panel in PANELS:
        assert panel["title"], panel["id"]
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        sources = {panel["datasource"]["uid"], *(t["datasource"]["uid"] for t in panel["targets"])}
        assert sources == {"${datasource}"}, panel["title"]


def test_panels_have_places_and_numbers_of_their_own() -> None:
    """No panels overlap, and none extends beyond the 24 columns."""
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len({panel["title"] for panel in panels}) == len(panels)
    areas = [Area(**panel["gridPos"]) for panel in panels]
    assert all(area.x >= 0 and area.x + area.w <= 24 for area in areas)
    assert not [pair for pair in combinations(areas, 2) if overlap(*pair)]


def overlap(one: Area, other: Area) -> bool:
    """Return whether two panels overlap."""
    beside = one.x + one.w <= other.x or other.x + other.w <= one.x
    above = one.y + one.h <= other.y or other.y + other.h <= one.y
    return not (beside or above)


def test_grafana_finds_the_dashboard_and_asks_this_prometheus() -> None:
    """At the paths that compose.yaml mounts, with ids that clash with nothing."""
    (provider,) = load(GRAFANA / "provisioning" / "dashboards" / "streamario.yml")["providers"]
    (source,) = load(GRAFANA / "provisioning" / "datasources" / "prometheus.yml")["datasources"]
    assert (DASHBOARD["uid"], DASHBOARD["id"]) == ("streamario", None)
    assert (source["type"], source["url"]) == ("prometheus", "http://prometheus:9090")
    compose = load(ROOT / "compose.yaml")["services"]["grafana"]["volumes"]
    assert f"./deploy/monitoring/grafana/dashboards:{provider['options']['path']}:ro" in compose
    (variable,) = DASHBOARD["templating"]["list"]
    assert (variable["type"], variable["query"]) == ("datasource", "prometheus")
