"""What `deploy/` asks of others is there: figures, settings, commands; and what it promises of itself holds."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import click
import pytest
import yaml
from flask import Flask
from werkzeug.serving import make_server

from ivr.call.acts import Dial, DialEnded, HangUp, Ring, Turn
from ivr.call.positions import start
from ivr.carrier.metrics import Metrics
from ivr.config import NAMES
from ivr.line.values import Line
from tests.support.given import ROOT
from tests.support.server import free_port

pytestmark = pytest.mark.timeless

DEPLOY = ROOT / "deploy"
PROMTOOL = shutil.which("promtool") or shutil.which(ROOT / "build" / "prometheus" / "usr" / "bin" / "promtool")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = ("calls-a", "calls-b", "console")
FIGURE = re.compile(r"\b(ivr_\w+)(?:\{([^}]*)\})?")


# --- figures ---------------------------------------------------------------------------------


def alerts() -> Iterator[tuple[str, str]]:
    for group in yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text())["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


def panels() -> Iterator[tuple[str, str]]:
    for panel in json.loads((DEPLOY / "grafana" / "line.json").read_text())["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def figures() -> set[str]:
    """The names of all that /metrics can tell."""
    told = Metrics(lambda: True).text().decode()
    found: set[str] = set()
    for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", told, re.MULTILINE):
        found |= {f"{name}_{end}" for end in ("bucket", "sum", "count")} if kind == "histogram" else {name}
    return found


@pytest.mark.parametrize(("name", "asked"), [*alerts(), *panels()])
def test_every_figure_that_is_asked_for_is_told(name: str, asked: str) -> None:
    assert {figure for figure, _ in FIGURE.findall(asked)} <= figures()
    assert FIGURE.search(asked) or "up{" in asked


def test_every_label_that_is_asked_for_is_told(line: Line) -> None:
    told = counted(line)
    for name, asked in (*alerts(), *panels()):
        labels = set(re.findall(r"by \(([^)]+)\)", asked)) - {"le"}
        for figure in {figure for figure, _ in FIGURE.findall(asked)}:
            for label in {each.strip() for found in labels for each in found.split(",")}:
                assert re.search(rf"^{figure}{{[^}}]*\b{label}=", told, re.MULTILINE), (name, figure, label)


def counted(line: Line) -> str:
    """All figures, each of which has counted something."""
    metrics = Metrics(lambda: True, lambda: {"database": True})
    position = start(line, "ja")
    metrics.count(metrics.figures(Ring(), Turn((Dial("police", "+81456649110"), HangUp()), position)), 0.01)
    metrics.count(metrics.figures(Ring(), Turn((), position)), 0.01, built_in=True)
    metrics.count(metrics.figures(DialEnded("busy"), Turn((), position)), 0.01)
    return metrics.text().decode()


def test_the_tests_of_the_alerts_name_alerts_that_there_are() -> None:
    tests = yaml.safe_load((DEPLOY / "prometheus" / "alerts.test.yaml").read_text())["tests"]
    tried = {each["alertname"] for test in tests for each in test["alert_rule_test"]}
    assert tried and tried <= {name for name, _ in alerts()}


@pytest.mark.skipif(not PROMTOOL, reason="no promtool here: apt install prometheus")
@pytest.mark.parametrize(
    "asked",
    [("check", "config", "prometheus.yaml"), ("check", "rules", "alerts.yaml"), ("test", "rules", "alerts.test.yaml")],
)
def test_prometheus_takes_its_files(asked: tuple[str, ...]) -> None:
    subprocess.run([str(PROMTOOL), *asked], cwd=DEPLOY / "prometheus", check=True, capture_output=True)


# --- units -----------------------------------------------------------------------------------

SYSTEMD = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here: apt install systemd")
UNITS = sorted(each.name for each in (DEPLOY / "systemd").iterdir())


@SYSTEMD
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for name in UNITS:
        unit = (DEPLOY / "systemd" / name).read_text()
        (tmp_path / name).write_text(unit.replace("/opt/my-number-line/.venv/bin/python", sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", *(tmp_path / name for name in UNITS)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@SYSTEMD
@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_units_may_do_no_more_than_they_need(name: str) -> None:
    """At most 2.0 of 10, by systemd's own measure."""
    measured = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(DEPLOY / "systemd" / name)]
    subprocess.run(measured, check=True, capture_output=True)


