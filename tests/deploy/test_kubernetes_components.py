"""The components for kustomize: backups, the Prometheus operator, a private registry."""

import os
import subprocess
import time
from pathlib import Path

import psycopg
import pytest
import yaml

from api_service.books.migrate import upgrade
from deploy.embedded import programs
from deploy.embedded.servers import embedded_servers
from tests.deploy.backups import restore
from tests.deploy.command_line import finished
from tests.deploy.manifests import Manifest, mounted, named, of_kind, rendered
from tests.deploy.monitoring import MONITORING, load, promtool

DAY = 86400  # s
TABLES = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"


@pytest.fixture
def monitored() -> tuple[Manifest, ...]:
    """An overlay with the Prometheus operator's resources."""
    return rendered("production", "prometheus-operator")


def test_the_operator_watches_each_service_under_the_jobs_that_the_alerts_know(
    monitored: tuple[Manifest, ...],
) -> None:
    """The job is a label that their pods have, and the token is a Secret that they mount, too."""
    monitor = named(monitored, "PodMonitor", "streamario")
    assert monitor.body["apiVersion"] == "monitoring.coreos.com/v1"
    assert monitor.body["metadata"]["labels"]["release"] == "kube-prometheus-stack"
    (endpoint,) = monitor.spec["podMetricsEndpoints"]
    token, label = endpoint["authorization"]["credentials"], "app.kubernetes.io/component"
    assert monitor.spec == {
        "jobLabel": label,
        "selector": {
            "matchExpressions": [
                {"key": label, "operator": "In", "values": ["api", "gateway", "ledger"]}
            ]
        },
        "podMetricsEndpoints": [
            {
                "port": "http",
                "interval": load(MONITORING / "prometheus.yml")["global"]["scrape_interval"],
                "scrapeTimeout": endpoint["scrapeTimeout"],
                "authorization": {"type": "Bearer", "credentials": token},
            }
        ],
    }
    for each in of_kind(monitored, "Deployment"):
        assert each.labels[label] == each.name
        assert "http" in [port["name"] for port in each.container["ports"]]
        secrets = mounted(each).values()
        assert (token["name"], token["key"]) in secrets or (token["name"], "") in secrets


def test_the_operator_gets_the_same_rules_as_every_prometheus(
    monitored: tuple[Manifest, ...], tmp_path: Path
) -> None:
    rules = named(monitored, "PrometheusRule", "streamario")
    assert rules.body["apiVersion"] == "monitoring.coreos.com/v1"
    assert rules.body["metadata"]["labels"]["release"] == "kube-prometheus-stack"
    assert rules.spec == load(MONITORING / "alerts.yml")
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(rules.spec))
    promtool("check", "rules", tmp_path / "rules.yml")


def test_pods_of_the_image_are_pulled_with_the_registrys_secret() -> None:
    manifests = rendered("production", "backup", "pull-secret")
    accounts = {each.name: each.body for each in of_kind(manifests, "ServiceAccount")}
    for each in of_kind(manifests, "Deployment", "Job"):
        account = accounts[each.pod["serviceAccountName"]]
        assert account["imagePullSecrets"] == [{"name": "streamario-registry"}]
    assert "imagePullSecrets" not in str([each.body for each in rendered("production")])


def backup_script(folder: Path) -> str:
    """Return the script of the backup's container, for the folders of a test."""
    (script,) = named(rendered("small"), "CronJob", "backup").container["args"]
    assert isinstance(script, str)
    return script.replace("/backups", str(folder / "backups")).replace(
        "/run/secrets/streamario", str(folder / "secrets")
    )


def back_up(folder: Path, database_url: str) -> subprocess.CompletedProcess[str]:
    """Run the script as the container would."""
    (folder / "backups").mkdir(exist_ok=True)
    (folder / "secrets").mkdir(exist_ok=True)
    (folder / "secrets" / "DATABASE_URL").write_text(database_url)
    return finished(
        ["/bin/sh", "-c", backup_script(folder)],
        env={"PATH": f"{programs.postgres_folder()}:{os.environ['PATH']}", "KEEP_DAYS": "14"},
    )


def dump_of(folder: Path, days: int, suffix: str = "") -> Path:
    """Make a dump that is some days old."""
    dump = folder / "backups" / f"streamario-{days}.dump{suffix}"
    dump.parent.mkdir(exist_ok=True)
    dump.touch()
    at = time.time() - days * DAY
    os.utime(dump, (at, at))
    return dump


async def test_a_backup_can_be_restored_and_old_ones_go(
    tmp_path: Path, own_database_url: str
) -> None:
    """The script of the CronJob, with real programs."""
    upgrade(own_database_url)
    kept, old, part = dump_of(tmp_path, 13), dump_of(tmp_path, 16), dump_of(tmp_path, 17, ".part")
    ran = back_up(tmp_path, own_database_url)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert kept.exists()
    assert not old.exists()
    assert not part.exists()
    (new,) = [path for path in (tmp_path / "backups").iterdir() if path != kept]
    assert new.name.endswith("Z.dump")
    assert new.stat().st_mode & 0o777 == 0o600
    async with embedded_servers(tmp_path / "fresh", redis=False, database=True) as fresh:
        await restore(new, fresh.database_url)
        with psycopg.connect(fresh.database_url) as copy, psycopg.connect(own_database_url) as mine:
            tables = mine.execute(TABLES).fetchone()
            assert copy.execute(TABLES).fetchone() == tables
            assert tables is not None
            assert tables[0] > 5


def test_a_backup_that_fails_deletes_none(tmp_path: Path) -> None:
    old, _ = dump_of(tmp_path, 16), dump_of(tmp_path, 1, ".part")
    ran = back_up(tmp_path, "postgresql://127.0.0.1:1/streamario")
    assert ran.returncode != 0
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [old.name]
