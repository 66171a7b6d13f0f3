"""The deployment files hold together: parsed, cross-checked with settings, metrics and runbook.
None of them was tried on a cluster."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click import Group
from typer.main import get_command

from invekto.cli.app import app
from invekto.server import metrics
from invekto.settings import ModelSettings, Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
API_VERSIONS = {"Job": "batch/v1", "Deployment": "apps/v1", "Service": "v1", "CronJob": "batch/v1",
                "PersistentVolumeClaim": "v1", "PodDisruptionBudget": "policy/v1"}  # fmt: skip
KNOWN = {f"INVEKTO_{name.upper()}" for name in Settings.model_fields} | {
    f"OPENAI_{name.upper()}" for name in ModelSettings.model_fields
}


def manifests() -> list[dict[str, Any]]:
    text = (DEPLOY / "kubernetes/invekto.yaml").read_text("utf-8")
    return list(yaml.safe_load_all(text))


def containers() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    specs = [(m, m["spec"].get("jobTemplate", m)["spec"]) for m in manifests()]
    return [
        (m["metadata"]["name"], pod, container)
        for m, spec in specs
        if "template" in spec
        for pod in [spec["template"]["spec"]]
        for container in pod["containers"]
    ]


def test_manifests_are_of_known_kinds_and_select_what_they_label() -> None:
    for manifest in manifests():
        assert manifest["apiVersion"] == API_VERSIONS[manifest["kind"]]
        if manifest["kind"] == "Deployment":
            wanted = manifest["spec"]["selector"]["matchLabels"]
            assert wanted.items() <= manifest["spec"]["template"]["metadata"]["labels"].items()


@pytest.mark.parametrize(("name", "pod", "container"), containers(), ids=lambda x: str(x)[:20])
def test_pods_run_unprivileged_with_settings_that_exist(
    name: str, pod: dict[str, Any], container: dict[str, Any]
) -> None:
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert {one["name"] for one in container["env"]} <= KNOWN
    assert container["command"][0] == "invekto"
    if "migrate" not in name:
        assert container["resources"]["limits"]["memory"] == "800Mi"
    if pod.get("restartPolicy", "Always") == "Always":
        assert "livenessProbe" in container


def test_the_nightly_backup_is_a_command_that_exists_on_a_volume_that_is_claimed() -> None:
    [(_, pod, container)] = [found for found in containers() if found[0] == "invekto-backup"]
    claims = {m["metadata"]["name"] for m in manifests() if m["kind"] == "PersistentVolumeClaim"}
    [volume] = pod["volumes"]
    [mount] = container["volumeMounts"]
    assert volume["persistentVolumeClaim"]["claimName"] in claims
    assert mount["name"] == volume["name"]
    assert pod["securityContext"]["fsGroup"] == pod["securityContext"]["runAsUser"]
    _, command, folder, *options = container["command"]
    assert folder == mount["mountPath"]
    group = get_command(app)
    assert isinstance(group, Group)
    assert {option for option in options if option.startswith("--")} <= {
        name for parameter in group.commands[command].params for name in parameter.opts
    }


def test_compose_starts_migrated_processes_with_settings_that_exist() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    services = compose["services"]
    assert set(services) == {"postgres", "migrate", "api", "worker"}
    for name in ("migrate", "api", "worker"):
        assert set(services[name]["environment"]) <= KNOWN
    for name in ("api", "worker"):
        assert services[name]["depends_on"]["migrate"]["condition"] == (
            "service_completed_successfully"
        )


def test_the_image_is_locked_unprivileged_and_checked() -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert text.count("--require-hashes") == 2
    assert re.search(r"^USER 10001$", text, re.M)
    assert "HEALTHCHECK" in text
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M):
        for part in source.split():
            assert (ROOT / part).exists(), part


def test_alerts_ask_for_metrics_that_exist_and_are_in_the_runbook() -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus/alerts.yaml").read_text("utf-8"))
    runbook = (ROOT / "docs/runbook.md").read_text("utf-8")
    anchors = {
        line[3:].strip().lower().replace(" ", "-")
        for line in runbook.splitlines()
        if line.startswith("## ")
    }
    known = {f.name for f in metrics.REGISTRY.collect()}
    alerts = (ROOT / "docs/alerts.md").read_text("utf-8")
    for rule in rules["groups"][0]["rules"]:
        for used in re.findall(r"invekto_\w+", rule["expr"]):
            assert re.sub(r"_(total|bucket|count|sum)$", "", used) in known, used
        assert rule["annotations"]["runbook"].split("#")[1] in anchors
        assert rule["alert"] in alerts


def test_every_requirement_is_locked_by_hash() -> None:
    for name in ("runtime", "dev", "build"):
        text = (ROOT / f"requirements/{name}.txt").read_text("utf-8").replace("\\\n", " ")
        for line in text.splitlines():
            if line.strip() and not line.strip().startswith("#"):
                assert "--hash=sha256:" in line, (name, line)
