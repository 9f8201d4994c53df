"""The questions on the example set, by the command line and by HTTP: both give the same.

What ``kg`` prints is in ``cases/``, a file a command, whose first line it is.
"""

from __future__ import annotations

import io
import json
import os
import shlex
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import pytest
from fastapi.testclient import TestClient
from support import EXAMPLE

from kg_service.align.engine import Alignment
from kg_service.cli.main import main
from kg_service.graph import KnowledgeGraph
from kg_service.service.app import ServiceContext, create_app
from kg_service.store.snapshots import SnapshotReader

CASES = Path(__file__).parent / "cases"
ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("questions") / "store"
    for path in sorted(path for path in EXAMPLE.iterdir() if path.is_dir()):
        # without a name it has one from where it lies, which is not the same everywhere
        given = ("--id", "els-icat") if "icat" in path.name else ()
        kg(folder, "ingest", str(path), *given)
    return folder


@pytest.fixture(scope="module")
def client(store: Path, alignment: Alignment) -> TestClient:
    graph = KnowledgeGraph(SnapshotReader(store), alignment)
    return TestClient(create_app(ServiceContext(graph, (), ADDRESS)), follow_redirects=False)


def kg(store: Path, *words: str, code: int = 0) -> str:
    """Standard output of a command; standard error where the exit code is another."""
    out, err = io.StringIO(), io.StringIO()
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        mock.patch.object(sys, "argv", ["kg", *words]),
        mock.patch.dict(os.environ, {"KG_STORE": str(store)}),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    assert ended.value.code == code, (out.getvalue(), err.getvalue())
    return out.getvalue() if code == 0 else err.getvalue()


@pytest.mark.parametrize("case", sorted(CASES.glob("*.txt")), ids=lambda path: path.stem)
def test_what_the_command_prints(store: Path, case: Path) -> None:
    command, _, expected = case.read_text("utf-8").partition("\n")
    words = shlex.split(command.removeprefix("$ kg "))
    printed = kg(store, *words).replace(f"{ADDRESS}/source/", "…/")
    if "KG_RENEW" in os.environ:
        case.write_text(f"{command}\n{printed}", "utf-8")
    assert printed == expected


@pytest.mark.parametrize(
    ("words", "path", "parameters"),
    [
        ("results barley-plant-01", "/results", {"id": "barley-plant-01"}),
        ("specimens traits.csv", "/specimens", {"id": "traits.csv"}),
        (
            "path barley-plant-01 traits.csv --all --limit 3",
            "/path",
            {"a": "barley-plant-01", "b": "traits.csv", "limit": 3},
        ),
        (
            "path traits.csv barley-plant-01 --policy strict --granularity run",
            "/path",
            {
                "b": "barley-plant-01",
                "a": "traits.csv",
                "policy": "strict",
                "granularity": "run",
            },
        ),
        ("common traits.csv mask-01.tif", "/common", {"id": ["traits.csv", "mask-01.tif"]}),
        ("affected tomoflow --version 2.3", "/affected", {"id": "tomoflow", "version": "2.3"}),
        ("affected BM07 --kind file", "/affected", {"id": "BM07", "kind": "file"}),
        ("gaps traits.csv", "/gaps", {"id": "traits.csv"}),
        (
            "diff 'Run of segment on root 01' 'Run of segment on root 02'",
            "/diff",
            {"a": "Run of segment on root 01", "b": "Run of segment on root 02"},
        ),
        ("diff mask-01.tif mask-02.tif", "/diff", {"a": "mask-01.tif", "b": "mask-02.tif"}),
        (
            "table BARLEY-ROOTS-2026 --depth 4",
            "/table",
            {"of": "BARLEY-ROOTS-2026", "depth": 4, "format": "json"},
        ),
        (
            "lineage traits.csv --up --kind Specimen --since 2026-04 --source els-icat",
            "/lineage",
            {
                "id": "traits.csv", "direction": "up", "kind": "Specimen", "since": "2026-04",
                "source": "els-icat",
            },
        ),
    ],
)  # fmt: skip
def test_http_says_the_same(
    store: Path, client: TestClient, words: str, path: str, parameters: dict[str, object]
) -> None:
    answer = client.get(path, params=parameters)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    assert answer.json() == json.loads(kg(store, *shlex.split(words), "--json"))
    assert {"complete", "stopped"} <= answer.json().keys()


