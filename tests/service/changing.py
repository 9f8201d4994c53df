"""A store of small crates that changes under the service: ingested, ingested again, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from support import BASE, crate, ref

from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.index.lineage import LineageIndex
from kg_service.intake import Intake
from kg_service.opening import (
    archive_of,
    index_folder,
    load_alignment,
    open_existing,
    open_reader,
    open_writer,
    statistics_file,
    things_file,
)
from kg_service.search.index import ThingIndex
from kg_service.service.app import ServiceContext, create_app
from kg_service.settings import Settings
from kg_service.statistics.held import Statistics
from kg_service.withdraw import withdraw

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
ORCID = "https://orcid.org/0000-0002-1825-0097"


@cache
def alignment() -> Alignment:
    """Loaded once: it takes a second."""
    return load_alignment()


@dataclass
class ChangingStore:
    """A store on disk with all that is kept beside one."""

    folder: Path
    base: str = BASE

    @property
    def settings(self) -> Settings:
        return Settings(str(self.folder / "store"), base=self.base)

    def ingest(self, name: str, /, *entities: dict[str, Any], **root: Any) -> None:
        """Ingest a crate of this id, in a new version if there is one."""
        number = len(list(self.folder.glob("crate-*")))
        path = crate(self.folder / f"crate-{number}", *entities, **root)
        self.ingest_path(path, name)

    def ingest_path(self, path: Path, name: str | None = None) -> None:
        store = open_writer(self.settings)
        try:
            for report in Intake(store, alignment(), self.base).take_path(path, name):
                assert report is None or report.error is None
            store.publish()
        finally:
            store.close()

    def withdraw(self, name: str, because: str = "it was wrong") -> None:
        store = open_existing(self.settings)
        try:
            withdraw(store, self.base, name, because, "steward")
            store.publish()
        finally:
            store.close()

    def context(self) -> ServiceContext:
        graph = KnowledgeGraph(
            open_reader(self.settings),
            alignment(),
            archive=archive_of(self.settings),
            index=LineageIndex(index_folder(self.settings)),
            things=ThingIndex(things_file(self.settings)),
            statistics=Statistics(statistics_file(self.settings)),
        )
        return ServiceContext(graph, (), self.base)

    def client(self) -> TestClient:
        return TestClient(create_app(self.context()), follow_redirects=False)


def field_entities() -> list[dict[str, Any]]:
    """A sample, a file with an address and a DOI, and who made it."""
    return [
        {"@id": "plant-1", "@type": "https://bioschemas.org/Sample", "name": "plant-1"},
        {
            "@id": "data/scan.csv",
            "@type": "File",
            "name": "scan </script><b>1</b>",
            "identifier": "https://doi.org/10.5072/scan.1",
            "encodingFormat": "text/csv",
            "contentUrl": "https://data.example.org/scan.csv",
            "author": ref(ORCID),
        },
        {"@id": ORCID, "@type": "Person", "name": "Josiah Carberry"},
        {
            "@id": "#measuring",
            "@type": "CreateAction",
            "name": "measuring",
            "object": ref("plant-1"),
            "result": ref("data/scan.csv"),
            "endTime": "2026-03-01T12:00:00Z",
        },
    ]


def field_root() -> dict[str, Any]:
    return {
        "license": ref(LICENCE),
        "author": ref(ORCID),
        "hasPart": [ref("data/scan.csv")],
    }
