"""A small lineage over two sources, and the example's, as graphs in memory."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import NamedNode
from service.conftest import write_crates
from support import BASE, EXAMPLE, ingest_into_memory

from kg_service.align.engine import Alignment
from kg_service.export.account import Account, account
from kg_service.graph import KnowledgeGraph
from kg_service.intake import Intake
from kg_service.lineage.model import Request
from kg_service.store.embedded import OxigraphStore

CASE = Path(__file__).parent / "cases" / "two-sources"
MADE = datetime(2026, 5, 2, 12, 0, tzinfo=UTC)
AREA = NamedNode(f"{BASE}/source/analysis/area.csv")
TRAITS = "traits.csv"


def told(graph: KnowledgeGraph, request: Request) -> Account:
    """What is exported of a lineage, at a fixed time."""
    return account(graph.lineage(request), graph.reader, graph.alignment, graph.describer(), MADE)


@pytest.fixture(scope="session")
def small(alignment: Alignment) -> KnowledgeGraph:
    """A plant, its leaf and a scan in one source; the scan's analysis in another."""
    store = OxigraphStore()
    intake = Intake(store, alignment, BASE)
    for name in ("lab.provn", "analysis"):
        for report in intake.take_path(CASE / "input" / name, name.partition(".")[0]):
            assert report is not None
            assert report.error is None, report.error
    return KnowledgeGraph(store, alignment)


@pytest.fixture(scope="session")
def example(alignment: Alignment) -> KnowledgeGraph:
    """examples/barley-roots: laboratory, facility, workflow run."""
    return ingest_into_memory(alignment, EXAMPLE)


@pytest.fixture(scope="session")
def service_crates(
    alignment: Alignment, tmp_path_factory: pytest.TempPathFactory
) -> KnowledgeGraph:
    """Two crates that share nothing but the content of a file."""
    return ingest_into_memory(alignment, *write_crates(tmp_path_factory.mktemp("crates")))