def test_the_table_as_tab_separated_values(store: Path, client: TestClient) -> None:
    answer = client.get("/table", params={"of": "BARLEY-ROOTS-2026"})
    assert answer.headers["content-type"].startswith("text/tab-separated-values")
    assert answer.headers["kg-complete"] == "true"
    assert answer.text == kg(store, "table", "BARLEY-ROOTS-2026")
    header, *rows = (line.split("\t") for line in answer.text.splitlines())
    assert {len(row) for row in rows} == {len(header)}
    traits = [r for r in (dict(zip(header, row, strict=True)) for row in rows)
              if r["result_label"] == "traits.csv"]  # fmt: skip
    assert {row["specimen_label"] for row in traits} == {"barley-plant-01", "barley-plant-02"}
    assert {row["final"] for row in traits} == {"yes"}
    assert {row["grade"] for row in traits} == {"inferred"}
    assert {row["specimen: organism"] for row in traits} == {"Hordeum vulgare"}
    assert len({row["sample: watering"] for row in traits}) == 2
    assert client.get("/table", params={"of": "BARLEY-ROOTS-2026", "limit": 1}).headers[
        "kg-complete"
    ] == "false"  # fmt: skip
    refused = client.get(
        "/table", params={"of": "BARLEY-ROOTS-2026"}, headers={"Accept": "image/png"}
    )
    assert refused.status_code == 406


@pytest.mark.parametrize(
    ("path", "parameters", "status", "words"),
    [
        ("/path", {"a": "traits.csv"}, 400, "b: Field required"),
        ("/path", {"a": "traits.csv", "b": "nothing"}, 404, "'nothing' is not known"),
        ("/path", {"a": "traits.csv", "b": "mask-01.tif", "limit": 0}, 400, "limit"),
        ("/path", {"a": "traits.csv", "b": "mask-01.tif", "longest": -1}, 400, "longest"),
        ("/common", {"id": "traits.csv"}, 400, "id"),
        ("/common", {"id": ["traits.csv"] * 99}, 400, "id"),
        ("/affected", {"id": "tomoflow", "version": "9"}, 404, "there are 2.3"),
        ("/affected", {"id": "traits.csv", "version": "9"}, 404, "no source tells a version"),
        ("/affected", {"id": "run of tomoflow 2.3"}, 404, "names 2 things"),
        ("/gaps", {"id": "traits.csv", "depth": 10**9}, 400, "depth"),
        ("/gaps", {"id": "traits.csv", "source": "ICAT"}, 404, "did you mean els-icat"),
        ("/lineage", {"id": "traits.csv", "kind": "Fil"}, 400, "did you mean File"),
        ("/lineage", {"id": "traits.csv", "until": "soon"}, 400, "until 'soon' is no time"),
        ("/diff", {"a": "traits.csv", "b": "Run of measure"}, 400, "compare two activities"),
        ("/diff", {"a": "traits.csv", "b": "traits.png", "threshold": -1}, 400, "threshold"),
        ("/table", {"of": "BARLEY-ROOTS-2026", "format": "xls"}, 400, "tsv, json"),
    ],
)
def test_requests_that_make_no_sense(
    client: TestClient, path: str, parameters: dict[str, object], status: int, words: str
) -> None:
    answer = client.get(path, params=parameters)  # type: ignore[arg-type]
    assert answer.status_code == status, answer.text
    assert words in answer.json()["error"]["message"]


def test_commands_that_make_no_sense(store: Path) -> None:
    assert "give two things or more" in kg(store, "common", "traits.csv", code=2)
    assert "names 2 things" in kg(store, "gaps", "run of tomoflow 2.3", code=1)
    assert "Specimen?" in kg(store, "lineage", "traits.csv", "--kind", "Specimn", code=2)
    assert "names 2" in kg(store, "path", "traits.csv", "run of tomoflow 2.3", code=1)
    assert "not complete" in kg(store, "results", "barley-plant-01", "--depth", "1")