# --- containers ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_service_has_a_root_that_nobody_writes_and_no_rights(name: str) -> None:
    service: dict[str, Any] = COMPOSE["services"][name]
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "ports" not in service or name == "proxy", "the city's network sees nginx alone"
    assert ":latest" not in service["image"]


def test_settings_of_the_services_are_settings_of_the_line() -> None:
    for name in OURS:
        assert COMPOSE["services"][name]["environment"].keys() <= set(NAMES)
    example = (DEPLOY / "line.env.example").read_text()
    assert set(re.findall(r"^(\w+)=", example, re.MULTILINE)) <= set(NAMES)
    for unit in DEPLOY.glob("systemd/*.service"):
        given = re.search(r"^Environment=(.*)$", unit.read_text(), re.MULTILINE)
        assert given
        assert {each.partition("=")[0] for each in given[1].split()} <= {
            *NAMES,
            "PYTHONDONTWRITEBYTECODE",
            "FLASK_APP",
        }


def test_nginx_and_prometheus_ask_where_the_services_are() -> None:
    services = COMPOSE["services"]
    proxy = services["proxy"]["environment"]
    there = {name: services[name]["networks"]["inside"]["ipv4_address"] for name in OURS}
    assert re.findall(r"server ([\d.]+):8000 max_fails=0;", proxy["LINE_CALLS"]) == [there["calls-a"], there["calls-b"]]
    assert re.findall(r"server ([\d.]+):8000;", proxy["LINE_CONSOLE"]) == [there["console"]]
    template = (DEPLOY / "nginx" / "line.conf.template").read_text()
    assert set(re.findall(r"\$\{(\w+)\}", template)) == {name for name in proxy if name.startswith("LINE_")}
    scraped = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yaml").read_text())
    assert scraped["scrape_configs"][0]["static_configs"][0]["targets"] == ["calls-a:8000", "calls-b:8000"]


def test_the_image_is_made_of_files_that_are_there_and_runs_as_nobody() -> None:
    file = (DEPLOY / "Containerfile").read_text()
    for copied in re.findall(r"^COPY (?!--from)(\S+)", file, re.MULTILINE):
        assert (ROOT / copied).exists(), copied
    assert re.search(r"^USER 10001:10001$", file, re.MULTILINE) and "HEALTHCHECK" in file
    kept = re.findall(r"^!(\S+)$", (DEPLOY / "Containerfile.dockerignore").read_text(), re.MULTILINE)
    assert set(kept) == set(re.findall(r"^COPY (?!--from)(\S+)", file, re.MULTILINE))


def test_the_health_check_tells_a_line_that_is_well_from_one_that_is_gone(standing: Flask) -> None:
    asked = re.search(r"^HEALTHCHECK .*\\\n +CMD (\[.*\])$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    assert asked
    program, *arguments = json.loads(asked[1])
    assert program == "python"
    server = make_server("127.0.0.1", 0, standing)
    thread = Thread(target=server.handle_request)
    thread.start()
    told = [_status(arguments, port) for port in (server.port, free_port())]
    thread.join()
    server.server_close()
    assert told == [0, 1]


def _status(arguments: list[str], port: int) -> int:
    done = subprocess.run(
        [sys.executable, *arguments], env={"PORT": str(port)}, stderr=subprocess.DEVNULL, timeout=60, check=False
    )
    return done.returncode


def test_commands_of_the_units_are_commands_of_the_program(app: Flask) -> None:
    said = "".join(unit.read_text() for unit in DEPLOY.glob("systemd/*.service"))
    asked = re.findall(r"flask (\w+) (\w+)", said)
    assert asked
    for group, command in asked:
        commands: Any = app.cli.get_command(click.Context(app.cli), group)
        assert command in commands.commands
