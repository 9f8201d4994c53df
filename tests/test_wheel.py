"""The wheel carries all it needs and works outside a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from support import REPOSITORY


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--no-index", "--wheel-dir", str(target), str(REPOSITORY)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    (built,) = target.glob("kg_service-*.whl")
    return built


def test_the_wheel_carries_mappings_ontologies_queries_and_the_example(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for part in (
        "kg_service/data/mappings/run-crate.sssom.tsv",
        "kg_service/data/mappings/rules/run-crate/association.rq",
        "kg_service/data/mappings/spellings.tsv",
        "kg_service/data/ontologies/kg.ttl",
        "kg_service/data/queries/cq1.rq",
        "kg_service/data/examples/barley-roots/README.md",
        "ingest/rocrate/core_terms.tsv",
        "kg_service/py.typed",
    ):
        assert part in names
    assert not [n for n in names if n.startswith(("tests/", "docs/", "benchmarks/"))]


def test_an_installed_kg_works_elsewhere(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
         "--target", str(site), str(wheel)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    run = [
        sys.executable,
        "-c",
        "import kg_service, sys; print(kg_service.__file__); "
        "from kg_service.cli.main import main; main()",
        "demo",
        "--no-serve",
    ]
    done = subprocess.run(
        run,
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(site))
    assert "traits.csv" in done.stdout
