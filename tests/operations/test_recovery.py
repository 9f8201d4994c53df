"""The recovery drill: back up while ingesting, lose the store, restore it, find all as it was."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse
from service.servers import free_port, oxigraph, running
from store.virtuoso import virtuoso
from support import EXAMPLE, REPOSITORY, crate, ref

KG = [sys.executable, "-c", "from kg_service.cli.main import main; main()"]


def kg(*words: str, code: int = 0, printed: bool = False, **env: str) -> str:
    """What a command prints, or says where it fails; it must end with the code."""
    clean = {name: told for name, told in os.environ.items() if not name.startswith("KG_")}
    done = subprocess.run(
        [*KG, *words], capture_output=True, text=True, check=False, timeout=240,
        env={**clean, "PYTHONPATH": str(REPOSITORY), **env},
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if printed or code == 0 else done.stderr


def asked(store: str, **env: str) -> dict[str, Any]:
    """What a store answers, without what an engine calls its blank nodes."""
    dumped = kg("dump", "--store", store, **env).encode()
    quads = [q for q in parse(dumped, RdfFormat.N_QUADS) if "_:" not in str(q)]
    return {
        "sources": json.loads(kg("sources", "--json", "--store", store, **env)),
        "lineage": json.loads(kg("lineage", "traits.csv", "--json", "--store", store, **env)),
        "search": kg("search", "root", "--json", "--store", store, **env),
        "history": kg("history", "--json", "--store", store, **env),
        "quads": set(quads),
    }


def write_crate(folder: Path, number: int, version: str = "1") -> Path:
    return crate(
        folder / f"crate-{number}",
        {"@id": "#run", "@type": "CreateAction", "name": f"run {version}", "result": ref("a.txt")},
        {"@id": "a.txt", "@type": "File", "name": f"result {number}"},
        identifier=f"https://doi.org/10.5072/drill-{number}",
    )


def test_a_store_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    store, saved = str(tmp_path / "store"), tmp_path / "backups" / "monday"
    kg("ingest", str(EXAMPLE), str(write_crate(tmp_path, 0)), "--store", store)
    kg("ingest", str(write_crate(tmp_path, 0, "2")), "--store", store)  # so that there is a past
    before = asked(store)
    kg("backup", str(saved), "--store", store)
    told = json.loads((saved / "backup.json").read_text())
    shutil.rmtree(store)
    printed = kg("restore", str(saved), "--store", store)
    assert f"{sum(told['graphs'].values()):,} statements" in printed
    assert "checked" in printed
    assert asked(store) == before
    kg("index", "verify", "--store", store)
    status = json.loads(kg("status", "--json", "--store", store))
    assert (status["problems"], status["history_versions"]) == ([], 1)
    # and it goes on
    kg("ingest", str(write_crate(tmp_path, 1)), "--store", store)
    assert len(json.loads(kg("sources", "--json", "--store", store))) == len(before["sources"]) + 1


def test_a_backup_while_a_writer_and_a_server_run_is_one_state(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    kg("ingest", str(EXAMPLE), "--store", store)
    many = [str(write_crate(tmp_path / "crates", n)) for n in range(40)]

    def write() -> None:
        for n in range(0, 40, 10):
            kg("ingest", *many[n : n + 10], "--store", store)

    port = free_port()
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with running([*KG, "serve", "--port", str(port), "--store", store], port, env=env):
        writing = threading.Thread(target=write)
        writing.start()
        targets = [tmp_path / f"backup-{n}.tar" for n in range(2)]
        for target in targets:
            kg("backup", str(target), "--store", store)
        writing.join()
    shutil.rmtree(store)
    for n, target in enumerate(targets):
        restored = str(tmp_path / f"restored-{n}")
        kg("restore", str(target), "--store", restored)  # counts, sources, index: all compared


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    kg("ingest", str(EXAMPLE), "--store", str(folder / "store"))
    kg("backup", str(folder / "backup"), "--store", str(folder / "store"))
    return folder


@pytest.mark.parametrize("kind", ["oxigraph", "virtuoso"])
def test_a_backup_restores_into_a_server_and_back(saved: Path, tmp_path: Path, kind: str) -> None:
    (tmp_path / "server").mkdir()
    server = oxigraph(tmp_path / "server") if kind == "oxigraph" else virtuoso(tmp_path / "server")
    data = {"KG_DATA": str(tmp_path / "data")}
    with server as there:
        address = there if isinstance(there, str) else there.address
        kg("restore", str(saved / "backup"), "--store", address, **data)
        here, there_ = asked(str(saved / "store")), asked(address, **data)
        assert there_["lineage"] == here["lineage"]
        assert [s["id"] for s in there_["sources"]] == [s["id"] for s in here["sources"]]
        assert there_["quads"] == here["quads"]
        assert "holds graphs already" in kg(
            "restore", str(saved / "backup"), "--store", address, code=2, **data
        )
        kg("backup", str(tmp_path / "again"), "--store", address, **data)
    kg("restore", str(tmp_path / "again"), "--store", str(tmp_path / "back"))
    assert asked(str(tmp_path / "back"))["lineage"] == here["lineage"]


def test_nothing_is_overwritten(saved: Path, tmp_path: Path) -> None:
    there = str(saved / "store")
    assert "already" in kg("backup", str(saved / "backup"), "--store", there, code=2)
    assert "already" in kg("restore", str(saved / "backup"), "--store", there, code=2)
    (tmp_path / "file").write_text("kept")
    assert "already" in kg("dump", str(tmp_path / "file"), "--store", there, code=2)
    assert (tmp_path / "file").read_text() == "kept"


@pytest.mark.parametrize("damaged", ["graph.nq.gz", "backup.json", "index/manifest.json"])
def test_a_damaged_backup_is_refused_and_leaves_nothing(
    saved: Path, tmp_path: Path, damaged: str
) -> None:
    shutil.copytree(saved / "backup", tmp_path / "backup")
    path = tmp_path / "backup" / damaged
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body[:-1] if damaged == "backup.json" else body)
    said = kg("restore", str(tmp_path / "backup"), "--store", str(tmp_path / "new"), code=1)
    assert "damaged" in said
    assert [p.name for p in tmp_path.iterdir()] == ["backup"]


def test_another_base_is_refused(saved: Path, tmp_path: Path) -> None:
    said = kg(
        "restore", str(saved / "backup"), "--store", str(tmp_path / "new"),
        "--base", "http://other.test", code=2,
    )  # fmt: skip
    assert "not http://other.test" in said


def test_a_backup_shares_no_file_with_the_store(saved: Path) -> None:
    assert all(p.stat().st_nlink == 1 for p in (saved / "backup").rglob("*") if p.is_file())


def test_two_dumps_of_one_state_are_the_same_bytes(saved: Path, tmp_path: Path) -> None:
    store = str(saved / "store")
    for name in ("a.nq", "b.nq", "c.nq.gz"):
        kg("dump", str(tmp_path / name), "--store", store)
    assert (tmp_path / "a.nq").read_bytes() == (tmp_path / "b.nq").read_bytes()
    graphs = [line.rsplit(b" ", 2)[1] for line in (tmp_path / "a.nq").read_bytes().splitlines()]
    assert graphs == sorted(graphs)
    source = json.loads(kg("sources", "--json", "--store", store, printed=True))[0]["id"]
    one = kg("dump", "--source", source, "--store", store)
    assert all(f"/graph/{source}/" in line.rsplit(" ", 2)[1] for line in one.splitlines())
    assert 0 < one.count("\n") < len(graphs)
    assert "no source nowhere" in kg("dump", "--source", "nowhere", "--store", store, code=1)


def test_status_tells_what_is_amiss(saved: Path, tmp_path: Path) -> None:
    shutil.copytree(saved / "store", tmp_path / "store")
    store = str(tmp_path / "store")
    assert json.loads(kg("status", "--json", "--store", store))["problems"] == []
    shutil.rmtree(tmp_path / "store" / "index")
    told = json.loads(kg("status", "--json", "--store", store, code=1, printed=True))
    assert "kg index update" in told["problems"][0]
