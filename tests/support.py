"""Making small sources and stores for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pyoxigraph import Triple

from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.intake import Intake
from kg_service.report import IngestReport
from kg_service.store.embedded import OxigraphStore

REPOSITORY = Path(__file__).parent.parent
CORPUS = REPOSITORY.parent / "shared" / "corpus"
EXAMPLE = REPOSITORY / "examples" / "barley-roots"
BASE = "http://kg.test"
CASE_BASE = "http://example.org/source/case/"


def ingest_into_memory(alignment: Alignment, *paths: Path) -> KnowledgeGraph:
    """A graph in memory from the sources at some paths; all must be taken."""
    store = OxigraphStore()
    intake = Intake(store, alignment, BASE)
    for path in paths:
        for report in intake.take_path(path):
            assert report is None or report.error is None, report.error
    return KnowledgeGraph(store, alignment)


def take_all(store: OxigraphStore, alignment: Alignment, *paths: Path) -> list[IngestReport]:
    """The reports of ingesting some paths, refusals included."""
    intake = Intake(store, alignment, BASE)
    return [r for path in paths for r in intake.take_path(path) if r is not None]


def crate(
    folder: Path,
    *entities: dict[str, Any],
    context: Any = "https://w3id.org/ro/crate/1.1/context",
    **root: Any,
) -> Path:
    """Write a crate of these entities, with descriptor and root, into a new folder."""
    folder.mkdir(parents=True, exist_ok=True)
    graph = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        },
        {"@id": "./", "@type": "Dataset", "name": folder.name, **root},
        *entities,
    ]
    document = {"@context": context, "@graph": graph}
    (folder / "ro-crate-metadata.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def ref(*ids: str) -> Any:
    """References to entities: one object, or a list of them."""
    refs = [{"@id": i} for i in ids]
    return refs[0] if len(refs) == 1 else refs


def lines(triples: Any) -> list[str]:
    """Sorted N-Triples lines, to compare graphs by."""
    return sorted(f"{t} ." for t in triples if isinstance(t, Triple))
