"""Reads the files for Prometheus and Grafana, and the services' metrics."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
import yaml

from tests.conftest import free_ports
from tests.deploy.command_line import finished
from tests.programs import program
from tests.waiting import until

ROOT: Final = Path(__file__).parents[2]
MONITORING: Final = ROOT / "deploy" / "monitoring"
RUNBOOK: Final = ROOT / "docs" / "runbook.md"
METRICS: Final = ROOT / "docs" / "metrics.md"
GRAFANA: Final = MONITORING / "grafana"
SERIES: Final = {
    "counter": ("",),
    "gauge": ("",),
    "histogram": ("_bucket", "_sum", "_count"),
}


class Rule(msgspec.Struct):
    """An alert or a recording rule."""

    expr: str
    alert: str = ""
    record: str = ""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}


def load(path: Path) -> Any:
    """Parse a YAML file."""
    return yaml.safe_load(path.read_text())


def rules() -> list[Rule]:
    """Return all rules of alerts.yml."""
    groups = load(MONITORING / "alerts.yml")["groups"]
    return msgspec.convert([rule for group in groups for rule in group["rules"]], list[Rule])


ALERTS: Final = [rule for rule in rules() if rule.alert]
NAMES: Final = [rule.alert for rule in ALERTS]
DASHBOARD: Final = json.loads((GRAFANA / "dashboards" / "streamario.json").read_text())
PANELS: Final = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def expressions() -> list[str]:
    """Return the dashboard's queries, with Grafana's interval filled in."""
    asked = [target["expr"] for panel in PANELS for target in panel["targets"]]
    notes = [note["target"]["expr"] for note in DASHBOARD["annotations"]["list"]]
    return [expr.replace("$__rate_interval", "1m") for expr in [*asked, *notes]]


def promtool(*arguments: str | Path, cwd: Path = MONITORING) -> None:
    """Run promtool; if it fails, the assertion shows its output."""
    ran = finished([program("promtool"), *arguments], cwd=cwd)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def anchors(document: Path) -> dict[str, str]:
    """Return a document's sections by their anchors."""
    parts = re.split(r"^##+ +(.+)$", document.read_text(), flags=re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-"): text
        for title, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def families(text: str) -> Iterator[str]:
    """Yield the names of an exposition's metrics, without `_created`."""
    for name in re.findall(r"^# TYPE (\S+) \w+$", text, re.MULTILINE):
        if not name.endswith("_created"):
            yield name


def exposed_by(text: str) -> Iterator[str]:
    """Yield the names of all series of an exposition, also of those without a sample yet."""
    for name, kind in re.findall(r"^# TYPE (\S+) (\w+)$", text, re.MULTILINE):
        yield from (name + suffix for suffix in SERIES[kind])


async def exposed_by_haproxy(folder: Path) -> set[str]:
    """Return the series of HAProxy's own exporter."""
    (port,) = free_ports(1)
    config = folder / "haproxy.cfg"
    config.write_text(
        "global\n  maxconn 100\n"
        "defaults\n  mode http\n  timeout client 1h\n  timeout server 1h\n  timeout connect 1h\n"
        f"frontend public\n  bind 127.0.0.1:{port}\n  default_backend api\n"
        "  http-request use-service prometheus-exporter if { path /metrics }\n"
        "backend api\n  server one 127.0.0.1:1\n"
        "backend addresses\n  stick-table type ip size 1 store conn_cur\n"
    )
    process = await asyncio.create_subprocess_exec(program("haproxy"), "-db", "-f", str(config))
    try:
        async with httpx.AsyncClient() as http:

            async def listens() -> bool:
                try:
                    return (await http.get(f"http://127.0.0.1:{port}/metrics")).is_success
                except httpx.TransportError:
                    return False

            await until(listens)
            answer = await http.get(f"http://127.0.0.1:{port}/metrics")
    finally:
        process.terminate()
        await process.wait()
    return set(exposed_by(answer.text))
