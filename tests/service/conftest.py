"""A small store on disk, in two crates, and the service over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from service.servers import serving
from support import BASE, crate, ref

from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.intake import Intake
from kg_service.questions import load_questions
from kg_service.resources import resource_folder
from kg_service.service.app import ServiceContext, create_app
from kg_service.store.disk import DiskStore
from kg_service.store.snapshots import SnapshotReader

CONTEXT = ["https://w3id.org/ro/crate/1.1/context", {"Sample": "https://bioschemas.org/Sample"}]
PLANT = f"{BASE}/source/field/samples/plant-1"
SPECTRUM = f"{BASE}/source/field/spectrum%20é.csv"
TABLE = f"{BASE}/source/analysis/table.csv"
RUN = f"{BASE}/source/analysis/#run"
# the two crates share this content and nothing else
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def write_crates(folder: Path) -> list[Path]:
    """A specimen measured in one crate; the measurement analysed in another."""
    field = crate(
        folder / "field",
        {
            "@id": "samples/plant-1",
            "@type": "Sample",
            "name": "plant-1",
            "identifier": "https://doi.org/10.5072/kg-plant-1",
        },
        {
            "@id": "#measuring",
            "@type": "CreateAction",
            "name": "measuring",
            "object": ref("samples/plant-1"),
            "result": ref("spectrum é.csv"),
        },
        {
            "@id": "spectrum é.csv",
            "@type": "File",
            "name": "the <spectrum>",
            "sha256": SHA256,
            "contentSize": "2048",
        },
        context=[*CONTEXT, {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}],
    )
    analysis = crate(
        folder / "analysis",
        {
            "@id": "#run",
            "@type": "CreateAction",
            "name": "averaging",
            "object": ref("copy.csv"),
            "result": ref("table.csv"),
            "instrument": ref("#tool"),
        },
        {"@id": "#tool", "@type": "SoftwareApplication", "name": "averager"},
        {
            "@id": "copy.csv",
            "@type": "File",
            "name": "copy.csv",
            "sha256": SHA256,
            "contentSize": "2048",
        },
        {"@id": "table.csv", "@type": "File", "name": "table.csv", "nonsense": "a lost term"},
        context=[*CONTEXT, {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}],
    )
    return [field, analysis]


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory, alignment: Alignment) -> Path:
    folder = tmp_path_factory.mktemp("service")
    store = DiskStore(folder / "store", BASE)
    intake = Intake(store, alignment, BASE)
    for path in write_crates(folder / "crates"):
        for report in intake.take_path(path, path.name):
            assert report is not None
            assert report.error is None, report.error
    store.publish()
    store.close()
    return folder / "store"


@pytest.fixture(scope="session")
def context(store: Path, alignment: Alignment) -> ServiceContext:
    return ServiceContext(
        graph=KnowledgeGraph(SnapshotReader(store), alignment),
        questions=load_questions(resource_folder("queries")),
        base=BASE,
    )


@pytest.fixture(scope="session")
def app(context: ServiceContext) -> FastAPI:
    return create_app(context)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, follow_redirects=False)


@pytest.fixture(scope="session")
def served(app: FastAPI) -> Iterator[str]:
    """The address of the service, over real HTTP."""
    with serving(app) as address:
        yield address
