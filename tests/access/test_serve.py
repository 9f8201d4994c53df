"""The real commands: visibility is decided, and a running service follows."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from service.servers import free_port, running
from support import crate

KG = [sys.executable, "-c", "from kg_service.cli.main import main; main()"]
COUNT = "SELECT (COUNT(DISTINCT ?source) AS ?n) WHERE { ?graph kg:sourceOfGraph ?source . "
COUNT += "GRAPH ?graph { ?s ?p ?o } }"
Command = Callable[..., str]


@pytest.fixture
def kg(tmp_path: Path) -> Command:
    """Runs a command over a store of the test's own; gives what it printed."""

    def run(*arguments: str, code: int = 0) -> str:
        environment = {**os.environ, "KG_STORE": str(tmp_path / "store"), "COLUMNS": "200"}
        done = subprocess.run(
            [*KG, *arguments], capture_output=True, text=True, env=environment, check=False
        )
        assert done.returncode == code, (done.stdout, done.stderr)
        return done.stdout if code == 0 else done.stderr

    return run


def seen(address: str, key: str | None = None) -> tuple[list[str], int]:
    """The ids of the sources, and of how many SPARQL has statements."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with httpx.Client(base_url=address, headers=headers, timeout=60) as client:
        records = client.get("/sources").raise_for_status().json()
        answer = client.get("/sparql", params={"query": COUNT}).raise_for_status().json()
    return [r["id"] for r in records], int(answer["results"]["bindings"][0]["n"]["value"])


def test_a_running_service_follows_what_is_decided(kg: Command, tmp_path: Path) -> None:
    kg("ingest", str(crate(tmp_path / "open")), "--id", "open")
    closed = str(crate(tmp_path / "closed", description="secret"))
    kg("ingest", closed, "--id", "closed", "--group", "beam-7")
    listed = [line.split() for line in kg("sources").splitlines()]
    assert [line[6:9] for line in listed[1:3]] == [
        ["restricted", "to", "beam-7"],
        ["public", "open"],
    ]
    key = kg("keys", "create", "els", "--scope", "read", "--group", "beam-7").strip()
    port = free_port()
    command = [*KG, "serve", "--port", str(port), "--store", str(tmp_path / "store")]
    with running(command, port):
        address = f"http://127.0.0.1:{port}"
        assert seen(address) == (["open"], 1)
        # from whom nothing is hidden, the store itself is asked
        assert seen(address, key) == (["closed", "open"], 2)
        hidden = httpx.get(f"{address}/sources/closed")
        unknown = httpx.get(f"{address}/sources/unheard")
        assert (hidden.status_code, unknown.status_code) == (404, 404)
        assert hidden.text.replace("closed", "unheard") == unknown.text
        kg("sources", "visibility", "closed", "public")
        assert seen(address) == (["closed", "open"], 2)
        kg("sources", "visibility", "open", "internal")
        assert seen(address) == (["closed"], 1)
        # new bytes do not show what was hidden by hand
        kg("ingest", str(crate(tmp_path / "new", description="new")), "--id", "open")
        assert seen(address) == (["closed"], 1)
        # who sees more by groups than the tier that answers SPARQL is told so
        kg("sources", "visibility", "closed", "restricted", "--group", "beam-7")
        assert seen(address, key) == (["closed"], 0)
        for path in ("/sparql?query=ASK{}", "/queries/sources"):
            member = httpx.get(f"{address}{path}", headers={"Authorization": f"Bearer {key}"})
            assert member.headers["kg-sources"] == "public"
            assert "kg-sources" not in httpx.get(f"{address}{path}").headers


def test_what_can_not_be_decided_is_told(kg: Command, tmp_path: Path) -> None:
    kg("ingest", str(crate(tmp_path / "open")), "--id", "open")
    assert "did you mean open?" in kg("sources", "visibility", "opn", "public", code=1)
    assert "has passed" in kg(
        "sources", "visibility", "open", "restricted", "--embargo", "2020-01-01", code=2
    )
    told = kg("sources", "visibility", "open", "restricted", "--embargo", "2999-01-01", "--json")
    assert '"visibleFrom": "2999-01-01"' in told
