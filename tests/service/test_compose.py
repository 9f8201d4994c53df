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

import jsonschema
import pytest
import yaml
from service.conftest import write_crates
from service.servers import free_port, oxigraph_binary, running
from support import REPOSITORY

from kg_service.service.app import _SHUTDOWN_S

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
        "/data": str(tmp_path / "data"),
        "0.0.0.0:7878": f"127.0.0.1:{store_port}",
        "127.0.0.1:7878": f"127.0.0.1:{store_port}",
        "oxigraph:7878": f"127.0.0.1:{store_port}",
        "127.0.0.1:8000": f"127.0.0.1:{port}",
        "0.0.0.0": "127.0.0.1",
        "8000": str(port),
    }
    assert entrypoint("oxigraph") == ["oxigraph"]
    assert entrypoint("kg") == ["kg"]
    server = [
        oxigraph_binary(),
        *mapped(SERVICES["oxigraph"]["command"], {**places, "/data": str(tmp_path / "graph")}),
    ]
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


DURATION = r"^([0-9]+(us|ms|s|m|h))+$"
PORT = r"^127\.0\.0\.1:(\$\{KG_PORT:-)?[0-9]+\}?:[0-9]+$"
# of the Compose Specification what is used here; anything else is a slip of the pen
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "services", "volumes"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
        "volumes": {"type": "object", "additionalProperties": {"type": "null"}},
        "services": {
            "type": "object",
            "patternProperties": {"^[a-zA-Z0-9._-]+$": {"$ref": "#/$defs/service"}},
            "additionalProperties": False,
        },
    },
    "$defs": {
        "texts": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "service": {
            "type": "object",
            "additionalProperties": False,
            "required": ["build", "image", "command", "healthcheck", "restart", "read_only",
                         "cap_drop", "security_opt", "stop_grace_period", "deploy"],
            "properties": {
                "build": {
                    "type": "object",
                    "properties": {"context": {"const": "."}, "target": {"type": "string"}},
                    "additionalProperties": False,
                },
                "image": {"type": "string"},
                "command": {"type": "array", "items": {"type": "string"}},
                "environment": {
                    "type": "object",
                    "patternProperties": {"^[A-Z_]+$": {"type": "string"}},
                    "additionalProperties": False,
                },
                "volumes": {"$ref": "#/$defs/texts"},
                "tmpfs": {"$ref": "#/$defs/texts"},
                "ports": {
                    "type": "array",
                    "items": {"type": "string", "pattern": PORT},
                },
                "depends_on": {"type": "object"},
                "healthcheck": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["test", "interval", "timeout", "retries", "start_period"],
                    "properties": {
                        "test": {"type": "array", "items": {"type": "string"}},
                        "retries": {"type": "integer"},
                        **{
                            name: {"type": "string", "pattern": DURATION}
                            for name in ("interval", "timeout", "start_period")
                        },
                    },
                },
                "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
                "stop_grace_period": {"type": "string", "pattern": DURATION},
                "deploy": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "resources": {
                            "type": "object",
                            "additionalProperties": False,
                            "properties": {
                                "limits": {
                                    "type": "object",
                                    "additionalProperties": False,
                                    "properties": {
                                        "cpus": {"type": "string", "pattern": r"^[0-9.]+$"},
                                        "memory": {"type": "string", "pattern": "^[0-9]+[bkmg]$"},
                                        "pids": {"type": "integer"},
                                    },
                                }
                            },
                        }
                    },
                },
                "read_only": {"type": "boolean"},
                "cap_drop": {"$ref": "#/$defs/texts"},
                "security_opt": {"$ref": "#/$defs/texts"},
            },
        },
    },
}  # fmt: skip


def test_the_file_is_as_the_specification_has_it() -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(COMPOSE)
    declared = set(COMPOSE["volumes"])
    for name, told in SERVICES.items():
        for volume in told.get("volumes", []):
            source, _, target = volume.partition(":")
            assert source in declared
            assert f"VOLUME {target}" in stage(told["build"]["target"]), name
        assert set(told.get("depends_on", {})) <= set(SERVICES)
        assert stage(told["build"]["target"])


def test_a_container_is_given_time_to_stop() -> None:
    drain = int(SERVICES["kg"]["environment"]["KG_DRAIN_S"])
    grace = int(SERVICES["kg"]["stop_grace_period"].removesuffix("s"))
    assert grace >= drain + _SHUTDOWN_S + 5


@pytest.mark.parametrize("line", DOCKERFILE.splitlines())
def test_the_dockerfile_keeps_to_the_rules(line: str) -> None:
    """Some of what hadolint asks for."""
    assert not re.search(r"\bsudo\b|^ADD |^MAINTAINER |apt-get upgrade|curl .*\| *(ba)?sh", line)
    if line.startswith("FROM "):
        image = line.split()[1]
        assert ":" in image or image in re.findall(r"(?m)^FROM \S+ AS (\w+)$", DOCKERFILE)
        assert not image.endswith(":latest")
    if re.match(r"(RUN|&&) *pip install", line.strip()):
        assert "--constraint constraints.txt" in line
    if line.startswith(("CMD", "ENTRYPOINT")):
        assert isinstance(json.loads(line.split(" ", 1)[1]), list)
    if line.startswith(("WORKDIR", "VOLUME")):
        assert line.split()[1].startswith("/")


def test_the_last_user_of_each_image_is_not_root() -> None:
    for told in SERVICES.values():
        users = re.findall(r"(?m)^USER (\S+)$", stage(told["build"]["target"]))
        assert users[-1:] == ["kg"]


def test_nothing_is_written_but_to_the_volume(tmp_path: Path) -> None:
    """As in a container with a read-only root: home and working folder can not be written."""
    places = {name: tmp_path / name for name in ("home", "work", "data", "tmp")}
    for place in places.values():
        place.mkdir()
    crates = write_crates(tmp_path / "crates")
    for name in ("home", "work"):
        places[name].chmod(0o555)
    env = {
        name: told for name, told in os.environ.items() if not name.startswith(("KG_", "XDG_"))
    } | {
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'tests'}", "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(places["home"]), "KG_DATA": str(places["data"]), "TMPDIR": str(places["tmp"]),
    }  # fmt: skip
    kg = [sys.executable, str(REPOSITORY / "tests" / "store" / "filling.py"), "0"]
    ingest = [*kg, "ingest", *map(str, crates)]
    subprocess.run(ingest, env=env, cwd=places["work"], check=True, capture_output=True)
    port = free_port()
    with running([*kg, "serve", "--port", str(port)], port, env=env, cwd=places["work"]):
        address = f"http://127.0.0.1:{port}"
        for path in ("/ready", "/sources", "/lineage?id=plant-1", "/search?text=plant", "/metrics"):
            with urllib.request.urlopen(address + path, timeout=30) as answer:
                assert answer.status == 200
        query = f"{address}/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D"
        with urllib.request.urlopen(query, timeout=30) as answer:
            assert answer.status == 200
    assert not list(places["home"].iterdir())
    assert not list(places["work"].iterdir())
    assert (places["data"] / "store" / "current").is_file()


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
