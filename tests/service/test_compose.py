"""What compose.yaml starts, started natively: the same commands, with ports and folders mapped."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from service.conftest import write_crates
from service.servers import free_port, oxigraph_binary, running
from support import REPOSITORY

COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "compose.yaml").read_text("utf-8"))
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text("utf-8")
SERVICES: dict[str, Any] = COMPOSE["services"]


def stage(name: str) -> str:
    """The instructions of one stage of the Dockerfile."""
    found = re.search(rf"(?ms)^FROM \S+ AS {name}\n(.*?)(?=^FROM |\Z)", DOCKERFILE)
    assert found is not None
    return found[1]


def entrypoint(service: str) -> list[str]:
    told = stage(SERVICES[service]["build"]["target"])
    found = re.search(r"(?m)^ENTRYPOINT (\[.*\])$", told)
    assert found is not None
    words: list[str] = json.loads(found[1])
    return words


def mapped(words: list[str], places: dict[str, str]) -> list[str]:
    """The words with containers' places replaced by those of this machine."""
    result = []
    for word in words:
        for place, here in places.items():
            word = word.replace(place, here)
        result.append(word)
    return result


def environment(places: dict[str, str]) -> dict[str, str]:
    """The service's environment, without the defaults' ``${NAME:-...}``."""
    plain = {
        name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
        for name, value in SERVICES["kg"]["environment"].items()
    }
    return {name: mapped([value], places)[0] for name, value in plain.items()}


def is_well(service: str, places: dict[str, str]) -> bool:
    """Whether a container's own health check passes."""
    how, program, *rest = SERVICES[service]["healthcheck"]["test"]
    assert (how, program) == ("CMD", "python")
    return subprocess.run([sys.executable, *mapped(rest, places)], check=False).returncode == 0


def test_what_compose_starts(tmp_path: Path) -> None:
    pytest.importorskip("kg_service.cli.main")
    store_port, port = free_port(), free_port()
    places = {
        "/data": str(tmp_path / "graph"),
        "0.0.0.0:7878": f"127.0.0.1:{store_port}",
        "127.0.0.1:7878": f"127.0.0.1:{store_port}",
        "oxigraph:7878": f"127.0.0.1:{store_port}",
        "127.0.0.1:8000": f"127.0.0.1:{port}",
        "0.0.0.0": "127.0.0.1",
        "8000": str(port),
    }
    assert entrypoint("oxigraph") == ["oxigraph"]
    assert entrypoint("kg") == ["kg"]
    server = [oxigraph_binary(), *mapped(SERVICES["oxigraph"]["command"], places)]
    kg = [sys.executable, "-c", "from kg_service.cli.main import main; main()"]
    env = {**os.environ, **environment(places), "PYTHONPATH": str(REPOSITORY)}
    with running(server, store_port):
        assert is_well("oxigraph", places)
        with running([*kg, *mapped(SERVICES["kg"]["command"], places)], port, env=env):
            assert is_well("kg", places)
            crates = [str(path) for path in write_crates(tmp_path / "crates")]
            subprocess.run([*kg, "ingest", *crates], env=env, check=True, capture_output=True)
            address = f"http://127.0.0.1:{port}"
            with urllib.request.urlopen(f"{address}/sources", timeout=10) as answer:
                sources = json.load(answer)
            assert len(sources) == 2
            assert all(source["iri"].startswith(f"{address}/source/") for source in sources)
            with urllib.request.urlopen(
                f"{address}/lineage?id=plant-1&direction=down", timeout=10
            ) as answer:
                labels = {node["label"] for node in json.load(answer)["nodes"]}
            assert {"plant-1", "measuring", "averaging", "table.csv"} <= labels
    assert not is_well("kg", places)


def test_the_images_have_all_that_the_wheel_needs() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE))
    shipped = set(
        re.findall(
            r'^"(\w+)" = "kg_service/data/\w+"$',
            (REPOSITORY / "pyproject.toml").read_text("utf-8"),
            re.MULTILINE,
        )
    )
    assert copied >= {"ingest", "kg_service"} | shipped
    allowed = (REPOSITORY / ".dockerignore").read_text("utf-8").split()
    assert {f"!{name}" for name in copied} <= set(allowed)


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_containers_have_no_more_rights_than_they_need(service: str) -> None:
    told = SERVICES[service]
    assert told["cap_drop"] == ["ALL"]
    assert told["read_only"] is True
    assert "no-new-privileges:true" in told["security_opt"]
    assert told["restart"] == "unless-stopped"
    assert "USER kg" in stage(told["build"]["target"])


def test_only_the_service_is_published_and_only_here() -> None:
    assert "ports" not in SERVICES["oxigraph"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["kg"]["ports"])


def test_the_service_waits_for_the_store() -> None:
    assert SERVICES["kg"]["depends_on"] == {"oxigraph": {"condition": "service_healthy"}}
    assert "--union-default-graph" in SERVICES["oxigraph"]["command"]
